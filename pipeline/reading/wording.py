"""Whether a text says how to stop, who sends it, and that it is advertising, as laws and carriers want of marketing.

Phrases for how to stop stand apart as words, as carriers demand ("stop2quit" is none). They cover the languages of the
countries in `tables/marketing_wording.csv`; a wording that is not among them is taken for missing, so the rules that
use this only flag. Pure; regular expressions without nesting, over a text of at most 10,000 characters.
"""

import re
from collections.abc import Mapping
from typing import Final, NamedTuple

from pipeline.domain.tables import read_table

_STOP: Final = re.compile(
    r"\b(?:stop|stopp|unsub|unsubscribe|opt[ -]?out|arr[eê]t|d[ée]sabonn\w*|d[ée]sinscri\w*|abmeld\w*|abbestell\w*"
    r"|austrag\w*|abmelden|baja|cancelar|annulla\w*|disiscri\w*|cancella\w*|afmeld\w*|uitschrijv\w*|sair|remover"
    r"|avregistrera\w*|avsluta|afmeld|peruuta\w*|wypisz|rezygn\w*|odhl[aá]s\w*|leiratkoz\w*|dezabon\w*|odjav\w*"
    r"|отписа\w*|отпиш\w*|διαγραφ\w*)\b"
)
_STOP_WORD: Final = re.compile(r"\bstop\b")
"""Asked first: nearly every text that says how to stop says it so, and it costs a fifth of the whole list."""
_STOP_FR: Final = re.compile(r"\bstop\b(?: sms)?(?: au| à| :|:)? ?3[68]\d{3}\b")


def says_how_to_stop(text: str) -> bool:
    """Say whether the text tells how to stop such messages."""
    folded = text.casefold()
    return _STOP_WORD.search(folded) is not None or _STOP.search(folded) is not None


def says_how_to_stop_in_france(text: str) -> bool:
    """Say whether the text has the French form: STOP and a short code of the operators, `STOP au 36111`."""
    return _STOP_FR.search(text.casefold()) is not None


def names_one_of(text: str, names: tuple[str, ...]) -> bool:
    """Say whether one of these names (of a brand, a workspace, a domain) stands in the text, whatever the case."""
    folded = text.casefold()
    return any(name.casefold() in folded for name in names if name)


class Need(NamedTuple):
    """One thing that marketing by SMS to a country must say, under which clause, and how it may be written."""

    clause: str
    form: str
    source: str
    confidence: str


NEEDS: Final[Mapping[tuple[str, str], Need]] = {
    (row["country"], row["need"]): Need(row["clause"], row["form"], row["source"], row["confidence"])
    for row in read_table("marketing_wording.csv")
}
"""By country and need."""
