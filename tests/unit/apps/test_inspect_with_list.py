"""`compliance inspect` with a list of sanctioned parties: the named list is used, or the command says why not."""

import json
from pathlib import Path

from click.testing import CliRunner

from pipeline.apps.command_line import main
from pipeline.apps.packaged import packaged_path
from pipeline.testing.builders import NOW_TEXT, build_consent, build_message, build_record
from pipeline.wire import encode

SETTING = "COMPLIANCE_SANCTIONS_LIST"
SAMPLE = packaged_path("deploy/sanctions-sample.xml", "sanctions-sample.xml")


def inspected(name: str, list_file: str) -> tuple[int, str, list[dict[str, object]]]:
    """Judge one message of a workspace of that name; gives the exit code, what was said, and the verdicts."""
    events = [
        ("platform.workspaces", build_record(name=name)),
        ("compliance.consent", build_consent()),
        ("messaging.outbound", build_message()),
    ]
    lines = [
        json.dumps({"at": NOW_TEXT, "topic": topic, "value": json.loads(encode(event))}) for topic, event in events
    ]
    result = CliRunner().invoke(main, ["inspect"], input="\n".join(lines), env={SETTING: list_file})
    answers = [json.loads(line)["value"] for line in result.stdout.splitlines() if line.startswith("{")]
    return result.exit_code, result.stderr, answers


def test_holds_a_workspace_that_the_named_list_has(tmp_path: Path) -> None:
    """The list is read, the name compared, the list's age judged against the clock of the events."""
    path = tmp_path / "sdn.xml"
    path.write_bytes(SAMPLE.read_bytes())
    code, _, (verdict,) = inspected("Nowhereland Example Trading", str(path))
    assert (code, verdict["outcome"], verdict["degraded"]) == (0, "hold", [])


def test_holds_everything_when_the_named_list_is_too_old(tmp_path: Path) -> None:
    """A list of October is above thirty days at the end of November."""
    path = tmp_path / "sdn.xml"
    path.write_bytes(SAMPLE.read_bytes().replace(b"11/24/2026", b"10/24/2026"))
    _, _, (verdict,) = inspected("Sunny Bakery", str(path))
    assert (verdict["outcome"], verdict["degraded"]) == (
        "hold",
        [{"check": "party_screening", "reason": "the list of sanctioned parties is stale", "age_seconds": 31 * 86_400}],
    )


def test_says_in_the_verdict_that_no_list_is_loaded() -> None:
    """Without the setting the sample lists nobody, and the verdict does not hide it."""
    _, _, (verdict,) = inspected("Sunny Bakery", "")
    assert (verdict["outcome"], verdict["degraded"]) == (
        "allow",
        [{"check": "party_screening", "reason": "no list of sanctioned parties is loaded"}],
    )


def test_ends_when_the_named_list_can_not_be_read(tmp_path: Path) -> None:
    """A list that is not there is no list of nobody."""
    code, said, answers = inspected("Sunny Bakery", str(tmp_path / "missing.xml"))
    assert (code, answers) == (1, [])
    assert "missing.xml can't be read" in said
