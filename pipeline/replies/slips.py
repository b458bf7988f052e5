"""Typing slips of the words that stop: `stpo`, `sotp`, `unsubcribe`, `quit2ens`.

A slip is one transposition, a letter too few or twice, or a neighbour of the key that was meant, on a
keyboard as sold in the US and UK. Two slips are read only where the whole message is one word, and in the long forms
that name their purpose themselves, such as `stop2end`.

Source: written for this project; what kinds of slips people make is Damerau (1964) and Levenshtein (1966).
"""

import functools
import re
from collections.abc import Iterator
from typing import Final

_SLIPS_MAX: Final = 2
"""More slips than this make another word."""

_ROWS: Final = ("qwertyuiop[]", "asdfghjkl;'", "zxcvbnm,./")

_MEANT: Final = ("stop", "quit", "unsubscribe", "stopall", "cancel", "remove", "optout")

# fmt: off
_WORDS: Final = frozenset(
    [
        "atop", "canal", "canceled", "cancelo", "cancels", "cancer", "drip", "drop", "estop", "grip", "it", "ot",
        "out", "post", "pot", "qui", "quid", "quiet", "quilt", "quint", "quip", "quite", "quits", "quoit",
        "quota", "remote", "removed", "remover", "removes", "rove", "scop", "shop", "shops", "sit", "slop",
        "snop", "sop", "soup", "spit", "spot", "spots", "squit", "step", "steps", "stir", "sto", "stoa", "stock",
        "stomp", "stone", "stops", "stopt", "stor", "storm", "story", "stoup", "stow", "stroop", "strop", "suit",
        "suite", "swop", "tip", "top", "tops", "unit", "writ",
    ]
)
# fmt: on
"""Words, or names of things, that lie one slip away from the ones meant and are no slips."""


def _neighbours() -> dict[str, str]:
    near: dict[str, set[str]] = {}
    for row_number, row in enumerate(_ROWS):
        for place, key in enumerate(row):
            for other in (row_number - 1, row_number, row_number + 1):
                if 0 <= other < len(_ROWS):
                    near.setdefault(key, set()).update(_ROWS[other][max(0, place - 1) : place + 2])
    return {key: "".join(sorted(c for c in keys - {key} if c.isalpha())) for key, keys in near.items() if key.isalpha()}


_NEAR: Final = _neighbours()


def _slips_of(word: str) -> Iterator[str]:
    for place, letter in enumerate(word):
        before, after = word[:place], word[place + 1 :]
        yield before + after
        yield word[:place] + letter + word[place:]
        if after:
            yield before + after[0] + letter + after[1:]
        for near in _NEAR[letter]:
            yield before + near + after
            yield before + near + letter + after
            yield before + letter + near + after


def _build_slips() -> dict[str, str]:
    found: dict[str, str] = {}
    for word in _MEANT:
        for slip in _slips_of(word):
            if slip not in _WORDS and slip not in _MEANT and len(slip) > len(word) // 2:
                found.setdefault(slip, word)
    return found


_SLIPS: Final = _build_slips()

_UNSUBSCRIBE_MIN: Final = 9
"""Two slips are read in "unsubscribe": nothing else is as long and begins alike, but "unsubscribed"."""
_ALONE_MIN: Final = 3
_ALONE_MAX: Final = 5

_MISTAKEN_FOR_QUIT: Final = ("quite", "quiet")
"""Words that people write for it; before "2 end" they are nothing else."""

_LONG_FORMS: Final = tuple(
    first + link + last for first in ("stop", "quit", "end") for link in ("2", "to") for last in ("end", "stop", "quit")
)
_HALVES: Final = re.compile(r"([a-z]{2,6})([2-4])([a-z]{1,6})")
_LONG_FORM_LETTERS: Final = frozenset("".join(_LONG_FORMS))
_SECOND_HALF: Final = re.compile(r"[a-z]{0,2}[2-4](?:end|stop|quit)")
_LONG_MIN: Final = 5
_LONG_MAX: Final = 11
_LONG_SLIPS_MAX: Final = 3
"""In both halves together: "wui2end" has two, "quit2e" two. With four, "wait 4 vcd" would be one."""


def meant_by(word: str) -> str | None:
    """Say which word was meant by a short slip; None when it is none.

    :param word: one folded word
    """
    meant = _SLIPS.get(word)
    if (
        meant is None
        and len(word) >= _UNSUBSCRIBE_MIN
        and word.startswith("un")
        and _distance(word, "unsubscribe") <= _SLIPS_MAX
    ):
        return "unsubscribe"
    return meant


def is_slip_alone(word: str) -> bool:
    """Tell whether a word that is a whole message is STOP or QUIT with any one letter wrong, too many or too few."""
    return (
        _ALONE_MIN <= len(word) <= _ALONE_MAX
        and word not in _WORDS
        and any(_distance(word, meant) <= 1 or _is_beside(word, meant) for meant in ("stop", "quit"))
    )


@functools.lru_cache(maxsize=4_096)
def is_long_form(word: str) -> bool:
    """Tell whether a word is "stop2end", "quit to end" written together, or one of their slips."""
    if _SECOND_HALF.fullmatch(word):
        return True
    if not _LONG_MIN <= len(word) <= _LONG_MAX:
        return False
    if word in _LONG_FORMS:
        return True
    halves = _HALVES.fullmatch(word)
    if halves is not None:
        begin, _, end = halves.groups()
        if begin in ("stop", "quit"):
            return True  # a figure behind it leaves no other reading, whatever follows
        slips = min(_distance(begin, meant) for meant in ("stop", "quit"))
        slips += min(_distance(end, meant) for meant in ("end", "stop", "quit"))
        return slips <= _LONG_SLIPS_MAX
    # One slip leaves all letters but one those of the forms: few words come as far as to be compared.
    is_near = len(word) > _LONG_MIN and sum(letter not in _LONG_FORM_LETTERS for letter in word) <= 1
    return is_near and any(_distance(word, form) <= 1 for form in _LONG_FORMS)


def _is_beside(word: str, meant: str) -> bool:
    """Tell whether a word is one of the same length with up to two keys missed by one: "sypp" for "stop"."""
    pairs = [(typed, key) for typed, key in zip(word, meant, strict=False) if typed != key]
    return len(word) == len(meant) and len(pairs) <= _SLIPS_MAX and all(typed in _NEAR[key] for typed, key in pairs)


def is_linked(first: str, link: str, last: str) -> bool:
    """Tell whether two words with "2", "to" or "and" between them are "stop to end" or a slip of it.

    Apart they are words of their own, so one of them must be typed rightly, and both around an "and".
    """
    if first in _WORDS and first not in _MISTAKEN_FOR_QUIT:
        return False
    slips = min(_distance(first, meant) for meant in ("stop", "quit"))
    slips += min(_distance(last, meant) for meant in ("end", "stop", "quit"))
    return slips <= (0 if link == "and" else 1)


def _distance(left: str, right: str) -> int:
    """Count the letters to change, add, drop or swap with the next one (optimal string alignment)."""
    if abs(len(left) - len(right)) > _SLIPS_MAX:
        return _SLIPS_MAX + 1
    before: list[int] = []
    last = list(range(len(right) + 1))
    for row, letter in enumerate(left, start=1):
        now = [row]
        for column, other in enumerate(right, start=1):
            cost = min(last[column] + 1, now[column - 1] + 1, last[column - 1] + (letter != other))
            if row > 1 and column > 1 and letter == right[column - 2] and left[row - 2] == other:
                cost = min(cost, before[column - 2] + 1)
            now.append(cost)
        before, last = last, now
    return last[-1]
