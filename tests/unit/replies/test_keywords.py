"""Whole-message keywords: which replies stop, which resume, which ask for help, and which say nothing of it."""

import csv
from importlib import resources

import pytest

from pipeline.replies.keywords import REPLY_CHARACTERS_MAX, intent_of, normalise_reply

ROWS = list(
    csv.DictReader(resources.files("pipeline.replies").joinpath("keywords.csv").read_text("utf-8").splitlines())
)
STOPS = sorted({row["keyword"] for row in ROWS if row["action"] in {"stop", "stop_all"}})
MANDATED = sorted(
    {row["keyword"] for row in ROWS if row["tier"] in {"mandated", "carrier"} and row["action"] == "stop"}
)


@pytest.mark.parametrize("keyword", STOPS)
def test_stops_at_every_stop_word_of_the_table(keyword: str) -> None:
    """No word that means "stop" to somebody is read as anything else."""
    assert intent_of(keyword) == "opt_out"


@pytest.mark.parametrize("keyword", MANDATED)
@pytest.mark.parametrize("form", ["{} ", "{}.", '"{}"', "  {}!!", "{}\n", "\U0001f6d1 {}", "\u200b{}\ufeff"])
def test_stops_whatever_stands_around_a_mandated_word(keyword: str, form: str) -> None:
    """Blanks, punctuation, quotes, emoji and invisible marks around the word don't matter."""
    assert intent_of(form.format(keyword)) == "opt_out"


@pytest.mark.parametrize(
    "text",
    [
        "stop",
        "sToP",
        "\uff33\uff34\uff2f\uff30",
        "st\u200bop",
        "st\u2066op\u2069",
        "s\u00adtop",
        "opt  out",
        "opt\u00a0out",
        "ARR\u00caT",
        "arret",
        "no m\u00e1s",
        "NO MAS",
        "\u0625\u064a\u0642\u0627\u0641",
        "\u092c\u0902\u0926 \u0915\u0930\u094b",
    ],
)
def test_stops_whatever_the_spelling(text: str) -> None:
    """Case, full-width letters, invisible marks, runs of blanks and missing accents don't matter."""
    assert intent_of(text) == "opt_out"


@pytest.mark.parametrize("text", ["START", "unstop", "Yes", "Resume", "\u0627\u0628\u062f\u0623"])
def test_resumes_at_a_start_word(text: str) -> None:
    """START and its kin undo a stop."""
    assert intent_of(text) == "opt_in"


@pytest.mark.parametrize("text", ["HELP", "info", "Auxilio"])
def test_asks_for_help_at_a_help_word(text: str) -> None:
    """HELP and its kin ask for help and change nothing."""
    assert intent_of(text) == "help"


@pytest.mark.parametrize(
    "text",
    ["stop by tomorrow", "don't stop", "Bus-Stop morgen?", "stop bitte nicht", "Thank you", "", "...", "\U0001f44d"],
)
def test_says_nothing_when_a_word_is_only_part_of_the_message(text: str) -> None:
    """A keyword counts only as the whole message; free wording is a gap that the page of the rule names."""
    assert intent_of(text) == "other"


@pytest.mark.parametrize(
    ("size", "intent"),
    [(REPLY_CHARACTERS_MAX - 1, "opt_out"), (REPLY_CHARACTERS_MAX, "opt_out"), (REPLY_CHARACTERS_MAX + 1, "other")],
)
def test_reads_no_keyword_in_a_text_longer_than_one_sms(size: int, intent: str) -> None:
    """A text of more than 160 characters is no keyword, whatever is left of it once it is normalised."""
    assert intent_of("stop".ljust(size, "!")) == intent


@pytest.mark.parametrize("padding", [" ", "\n", "\t"])
def test_stops_when_blanks_make_a_reply_long(padding: str) -> None:
    """Blanks are not counted: a phone that pads its messages must not keep a person from stopping."""
    assert intent_of("STOP" + padding * REPLY_CHARACTERS_MAX) == "opt_out"


@pytest.mark.parametrize(
    ("text", "plain"), [("  A  b ", "a b"), ("\u201cStop\u201d", "stop"), ("_x_", "x"), ("\ufb01n", "fin")]
)
def test_normalises_a_reply(text: str, plain: str) -> None:
    """Replies are compared in NFKC, case-folded, with single blanks and without marks at the edges."""
    assert normalise_reply(text) == plain


def test_ships_no_word_without_a_source() -> None:
    """Words that nobody could name a source for are not facts, and not in the table."""
    assert [row["keyword"] for row in ROWS if row["tier"] == "proposed" or not row["source"]] == []
