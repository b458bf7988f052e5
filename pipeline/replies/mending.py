"""Mend a reply's words before they are looked up: typing slips, stretched words, words run together, single letters.

Only words that no language knows are touched, so a name or a word of a language that is known stays as it is.
"""

import functools
import re
from typing import Final

from pipeline.replies.folding import BREAK, as_latin
from pipeline.replies.lexicon import LANGUAGES
from pipeline.replies.slips import is_linked, is_long_form, is_slip_alone, meant_by

_SPELLED: Final = re.compile(r"(?<![^\W_])(?:[a-z] (?:\| )?){2,9}[a-z](?![^\W_])")
"""S T O P, or S.T.O.P."""
_STRETCHED: Final = re.compile(r"(.)\1+")
_REPEATED: Final = re.compile(r"(stop|quit|baja|pare|basta)\1+")
_BROKEN: Final = frozenset(["stop", "quit", "unsubscribe"])
"""Words that are read also when a blank or a sign has slipped into them, and nothing else is in the message."""
_LINKS: Final = frozenset(["2", "to", "too", "and", "=", "@", "4", "3"])
_RUN_TOGETHER_MIN: Final = 6
_RUN_TOGETHER_MAX: Final = 40
_CLAUSE_WORDS_MAX: Final = 2
"""In how short a clause a slip is read as the word meant; in a longer one it must stand before what it would stop."""
_AFTER_A_SLIP: Final = (
    "text",
    "mess",
    "call",
    "send",
    "emai",
    "spam",
    "msg",
    "txt",
    "cont",
    "me",
    "this",
    "it",
    "you",
    "fuck",
    "plea",
)

_KNOWN: Final = frozenset(word for language in LANGUAGES for phrase in language.phrases for word in phrase.split())
_FILLERS: Final = frozenset(
    phrase for language in LANGUAGES for kind in ("please", "soft") for phrase in language.written.words.get(kind, ())
)
_MEANINGFUL: Final = _KNOWN - _FILLERS
"""Words that say something alone. "stp" is French for please, but nobody sends it alone, so there it is a slip."""

_ENGLISH: Final = next(language for language in LANGUAGES if language.code == "en")
_PARTS: Final = frozenset(
    word
    for kind in (
        "stop",
        "optout",
        "remove",
        "contact",
        "send",
        "msgs",
        "me",
        "my",
        "not",
        "alone",
        "leave",
        "take",
        "please",
        "off",
        "list",
        "number",
        "lose",
        "this",
        "again",
        "stop_code",
        "soft",
    )
    for word in _ENGLISH.written.words[kind]
    if " " not in word and "*" not in word
)
_POLITE: Final = frozenset(word for word in _ENGLISH.written.words["please"] if " " not in word)
_TURNS: Final = frozenset(
    word
    for kind in ("stop", "optout", "remove", "not", "leave", "take", "lose")
    for word in _ENGLISH.written.words[kind]
)


def mend(folded: str) -> list[str]:
    """Mend a folded text.

    :param folded: as `fold` gives it
    """
    words = _SPELLED.sub(lambda match: re.sub("[ |]", "", match[0]), folded).split()
    joined = "".join(word for word in words if word != BREAK)
    if len(joined) < len(folded) and joined in _BROKEN:
        return ["stop"]
    if is_long_form(joined):
        return ["stop2end"]
    mended: list[str] = []
    for place, word in enumerate(words):
        mended += _mended(words, place, word)
    return _with_long_forms(mended)


def _mended(words: list[str], place: int, word: str) -> list[str]:
    is_alone = not any(other != BREAK for other in (*words[:place], *words[place + 1 :]))
    if is_alone and word not in _MEANINGFUL and is_slip_alone(word):
        return ["stop"]
    if word == BREAK or word in _KNOWN:
        return [word]
    plain = "stop2end" if is_long_form(word) else _spelling_of(word)
    if plain is None and (meant := meant_by(word)) is not None and _is_slip_here(words, place):
        plain = meant
    if plain is not None:
        return [plain]
    return _parted(word) or [word] if _RUN_TOGETHER_MIN <= len(word) <= _RUN_TOGETHER_MAX else [word]


@functools.lru_cache(maxsize=4_096)
def _spelling_of(word: str) -> str | None:
    """Find the known word that a stretched, repeated, look-alike or figure spelling stands for."""
    repeated = _REPEATED.fullmatch(word)
    if repeated is not None:
        return repeated[1]
    latin = as_latin(word)
    if latin != word and latin in _TURNS:
        return latin
    for kept in (r"\1\1", r"\1"):
        short = _STRETCHED.sub(kept, word)
        if short != word and len(short) > 1 and short in _KNOWN:
            return short
    return None


def _is_slip_here(words: list[str], place: int) -> bool:
    begin = place
    while begin and words[begin - 1] != BREAK:
        begin -= 1
    end = place
    while end < len(words) and words[end] != BREAK:
        end += 1
    if end - begin <= _CLAUSE_WORDS_MAX:
        return True
    return place + 1 < end and words[place + 1].startswith(_AFTER_A_SLIP)


@functools.lru_cache(maxsize=4_096)
def _parted(word: str) -> list[str] | None:
    """Part a word into known ones, of which the first turns away, or asks and the second does; None for others."""
    for size in range(len(word) - 2, 1, -1):
        if word[:size] in _TURNS or word[:size] in _POLITE:
            rest = _rest(word, size)
            if rest is not None and (word[:size] in _TURNS or rest[0] in _TURNS):
                return [word[:size], *rest]
    return None


def _rest(word: str, begin: int) -> list[str] | None:
    ways: dict[int, list[str]] = {begin: []}
    for end in range(begin + 1, len(word) + 1):
        for start in range(max(begin, end - 12), end):
            if start in ways and word[start:end] in _PARTS:
                ways[end] = [*ways[start], word[start:end]]
                break
    return ways.get(len(word))


def _with_long_forms(words: list[str]) -> list[str]:
    """Write "quite 2 end" as the one word it stands for."""
    found: list[str] = []
    place = 0
    while place < len(words):
        pair = "".join(words[place : place + 2])
        if (
            place + 1 < len(words)
            and BREAK not in pair
            and any(figure in pair[1:-1] for figure in "23")
            and is_long_form(pair)
        ):
            found.append("stop2end")
            place += 2
            continue
        if (
            place + 2 < len(words)
            and words[place + 1] in _LINKS
            and is_linked(words[place], words[place + 1], words[place + 2])
        ):
            found.append("stop2end")
            place += 3
            continue
        found.append(words[place])
        place += 1
    return found
