"""Typing slips of the words that stop, and words that are none."""

import pytest

from pipeline.replies.slips import is_linked, is_long_form, is_slip_alone, meant_by


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("stpo", "stop"),
        ("sotp", "stop"),
        ("dtop", "stop"),
        ("stoo", "stop"),
        ("sttop", "stop"),
        ("stopp", "stop"),
        ("qiut", "quit"),
        ("quitt", "quit"),
        ("unsubcribe", "unsubscribe"),
        ("unsuscribe", "unsubscribe"),
        ("unsibscrobe", "unsubscribe"),
        ("cancle", "cancel"),
        ("remvoe", "remove"),
    ],
)
def test_finds_what_was_meant(word: str, meant: str) -> None:
    """One letter swapped, missed, doubled or beside the key; two in the long word that nothing else is near to."""
    assert meant_by(word) == meant


@pytest.mark.parametrize(
    "word", ["shop", "step", "spot", "quiet", "quite", "suit", "cancer", "removed", "bread", "", "unsold"]
)
def test_leaves_other_words_alone(word: str) -> None:
    """A word of its own is no slip, however near it lies."""
    assert meant_by(word) is None


@pytest.mark.parametrize(
    "word",
    [
        "stop2end",
        "quit2end",
        "stoptoend",
        "quit2stop",
        "stop2rnd",
        "quut2end",
        "quot2ens",
        "qit2end",
        "quiy2end",
        "2end",
        "stop3end",
        "quit2fnr",
    ],
)
def test_finds_long_forms_with_slips(word: str) -> None:
    """The forms that campaigns ask for are read with up to three letters wrong."""
    assert is_long_form(word)


@pytest.mark.parametrize(
    "word", ["wait2vcd", "back2school", "b2b", "24", "stopover", "quitting", "storytelling", "a2", "endtoday", ""]
)
def test_takes_no_other_word_for_a_long_form(word: str) -> None:
    """A 2 between two words makes no request."""
    assert not is_long_form(word)


@pytest.mark.parametrize("word", ["dtip", "stob", "dyop", "stp", "stopx", "quith", "qut"])
def test_reads_a_lone_word_more_freely(word: str) -> None:
    """A whole message of one word may have any one letter wrong, or two keys missed by one."""
    assert is_slip_alone(word)


@pytest.mark.parametrize("word", ["shop", "drop", "soup", "hello", "ok", "suit", "quite", "st", "stopped"])
def test_reads_no_other_lone_word_as_a_slip(word: str) -> None:
    """Words that people do send alone stay what they are."""
    assert not is_slip_alone(word)


@pytest.mark.parametrize(
    ("words", "is_one"),
    [
        (("stop", "2", "end"), True),
        (("quite", "2", "end"), True),
        (("quit", "to", "lend"), True),
        (("stop", "and", "end"), True),
        (("shop", "to", "end"), False),
        (("step", "2", "end"), False),
        (("want", "to", "quit"), False),
        (("stop", "and", "send"), False),
        (("stpo", "2", "ens"), False),
    ],
)
def test_reads_words_apart_as_a_long_form_only_when_one_is_right(words: tuple[str, str, str], *, is_one: bool) -> None:
    """Apart they are words of their own, so there is room for one slip only, and for none around an "and"."""
    assert is_linked(*words) == is_one
