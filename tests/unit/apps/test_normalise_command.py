"""`compliance normalise`: every line is answered, in order, and says what could not be read without its values."""

import io
import json
from typing import Any

import pytest
from click.testing import CliRunner

from pipeline.apps.command_line import main
from pipeline.apps.normalise_command import LINE_CHARACTERS_MAX, run_normalise

STATUS = {"id": "a", "provider": "twilio", "content_type": "form", "payload": "MessageSid=SM1&MessageStatus=sent"}


def run(*lines: str) -> tuple[list[dict[str, Any]], int]:
    """Answer lines."""
    out = io.StringIO()
    code = run_normalise(lines, out)
    return [json.loads(line) for line in out.getvalue().splitlines()], code


def test_answers_in_order() -> None:
    """One answer for each line; blank lines are none."""
    second = {**STATUS, "id": "b", "payload": "nothing=known"}
    answers, code = run(json.dumps(STATUS), "", json.dumps(second))
    assert [(answer["id"], answer["kind"]) for answer in answers] == [("a", "status"), ("b", "rejected")]
    assert (answers[0]["events"][0]["topic"], answers[1]["events"]) == ("messaging.provider-events", [])
    assert answers[1]["reason"] == "payload: has no shape and no fields that are known"
    assert code == 0


@pytest.mark.parametrize(
    ("line", "answered"),
    [
        ("nonsense", 2),
        ('{"id": "x"}', "x"),
        ('{"id": 7, "provider": "a", "content_type": 3, "payload": ""}', 7),
        ("[" * 100_000, 2),
        ('"\udcff"', 2),
        (" " + "x" * LINE_CHARACTERS_MAX, 2),
    ],
)
def test_answers_a_line_that_can_not_be_read(line: str, answered: object) -> None:
    """By its id if there is one, else by its number; the others are answered too, and the exit code says it."""
    answers, code = run(json.dumps(STATUS), line, json.dumps(STATUS))
    assert [answer["id"] for answer in answers] == ["a", answered, "a"]
    assert set(answers[1]) == {"id", "error"}
    assert code == 1


def test_numbers_lines_without_id() -> None:
    """An id is of use to who asks, and need not be there."""
    answers, code = run(json.dumps({name: value for name, value in STATUS.items() if name != "id"}))
    assert (answers[0]["id"], code) == (1, 0)


def test_is_a_command() -> None:
    """It reads stdin."""
    result = CliRunner().invoke(main, ["normalise"], input=json.dumps(STATUS) + "\n{")
    assert result.exit_code == 1
    assert [json.loads(line)["id"] for line in result.output.splitlines()] == ["a", 2]


def test_tells_progress_apart_from_answers() -> None:
    """Only who watches sees it."""
    out, progress = io.StringIO(), io.StringIO()
    run_normalise([json.dumps(STATUS)], out, progress)
    assert progress.getvalue() == "\r1 lines\n"
    assert len(out.getvalue().splitlines()) == 1
