"""Texts that differ in long numbers alone: what may be answered for one because another was read.

Order numbers, codes and tracking numbers make every text of a campaign another one. A long number (four ASCII digits or
more, with a space or sign before and behind, or nothing) is masked digit by digit, so positions and lengths stay. What
is read of a text can still depend on the digits: a card number, an address in numbers, a pattern that names a year.
`is_fixed` tells whether it can; if so, the text is read like any other. Shorter numbers (`24 hours`, `N26`) and digits
that touch letters are not masked, so they decide as ever. Patterns are matched on a text whose long numbers are masked
(`for_patterns`), so none can tell them apart.

That nothing hides is held by a property test (tests/properties/test_reading_laws.py): a text that was answered by
another of its kind reads as it does by itself.
"""

import re
from typing import Final

from msgspec.structs import replace

from pipeline.reading.links import Link
from pipeline.reading.sensitive import has_shape_of_value

_BORDER: Final = r"\s!-&(-/:-@\[-_{-~"
"""Spaces and signs at which a word ends in normalised text too: no apostrophe, which vanishes there."""
_LONG_NUMBER: Final = re.compile(rf"[0-9](?<![^{_BORDER}].)[0-9]{{3,}}(?![^{_BORDER}])")
_SOME_DIGITS: Final = re.compile("[0-9]{4}")
_UNDONE: Final = frozenset(("defanged", "split", "disguised", "redirector", "target"))
"""Links that stand otherwise in the text than they are read."""


def mask_long_numbers(text: str) -> str | None:
    """Put zeros for the digits of long numbers; None if the text has none."""
    if _SOME_DIGITS.search(text) is None:
        return None
    masked, count = _LONG_NUMBER.subn(_zeros, text)
    return masked if count else None


def _zeros(match: re.Match[str]) -> str:
    return "0" * (match.end() - match.start())


def is_fixed(plain: str, links: tuple[Link, ...]) -> bool:
    """Tell whether what is found in a text, patterns apart, is the same for all digits of its long numbers.

    :param plain: with placeholders for links
    """
    return (
        "xn--" not in plain
        and "XN--" not in plain
        and not has_shape_of_value(plain)
        and all(
            _SOME_DIGITS.search(link.host) is None
            and "%" not in link.path
            and "xn--" not in link.host
            and _UNDONE.isdisjoint(link.flags)
            for link in links
        )
    )


def moved_to(text: str, links: tuple[Link, ...]) -> tuple[Link, ...]:
    """Give the links of a text, from those of another that differs in long numbers alone."""
    return tuple(
        [
            replace(link, path=text[link.end - len(link.path) : link.end].lower())
            if _SOME_DIGITS.search(link.path) is not None
            else link
            for link in links
        ]
    )


def for_patterns(normalised: str) -> str:
    """Put zeros for the digits of long numbers in a normalised text: patterns see how long they are, not which."""
    return _LONG_RUN.sub(_zeros, normalised) if _SOME_DIGITS.search(normalised) is not None else normalised


def names_long_number(expression: str) -> bool:
    """Tell whether an expression names digits of a long number, which it is never shown: such a pattern hits nothing.

    It does if digits of its own stand beside others, its own or any, and all together could be four or more. Digits
    in a group and digits beside it are not put together.
    """
    length, names_own = 0, False
    for token in _TOKEN.finditer(expression):
        atom, repetition = token["digit"], token["times"]
        if atom is None:
            length, names_own = 0, False
            continue
        length += _times_at_most(repetition)
        names_own = names_own or atom not in (r"\d", "[0-9]")
        if names_own and length >= _LONG_DIGITS:
            return True
    return False


def _times_at_most(repetition: str | None) -> int:
    if repetition is None or repetition == "?":
        return 1
    return int(repetition[1:-1].rpartition(",")[2] or _LONG_DIGITS) if repetition[0] == "{" else _LONG_DIGITS


_LONG_DIGITS: Final = 4
_LONG_RUN: Final = re.compile("[0-9]{4,}")
_TOKEN: Final = re.compile(
    r"(?:(?P<digit>[0-9]|\\d|\[[0-9-]+\])|\\.|[^\\])(?P<times>\{[0-9]+(?:,[0-9]*)?\}|[*+?])?", re.DOTALL
)
