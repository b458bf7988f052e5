"""Reading a content, once per message: everything that rules want to know of a text, in one value.

Three caches, all bounded, all without influence on what is read. Contents that come again exactly get the same
reading. Texts that differ in long numbers alone are read by their like where those decide nothing (`long_numbers.py`),
which makes a campaign's messages nearly free. Texts of one wording (they differ in digits and links alone) share what
is worked out of the wording (`distinct_text.py`).

Cost: 40-65 µs for a new text of 100 characters, 6 µs for one like another, less for the same again
(docs/decisions/0011-reading.md). A reader is used by one thread at a time. To change lexicons, compile a matcher
elsewhere and put `reader.with_matcher(...)` in its place.
"""

import re
from collections.abc import Callable
from typing import Final, Generic, TypeVar

from msgspec.structs import replace

from pipeline.domain.events import Content
from pipeline.reading.brands import PACKAGED_BRANDS, Brands
from pipeline.reading.content import Reading
from pipeline.reading.distinct_text import DistinctText, mask
from pipeline.reading.lexicon_files import Pattern
from pipeline.reading.links import LINKS_MAX, Link, find_links, link_to, without_links
from pipeline.reading.long_numbers import for_patterns, is_fixed, mask_long_numbers, moved_to
from pipeline.reading.lookalikes import Imitation, Lookalikes
from pipeline.reading.matcher import Matcher
from pipeline.reading.normalise import is_cut, normalise
from pipeline.reading.sensitive import Sensitive, find_sensitive, keyed_hash

READER_VERSION: Final = 1
"""Raise it when code reads texts otherwise than before: evidence states it beside the hash of the lexicons."""
CACHED_READINGS_MAX: Final = 8_192
CACHED_CHARACTERS_MAX: Final = 4_000_000
"""Some 40 MB in all: a reading takes about ten times its text."""

_PHONE: Final = re.compile(
    r"\+[0-9](?:[ ().-]{0,2}[0-9]){6,14}|[0-9](?<![\w/.,][0-9])(?:[ ().-]{0,2}[0-9]){8,14}(?![0-9])", re.ASCII
)
_LONG_NUMBER_IN_BRAND: Final = re.compile("[0-9]{4}")
_SEEN_ONCE: Final = "seen once"
_DIGITS_DECIDE: Final = "digits decide"
_Value = TypeVar("_Value")


class _Recent(Generic[_Value]):
    """Values that were used lately: two generations, so that forgetting costs nothing per value."""

    def __init__(self) -> None:
        self._young: dict[object, _Value] = {}
        self._old: dict[object, _Value] = {}
        self._characters = 0

    def get(self, key: object) -> _Value | None:
        """Give a value that is still known; a value of the old generation becomes young again."""
        found = self._young.get(key)
        if found is None and key in self._old:
            found = self._old[key]
            self.put(key, found, 0)
        return found

    def put(self, key: object, value: _Value, characters: int) -> None:
        """Keep a value of so many characters."""
        if len(self._young) >= CACHED_READINGS_MAX // 2 or self._characters > CACHED_CHARACTERS_MAX // 2:
            self._old, self._young, self._characters = self._young, {}, 0
        self._young[key] = value
        self._characters += characters

    def __len__(self) -> int:
        return len(self._young) + len(self._old)


class Reader:
    """Reads contents with one set of lexicons and brands."""

    def __init__(
        self,
        matcher: Matcher,
        brands: Brands = PACKAGED_BRANDS,
        value_key: bytes = b"",
        fraud_score: Callable[[str], float] | None = None,
    ) -> None:
        """Take what texts are looked through for.

        :param fraud_score: a model: a masked wording (`distinct_text.py`) to how much it is like fraud's, from 0 to 1;
            asked once at most for each wording, and it must give the same each time
        :param value_key: for the hashes of sensitive values; without one they get none
        """
        self._value_key = value_key
        self._fraud_score = fraud_score
        self._matcher = matcher
        self._patterns = matcher.lexicons.patterns
        self._brands = brands
        self._lookalikes = Lookalikes(brands)
        self._may_read_by_like = not any(_LONG_NUMBER_IN_BRAND.search(word) for word in (*brands.by_key, *brands.words))
        self._readings: _Recent[Reading] = _Recent()
        self._alike: _Recent[Reading | str] = _Recent()
        self._texts: _Recent[DistinctText] = _Recent()

    @property
    def matcher(self) -> Matcher:
        """What it matches texts with."""
        return self._matcher

    @property
    def lexicons_hash(self) -> str:
        """The hash of the lexicons that it reads with."""
        return self._matcher.lexicons.hash

    def with_matcher(self, matcher: Matcher) -> "Reader":
        """Give a reader with other lexicons."""
        return Reader(matcher, self._brands, self._value_key, self._fraud_score)

    def read(self, content: Content) -> Reading:
        """Read a content; nothing is raised, whatever it holds.

        The text is read with what a template is filled with, where that is not part of it; links of media stand among
        the links.
        """
        text = _text_of(content)
        if content.media:
            found = self._readings.get(content)
            if found is None:
                found = self._read(text, content)
                self._readings.put(content, found, len(text))
            return found
        found = self._readings.get(text)
        return self._read_text(text, content) if found is None else found

    def forget(self) -> None:
        """Empty the caches: for measuring what a new text costs."""
        self._readings, self._alike, self._texts = _Recent(), _Recent(), _Recent()

    def _read_text(self, text: str, content: Content) -> Reading:
        """Read a text by its like, if one was read that differs in long numbers alone and those decide nothing.

        What was read by its like is not kept: reading it so again costs little more than finding it.
        """
        masked = mask_long_numbers(text) if self._may_read_by_like else None
        like = self._alike.get(masked) if masked is not None else None
        if isinstance(like, Reading):
            return self._read_by(like, text)
        reading = self._read(text, content)
        self._readings.put(text, reading, len(text))
        if masked is None:
            return reading
        if like is None:
            self._alike.put(masked, _SEEN_ONCE, len(text))
        elif like is _SEEN_ONCE:
            # Looked at only when a second one comes: most texts have no like.
            fixed = not reading.sensitive and is_fixed(without_links(text, reading.links), reading.links)
            self._alike.put(masked, reading if fixed else _DIGITS_DECIDE, len(text))
        return reading

    @staticmethod
    def _read_by(like: Reading, text: str) -> Reading:
        links = moved_to(text, like.links) if like.links else ()
        return Reading(
            text,
            links,
            like.imitations,
            like.brands,
            like.sensitive,
            like.hits,
            like.features,
            like.distinct,
            like.is_whole,
            like.lexicons_hash,
        )

    def _read(self, text: str, content: Content) -> Reading:
        links = find_links(text)
        plain = without_links(text, links)
        normalised = normalise(plain)
        words = normalised.split()
        has_link = bool(links) and any(["doubtful" not in link.flags for link in links])  # noqa: C419 - a list is quicker
        hits, features = self._hits(normalised, _FEATURES[has_link, _PHONE.search(plain) is not None])
        if content.media:
            links += tuple(link for medium in content.media if (link := link_to(medium.url, "media")) is not None)
        return Reading(
            text,
            links,
            self._imitations(links) if links else (),
            self._brands.named_in(words, text),
            self._sensitive(plain, normalised, words),
            hits,
            features,
            self._distinct(normalised),
            len(links) < LINKS_MAX and not is_cut(plain, normalised),
            self._matcher.lexicons.hash,
        )

    def _sensitive(self, plain: str, normalised: str, words: list[str]) -> tuple[Sensitive, ...]:
        found = find_sensitive(plain, normalised, words)
        if not found or not self._value_key:
            return found
        return tuple([replace(each, hash=keyed_hash(plain, each, self._value_key)) for each in found])

    def _hits(self, normalised: str, features: frozenset[str]) -> tuple[tuple[Pattern, ...], frozenset[str]]:
        """Give the patterns that a text hits, and its features with those that patterns give."""
        numbers = self._matcher.hits(for_patterns(normalised), features)
        if not numbers:
            return (), features
        hits = [self._patterns[number] for number in sorted(numbers)]
        given = [hit.feature for hit in hits if hit.feature]
        return tuple([hit for hit in hits if not hit.feature]), features.union(given) if given else features

    def _imitations(self, links: tuple[Link, ...]) -> tuple[Imitation, ...]:
        found = [imitation for link in links if (imitation := self._lookalikes.imitation_by(link)) is not None]
        return tuple(dict.fromkeys(found)) if found else ()

    def _distinct(self, normalised: str) -> DistinctText:
        masked = mask(normalised)
        found = self._texts.get(masked)
        if found is None:
            found = DistinctText(masked, self._fraud_score)
            self._texts.put(masked, found, len(masked))
        return found


_FEATURES: Final = {
    (has_link, has_phone): frozenset([*(["link"] if has_link else []), *(["phone"] if has_phone else [])])
    for has_link in (False, True)
    for has_phone in (False, True)
}


def _text_of(content: Content) -> str:
    """Give all that the recipient would read: what a template is filled with too, if the text does not hold it."""
    text = content.text or ""
    if content.template is None:
        return text
    return "\n".join([text, *(each for each in content.template.parameters if each not in text)]).lstrip("\n")
