"""The command `classify-replies`: one answer a line, in order."""

import io
import json

import pytest
from click.testing import CliRunner

from pipeline.apps.classify_replies import PROGRESS_LINES, classify_lines, classify_replies


def answers(*lines: str) -> tuple[int, list[dict[str, object]]]:
    """Classify lines; gives the exit code and the answers."""
    out = io.StringIO()
    code = classify_lines(lines, out)
    return code, [json.loads(line) for line in out.getvalue().splitlines()]


def test_answers_a_reply_with_what_it_means() -> None:
    """An answer has id, intent, scope, confidence and what matched."""
    assert answers('{"id": "a", "text": "STOP"}') == (
        0,
        [
            {
                "id": "a",
                "intent": "opt_out",
                "scope": {"channel": "*", "purpose": "*"},
                "confidence": 1.0,
                "matched": "keyword.en",
            }
        ],
    )


def test_gives_no_scope_where_there_is_no_wish() -> None:
    """Help and other are about nothing that could be withdrawn."""
    _, (helped, other) = answers('{"id": 1, "text": "HELP"}', '{"id": 2, "text": "good morning"}')
    assert (helped["scope"], other["scope"]) == (None, None)


def test_keeps_the_order_and_goes_on_after_a_bad_line() -> None:
    """Every line is answered where it stands; a bad one by an error, and the exit code says so."""
    code, found = answers('{"id": 1, "text": "STOP"}', "no JSON", '{"id": 3, "text": 5}', "", '{"id": 4, "text": "hi"}')
    assert code == 1
    assert [(answer["id"], "error" in answer) for answer in found] == [(1, False), (2, True), (3, True), (4, False)]


def test_tells_no_text_in_an_error() -> None:
    """What a person wrote does not stand in what goes wrong with it."""
    _, (answer,) = answers('{"id": 1, "text": ["CANARY"]}')
    assert "CANARY" not in json.dumps(answer)


@pytest.mark.parametrize("line", ["[" * 100_000, '{"id": 1, "text": "\udcff"}', '{"id": null, "text": "a"}', "null"])
def test_answers_any_line(line: str) -> None:
    """Nesting, stray bytes and wrong types end nothing."""
    code, found = answers(line, '{"id": 7, "text": "STOP"}')
    assert (code, len(found), found[1]["id"]) == (1, 2, 7)


@pytest.mark.parametrize(("lines", "is_counted"), [(PROGRESS_LINES - 1, False), (PROGRESS_LINES, True)])
def test_counts_for_somebody_who_watches(lines: int, *, is_counted: bool) -> None:
    """A terminal sees how far it has come, when it takes long enough to wonder."""
    progress = io.StringIO()
    classify_lines(['{"id": 1, "text": "hi"}'] * lines, io.StringIO(), progress)
    assert (f"{lines} replies" in progress.getvalue()) == is_counted


def test_reads_standard_input_and_ends_with_the_code() -> None:
    """The command reads what is piped into it."""
    result = CliRunner().invoke(classify_replies, input='{"id": 1, "text": "stop texting me"}\nx\n')
    assert (result.exit_code, len(result.output.splitlines())) == (1, 2)


def test_teaches_its_form() -> None:
    """The help shows the form of a line and of an answer, and an example."""
    output = CliRunner().invoke(classify_replies, ["--help"]).output
    assert all(word in output for word in ("intent", "scope", "confidence", "Example", "exit code"))
