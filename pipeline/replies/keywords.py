"""Whole-message keywords: STOP, START, HELP and their kin, as law, carriers and platforms fix them.

The words are data (`keywords.csv`, each with language, source and tier); rows without a source are not in it. A keyword
counts only as the whole message, because "stop by tomorrow" is no wish to stop.
"""

import csv
import re
import unicodedata
from importlib import resources
from typing import Literal

Intent = Literal["opt_out", "opt_in", "help", "other"]

_INTENT_BY_ACTION: dict[str, Intent] = {"stop": "opt_out", "stop_all": "opt_out", "start": "opt_in", "help": "help"}
_EDGES = re.compile(r"^[\W_]+|[\W_]+$")
_INVISIBLE = re.compile("[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufe0e\ufe0f]")
REPLY_CHARACTERS_MAX = 160
"""A keyword is short: what is longer than one SMS, blanks at its ends not counted, is no keyword."""


def normalise_reply(text: str) -> str:
    """Bring a reply into the form in which keywords are compared: NFKC, case-folded, single spaces, no edge marks."""
    plain = _INVISIBLE.sub("", unicodedata.normalize("NFKC", text)).casefold()
    return _EDGES.sub("", " ".join(plain.split()))


def _without_accents(text: str) -> str:
    decomposed = unicodedata.normalize("NFD", text)
    return "".join(character for character in decomposed if not unicodedata.combining(character))


def _load_keywords() -> dict[str, Intent]:
    table = resources.files("pipeline.replies").joinpath("keywords.csv").read_text("utf-8")
    keywords: dict[str, Intent] = {}
    for row in csv.DictReader(table.splitlines()):
        keyword = normalise_reply(row["keyword"])
        intent = _INTENT_BY_ACTION[row["action"]]
        for form in (keyword, _without_accents(keyword)):
            # A word that means "stop" to some and "go on" to others stops: a missed opt-out is unlawful.
            if form and keywords.get(form) != "opt_out":
                keywords[form] = intent
    return keywords


_KEYWORDS = _load_keywords()


def intent_of(text: str) -> Intent:
    """Say what a reply asks for, by keyword alone.

    :param text: the reply as received
    """
    text = text.strip()
    if len(text) > REPLY_CHARACTERS_MAX:
        return "other"
    reply = normalise_reply(text)
    return _KEYWORDS.get(reply) or _KEYWORDS.get(_without_accents(reply)) or "other"
