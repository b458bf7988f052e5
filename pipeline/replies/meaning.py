"""What a reply means: a wish to stop, to go on, to get help, or something else; of what, and how sure that is.

A text is read in three steps, each only if the one before has found nothing: the whole message is a keyword
(`keywords.csv`); the words, mended where they are typed wrongly, build a clause that a pattern of one of its likely
languages knows (`languages/`); else it is something else. The cost is that of a few look-ups per word and one regular
expression per likely language, whatever the number of words and patterns known.
"""

import re
from collections.abc import Iterable
from typing import Final, NamedTuple

from msgspec import Struct

from pipeline.replies.folding import BREAK, fold
from pipeline.replies.keywords import Intent, keyword_in
from pipeline.replies.lexicon import LANGUAGES, Language, Pattern
from pipeline.replies.mending import mend

SURE: Final = 0.7
"""From here on a reply is taken at its word; the policy may say otherwise."""

UNSURE: Final = 0.5
"""From here on a reply is a request that is asked about; below it is none."""


class Meaning(Struct, frozen=True, gc=False):
    """What a reply means. `matched` names the keyword or pattern, never the person's words."""

    intent: Intent
    confidence: float
    matched: str = ""
    channel: str = "*"
    purpose: str = "*"


NOTHING: Final = Meaning("other", 0.9)
"""Neither a keyword nor a pattern was found."""

_SCRIPTS: Final = {
    "Latn": re.compile("[a-z]"),
    "Cyrl": re.compile("[\u0400-\u04ff]"),
    "Grek": re.compile("[\u0370-\u03ff]"),
    "Hebr": re.compile("[\u0590-\u05ff]"),
    "Arab": re.compile("[\u0600-\u06ff]"),
    "Deva": re.compile("[\u0900-\u097f]"),
    "Thai": re.compile("[\u0e00-\u0e7f]"),
    "Kore": re.compile("[\u1100-\u11ff\uac00-\ud7af]"),
    "Jpan": re.compile("[\u3040-\u30ff\u3400-\u9fff]"),
    "Hans": re.compile("[\u3400-\u9fff]"),
}
"""How a text shows that it may be of a script; names as in ISO 15924."""


def meaning_of(text: str) -> Meaning:
    """Say what a reply means.

    :param text: the reply as received, of any length
    """
    keyword = keyword_in(text)
    if keyword is not None:
        return Meaning(keyword.intent, keyword.confidence, f"keyword.{keyword.language}")
    folded = fold(text)
    if not folded.strip(f"{BREAK} "):
        return NOTHING
    mended = " ".join(mend(folded)).strip(f"{BREAK} ")
    best = NOTHING
    for read in _likely(mended):
        found = _meaning(read)
        if found is not None and (best is NOTHING or found.confidence > best.confidence):
            best = found
    return best


def _likely(mended: str) -> Iterable["_Read"]:
    """Read a text in each language of its scripts, and give those that know most of its words."""
    scripts = {script for script, characters in _SCRIPTS.items() if characters.search(mended)}
    reads = [_Read(language, *language.read(mended)) for language in LANGUAGES if language.script in scripts]
    known_max = max((read.known for read in reads), default=0)
    return [read for read in reads if read.known == known_max] if known_max else ()


class _Read(Struct, frozen=True):
    """A text as one language reads it."""

    language: Language
    letters: str
    known: int


def _meaning(read: "_Read") -> Meaning | None:
    language = read.language
    guarded = [match.span() for match in language.guards.finditer(read.letters)] if language.guards else []
    found: list[_Found] = []
    place = 0
    while language.matches is not None and (match := language.matches.search(read.letters, place)) is not None:
        place = match.start() + 1
        span = match.span()
        if not any(_overlap(span, guard) for guard in guarded):
            found.append(_Found(span, language.meanings[(match.lastindex or 1) - 1]))
    if not found:
        return None
    best = _widest(found)
    return Meaning(best.intent, best.confidence, f"{language.code}.{best.id}", best.channel, best.purpose)


class _Found(NamedTuple):
    """Where in a text a pattern was found."""

    span: tuple[int, int]
    pattern: Pattern


def _overlap(span: tuple[int, int], other: tuple[int, int]) -> bool:
    return span[0] < other[1] and other[0] < span[1]


def _widest(found: list[_Found]) -> Pattern:
    """Choose what a text means: the surest of its patterns, of a part only where nothing asks for more.

    "Stop sending me offers" is about offers; "STOP. No more offers" is about everything.
    """
    parts = [one for one in found if one.pattern.is_of_a_part]
    wholes = [one for one in found if not any(_overlap(one.span, part.span) for part in parts)]
    stops = [one for one in wholes if one.pattern.intent == "opt_out"]
    return max((one.pattern for one in stops or parts or wholes), key=lambda pattern: pattern.confidence)
