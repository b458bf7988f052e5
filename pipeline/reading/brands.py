"""The brands that fraud imitates, where they live, and whether a text names one.

A brand is looked for by its key: its name in small letters without spaces and signs. Packaged brands stand in
`brands.csv`; a policy may bring its own by `build_brands`.
"""

import csv
from collections.abc import Iterable, Mapping, Sequence
from importlib import resources
from typing import Final, NamedTuple

from pipeline.reading.normalise import normalise

BRANDS_MAX: Final = 2_000
KEY_CHARACTERS_MIN: Final = 5
"""A shorter name (`dhl`) is part of too many others to count alone."""


class Brand(NamedTuple):
    """One protected brand."""

    name: str
    domains: tuple[str, ...]
    country: str
    category: str
    is_word: bool
    """Whether its name is also an everyday word, or too short: it then counts only beside a word that lures."""

    @property
    def key(self) -> str:
        """The name as it stands in a host."""
        return "".join(self.words)

    @property
    def words(self) -> tuple[str, ...]:
        """The name as it stands in a normalised text."""
        return tuple(normalise(self.name).split())


class Brands(NamedTuple):
    """All brands, by what they are looked up by."""

    by_domain: Mapping[str, frozenset[str]]
    """The names of the brands that own a domain."""
    by_key: Mapping[str, Brand]
    by_first_word: Mapping[str, tuple[tuple[tuple[str, ...], Brand], ...]]

    @property
    def words(self) -> frozenset[str]:
        """All words that names consist of."""
        return frozenset(
            word for first, entries in self.by_first_word.items() for rest, _ in entries for word in (first, *rest)
        )

    def named_in(self, words: Sequence[str], text: str) -> frozenset[str]:
        """Tell which brands a text names.

        :param words: of the normalised text
        :param text: as sent

        A brand whose name is an everyday word counts only where it is written as the brand writes it (`Orange`, not
        `orange`; `DHL`, not `dhl`).
        """
        if self.by_first_word.keys().isdisjoint(words):
            return _NONE
        return frozenset(
            brand.name
            for at, word in enumerate(words)
            if word in self.by_first_word
            for rest, brand in self.by_first_word[word]
            if (not rest or tuple(words[at + 1 : at + 1 + len(rest)]) == rest)
            and (not brand.is_word or brand.name in text)
        )


_NONE: Final[frozenset[str]] = frozenset()


def build_brands(brands: Iterable[Brand]) -> Brands:
    """Index brands, at most `BRANDS_MAX`; of two with the same key the first stands.

    :raises ValueError: there are more; whoever wrote the list can mend it
    """
    listed = list(brands)
    if len(listed) > BRANDS_MAX:
        message = f"{len(listed)} brands; at most {BRANDS_MAX} can be protected"
        raise ValueError(message)
    by_domain: dict[str, frozenset[str]] = {}
    by_key: dict[str, Brand] = {}
    by_first_word: dict[str, tuple[tuple[tuple[str, ...], Brand], ...]] = {}
    for brand in listed:
        words = brand.words
        by_key.setdefault(brand.key, brand)
        by_first_word[words[0]] = (*by_first_word.get(words[0], ()), (words[1:], brand))
        if len(words) > 1:  # also written together
            by_first_word[brand.key] = (*by_first_word.get(brand.key, ()), ((), brand))
        for domain in brand.domains:
            by_domain[domain] = by_domain.get(domain, frozenset()) | {brand.name}
    return Brands(by_domain, by_key, by_first_word)


def _read_brands() -> list[Brand]:
    text = (resources.files(__package__ or __name__) / "brands.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(line for line in text.splitlines() if not line.startswith("#"))
    return [
        Brand(row["brand"], tuple(row["domains"].split()), row["country"], row["category"], row["form"] == "word")
        for row in rows
    ]


PACKAGED_BRANDS: Final = build_brands(_read_brands())
