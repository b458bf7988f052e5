"""`compliance inspect-content`: every line is answered, and on a terminal shown with what to change."""

import functools
import io
import json
from typing import Any

import pytest
from click.testing import CliRunner
from rich.console import Console

from pipeline.apps.command_line import main
from pipeline.apps.content_inspector import ContentInspector
from pipeline.apps.inspect_content_command import LINE_CHARACTERS_MAX, run_inspect_content
from pipeline.apps.packaged import read_policy_file
from pipeline.testing.readers import build_reader

OWN = ["sunnybakery.example"]
ORDINARY = {"id": "a", "text": "Your order: https://sunnybakery.example/o/1", "workspace_domains": OWN}
STRANGER = {"id": "b", "text": "Your order: https://other.example/o/1", "workspace_domains": OWN}
CARD = {"id": "c", "text": "Your card 4111 1111 1111 1111 exp 04/29 is saved."}


@functools.cache
def build_inspector() -> ContentInspector:
    """Build an inspector with the packaged lexicons and policy."""
    return ContentInspector(build_reader(), read_policy_file(None))


def run(*lines: object) -> tuple[list[dict[str, Any]], int]:
    """Answer lines; those that are no texts yet are written as JSON."""
    out = io.StringIO()
    written = [line if isinstance(line, str) else json.dumps(line) for line in lines]
    code = run_inspect_content(written, out, build_inspector())
    return [json.loads(line) for line in out.getvalue().splitlines()], code


def test_answers_in_order() -> None:
    """One answer for each line with outcome, findings and score; blank lines are none."""
    answers, code = run(ORDINARY, "", STRANGER, CARD)
    assert [(answer["id"], answer["outcome"]) for answer in answers] == [("a", "allow"), ("b", "flag"), ("c", "block")]
    assert answers[0] == {"id": "a", "outcome": "allow", "findings": [], "score": 0.0}
    assert (answers[1]["findings"][0]["clause"], answers[2]["findings"][0]["clause"]) == ("2.3", "7.4")
    assert 0 < answers[1]["score"] < answers[2]["score"] == 1
    assert code == 0


def test_marks_where_it_stands() -> None:
    """Spans are positions in the text as given."""
    (stranger, card), _ = run(STRANGER, CARD)
    (span,) = stranger["findings"][0]["spans"]
    assert str(STRANGER["text"])[span["begin"] : span["end"]] == "https://other.example/o/1"
    (span,) = card["findings"][0]["spans"]
    assert str(CARD["text"])[span["begin"] : span["end"]] == "4111 1111 1111 1111"


def test_flags_no_stranger_when_no_domains_are_given() -> None:
    """Without domains every link may be the workspace's own."""
    answers, _ = run({"id": "b", "text": STRANGER["text"]})
    assert answers[0]["outcome"] == "allow"


@pytest.mark.parametrize(
    ("line", "answered"),
    [
        ("nonsense", 2),
        ('{"id": "x"}', "x"),
        ('{"id": 7, "text": 3}', 7),
        ('{"id": 7, "text": "a", "channel": "fax"}', 7),
        (json.dumps({"id": "long", "text": "x" * 10_001}), "long"),
        ("[" * 100_000, 2),
        ('"\udcff"', 2),
        (" " + "x" * LINE_CHARACTERS_MAX, 2),
    ],
)
def test_answers_a_line_that_can_not_be_read(line: str, answered: object) -> None:
    """By its id if there is one, else by its number; the others are answered too, and the exit code says it."""
    answers, code = run(ORDINARY, line, ORDINARY)
    assert [answer["id"] for answer in answers] == ["a", answered, "a"]
    assert set(answers[1]) == {"id", "error"}
    assert code == 1


def test_shows_texts_on_a_terminal() -> None:
    """The text is marked, the clause named, and what helps is said; nothing is written as JSON."""
    shown, out = io.StringIO(), io.StringIO()
    console = Console(file=shown, force_terminal=True, color_system="standard", width=100)
    lines = [json.dumps(STRANGER), "nonsense"]
    assert run_inspect_content(lines, out, build_inspector(), console) == 1
    assert "\x1b[30;46mhttps://other.example/o/1\x1b[0m" in shown.getvalue()
    assert "2.3 flag" in shown.getvalue()
    assert "Link to your own recorded domains" in shown.getvalue()
    assert out.getvalue() == ""


def test_is_a_command() -> None:
    """It reads stdin."""
    result = CliRunner().invoke(main, ["inspect-content"], input=json.dumps(CARD) + "\n{")
    assert [json.loads(line)["id"] for line in result.output.splitlines()] == ["c", 2]
    assert result.exit_code == 1
