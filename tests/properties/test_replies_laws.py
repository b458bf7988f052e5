"""Laws of reading replies: any text has a meaning, and what surrounds a keyword takes nothing from it."""

import time
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.replies.meaning import meaning_of

KEYWORDS = st.sampled_from(["stop", "quit", "unsubscribe", "optout", "opt out", "stopall"])
POLITE = st.sampled_from(["", "please ", "Please, ", "kindly ", "ok ", "hi, ", "no, ", "pls "])
AFTER = st.sampled_from(["", " please", " thanks", ", thank you", " now", " asap", " please!"])
EMOJI = st.sampled_from(["", " \U0001f600", " \U0001f64f\U0001f64f", " \u2764\ufe0f", "!!", "...", " \U0001f621"])
SECONDS_MAX = 0.25
"""For 10,000 characters; measured 1-3 ms. A pattern that is tried in every way takes minutes."""


@given(st.text(max_size=300))
def test_any_text_has_a_meaning(text: str) -> None:
    """Nothing that a person can send raises, and a confidence is a share."""
    meaning = meaning_of(text)
    assert 0 <= meaning.confidence <= 1
    assert meaning.intent in ("opt_out", "opt_in", "help", "other")


@given(KEYWORDS, POLITE, AFTER, EMOJI, st.sampled_from([str.upper, str.lower, str.title]))
def test_politeness_and_pictures_keep_a_keyword(
    keyword: str, polite: str, after: str, emoji: str, write: Callable[[str], str]
) -> None:
    """Whoever asks nicely, loudly or with a picture asks the same."""
    text = f"{polite}{keyword}{after}{emoji}"
    assert meaning_of(write(text)).intent == "opt_out"


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=200))
def test_the_same_text_means_the_same(text: str) -> None:
    """What was read before changes nothing: what is remembered of spellings is only that."""
    assert meaning_of(text) == meaning_of(text)


@pytest.mark.parametrize(
    "piece",
    [
        "a",
        "stop ",
        "please ",
        "me ",
        "no, ",
        "st0p",
        "s t o p ",
        "sotp ",
        "no me ",
        "\ufdfa",
        "\u914d",
        "\ubcf4\ub0b4",
        "ee",
        "stopme",
        "dont ",
        "2end",
        "|",
        ".",
        "\u0301",
    ],
)
def test_takes_a_hostile_text_in_bounded_time(piece: str) -> None:
    """Ten thousand characters made to be tried in every way are read as quickly as others."""
    text = (piece * 10_000)[:10_000]
    meaning_of(text)
    begin = time.perf_counter()
    meaning_of(text + "!")
    assert time.perf_counter() - begin < SECONDS_MAX
