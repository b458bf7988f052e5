"""Bring a reply into the form in which words are looked up: one spelling for whatever is written the same to an eye.

Form of the result: words in lower case without accents, one blank between them; a sentence's end, a comma, a line's end
or a picture is the word `|`. Source: rules/optout-keywords.md, "Normalisation (advice)", and Unicode 15 categories.
"""

import re
import unicodedata
from typing import Final

BREAK: Final = "|"
"""The word that stands between two clauses."""

CHARACTERS_MAX: Final = 1_200
"""How much of a text is read. People ask to be left alone at the begin or at the end, so both ends are kept."""

_TABLE_MAX: Final = 20_000
"""Code points remembered; the scripts in use have fewer, and a hostile text must not fill the memory."""

_MARKS: Final = re.compile("[\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670]+")
"""Accents of Latin, Greek and Cyrillic, Hebrew points, Arabic vowels. Marks of other scripts are letters: they stay."""

_LETTERS: Final = {
    **dict(zip("ıøłđæœ", ("i", "o", "l", "d", "ae", "oe"), strict=True)),
    **dict(zip("\u0623\u0625\u0622\u0671\u0649\u0629", "\u0627\u0627\u0627\u0627\u064a\u0647", strict=True)),
    "\u0640": "",
}
"""Letters that people write in place of each other: Turkish i, barred letters, Arabic alef, ya, ta marbuta."""

_STOP_SIGNS: Final = {"\U0001f6d1": f" {BREAK} stop {BREAK} ", "\u26d4": f" {BREAK} stop {BREAK} "}
"""The stop sign, and no entry: people send them for the word."""

_SMALL: Final = {"&": " and ", "@": "@", "$": "$", "'": "", "\u2019": "", "`": "", "\u02bc": "", "=": " = "}

_STATED: Final = _LETTERS | _STOP_SIGNS | _SMALL
_BLANKS: Final = frozenset('\t\r-\u2010\u2011_/*\\"\u201c\u201d\u00ab\u00bb()[]{}<>#+^~')
"""What stands within a clause without ending it."""


class _Table(dict[int, str]):
    """What each code point becomes; worked out when it is first met."""

    def __missing__(self, code_point: int) -> str:
        character = chr(code_point)
        folded = self._fold(character)
        if len(self) < _TABLE_MAX:
            self[code_point] = folded
        return folded

    @staticmethod
    def _fold(character: str) -> str:
        stated = _STATED.get(character)
        if stated is not None:
            return stated
        category = unicodedata.category(character)
        if category[0] in "LMN":
            return character
        if character in _BLANKS or category == "Zs":
            return " "
        return "" if category[0] == "C" and character != "\n" else f" {BREAK} "


_TABLE: Final = _Table()


def fold(text: str) -> str:
    """Fold a text.

    :param text: a reply as received, of any length; of a long one the two ends are read
    """
    if len(text) > CHARACTERS_MAX:
        text = text[: CHARACTERS_MAX // 2] + " | " + text[-CHARACTERS_MAX // 2 :]
    plain = unicodedata.normalize("NFKC", text)[: 2 * CHARACTERS_MAX].casefold()
    bare = unicodedata.normalize("NFC", _MARKS.sub("", unicodedata.normalize("NFD", plain)))
    return " ".join(bare.translate(_TABLE).split())


_LOOKALIKES: Final = str.maketrans(
    "\u0430\u0435\u043e\u0440\u0441\u0445\u0443\u043a\u043c\u0442\u043d\u0432\u0455"
    "\u0456\u0458\u051b\u051d\u03bf\u03b1\u03b5\u03c1\u03c4\u03c5\u03bd\u03b9",
    "aeopcxykmthbsijqwoaeptuvi",
)
"""Cyrillic and Greek letters that look like Latin ones (Unicode confusables, those of the words in question)."""

_FIGURES: Final = str.maketrans("01345$@!", "oleassai")


def as_latin(word: str) -> str:
    """Read look-alike letters and figures as the Latin letters they stand for: `st0p` to `stop`."""
    return word.translate(_LOOKALIKES).translate(_FIGURES)
