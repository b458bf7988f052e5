"""`python -m pipeline.apps.lexicons`: what is refused, and what may pass."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from pipeline.apps.lexicons import GROWTH_MAX, complaints, growth_of, main, read_texts

HEAD = 'category = "fraud.x"\nclause = "2.3"\nseverity = "strong"\nlanguages = ["en"]\nsource = "a test"\n'


def files_with(match: str, positive: str = "a prize", negative: str = "a price") -> dict[str, str]:
    """Make a lexicon of one pattern."""
    entry = f"[[pattern]]\nid = 'p'\nmatch = '{match}'\npositive = ['{positive}']\nnegative = ['{negative}']\n"
    return {"fraud.x/en.toml": HEAD + entry}


@pytest.mark.parametrize(
    ("files", "complaint"),
    [
        (files_with("prize("), "fraud.x/en/p: "),
        (files_with("prize", positive="nothing"), "does not hit its positive example"),
        (files_with("prize", negative="the prize"), "hits its negative example"),
        (files_with("prize|a (.*)(.*)x"), "times as long"),
        (files_with("( ?)"), "fraud.x/en/p: "),
        (files_with("prize|since 2024"), "names digits of a long number"),
    ],
)
def test_complains(files: dict[str, str], complaint: str) -> None:
    """Each about what is wrong, by name."""
    (found,) = complaints(files)
    assert complaint in found


def test_has_nothing_to_say_of_a_good_lexicon() -> None:
    """The same pattern without a fault."""
    assert list(complaints(files_with("prize"))) == []


@pytest.mark.parametrize(("hits", "is_too_many"), [(1, False), (2, False), (3, True)])
def test_complains_of_hits_among_honest_messages(hits: int, is_too_many: bool) -> None:  # noqa: FBT001
    """At the stated share it may still pass, above it not."""
    honest = ["your prize"] * hits + ["your order"] * (100 - hits)
    assert bool(list(complaints(files_with("prize"), honest, share_max=0.02))) is is_too_many


def test_tells_quadratic_from_linear_patterns() -> None:
    """By the growth of time, also where it is exponential."""
    assert growth_of(" (?:win (?:[^ ]+ ){0,3}prize) ") <= GROWTH_MAX
    assert growth_of(" (?:(win )+(win )+x) ") > GROWTH_MAX
    assert growth_of("(?:a+)+b") > GROWTH_MAX


def test_command_ends_with_0_when_all_is_well(tmp_path: Path) -> None:
    """A folder whose lexicons may be used; the packaged ones are tested by tests/unit/reading/test_lexicons.py."""
    (tmp_path / "fraud.x").mkdir()
    (tmp_path / "fraud.x/en.toml").write_text(files_with("prize")["fraud.x/en.toml"])
    assert CliRunner().invoke(main, ["--folder", str(tmp_path), "--check"]).exit_code == 0


def test_command_checks_a_folder(tmp_path: Path) -> None:
    """And ends with 1 when one may not."""
    (tmp_path / "fraud.x").mkdir()
    (tmp_path / "fraud.x/en.toml").write_text(files_with("prize", positive="nothing")["fraud.x/en.toml"])
    (tmp_path / "honest.jsonl").write_text('{"text": "your order"}\nyour parcel\n\n')
    result = CliRunner().invoke(
        main, ["--folder", str(tmp_path), "--check", "--honest", str(tmp_path / "honest.jsonl")]
    )
    assert result.exit_code == 1
    assert "does not hit" in result.output
    assert list(read_texts(tmp_path / "honest.jsonl")) == ["your order", "your parcel"]


def test_command_lists_lexicons() -> None:
    """One line for each category and language group."""
    result = CliRunner().invoke(main)
    assert "fraud.bank" in result.output
