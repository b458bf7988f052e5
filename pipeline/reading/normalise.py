"""Text to the form that patterns are matched on, so that a list of words need not know every way to disguise them.

Form: words with single spaces between them, a space before the first and after the last, so that a space in a pattern
is the edge of a word in any script. Letters are case-folded, without accents in scripts where writers leave them out
(Latin, Greek, Cyrillic, Arabic, Hebrew); digits are ASCII. Of other characters only `%`, `+`, currency signs and
pictures stay, each a word; apostrophes vanish, the rest parts words. `~` is a link. Invisible characters vanish.

Disguises that are undone: NFKC forms (full width, circled, mathematical letters), small capitals, look-alike letters
in words that mix scripts, digits for letters inside a word (`acc0unt`), letters set apart (`l o a n`, `l.o.a.n`),
spaces between characters of scripts that write none.

Known gaps: words set apart letter by letter become one word; `1` is `l` or `i` by its neighbours, a guess.

Source: Unicode 14-16 as in Python's `unicodedata`; look-alikes: `confusables.py`. Cost: one pass per step, linear.
"""

import re
import unicodedata
from collections.abc import Sequence
from typing import Final

from pipeline.reading.confusables import SMALL_CAPITALS, is_latin_with_others, unmix

NORMALISED_CHARACTERS_MAX: Final = 16_384
"""How much of a text is matched: NFKC can make 18 characters of one, so a text of 10,000 is cut again after it."""
LINK: Final = "~"
"""What stands for a link in a normalised text."""
LINK_PLACEHOLDER: Final = "\x01"
"""What must stand for a link in the text that is given; no other control character survives."""

_CACHED_FOLDS_MAX: Final = 20_000
"""More different characters than any language writes, and most of the words; beyond it a table begins anew (4 MB)."""
_CACHED_WORD_CHARACTERS_MAX: Final = 24
"""Longer runs are sentences without spaces, or noise: they don't come again."""
_KEPT: Final = "%+"
_APOSTROPHES: Final = "'\u2018\u2019\u02bc\u0060\u00b4\u2032\u05f3"
_FILLERS: Final = "\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180e\u2800\u3164\uffa0"
"""Letters and marks by category that show nothing: they would hide a word from a list."""
_SPELT_OUT: Final = {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"}
_ACCENTLESS: Final = ("LATIN", "GREEK", "CYRILLIC", "ARABIC", "HEBREW", "COMBINING")
_SAME_LETTER: Final = {"ی": "ي", "ى": "ي", "ک": "ك", "ہ": "ه", "ە": "ه", "ة": "ه"}
"""Forms of Arabic letters that keyboards and writers mix, in Persian, Urdu and Kurdish too."""


def normalise(text: str) -> str:
    """Bring a text into the form that patterns are matched on.

    :param text: any text; each link in it replaced by `LINK_PLACEHOLDER`, if links are to stand as `~`
    :returns: at least one space; at most about twice `NORMALISED_CHARACTERS_MAX` characters
    """
    text = text[:NORMALISED_CHARACTERS_MAX]
    text = f" {' '.join(text.translate(_ASCII_FOLDS).split())} " if text.isascii() else _fold(text)
    if _SOME_SPACED_OUT.search(text) is not None:
        text = _SPACED_OUT.sub(_join, text)
    if _DIGIT_IN_WORD.search(text) is not None:
        text = _WORD_WITH_DIGIT.sub(_unleet, text)
    return text


def is_cut(text: str, normalised: str) -> bool:
    """Tell whether a text was too long to be normalised to its end."""
    return len(text) > NORMALISED_CHARACTERS_MAX or len(normalised) >= NORMALISED_CHARACTERS_MAX


def fold_letters(text: str) -> str:
    """Fold letters alone, leaving all else: what a pattern needs, whose signs have a meaning of their own."""
    return "".join(
        _fold_of(character)
        if character.isalpha() or unicodedata.category(character) in _MARKS_AND_FORMATS
        else character
        for character in unicodedata.normalize("NFKC", text)
    )


def is_unspaced(character: str) -> bool:
    """Tell whether a character belongs to a script that writes no spaces between words."""
    return _UNSPACED_ONE.fullmatch(character) is not None


def _fold(text: str) -> str:
    """Fold a text word by word: words come again, in other texts too, so most are folded already."""
    folds = _FOLDS_AMONG_LATIN if is_latin_with_others(text) else _FOLDS
    text = " ".join(map(folds.__getitem__, text.split()))
    text = f" {' '.join(text.split())} "[:NORMALISED_CHARACTERS_MAX]
    return _GAP_BETWEEN_UNSPACED.sub("", text) if _UNSPACED_ONE.search(text) is not None else text


class _WordFolds(dict[str, str]):
    """The folds of words that were seen lately, each worked out once."""

    def __init__(self, *, among_latin: bool) -> None:
        self._among_latin = among_latin

    def __missing__(self, word: str) -> str:
        folded = word
        if not unicodedata.is_normalized("NFKC", word):
            folded = _compatible(word)
        folded = unmix(folded, among_latin=self._among_latin).translate(_CHARACTER_FOLDS)
        if len(word) <= _CACHED_WORD_CHARACTERS_MAX:
            if len(self) >= _CACHED_FOLDS_MAX:
                self.clear()
            self[word] = folded
        return folded


def _compatible(word: str) -> str:
    """Give the NFKC form, cut while it is made: of the longest text it would be made for 5 ms."""
    if len(word) <= _SLICE:
        return unicodedata.normalize("NFKC", word)
    slices: list[str] = []
    length = 0
    for begin in range(0, len(word), _SLICE):
        slices.append(unicodedata.normalize("NFKC", word[begin : begin + _SLICE]))
        length += len(slices[-1])
        if length >= NORMALISED_CHARACTERS_MAX:
            break
    return "".join(slices)[:NORMALISED_CHARACTERS_MAX]


_SLICE: Final = 512


class _CharacterFolds(dict[int, str]):
    """The fold of each character that was ever seen, worked out once."""

    def __missing__(self, code: int) -> str:
        if len(self) >= _CACHED_FOLDS_MAX:
            self.clear()
        fold = self[code] = _fold_of(chr(code))
        return fold


_MARKS_AND_FORMATS: Final = ("Mn", "Cf")


def _fold_of(character: str) -> str:
    """Fold one character of a text in NFKC form: what it becomes, which may be nothing, or a space."""
    if character == LINK_PLACEHOLDER:
        return f" {LINK} "
    if character in _APOSTROPHES or character in _FILLERS:
        return ""
    category = unicodedata.category(character)
    if category[0] == "L":
        return _fold_letter(character)
    if category[0] == "M":
        is_left_out = unicodedata.name(character, "").startswith((*_ACCENTLESS, "VARIATION"))
        return "" if category == "Mn" and is_left_out else character
    if category[0] == "N":
        digit = unicodedata.digit(character, None)
        return str(digit) if digit is not None else character.casefold()
    return _fold_sign(character, category)


def _fold_sign(character: str, category: str) -> str:
    """Fold what is neither letter nor digit: nothing for the invisible, a word for what is kept, else a space."""
    if category in ("Cf", "Cs") or (category == "Cc" and not character.isspace()):
        return ""
    if category == "Sc" or character in _KEPT:
        return f" {character} "
    if category == "So" and ord(character) >= _PICTURES_FROM:
        return _BOXED.get(ord(character), f" {character} ")
    return " "


_PICTURES_FROM: Final = 0x2190
"""Arrows, shapes and emoji; what stands before them are signs such as ©."""
_BOXED: Final = {
    first + offset: chr(ord("a") + offset)
    for first in (0x1F130, 0x1F150, 0x1F170, 0x1F1E6)  # squared, negative circled, negative squared, regional letters
    for offset in range(26)
}


def _fold_letter(letter: str) -> str:
    """Fold one letter: case, accents where they are left out, forms of the same letter."""
    if letter in SMALL_CAPITALS:
        return SMALL_CAPITALS[letter]
    folded = letter.casefold()
    if unicodedata.name(letter, "").startswith(_ACCENTLESS):
        folded = "".join(c for c in unicodedata.normalize("NFD", folded) if not unicodedata.combining(c))
    return "".join(_SPELT_OUT.get(c) or _SAME_LETTER.get(c) or c for c in folded).replace("\u0640", "")


_ASCII_FOLDS: Final = {code: _fold_of(chr(code)) for code in range(128)}
"""Gives one character or none: else Python leaves its quick way for ASCII, so signs are not set apart here."""
_ASCII_FOLDS.update({ord(sign): sign for sign in _KEPT})
_ASCII_FOLDS[ord("$")] = "$"
_ASCII_FOLDS[ord(LINK_PLACEHOLDER)] = LINK
_CHARACTER_FOLDS: Final = _CharacterFolds()
_FOLDS: Final = _WordFolds(among_latin=False)
_FOLDS_AMONG_LATIN: Final = _WordFolds(among_latin=True)

# --- letters set apart, digits for letters ----------------------------------------------------------------------------

_UNSPACED: Final = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    "\U00020000-\U0003ffff"
)
"""Thai, Lao, Burmese, Khmer, Kana, Han."""
_UNSPACED_ONE: Final = re.compile(f"[{_UNSPACED}]")
_GAP_BETWEEN_UNSPACED: Final = re.compile(f" (?<=[{_UNSPACED}] )(?=[{_UNSPACED}])")

_SOME_SPACED_OUT: Final = re.compile(r" [^\W\d_] [^\W\d_] [^\W\d_] ")
_SPACED_OUT: Final = re.compile(r"(?: [^\W\d_](?= )){3,}")
"""Three single letters or more."""


def _join(match: re.Match[str]) -> str:
    return " " + match[0].replace(" ", "")


_DIGIT_IN_WORD: Final = re.compile(r"[0134578](?=[^\W\d_])")
_WORD_WITH_DIGIT: Final = re.compile(r"(?<= )(?=[^ ]*[0-9])[^ ]{4,24}(?= )")
_LETTER_FOR: Final = {"0": "o", "3": "e", "4": "a", "5": "s", "7": "t", "8": "b"}
_COUNTED: Final = re.compile(
    r"\d(?:day|days|hour|hours|hrs|min|mins|minute|minutes|week|weeks|month|months|year|years|yrs|star|stars|night|nights"
    r"|item|items|person|persons|people|pack|packs|digit|digits|step|steps|times|euro|euros|points|wheeler|seater)"
)
"""A number and what it counts, written together."""
_LETTERS_MIN, _LETTERS_AFTER_FIRST_MIN = 3, 4
"""Shorter words are codes and names (`b2b`, `h2o`, `4pm`, `3com`); `0` and `1` begin fewer of these."""


def _unleet(match: re.Match[str]) -> str:
    """Put letters for digits in a word that has more letters than digits; digits at its end stay (`covid19`)."""
    word = match[0]
    letters = sum(character.isalpha() for character in word)
    if letters < _LETTERS_MIN or len(word) - letters > letters or _COUNTED.fullmatch(word) is not None:
        return word
    if word[0].isdigit() and (word[1].isdigit() or (letters < _LETTERS_AFTER_FIRST_MIN and word[0] not in "01")):
        return word
    end = len(word.rstrip("0123456789"))
    return "".join(_letter_at(word, at) for at in range(end)) + word[end:]


def _letter_at(word: str, at: int) -> str:
    character = word[at]
    if character == "1":
        neighbours = word[max(0, at - 1) : at] + word[at + 1 : at + 2]
        return "l" if at == 0 or "i" in neighbours or "l" in neighbours else "i"
    return _LETTER_FOR.get(character, character)


# --- back to the original ---------------------------------------------------------------------------------------------


def span_in_original(text: str, begin: int, end: int) -> tuple[int, int]:
    """Find where a part of the normalised text stands in the original; for showing it to an author, so it may be slow.

    :param text: as given to `normalise`
    :param begin: first character of the part in the normalised text
    :param end: one after its last
    :returns: begin and end in `text`, widened to whole words, or to characters in scripts without spaces
    """
    normalised = normalise(text)
    wanted_begin = len(normalised[:begin].replace(" ", ""))
    wanted_end = max(len(normalised[:end].replace(" ", "")), wanted_begin + 1)
    first, last, reached = None, len(text), 0
    for piece_begin, piece_end in pieces_of(text):
        reached += len(normalise(text[piece_begin:piece_end]).replace(" ", ""))
        if first is None and reached > wanted_begin:
            first = piece_begin
        if reached >= wanted_end:
            last = piece_end
            break
    return (first or 0, last)


def pieces_of(text: str) -> Sequence[tuple[int, int]]:
    """Cut a text into pieces that are normalised each by itself: runs without spaces, characters of scripts without.

    Together the pieces hold every character of the text once.
    """
    cuts = [0]
    for at in range(1, len(text)):
        starts_word = text[at - 1].isspace() and not text[at].isspace()
        if starts_word or (is_unspaced(text[at]) and not unicodedata.combining(text[at])) or is_unspaced(text[at - 1]):
            cuts.append(at)
    return [*zip(cuts, [*cuts[1:], len(text)], strict=True)] if text else []
