"""Words typed wrongly, mended before they are looked up."""

import pytest

from pipeline.replies.folding import fold
from pipeline.replies.mending import mend


def mended(text: str) -> str:
    """Mend a text as it is received."""
    return " ".join(mend(fold(text)))


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("stoooop", "stop"),
        ("STOPPPP", "stopp"),
        ("pleeease", "please"),
        ("S T O P", "stop"),
        ("S.T.O.P", "stop"),
        ("stopstopstop", "stop"),
        ("st0p", "stop"),
        ("\u0405\u0422\u041e\u0420", "stop"),
        ("stoptexting", "stop texting"),
        ("removeme", "remove me"),
        ("leavemealone", "leave me alone"),
        ("donttextme", "dont text me"),
        ("Quit 2 End", "stop2end"),
        ("Quiet2 end", "stop2end"),
        ("Stopx", "stop"),
        ("stpo texting me", "stop texting me"),
        ("st op", "stop"),
        ("s[top", "stop"),
        ("q.uit", "stop"),
        ("pleasestop", "please stop"),
        ("go away, sotp", "go away | stop"),
    ],
)
def test_mends_what_was_typed_wrongly(text: str, plain: str) -> None:
    """Stretched, spelled, repeated, run together, look-alike and mistyped words become the word that was meant."""
    assert mended(text) == plain


@pytest.mark.parametrize(
    "text",
    [
        "shop",
        "what a nice top you have",
        "stopover in madrid",
        "i said wuit a minute please",
        "removal van",
        "book",
        "a b",
    ],
)
def test_leaves_other_words_alone(text: str) -> None:
    """Words of their own, slips in the middle of a sentence, and what is made of no known words stay as they are."""
    assert mended(text) == text
