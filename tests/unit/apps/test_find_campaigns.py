"""`compliance find-campaigns`: campaigns in an export."""

import io
import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from click.testing import CliRunner

from pipeline.apps.campaign_report import BINS, Timeline
from pipeline.apps.command_line import main
from pipeline.apps.find_campaigns import Finder, find_in_lines, second_of
from pipeline.testing.readers import build_reader

NOON = 1_700_006_400
WIN = "Dear customer, you have won $500, claim it at https://w{0}n.example/c{0} before midnight"
NOTICE = "Sunny Bakery: your order {0} leaves our shop today, track it at https://sunnybakery.example/t{0}"
CODE = "Your code for Sunny Bakery is {0}, don't tell it to anybody"


def line(at: int, text: str = WIN, **changes: object) -> dict[str, Any]:
    """Write one message: each from the same sender to another person, a minute apart."""
    return {
        "id": f"m-{at}",
        "sent_at": NOON + 60 * at,
        "workspace": "ws-1",
        "sender": "SHOP",
        "recipient": f"+1206555{at:04d}",
        "text": text.format(at),
    } | changes


def answers(*lines: dict[str, Any]) -> list[dict[str, Any]]:
    """Give what is answered to lines."""
    out = io.StringIO()
    assert find_in_lines([json.dumps(each) + "\n" for each in lines], out, Finder(build_reader())) == 0
    return [json.loads(each) for each in out.getvalue().splitlines()]


def test_answers_each_message_with_its_campaign() -> None:
    """And with how many messages to how many people it has had."""
    assert answers(line(1), line(2), line(3, recipient=line(2)["recipient"]), line(4, NOTICE))[2:] == [
        {"id": "m-3", "campaign": "campaign-1", "outcome": "allow", "messages": 3, "recipients": 2},
        {"id": "m-4", "campaign": "campaign-2", "outcome": "allow", "messages": 1, "recipients": 1},
    ]


@pytest.mark.parametrize(("messages", "outcome"), [(7, "allow"), (8, "flag"), (95, "flag"), (96, "block")])
def test_a_text_that_lures_is_flagged_at_the_eighth_and_blocked_at_the_hundredth(messages: int, outcome: str) -> None:
    """Twelve times eight, to be exact."""
    assert answers(*[line(at) for at in range(messages)])[-1]["outcome"] == outcome


@pytest.mark.parametrize("text", [NOTICE, CODE, "ok"])
def test_repetition_alone_is_let_be(text: str) -> None:
    """Notices, codes and short words, three hundred of each."""
    assert {each["outcome"] for each in answers(*[line(at, text) for at in range(300)])} == {"allow"}


def test_codes_that_one_person_asks_for_again_are_let_be() -> None:
    """They lead nowhere."""
    lines = [line(at, CODE, recipient=f"+1206555{at % 40:04d}") for at in range(300)]
    assert {each["outcome"] for each in answers(*lines)} == {"allow"}


@pytest.mark.parametrize(("senders", "outcome"), [(2, "allow"), (3, "flag"), (4, "flag")])
def test_one_text_from_several_senders_is_flagged(senders: int, outcome: str) -> None:
    """Two are a business's number and name."""
    lines = [line(at, NOTICE, sender=f"S{at % senders}") for at in range(20)]
    assert answers(*lines)[-1]["outcome"] == outcome


@pytest.mark.parametrize(("recipients", "outcome"), [(6, "flag"), (7, "allow"), (20, "allow")])
def test_the_same_people_three_times_are_flagged(recipients: int, outcome: str) -> None:
    """Twenty messages to six people are more than three each."""
    lines = [line(at, NOTICE, recipient=f"+1206555{at % recipients:04d}") for at in range(20)]
    assert answers(*lines)[-1]["outcome"] == outcome


def test_knows_a_campaign_without_workspace_sender_and_recipient() -> None:
    """An export need not have them."""
    lines = [{"id": at, "sent_at": NOON + at, "text": WIN.format(at)} for at in range(9)]
    assert answers(*lines)[-1] == {
        "id": 8,
        "campaign": "campaign-1",
        "outcome": "flag",
        "messages": 9,
        "recipients": 0,
    }


@pytest.mark.parametrize(
    ("sent_at", "second"),
    [
        (1_700_006_400, 1_700_006_400),
        (1_700_006_400.9, 1_700_006_400),
        ("2023-11-15T00:00:00Z", 1_700_006_400),
        ("2023-11-15T01:00:00+01:00", 1_700_006_400),
        ("2023-11-15T00:00:00", 1_700_006_400),
        (0, 0),
        (253_402_300_799, 253_402_300_799),
    ],
)
def test_reads_times(sent_at: float | str, second: int) -> None:
    """Unix seconds or RFC 3339; without a zone in UTC."""
    assert second_of(sent_at) == second


@pytest.mark.parametrize(
    "bad",
    [
        "no json",
        "[]",
        '{"sent_at": 1, "text": "a"}',
        '{"id": 1, "sent_at": 1}',
        '{"id": 1, "sent_at": "yesterday", "text": "a"}',
        '{"id": 1, "sent_at": -1, "text": "a"}',
        '{"id": 1, "sent_at": 253402300800, "text": "a"}',
        '{"id": 1, "sent_at": 1, "text": 7}',
        '{"id": 1, "sent_at": 1, "text": "secret \udcff"}',
        "[" * 100_000,
    ],
)
def test_answers_a_line_that_cant_be_read_and_goes_on(bad: str) -> None:
    """With its id or number, without its content; the exit code says that there was one."""
    out = io.StringIO()
    finder = Finder(build_reader())
    assert find_in_lines([bad + "\n", "\n", json.dumps(line(2))], out, finder) == 1
    first, second = map(json.loads, out.getvalue().splitlines())
    assert set(first) == {"id", "error"}
    assert first["id"] == 1
    assert "secret" not in first["error"]
    assert second["id"] == "m-2"


def test_the_command_reads_a_file_and_writes_a_report(tmp_path: Path) -> None:
    """A summary, a page, and a timeline of each campaign of three messages and more."""
    export, report = tmp_path / "export.jsonl", tmp_path / "report"
    lines = [line(at) for at in range(20)] + [line(99, NOTICE)]
    export.write_text("".join(json.dumps(each) + "\n" for each in lines), encoding="utf-8")
    result = CliRunner().invoke(main, ["find-campaigns", str(export), "--report", str(report)])
    assert result.exit_code == 0
    assert len(result.stdout.splitlines()) == 21
    summary = json.loads((report / "summary.json").read_text(encoding="utf-8"))
    assert summary["messages"] == 21
    (campaign,) = summary["campaigns"]
    assert campaign["text"] == "dear customer you have won $0 claim it at ~ before midnight"
    del campaign["text"]
    assert campaign == {
        "campaign": "campaign-1",
        "outcome": "flag",
        "messages": 20,
        "recipients": 20,
        "senders": 1,
        "workspaces": 1,
        "first_at": "2023-11-15T00:00:00Z",
        "last_at": "2023-11-15T00:19:00Z",
        "flagged_at_message": 8,
    }
    drawn = ET.fromstring((report / "campaign-1.svg").read_text(encoding="utf-8"))  # noqa: S314 - our own file
    assert drawn.get("aria-label") == "Timeline of campaign-1"
    page = (report / "index.html").read_text(encoding="utf-8")
    assert "campaign-1.svg" in page
    assert "2065550" not in page


def test_help_says_what_goes_in_and_what_comes_out() -> None:
    """For who has never seen it."""
    said = CliRunner().invoke(main, ["find-campaigns", "--help"]).stdout
    for word in ("sent_at", "recipient", "campaign", "outcome", "--report"):
        assert word in said


@pytest.mark.parametrize(
    ("last", "width", "bins"), [(BINS - 1, 1, BINS), (BINS, 2, BINS // 2 + 1), (10 * BINS, 16, 76)]
)
def test_a_timeline_widens_its_bins(last: int, width: int, bins: int) -> None:
    """It never has more than it may, and loses no message."""
    timeline = Timeline(NOON)
    for second in range(last + 1):
        timeline.add(NOON + second)
    timeline.add(NOON - 5)
    assert (timeline.width, len(timeline.bins), sum(timeline.bins)) == (width, bins, last + 2)
