"""Sanctioned parties: a list in OFAC's SDN format, and whether one of a workspace's names is on it.

Form: `SDN.XML` as OFAC publishes it, in any namespace: `publshInformation/Publish_Date` (MM/DD/YYYY), and `sdnEntry`
with `uid`, `lastName`, `firstName`, `sdnType`, and `akaList/aka` with `category` `strong` or `weak`. Vessels and
aircraft are no parties and are passed over.

Names are compared as sets of words: without accents, case, punctuation and legal forms, in any order. All words must be
equal: no spelling is forgiven, so "Bank Melat" is not "Bank Mellat". Words in other scripts are not transliterated. A
weak alias ("a broad or generic alias", OFAC's frequently asked question 122 [general knowledge]) proves little, and is
told apart.

Delivery: pure; the file is read by `pipeline.apps.packaged`, once at the start. A workspace is screened when its record
comes in, never per message.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Final, NamedTuple
from xml.etree.ElementTree import Element, ParseError, XMLPullParser

from pipeline.domain.instants import to_milliseconds

DAY_MILLISECONDS: Final = 86_400_000
# fmt: off
_LEGAL_FORMS: Final = frozenset({
    "ab", "ag", "and", "as", "asa", "bv", "co", "company", "corp", "corporation", "fze", "gmbh", "inc",
    "incorporated", "jsc", "kg", "limited", "llc", "llp", "lp", "ltd", "nv", "oao", "ooo", "oy", "pao",
    "pjsc", "plc", "pte", "pty", "pvt", "sa", "sarl", "sas", "spa", "srl", "the", "zao",
})
# fmt: on
"""Words that do not tell one party from another."""
_NO_PARTIES: Final = frozenset({"vessel", "aircraft"})


class PartyListError(Exception):
    """A list that can't be used; the text says why, and whoever provides the file can mend it."""


class PartyMatch(NamedTuple):
    """An entry of the list that has a name of the workspace; `uid` is OFAC's number of the entry."""

    uid: str
    is_weak: bool


class PartyList:
    """The names of a list, by their words."""

    __slots__ = ("_strong", "_weak", "entries", "is_sample", "published_milliseconds")

    def __init__(self, published_milliseconds: int, *, is_sample: bool = False) -> None:
        """Begin without names; a sample is a list of nobody, so its age says nothing."""
        self.published_milliseconds = published_milliseconds
        self.is_sample = is_sample
        self.entries = 0
        self._strong: dict[frozenset[str], list[str]] = {}
        self._weak: dict[frozenset[str], list[str]] = {}

    def add(self, uid: str, name: str, *, is_weak: bool = False) -> None:
        """Take in a name of an entry; one without words (another script's signs alone) names nobody."""
        words = words_of(name)
        if words:
            (self._weak if is_weak else self._strong).setdefault(words, []).append(uid)

    def screen(self, names: Iterable[str]) -> tuple[PartyMatch, ...]:
        """List the entries that have one of these names, those with a strong name first, each once."""
        words = [words_of(name) for name in names]
        strong = dict.fromkeys(uid for each in words for uid in self._strong.get(each, ()))
        weak = dict.fromkeys(uid for each in words for uid in self._weak.get(each, ()) if uid not in strong)
        return (*(PartyMatch(uid, is_weak=False) for uid in strong), *(PartyMatch(uid, is_weak=True) for uid in weak))

    def age_days(self, now_milliseconds: int) -> int:
        """Say how many whole days ago the list was published; negative for a clock before that."""
        return (now_milliseconds - self.published_milliseconds) // DAY_MILLISECONDS


def words_of(name: str) -> frozenset[str]:
    """Give the words of a name by which it is compared; if all are legal forms, all of them."""
    plain = "".join(each for each in unicodedata.normalize("NFKD", name) if not unicodedata.combining(each))
    words = frozenset(re.findall(r"\w+", plain.casefold()))
    return words - _LEGAL_FORMS or words


def parse_party_list(chunks: Iterable[bytes], *, is_sample: bool = False) -> PartyList:
    """Read a list piece by piece, so that 25 MB of XML are never in memory as a tree.

    :raises PartyListError: not XML, no date of publication, or no entries
    """
    parties: PartyList | None = None
    try:
        for element in _elements(chunks):
            kind = _kind(element)
            if kind == "publshInformation":
                parties = PartyList(_published(element), is_sample=is_sample)
            elif kind == "sdnEntry":
                if parties is None:
                    message = "the sanctions list has entries before its date of publication (publshInformation)"
                    raise PartyListError(message)
                _take(parties, element)
                element.clear()
    except ParseError as error:
        message = f"the sanctions list is not XML: {error}"
        raise PartyListError(message) from error
    if parties is None or not parties.entries:
        message = "the sanctions list has no entries (sdnEntry); is it SDN.XML as OFAC publishes it?"
        raise PartyListError(message)
    return parties


def _elements(chunks: Iterable[bytes]) -> Iterator[Element]:
    """Give each element when its end was read."""
    # The file is the operator's own, and expat bounds how far entities expand.
    parser: XMLPullParser[Element] = XMLPullParser(("end",))
    for chunk in chunks:
        parser.feed(chunk)
        for event in parser.read_events():
            element = event[-1]
            if isinstance(element, Element):
                yield element
    parser.close()


def _take(parties: PartyList, entry: Element) -> None:
    """Take in one entry with its aliases."""
    if _text(entry, "sdnType").casefold() in _NO_PARTIES:
        return
    uid = _text(entry, "uid")
    parties.entries += 1
    parties.add(uid, _name(entry))
    for child in entry:
        if _kind(child) == "akaList":
            for alias in child:
                parties.add(uid, _name(alias), is_weak=_text(alias, "category").casefold() == "weak")


def _published(element: Element) -> int:
    """Read the date of publication, in milliseconds since 1970."""
    text = _text(element, "Publish_Date")
    try:
        return to_milliseconds(datetime.strptime(text, "%m/%d/%Y").replace(tzinfo=UTC))
    except ValueError as error:
        message = "the sanctions list has no date of publication (Publish_Date, MM/DD/YYYY)"
        raise PartyListError(message) from error


def _name(element: Element) -> str:
    return f"{_text(element, 'firstName')} {_text(element, 'lastName')}"


def _text(element: Element, kind: str) -> str:
    return next((child.text.strip() for child in element if _kind(child) == kind and child.text), "")


def _kind(element: Element) -> str:
    """Name an element without its namespace, which OFAC has changed."""
    return element.tag.rpartition("}")[2]
