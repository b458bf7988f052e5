"""`compliance consent` on files: import, export and show, with exit codes and without anybody's number in a report."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from pipeline.apps.command_line import main

LIST = """phone,signed,how
+44 7700 900123,2026-04-28,express
0000CANARY,2026-04-28,express
+447700900124,some day,express
+12125550123,2026-04-28,implied_inquiry
"""
STOP = {
    "consent_event_id": "c-stop",
    "workspace_id": "ws-1",
    "to": "+447700900123",
    "action": "opt_out",
    "occurred_at": "2026-06-01T10:00:00Z",
    "recorded_at": "2026-06-02T10:00:00Z",
}
OBJECTION = {
    "command_id": "cmd-1",
    "kind": "object",
    "subject": {"recipient": "+447700900123"},
    "actor": {"type": "officer", "id": "o-1"},
    "occurred_at": "2026-07-01T10:00:00Z",
}


def run(*arguments: str, text: str | None = None) -> Result:
    """Run `compliance consent`."""
    return CliRunner().invoke(main, ["consent", *arguments], input=text)


def imported(folder: Path, *more: str, text: str = LIST) -> tuple[Result, Path]:
    """Import a list into a file."""
    (folder / "list.csv").write_text(text, "utf-8")
    out = folder / "ledger.jsonl"
    mapped = ("--map", "to=phone,occurred_at=signed", "--map", "basis=how", "--set", "workspace_id=ws-1")
    place = ("--time-zone", "Europe/London", "--file", str(out))
    return run("import", str(folder / "list.csv"), *mapped, *place, *more), out


def ledger(folder: Path) -> Path:
    """Write a ledger: a consent of April, an opt-out of June that was known a day later, an objection of July."""
    _, out = imported(folder, "--set", "recorded_at=2026-04-29T00:00:00Z")
    with out.open("a", encoding="utf-8") as file:
        file.write(json.dumps(STOP) + "\n")
        file.write(json.dumps({"topic": "compliance.commands", "value": OBJECTION}) + "\n")
    return out


def stood(out: Path, *arguments: str) -> str:
    """Say what stood for marketing by SMS."""
    asked = ("--purpose", "marketing", "--channel", "sms", "--json", "--file", str(out))
    (workspace,) = json.loads(run("show", "+447700900123", *asked, *arguments).stdout)["workspaces"]
    word: str = workspace["stood"][0]["word"]
    return word


# import


def test_imports_what_is_in_order_and_refuses_the_rest(tmp_path: Path) -> None:
    """Two rows are events, two are refused with their lines, and the exit code says so."""
    result, out = imported(tmp_path)
    events = [json.loads(line)["value"] for line in out.read_text("utf-8").splitlines()]
    assert ([event["to"] for event in events], result.exit_code) == (["+447700900123", "+12125550123"], 1)
    assert [line.partition(":")[0] for line in result.stderr.splitlines()] == ["line 3", "line 4"]
    assert "2 events written, 2 rows refused" in result.stdout


def test_says_all_is_done_when_it_is(tmp_path: Path) -> None:
    """Exit code 0: no row was refused."""
    result, _ = imported(tmp_path, text="phone,signed,how\n+447700900123,2026-04-28,express\n")
    assert (result.exit_code, result.stderr) == (0, "")


def test_keeps_numbers_out_of_the_report(tmp_path: Path) -> None:
    """What was refused is told by line, field and reason."""
    result, _ = imported(tmp_path, "--report", str(tmp_path / "report.csv"))
    report = (tmp_path / "report.csv").read_text("utf-8")
    assert report.splitlines()[1].startswith("3,to,")
    assert "CANARY" not in report + result.output


def test_writes_nothing_when_it_only_tries(tmp_path: Path) -> None:
    """A dry run reads all rows and leaves no file."""
    result, out = imported(tmp_path, "--dry-run")
    assert (result.exit_code, out.exists(), "2 rows are in order" in result.stdout) == (1, False, True)


def test_brings_the_same_events_when_it_is_repeated(tmp_path: Path) -> None:
    """Ids follow from the rows."""
    ids = []
    for _ in range(2):
        _, out = imported(tmp_path)
        ids.append([json.loads(line)["value"]["consent_event_id"] for line in out.read_text("utf-8").splitlines()])
    assert ids[0] == ids[1]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--map", "number=phone"], "no field number"),
        (["--map", "to"], "FIELD=NAME"),
        (["--time-zone", "Mars/Olympus"], "no time zone"),
    ],
)
def test_refuses_options_that_mean_nothing(tmp_path: Path, arguments: list[str], words: str) -> None:
    """A misspelt field would silently leave its column out."""
    (tmp_path / "list.csv").write_text(LIST, "utf-8")
    result = run("import", str(tmp_path / "list.csv"), *arguments)
    assert (result.exit_code, words in result.stderr) == (2, True)


def test_says_that_kafka_can_not_be_reached(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Exit code 2 and one line that names the setting, without a traceback."""
    monkeypatch.setenv("KAFKA_BOOTSTRAP_SERVERS", "127.0.0.1:1")
    (tmp_path / "list.csv").write_text(LIST, "utf-8")
    result = run("import", str(tmp_path / "list.csv"))
    assert (result.exit_code, "not done: no Kafka at 127.0.0.1:1" in result.stderr) == (2, True)


# show


@pytest.mark.parametrize(
    ("at", "word"),
    [
        ("2026-04-27T22:59:59.999Z", "missing"),
        ("2026-04-27T23:00:00Z", "consented"),
        ("2026-06-01T09:59:59.999Z", "consented"),
        ("2026-06-01T10:00:00Z", "opted_out"),
        ("2026-07-01T10:00:00Z", "objected"),
    ],
)
def test_shows_what_stood_at_a_time(tmp_path: Path, at: str, word: str) -> None:
    """Consent from its day, the opt-out from its second, the objection from its own."""
    assert stood(ledger(tmp_path), "--at", at) == word


@pytest.mark.parametrize(
    ("known", "word"), [("2026-06-02T09:59:59Z", "consented"), ("2026-06-02T10:00:00Z", "opted_out")]
)
def test_shows_what_stood_by_what_was_known(tmp_path: Path, known: str, word: str) -> None:
    """On the first of June nobody knew of the opt-out yet."""
    assert stood(ledger(tmp_path), "--at", "2026-06-01T12:00:00Z", "--known-at", known) == word


def test_tells_what_happened_in_words(tmp_path: Path) -> None:
    """Each entry with when it happened, when it became known, where it is written, and what stood then."""
    out = ledger(tmp_path)
    text = run("show", "+447700900123", "--at", "2026-06-15T00:00:00Z", "--file", str(out)).stdout
    assert "2026-06-01T10:00:00.000Z  opt-out" in text
    assert "known since 2026-06-02T10:00:00.000Z" in text
    assert f"entry c-stop, from {out}:3" in text
    assert "1 later entries exist and are left out" in text
    assert "sms marketing: opted out, by entry c-stop" in text


def test_shows_of_others_nothing(tmp_path: Path) -> None:
    """The page of one person holds no entry of another."""
    text = run("show", "+12125550123", "--file", str(ledger(tmp_path))).stdout
    assert ("implied_inquiry" in text, "c-stop" in text) == (True, False)


def test_says_that_nothing_is_on_record(tmp_path: Path) -> None:
    """A person whom the ledger does not know has consented to nothing."""
    text = run("show", "+447700900199", "--file", str(ledger(tmp_path))).stdout
    assert ("nothing is on record" in text, "no consent on record" in text) == (True, True)


@pytest.mark.parametrize("time", ["yesterday", "2026-06-01", "2026-06-01T10:00:00"])
def test_asks_for_a_time_with_its_offset(tmp_path: Path, time: str) -> None:
    """A time that may mean several moments is no answer to a court."""
    assert run("show", "+447700900123", "--at", time, "--file", str(ledger(tmp_path))).exit_code == 2


def test_names_the_line_of_a_ledger_that_can_not_be_read(tmp_path: Path) -> None:
    """A page from half a ledger would be false."""
    out = ledger(tmp_path)
    with out.open("a", encoding="utf-8") as file:
        file.write('{"to": "CANARY"}\n')
    result = run("show", "+447700900123", "--file", str(out))
    assert (result.exit_code, "line 5" in result.stderr, "CANARY" in result.output) == (2, True, False)


# export


def test_exports_a_person_as_it_was_written(tmp_path: Path) -> None:
    """Events and commands about one person, nobody else's."""
    lines = run("export", "--recipient", "+447700900123", "--file", str(ledger(tmp_path))).stdout.splitlines()
    values = [json.loads(line)["value"] for line in lines]
    assert [value.get("action") or value["kind"] for value in values] == ["import", "opt_out", "object"]


def test_exports_what_show_reads(tmp_path: Path) -> None:
    """A person's export is a ledger of its own, which says the same."""
    out = ledger(tmp_path)
    (tmp_path / "one.jsonl").write_text(run("export", "--recipient", "+447700900123", "--file", str(out)).stdout)
    assert stood(tmp_path / "one.jsonl") == stood(out) == "objected"


def test_exports_a_table_that_can_be_imported_again(tmp_path: Path) -> None:
    """What comes out as CSV goes in again as the same events, proof and all."""
    out = ledger(tmp_path)
    (tmp_path / "again.csv").write_text(
        run("export", "--workspace", "ws-1", "--format", "csv", "--file", str(out)).stdout, "utf-8"
    )
    result = run("import", str(tmp_path / "again.csv"), "--file", str(tmp_path / "again.jsonl"))
    again = [json.loads(line)["value"] for line in (tmp_path / "again.jsonl").read_text("utf-8").splitlines()]
    assert result.exit_code == 0
    assert [event["consent_event_id"] for event in again][-1] == "c-stop"
    assert again[0] == json.loads(out.read_text("utf-8").splitlines()[0])["value"]


def test_exports_nothing_unless_it_is_told_of_whom() -> None:
    """Everybody's consents at once are asked for by nobody."""
    assert run("export").exit_code == 2
