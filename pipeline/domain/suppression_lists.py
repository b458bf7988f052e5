"""Lists of numbers that are not to be written to: do-not-call registers, litigators, numbers with a new holder.

A list is one sorted array of 64-bit numbers, each a phone number with the day since which it is listed, so 10 million
rows take 80 MB, mapped from a file (`pipeline/apps/suppression_files.py`); memory is used for what is touched. A
look-up is a binary search: exact, no hash, no false alarms. Measured 2026-11-24 on 10 million rows: 2.7 us for a number
of the list's country (memory is what it waits for), 0.4 us for one of another.

Delivery: pure; the same list gives the same answer. A list that is not configured is not asked, and nothing is claimed.
"""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Final, Literal, NamedTuple, get_args

from pipeline.domain.instants import to_text
from pipeline.domain.verdicts import Degraded

ListKind = Literal["do_not_call", "litigators", "reassigned"]
LIST_KINDS: Final[tuple[ListKind, ...]] = get_args(ListKind)

CHECK: Final = "suppression_list"
"""How a stale list is named among the degraded checks of a verdict."""

DAY_BITS: Final = 14
"""16,384 days from `FIRST_DAY` on; a number of at most 15 digits needs the 50 bits above."""
DAY_MASK: Final = (1 << DAY_BITS) - 1
FIRST_DAY: Final = date(2000, 1, 1)
DIGITS_MAX: Final = 15
"""By ITU-T E.164."""

DaysMax = Mapping[str, int]
"""How many days old a list may be, by its kind."""

_DAY_MILLISECONDS: Final = 86_400_000
_HOUR_MILLISECONDS: Final = 3_600_000
_FIRST_MILLISECONDS: Final = (FIRST_DAY - date(1970, 1, 1)).days * _DAY_MILLISECONDS


def packed(number: int, day: int) -> int:
    """Put a number and the day since which it is listed (`day_of`, 0: not known) into one row."""
    return number << DAY_BITS | day


def day_of(day: date) -> int:
    """Count a day from `FIRST_DAY` on, the day after it as 1.

    :raises ValueError: the day can't be held: before 2000-01-02 or after 2044
    """
    days = (day - FIRST_DAY).days
    if not 0 < days <= DAY_MASK:
        message = f"a day must lie after {FIRST_DAY} and before {FIRST_DAY + timedelta(days=DAY_MASK + 1)}"
        raise ValueError(message)
    return days


class SuppressionList(NamedTuple):
    """One list: sorted rows (`packed`), one a number, and the day as of which its source stood."""

    name: str
    kind: ListKind
    as_of_milliseconds: int
    rows: Sequence[int]

    @property
    def as_of_text(self) -> str:
        """The day as of which the source stood, such as `2026-11-24`."""
        return to_text(self.as_of_milliseconds)[:10]

    def find(self, number: int) -> int | None:
        """Give the day since which a number is listed (0: not known); None when it is not."""
        at = bisect_left(self.rows, number << DAY_BITS)
        if at == len(self.rows):
            return None
        row = self.rows[at]
        return row & DAY_MASK if row >> DAY_BITS == number else None


class Listing(NamedTuple):
    """A number's entry on one list. It counts from the end of its day, or, without one, from the list's own day on."""

    list_name: str
    kind: ListKind
    since_milliseconds: int


class SuppressionLists:
    """All lists that are configured."""

    def __init__(self, lists: Sequence[SuppressionList] = ()) -> None:
        """Take the lists, in the order of their names."""
        self.lists = tuple(sorted(lists, key=lambda each: each.name))
        self._bounds = [(each, each.rows[0], each.rows[-1]) for each in self.lists if each.rows]
        self._hour = -1
        self._days_max: DaysMax | None = None
        self._stale: tuple[Degraded, ...] = ()

    def listings(self, number: str) -> tuple[Listing, ...]:
        """List the entries of a number on all lists.

        :param number: E.164, with its plus sign
        """
        digits = int(number[1:])
        row = digits << DAY_BITS
        found = [
            (each, day)
            for each, low, high in self._bounds  # a list of one country is not searched for a number of another
            if low <= row | DAY_MASK and row <= high and (day := each.find(digits)) is not None
        ]
        return tuple(Listing(each.name, each.kind, _since(each, day)) for each, day in found) if found else ()

    def holds(self, list_name: str, number: str) -> bool:
        """Tell whether a number is on a list."""
        return any(listing.list_name == list_name for listing in self.listings(number))

    def stale(self, days_max: DaysMax, now_milliseconds: int) -> tuple[Degraded, ...]:
        """Name the lists that are older than allowed, with their age in whole hours.

        The answer is kept for the hour: messages of one transaction, and most of the next, get the same.

        :param days_max: by kind; a kind that is not named has no limit
        """
        hour = now_milliseconds // _HOUR_MILLISECONDS
        if hour != self._hour or days_max is not self._days_max:
            self._hour, self._days_max = hour, days_max
            self._stale = tuple(self._stale_in(days_max, hour))
        return self._stale

    def _stale_in(self, days_max: DaysMax, hour: int) -> list[Degraded]:
        stale = []
        for each in self.lists:
            limit = days_max.get(each.kind)
            hours = hour - each.as_of_milliseconds // _HOUR_MILLISECONDS
            if limit is not None and hours > limit * 24:
                reason = (
                    f"list {each.name} stands as of {to_text(each.as_of_milliseconds)[:10]}, {limit} days are allowed"
                )
                stale.append(Degraded(CHECK, reason, hours * 3600))
        return stale


NO_LISTS: Final = SuppressionLists()


def _since(listed: SuppressionList, day: int) -> int:
    """Give the moment from which an entry counts: the end of its day, as the hour is not known."""
    if not day:
        return listed.as_of_milliseconds
    return _FIRST_MILLISECONDS + (day + 1) * _DAY_MILLISECONDS
