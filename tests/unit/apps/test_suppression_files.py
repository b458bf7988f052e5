"""Suppression lists as files: built from what sources look like, mapped, refused when broken, followed when changed."""

import struct
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from pipeline.apps.command_line import main
from pipeline.apps.suppression_files import SUFFIX, Built, ListDirectory, ListError, Source, build, load
from pipeline.domain.suppression_lists import SuppressionList, day_of

AS_OF = date(2026, 11, 20)


def made(folder: Path, lines: list[str], source: Source = Source(), name: str = "a") -> tuple[Built, SuppressionList]:  # noqa: B008 - frozen
    """Build a list and map it."""
    place = folder / f"{name}{SUFFIX}"
    built = build(lines, source, "do_not_call", AS_OF, place)
    return built, load(place)


@pytest.mark.parametrize(
    ("line", "source", "number"),
    [
        ("+447700900123\n", Source(), 447700900123),
        ('"+44 7700 900123"\n', Source(), 447700900123),
        ("447700900123", Source(), 447700900123),
        ("212,5550123\n", Source(cells=(1, 2), prefix="1"), 12125550123),
        ("2125550123\r\n", Source(prefix="1"), 12125550123),
        ("+447700900123\n", Source(prefix="1"), 447700900123),
        ("x;7700900123", Source(cells=(2,), delimiter=";", prefix="44"), 447700900123),
    ],
)
def test_reads_numbers_as_sources_write_them(tmp_path: Path, line: str, source: Source, number: int) -> None:
    """With and without plus sign, in one cell or two."""
    _, listed = made(tmp_path, [line], source)
    assert [row >> 14 for row in listed.rows] == [number]


@pytest.mark.parametrize("line", ["number", "123456", "1234567890123456", "0123456789", ",", "+"])
def test_leaves_out_what_is_no_number(tmp_path: Path, line: str) -> None:
    """A header, and numbers that are too short, too long or without country, are counted and named by line."""
    built, listed = made(tmp_path, [line, "+447700900123", ""])
    assert (built, len(listed.rows)) == (Built(1, 1, [1]), 1)


@pytest.mark.parametrize(
    ("digits", "is_taken"), [(6, False), (7, True), (8, True), (14, True), (15, True), (16, False)]
)
def test_takes_numbers_of_7_to_15_digits(tmp_path: Path, digits: int, *, is_taken: bool) -> None:
    """The lengths of E.164."""
    built, _ = made(tmp_path, ["+447700900123", "+" + "9" * digits])
    assert built.rows == 1 + is_taken


def test_sorts_and_leaves_out_repetitions(tmp_path: Path) -> None:
    """A number that comes twice is one row, whatever the order."""
    built, listed = made(tmp_path, ["+449999999999", "+11111111111", "+449999999999", "+447700900123"])
    assert (built.rows, [row >> 14 for row in listed.rows]) == (3, [11111111111, 447700900123, 449999999999])


def test_keeps_the_newest_day_of_a_number(tmp_path: Path) -> None:
    """A number that changed hands twice counts from the second time."""
    lines = ["+447700900123,2026-05-01", "+447700900123,2026-06-01", "+447700900123,2025-01-01"]
    _, listed = made(tmp_path, lines, Source(day_cell=2))
    assert listed.find(447700900123) == day_of(date(2026, 6, 1))


@pytest.mark.parametrize("day", ["", "soon", "1999-12-31", "01/05/2026"])
def test_leaves_out_a_row_whose_day_can_not_be_read(tmp_path: Path, day: str) -> None:
    """Since when a number has a new holder is not guessed."""
    built, _ = made(tmp_path, ["+447700900124,2026-05-01", f"+447700900123,{day}"], Source(day_cell=2))
    assert (built.rows, built.first_refused) == (1, [2])


def test_writes_no_list_without_numbers(tmp_path: Path) -> None:
    """A wrong cell must not empty the list that is in use."""
    made(tmp_path, ["+447700900123"])
    with pytest.raises(ListError, match="no line gives a number"):
        made(tmp_path, ["a,b", "c,d"])
    assert len(load(tmp_path / f"a{SUFFIX}").rows) == 1
    assert [place.name for place in tmp_path.iterdir()] == [f"a{SUFFIX}"]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda raw: raw[:0],
        lambda raw: raw[:40],
        lambda raw: raw[:-8],
        lambda raw: raw + b"\0" * 8,
        lambda raw: b"X" + raw[1:],
        lambda raw: raw[:8] + struct.pack("<H", 9) + raw[10:],
        lambda raw: raw[:10] + struct.pack("<H", 9) + raw[12:],
    ],
)
def test_refuses_a_file_that_is_no_whole_list(tmp_path: Path, spoil: object) -> None:
    """Cut short, grown, of another kind or version: the operator is told to build it again."""
    place = tmp_path / f"a{SUFFIX}"
    made(tmp_path, ["+447700900123"])
    place.write_bytes(spoil(place.read_bytes()))  # type: ignore[operator]
    with pytest.raises(ListError, match="build it"):
        load(place)


def test_takes_lists_anew_when_they_change(tmp_path: Path) -> None:
    """The second look finds nothing new, the third a list more, the fourth a list with other rows."""
    made(tmp_path, ["+447700900123"])
    directory = ListDirectory(tmp_path)
    first, second = directory.changed(), directory.changed()
    made(tmp_path, ["+447700900124"], name="b")
    third = directory.changed()
    made(tmp_path, ["+447700900125"], name="b")
    fourth = directory.changed()
    assert first is not None
    assert third is not None
    assert fourth is not None
    assert (len(first.lists), second, len(third.lists)) == (1, None, 2)
    assert (third.holds("b", "+447700900124"), fourth.holds("b", "+447700900124")) == (True, False)


def test_refuses_a_directory_that_is_not_there(tmp_path: Path) -> None:
    """A misspelt path must not mean that no list is asked."""
    with pytest.raises(ListError, match="COMPLIANCE_SUPPRESSION_LISTS"):
        ListDirectory(tmp_path / "nowhere").changed()


MESSAGE = (
    '{"at":"2026-11-24T15:00:00Z","topic":"messaging.outbound","value":{"message_id":"m-1","workspace_id":"ws-1",'
    '"channel":"sms","to":"+447700900123","sender":{"type":"phone_number","id":"+447700900111"},"purpose":"marketing",'
    '"content":{"type":"text","text":"Hello"},"requested_at":"2026-11-24T15:00:00Z"}}\n'
)


def imported(folder: Path, as_of: str) -> str:
    """Import a list of one litigator with the command; gives the directory of lists."""
    source = folder / "source.csv"
    source.write_text("area,number\n770,0900123\n", "utf-8")
    options = ("--kind", "litigators", "--as-of", as_of, "--cells", "1,2", "--prefix", "44")
    lists = str(folder / "lists")
    result = CliRunner().invoke(main, ["lists", "import", "careful", str(source), *options, "--directory", lists])
    assert (result.exit_code, result.stderr) == (0, "line 1: no number of 7 to 15 digits, or no day\n")
    return lists


def test_shows_what_was_imported(tmp_path: Path) -> None:
    """The command says name, kind, size and day of each list."""
    shown = CliRunner().invoke(main, ["lists", "show", "--directory", imported(tmp_path, "2026-11-20")]).stdout
    assert shown.startswith("careful\tlitigators\t1 numbers\tas of 2026-11-20\t")


def test_asks_a_list_when_messages_are_inspected(tmp_path: Path) -> None:
    """An inspection uses lists as a worker does."""
    lists = imported(tmp_path, "2026-11-20")
    asked = CliRunner().invoke(main, ["inspect", "--lists", lists, "-"], input=MESSAGE).stdout
    assert ('"code":"litigator_listed"' in asked, '"check":"suppression_list"' in asked) == (True, False)


def test_states_the_age_of_a_stale_list_in_the_verdict(tmp_path: Path) -> None:
    """A verdict that rests on a list older than the policy allows says so."""
    lists = imported(tmp_path, "2026-10-15")
    asked = CliRunner().invoke(main, ["inspect", "--lists", lists, "-"], input=MESSAGE).stdout
    assert '"check":"suppression_list","reason":"list careful stands as of 2026-10-15' in asked


@pytest.mark.parametrize(
    "arguments", [["--cells", "0"], ["--cells", "x"], ["--prefix", "+1"], ["--directory", ""], ["--kind", "friends"]]
)
def test_refuses_options_that_mean_nothing(tmp_path: Path, arguments: list[str]) -> None:
    """A cell that is not there would leave every line out."""
    source = tmp_path / "source.csv"
    source.write_text("+447700900123\n", "utf-8")
    given = ["--kind", "litigators", "--as-of", "2026-11-20", "--directory", str(tmp_path)]
    if arguments == ["--directory", ""]:
        given, arguments = given[:-2], []
    assert CliRunner().invoke(main, ["lists", "import", "a", str(source), *given, *arguments]).exit_code == 2
