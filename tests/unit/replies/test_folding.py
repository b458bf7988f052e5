"""Replies in the form in which words are looked up."""

import pytest

from pipeline.replies.folding import BREAK, CHARACTERS_MAX, as_latin, fold


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("STOP", "stop"),
        ("  Stop \t please ", "stop please"),
        ("\uff33\uff34\uff2f\uff30", "stop"),
        ("st\u200bop", "stop"),
        ("s\u00adtop", "stop"),
        ("don\u2019t", "dont"),
        ("don't", "dont"),
        ("Arr\u00eat", "arret"),
        ("N\u00c3O", "nao"),
        ("\u0130STEM\u0130YORUM", "istemiyorum"),
        ("kald\u0131r", "kaldir"),
        ("\u0110\u1eebng g\u1eedi", "dung gui"),
        ("Bus-Stop", "bus stop"),
        ("\u0623\u0648\u0642\u0641\u0648\u0627", "\u0627\u0648\u0642\u0641\u0648\u0627"),
        ("\u0631\u0633\u0627\u0644\u0629", "\u0631\u0633\u0627\u0644\u0647"),
        ("\u0644\u064e\u0627", "\u0644\u0627"),
        ("\u0440\u0430\u0441\u0441\u044b\u043b\u043a\u0443", "\u0440\u0430\u0441\u0441\u044b\u043b\u043a\u0443"),
        ("\u05d4\u05b7\u05e1\u05b5\u05e8", "\u05d4\u05e1\u05e8"),
    ],
)
def test_folds_what_looks_alike_into_one_spelling(text: str, folded: str) -> None:
    """Case, width, invisible marks, accents and points don't tell words apart."""
    assert fold(text) == folded


@pytest.mark.parametrize(
    "text",
    [
        "\u092e\u0924 \u092d\u0947\u091c\u094b",
        "\u304c\u304e\u3050",
        "\ubcf4\ub0b4\uc9c0 \ub9c8\uc138\uc694",
        "\u0e2b\u0e22\u0e38\u0e14",
    ],
)
def test_keeps_marks_that_are_letters(text: str) -> None:
    """Devanagari, Japanese, Korean and Thai lose nothing: their marks make other words."""
    assert fold(text) == text


@pytest.mark.parametrize("sign", [".", "!", "?", ",", ";", ":", "\n", "\u3002", "\u061f", "\U0001f600", "\u2022"])
def test_parts_clauses_at_signs_and_pictures(sign: str) -> None:
    """What ends or parts a clause becomes a word of its own, so that no pattern reads across it."""
    assert fold(f"no{sign}stop") == f"no {BREAK} stop"


@pytest.mark.parametrize("sign", ["\U0001f6d1", "\u26d4"])
def test_reads_the_stop_sign_as_the_word(sign: str) -> None:
    """People send the picture for the word."""
    assert "stop" in fold(sign).split()


@pytest.mark.parametrize(
    ("size", "is_read"), [(CHARACTERS_MAX - 1, True), (CHARACTERS_MAX, True), (CHARACTERS_MAX + 1, False)]
)
def test_reads_both_ends_of_a_long_text(size: int, *, is_read: bool) -> None:
    """The middle of a text is left out once the text is longer than what is read."""
    half = CHARACTERS_MAX // 2
    text = "a" * half + "x" + "b" * (size - half - 1)
    assert (fold(text) == text) == is_read
    assert (fold(text)[0], fold(text)[-1]) == ("a", "b")


@pytest.mark.parametrize(
    ("word", "latin"),
    [("\u0455\u0442\u043e\u0440", "stop"), ("st0p", "stop"), ("$top", "stop"), ("5top", "stop"), ("stop", "stop")],
)
def test_reads_letters_that_look_latin(word: str, latin: str) -> None:
    """Cyrillic look-alikes and figures stand for the letters they look like."""
    assert as_latin(word) == latin
