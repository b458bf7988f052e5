"""Sanctioned places: countries and occupied territories, by the numbers that are issued there.

An ISO region does not show them: libphonenumber calls every number of the occupied territories Russian, so prefixes
decide. A number says under which plan it was issued, not where its holder is; Ukrainian mobiles used in Crimea and
roaming can't be seen. The packaged rows (`tables/sanctioned_places.csv`) name source and confidence each; a policy can
add rows and make them stricter, never drop one (clause 2.2 is hard).
"""

from collections.abc import Iterable
from typing import Annotated, Literal

from msgspec import Meta, Struct

from pipeline.domain.numbers import Number
from pipeline.domain.outcomes import Outcome
from pipeline.domain.tables import read_table

_CODE_DIGITS = (1, 2, 3)
"""How long calling codes are (ITU-T E.164)."""


class SanctionedPlace(Struct, frozen=True, forbid_unknown_fields=True):
    """A place and, if it can be told by numbers, one prefix of them.

    `place` is ISO 3166-1 alpha-2, or ISO 3166-2 for a part of a country; `prefix` is the whole calling code and
    perhaps first digits of the national number, without plus sign, empty for a row that is about the place alone;
    `confidence` is `high`, `medium`, `low` or `general_knowledge`.
    """

    place: Annotated[str, Meta(pattern="^[A-Z]{2}(-[A-Z0-9]{1,3})?$")]
    name: str
    outcome: Literal["block", "hold"]
    regime: str
    source: str
    confidence: str
    prefix: Annotated[str, Meta(pattern="^[0-9]{0,15}$")] = ""
    source_date: str = ""

    @property
    def strictness(self) -> Outcome:
        """The row's outcome, in the order of outcomes."""
        return Outcome(self.outcome)


class SanctionedPlaces:
    """All rows that apply, found by number and by place."""

    __slots__ = ("_by_place", "_by_prefix", "_codes", "_sizes")

    def __init__(self, rows: Iterable[SanctionedPlace]) -> None:
        """Index the rows; of two rows about the same place or prefix the stricter stands."""
        self._by_place: dict[str, SanctionedPlace] = {}
        self._by_prefix: dict[str, SanctionedPlace] = {}
        for row in rows:
            _keep_stricter(self._by_place, row.place, row)
            if row.prefix:
                _keep_stricter(self._by_prefix, row.prefix, row)
        self._sizes = tuple(sorted({len(prefix) for prefix in self._by_prefix}, reverse=True))
        self._codes = {prefix[:size] for prefix in self._by_prefix for size in _CODE_DIGITS}

    def of_number(self, number: Number) -> SanctionedPlace | None:
        """Find the sanctioned place at which a number was issued: of all rows whose prefix it has, the strictest."""
        if number.country_code not in self._codes:
            return None
        digits = number.country_code + number.national
        rows = [row for size in self._sizes if (row := self._by_prefix.get(digits[:size])) is not None]
        return max(rows, key=lambda row: row.strictness, default=None)

    def of_place(self, place: str | None) -> SanctionedPlace | None:
        """Find a place by its code (`IR`, `UA-43`); none for no code, or one that is not sanctioned."""
        return self._by_place.get(place) if place else None


def _keep_stricter(rows: dict[str, SanctionedPlace], key: str, row: SanctionedPlace) -> None:
    known = rows.get(key)
    if known is None or known.strictness < row.strictness:
        rows[key] = row


def packaged_places() -> tuple[SanctionedPlace, ...]:
    """Give the rows that always apply."""
    return _PACKAGED


_PACKAGED = tuple(
    SanctionedPlace(
        place=row["place"],
        name=row["name"],
        outcome="block" if row["outcome"] == "block" else "hold",
        regime=row["regime"],
        source=row["source"],
        confidence=row["confidence"],
        prefix=row["prefix"],
        source_date=row["source_date"],
    )
    for row in read_table("sanctioned_places.csv")
)
