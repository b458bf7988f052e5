"""Whole-message keywords: STOP, START, HELP and their kin, as law, carriers and platforms fix them.

The words are data (`keywords.csv`, each with language, source and tier); rows without a source are not in it. A keyword
counts only as the whole message, because "stop by tomorrow" is no wish to stop.
"""

import csv
import re
import unicodedata
from importlib import resources
from typing import Final, Literal, NamedTuple

Intent = Literal["opt_out", "opt_in", "help", "other"]

_INTENT_BY_ACTION: dict[str, Intent] = {"stop": "opt_out", "stop_all": "opt_out", "start": "opt_in", "help": "help"}
_EDGES = re.compile(r"^[\W_]+|[\W_]+$")
_INVISIBLE = re.compile("[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufe0e\ufe0f]")
_AMBIGUOUS: Final = frozenset(
    ["no", "t", "yes", "go", "continue", "join", "begin", "begins", "acepto", "alta", "inicio"]
)
"""Keywords that also answer any other question; they are honoured, but asked about (rules/optout-keywords.md)."""

SURE_CONFIDENCE: Final = 1.0
AMBIGUOUS_CONFIDENCE: Final = 0.6
"""Below what a policy takes at its word, and above what it takes for nothing."""


class Keyword(NamedTuple):
    """A keyword of the table: what it asks for, how sure that is, and the language of its first row."""

    intent: Intent
    confidence: float
    language: str


REPLY_CHARACTERS_MAX = 160
"""A keyword is short: what is longer than one SMS, blanks at its ends not counted, is no keyword."""


def normalise_reply(text: str) -> str:
    """Bring a reply into the form in which keywords are compared: NFKC, case-folded, single spaces, no edge marks."""
    plain = _INVISIBLE.sub("", unicodedata.normalize("NFKC", text)).casefold()
    return _EDGES.sub("", " ".join(plain.split()))


def _without_accents(text: str) -> str:
    decomposed = unicodedata.normalize("NFD", text)
    return "".join(character for character in decomposed if not unicodedata.combining(character))


def _load_keywords() -> dict[str, Keyword]:
    table = resources.files("pipeline.replies").joinpath("keywords.csv").read_text("utf-8")
    keywords: dict[str, Keyword] = {}
    for row in csv.DictReader(table.splitlines()):
        keyword = normalise_reply(row["keyword"])
        intent = _INTENT_BY_ACTION[row["action"]]
        for form in (keyword, _without_accents(keyword)):
            known = keywords.get(form)
            # A word that means "stop" to some and "go on" to others stops: a missed opt-out is unlawful.
            if form and (known is None or known.intent not in (intent, "opt_out")):
                confidence = AMBIGUOUS_CONFIDENCE if form in _AMBIGUOUS else SURE_CONFIDENCE
                keywords[form] = Keyword(intent, confidence, row["language"])
    return keywords


_KEYWORDS = _load_keywords()


def keyword_in(text: str) -> Keyword | None:
    """Find the keyword that a reply consists of; None when it is none.

    :param text: the reply as received
    """
    text = text.strip()
    if len(text) > REPLY_CHARACTERS_MAX:
        return None
    reply = normalise_reply(text)
    return _KEYWORDS.get(reply) or _KEYWORDS.get(_without_accents(reply))


def intent_of(text: str) -> Intent:
    """Say what a reply asks for, by keyword alone.

    :param text: the reply as received
    """
    found = keyword_in(text)
    return found.intent if found is not None else "other"
