"""Whether a text leads somewhere, and whether it lures: what of its reading the patterns count.

A text leads by a link or a phone number. It lures if it imitates a brand, names one and links elsewhere, hides behind a
public shortener, presses, talks of money, or hits a lexicon. None of this is an offence: honest senders do it too. It
is what tells a text that is repeated in bulk from a notice that is.
"""

from typing import Final

from pipeline.patterns.windows import LEAD, LURE
from pipeline.reading.brands import PACKAGED_BRANDS
from pipeline.reading.content import Reading
from pipeline.reading.links import Link

_PRESSING: Final = frozenset(["money", "urgency"])
_NOBODY: Final[frozenset[str]] = frozenset()


def flags_of(reading: Reading) -> int:
    """Give `LEAD` and `LURE` as far as they hold."""
    link = lead_of(reading)
    flags = LEAD if link is not None or "phone" in reading.features else 0
    return flags | LURE if _lures(reading, link) else flags


def lead_of(reading: Reading) -> Link | None:
    """Give the first link, rather one that surely is one: a doubtful one (`visit example.me`) is one when repeated."""
    return next((link for link in reading.links if "doubtful" not in link.flags), next(iter(reading.links), None))


def domain_of(link: Link) -> str:
    """Give what tells where a link leads: its registered domain, or its host where it has none."""
    return link.registered_domain or link.host


def _lures(reading: Reading, link: Link | None) -> bool:
    if reading.imitations or reading.hits or not reading.features.isdisjoint(_PRESSING):
        return True
    if link is None:
        return False
    if "shortener" in link.flags:
        return True
    return bool(reading.brands) and reading.brands.isdisjoint(PACKAGED_BRANDS.by_domain.get(domain_of(link), _NOBODY))
