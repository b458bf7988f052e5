"""Texts that differ in long numbers alone: what may be answered for one because another was read.

Order numbers, codes and tracking numbers make every text of a campaign another one. A long number (four ASCII digits or
more, with a space or sign before and behind, or nothing) is masked digit by digit, so positions and lengths stay. What
is read of a text can still depend on the digits: a card number, an address in numbers, a pattern that names a year.
`is_fixed` tells whether it can; if so, the text is read like any other. Shorter numbers (`24 hours`, `N26`) and digits
that touch letters are not masked, so they decide as ever.

That nothing hides is held by a property test (tests/properties/test_reading_laws.py): a text that was answered by
another of its kind reads as it does by itself.
"""

import re
from typing import Final

from msgspec.structs import replace

from pipeline.reading.lexicon_files import Lexicons
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


def sees_long_numbers(lexicons: Lexicons) -> bool:
    """Tell whether some pattern could tell long numbers apart: then patterns are looked for in every text.

    A pattern can if it names digits, unless it names fewer than four, at the edges of words, and has nothing beside
    them that takes other digits.
    """
    expressions = (each for pattern in lexicons.patterns for each in (pattern.expression, *pattern.guards))
    return any(map(_names_digits, expressions))


def _names_digits(expression: str) -> bool:
    named = _REPETITION.sub("", expression.replace("[0-9]", r"\d"))
    digits = sum(character in "0123456789" for character in named)
    if not digits:
        return False
    takes_any = r"\d" in named or "[^" in named or _DOT.search(named) is not None or r"\D" in named
    has_edges = named.startswith(" ") and named.endswith(" ")
    return digits >= _LONG_DIGITS or takes_any or not has_edges or "[" in named


_LONG_DIGITS: Final = 4
_REPETITION: Final = re.compile(r"\{[0-9]+(?:,[0-9]*)?\}")
_DOT: Final = re.compile(r"(?<!\\)\.")
