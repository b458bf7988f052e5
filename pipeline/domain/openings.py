"""When a message may reach a recipient: quiet hours, and the next instant that is open everywhere it must be.

A law says: not before 8 and not after 20 at the recipient's place, on no Sunday. A recipient may be at several
places, and several laws apply at each (federal and state). `next_opening` answers for all of them at once.

The arithmetic: for each UTC day every (law, zone) becomes one integer of 1,440 bits, a bit a minute, set where
sending is allowed; laws and zones together are the `&` of these; what is kept is the list of edges in Unix seconds.
So the common call is one look-up and one bisection, and both changes of daylight saving time come out right because a
minute of the UTC day is judged by the local time that it has: an hour that happens twice is judged twice, one that is
skipped never.

Delivery: pure, no clock. The time zone database is read on the first use of a zone
(`pipeline.domain.tables.read_zone`).
"""

import functools
import itertools
import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Annotated, Any, Literal, get_args

import msgspec
from msgspec import Meta, Struct

from pipeline.domain.places import is_time_zone
from pipeline.domain.tables import read_table, read_zone

Day = Literal["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun", "PH"]
_LawKey = tuple[str, str, str | None]
"""Country, region (empty for the country's own law), and the law's own time zone, if any."""

WEEKDAYS: tuple[Day, ...] = get_args(Day)[:7]
PUBLIC_HOLIDAY: Day = "PH"

DAY_MINUTES = 1_440
DAY_SECONDS = 86_400
SEARCH_DAYS = 8
"""A week and a day: every weekly pattern opens within it, or a run of public holidays needs a human."""

_MINUTE_SECONDS = 60
_DAY_MASK = (1 << DAY_MINUTES) - 1
_EPOCH_WEEKDAY = 3
"""1 January 1970 was a Thursday."""
_OPENINGS_CACHED_MAX = 16_384
"""Entries of about 300 bytes: 9 days for some 1,800 combinations of laws and zones; all area codes make about 60."""


class Window(Struct, frozen=True):
    """A part of the day on certain days: `allowed` or `forbidden` from one minute to another.

    `days` are weekdays and `PH`, any public holiday. The window covers `start_minutes` and ends before `end_minutes`
    (minutes since local midnight, the end at most 1,440). A start after the end crosses midnight: it belongs to the
    day on which it starts.
    """

    days: frozenset[Day]
    start_minutes: int
    end_minutes: int
    rule: Literal["allowed", "forbidden"]


@dataclass(frozen=True, slots=True, eq=False)
class Hours:
    """The windows of one law: of a country, or of one region of it; compared by identity, so that caches are cheap.

    Where there is an `allowed` window, all time outside the allowed windows is closed; `forbidden` windows close what
    they cover. `calendar` names the public holidays (`FR`, `US-AL`); `time_zone`, if any, is the law's own clock,
    whatever the recipient's.
    """

    country: str
    region: str
    windows: tuple[Window, ...]
    time_zone: str | None = None
    sources: tuple[str, ...] = ()

    @property
    def calendar(self) -> str:
        """Name the public holiday calendar, and the law in reasons: the region, or else the country."""
        return self.region or self.country


class Holidays:
    """Public holidays by calendar, as days since 1970; compared by identity."""

    __slots__ = ("_days", "last_year")

    def __init__(self, days: dict[str, frozenset[int]], last_year: int) -> None:
        """Keep the days; after `last_year` none are known, and a holiday counts as the weekday that it falls on."""
        self._days = days
        self.last_year = last_year

    def knows(self, calendar: str) -> bool:
        """Say whether there is such a calendar."""
        return calendar in self._days

    def is_holiday(self, calendar: str, local_day: int) -> bool:
        """Say whether a day (days since 1970, in local time) is a public holiday."""
        return local_day in self._days.get(calendar, frozenset())

    def covers(self, now_seconds: int) -> bool:
        """Say whether all holidays within `SEARCH_DAYS` are known; if not, write `public_holidays.csv` anew."""
        return datetime.fromtimestamp(now_seconds + SEARCH_DAYS * DAY_SECONDS, UTC).year <= self.last_year


def next_opening(now_seconds: int, hours: Sequence[Hours], zones: Sequence[str], holidays: Holidays) -> int | None:
    """Find the first instant, from now on, at which sending is allowed by every law in every zone.

    :param now_seconds: Unix seconds, UTC
    :param hours: the laws that apply; none: always open
    :param zones: IANA zones in which the recipient may be; a law with its own time zone does not look at them. With
        none, no other law can be judged, and the answer is `None`
    :param holidays: the public holidays (`HOLIDAYS`)
    :returns: `now_seconds` itself when sending is allowed now, else the earliest such Unix second within
        `SEARCH_DAYS`, else `None`: then only a human can find a time (laws that never open together)
    """
    if not hours:
        return now_seconds
    laws, places = tuple(hours), tuple(zones)
    today = now_seconds // DAY_SECONDS
    edges = _open_edges(laws, places, holidays, today)
    index = bisect_right(edges, now_seconds)
    if index & 1:
        return now_seconds
    if index < len(edges):
        return edges[index]
    for day in range(today + 1, today + SEARCH_DAYS + 1):
        edges = _open_edges(laws, places, holidays, day)
        if edges:
            return edges[0] if edges[0] <= now_seconds + SEARCH_DAYS * DAY_SECONDS else None
    return None


def closed_laws(
    now_seconds: int, hours: Sequence[Hours], zones: Sequence[str], holidays: Holidays
) -> tuple[Hours, ...]:
    """List the laws that forbid sending now in at least one zone, for the reason that a person reads."""
    day, seconds = divmod(now_seconds, DAY_SECONDS)
    minute = 1 << (seconds // _MINUTE_SECONDS)
    return tuple(law for law in hours if not _open_minutes((law,), tuple(zones), holidays, day) & minute)


@functools.lru_cache(maxsize=_OPENINGS_CACHED_MAX)
def _open_edges(hours: tuple[Hours, ...], zones: tuple[str, ...], holidays: Holidays, utc_day: int) -> tuple[int, ...]:
    """Give the edges of the open intervals of one UTC day in Unix seconds: begin, end, begin, end ..."""
    minutes = _open_minutes(hours, zones, holidays, utc_day)
    changes = minutes ^ (minutes << 1)
    edges = []
    while changes:
        lowest = changes & -changes
        edges.append(utc_day * DAY_SECONDS + (lowest.bit_length() - 1) * _MINUTE_SECONDS)
        changes ^= lowest
    return tuple(edges)


def _open_minutes(hours: tuple[Hours, ...], zones: tuple[str, ...], holidays: Holidays, utc_day: int) -> int:
    """Mark the minutes of a UTC day that every law allows in every zone."""
    minutes = _DAY_MASK
    for law in hours:
        places = (law.time_zone,) if law.time_zone else zones
        if not places:
            return 0
        for zone in places:
            minutes &= _open_minutes_in(law, zone, holidays, utc_day)
    return minutes


@functools.lru_cache(maxsize=_OPENINGS_CACHED_MAX)
def _open_minutes_in(hours: Hours, zone: str, holidays: Holidays, utc_day: int) -> int:
    """Mark the minutes of a UTC day that one law allows in one zone, by the local time of each minute."""
    days = [_local_minutes(hours, holidays, utc_day + shift) for shift in (-1, 0, 1)]
    local = days[0] | days[1] << DAY_MINUTES | days[2] << 2 * DAY_MINUTES
    change, before, after = _offsets(zone, utc_day)
    early = local >> (DAY_MINUTES + before) & ((1 << change) - 1)
    late = local >> (DAY_MINUTES + after) & _DAY_MASK & ~((1 << change) - 1)
    return early | late


def _offsets(zone: str, utc_day: int) -> tuple[int, int, int]:
    """Give the minute of the UTC day at which the offset changes (0: not), and the offsets before and after it."""
    before, after = _offset_minutes(zone, utc_day * DAY_MINUTES), _offset_minutes(zone, (utc_day + 1) * DAY_MINUTES)
    if before == after:
        return 0, before, after
    minutes = range(utc_day * DAY_MINUTES, (utc_day + 1) * DAY_MINUTES)
    change = bisect_right(minutes, 0, key=lambda minute: int(_offset_minutes(zone, minute) != before))
    return change, before, after


def _offset_minutes(zone: str, utc_minute: int) -> int:
    """Give the offset of local time from UTC, in minutes, at a minute counted from 1970."""
    offset = datetime.fromtimestamp(utc_minute * _MINUTE_SECONDS, read_zone(zone)).utcoffset()
    if offset is None:
        message = f"time zone {zone} gives no offset"
        raise AssertionError(message)
    return int(offset.total_seconds()) // _MINUTE_SECONDS


@functools.lru_cache(maxsize=_OPENINGS_CACHED_MAX)
def _local_minutes(hours: Hours, holidays: Holidays, local_day: int) -> int:
    """Mark the minutes of a local day that one law allows; windows of the day before reach in after midnight."""
    allowed = forbidden = 0
    for window in hours.windows:
        minutes = _window_minutes(window, hours.calendar, holidays, local_day)
        if window.rule == "allowed":
            allowed |= minutes
        else:
            forbidden |= minutes
    if not any(window.rule == "allowed" for window in hours.windows):
        allowed = _DAY_MASK
    return allowed & ~forbidden


def _window_minutes(window: Window, calendar: str, holidays: Holidays, local_day: int) -> int:
    """Mark the minutes of a local day that lie in one window."""
    start, end = window.start_minutes, window.end_minutes
    today, yesterday = (_is_on(window, calendar, holidays, day) for day in (local_day, local_day - 1))
    if start < end:
        return _span(start, end) if today else 0
    return (_span(start, DAY_MINUTES) if today else 0) | (_span(0, end) if yesterday else 0)


def _is_on(window: Window, calendar: str, holidays: Holidays, local_day: int) -> bool:
    """Say whether a window starts on this day: by its weekday, or because it is a public holiday."""
    weekday = WEEKDAYS[(local_day + _EPOCH_WEEKDAY) % 7]
    return weekday in window.days or (PUBLIC_HOLIDAY in window.days and holidays.is_holiday(calendar, local_day))


def _span(start_minutes: int, end_minutes: int) -> int:
    """Set the bits from the start to before the end."""
    return (1 << end_minutes) - (1 << start_minutes)


def read_holidays() -> Holidays:
    """Read the packaged public holidays (`tables/public_holidays.csv`)."""
    days: dict[str, set[int]] = {}
    rows = [(row["calendar"], date.fromisoformat(row["date"])) for row in read_table("public_holidays.csv")]
    for calendar, day in rows:
        days.setdefault(calendar, set()).add((day - date(1970, 1, 1)).days)
    return Holidays({calendar: frozenset(each) for calendar, each in days.items()}, max(day.year for _, day in rows))


HOLIDAYS = read_holidays()


class QuietHours:
    """All laws on quiet hours of one policy; compared by identity, so that caches are cheap."""

    __slots__ = ("_laws",)

    def __init__(self, laws: dict[tuple[str, str], dict[tuple[str, str], tuple[Hours, ...]]]) -> None:
        """Keep the laws by (channel, purpose), then by (country, region), the region empty for a country's own."""
        self._laws = laws

    def hours_for(self, country: str, regions: tuple[str, ...], channel: str, purpose: str) -> tuple[Hours, ...]:
        """List the laws that apply to a message to a recipient in any of these places: all of them must allow it.

        :param country: the recipient's country, ISO 3166-1 alpha-2 (`Place.country`)
        :param regions: candidate ISO 3166-2 regions or further countries (`Place.regions`); a region brings its
            country's law as well (`US-PR` that of `US`); with none, the country's own law applies alone
        """
        return _laws_for(self, country, regions, channel, purpose)

    def find(self, country: str, regions: tuple[str, ...], channel: str, purpose: str) -> tuple[Hours, ...]:
        """Do the work of `hours_for` without its cache."""
        by_place = self._laws.get((channel, purpose), {})
        countries = dict.fromkeys((country, *(region.partition("-")[0] for region in regions)))
        places = [*((each, "") for each in countries), *((region.partition("-")[0], region) for region in regions)]
        return tuple(law for place in places for law in by_place.get(place, ()))


@functools.lru_cache(maxsize=_OPENINGS_CACHED_MAX)
def _laws_for(
    quiet_hours: QuietHours, country: str, regions: tuple[str, ...], channel: str, purpose: str
) -> tuple[Hours, ...]:
    return quiet_hours.find(country, regions, channel, purpose)


class _Row(Struct, frozen=True, forbid_unknown_fields=True):
    """A row of the policy's `[[quiet_hours]]`, as written."""

    country: Annotated[str, Meta(pattern="^[A-Z]{2}$")]
    channels: Annotated[tuple[Literal["sms", "whatsapp"], ...], Meta(min_length=1)]
    purposes: Annotated[tuple[Literal["marketing", "utility", "authentication", "service"], ...], Meta(min_length=1)]
    days: str
    start: str
    end: str
    rule: Literal["allowed", "forbidden"]
    source: Annotated[str, Meta(min_length=1)]
    confidence: Literal["low", "medium", "high"]
    region: Annotated[str, Meta(pattern="^([A-Z]{2}-[A-Z0-9]{1,3})?$")] = ""
    time_zone: str | None = None
    source_url: str = ""
    source_date: str = ""


def parse_quiet_hours(rows: list[dict[str, Any]]) -> QuietHours:
    """Read the rows of the policy's `[[quiet_hours]]`.

    A row has `country`, `region` (ISO 3166-2, may be left out), `channels`, `purposes`, `days` (`Mon-Sat`, `Sun+PH`),
    `start` and `end` (`HH:MM`; `24:00` ends the day; a start after the end crosses midnight), `rule` (`allowed` or
    `forbidden`), `time_zone` (the law's own clock, may be left out), `source`, `source_url`, `source_date`,
    `confidence` (`low`, `medium`, `high`: what is unconfirmed is no fact). Rows of one country and region are one
    law; a country's and a region's law apply together.

    :raises ValueError: a row can't be used; the text names its position (from 1), place and field, and what to write
        instead
    """
    windows: dict[tuple[str, str], dict[_LawKey, list[tuple[Window, str]]]] = {}
    for position, fields in enumerate(rows, start=1):
        row, window = _read_row(position, fields)
        key = (row.country, row.region, row.time_zone)
        for use in itertools.product(row.channels, row.purposes):
            windows.setdefault(use, {}).setdefault(key, []).append((window, row.source))
    interned: dict[tuple[_LawKey, tuple[tuple[Window, str], ...]], Hours] = {}
    laws: dict[tuple[str, str], dict[tuple[str, str], tuple[Hours, ...]]] = {}
    for (channel, purpose), by_key in windows.items():
        by_place = laws.setdefault((channel, purpose), {})
        for key, listed in by_key.items():
            law = interned.setdefault((key, tuple(listed)), _law(key, listed))
            by_place[key[:2]] = (*by_place.get(key[:2], ()), law)
    return QuietHours(laws)


def _law(key: _LawKey, listed: list[tuple[Window, str]]) -> Hours:
    """Make one law of its windows and sources."""
    country, region, time_zone = key
    sources = tuple(dict.fromkeys(source for _, source in listed))
    return Hours(country, region, tuple(window for window, _ in listed), time_zone, sources)


def _read_row(position: int, fields: dict[str, Any]) -> tuple[_Row, Window]:
    """Read one row; every complaint names the row."""
    name = f"quiet_hours row {position} ({fields.get('region') or fields.get('country') or 'no country'})"
    try:
        row = msgspec.convert(fields, _Row)
        _check_place(row)
        return row, _window(row)
    except (msgspec.ValidationError, ValueError) as error:
        message = f"{name}: {error}"
        raise ValueError(message) from error


def _check_place(row: _Row) -> None:
    """Refuse a region of another country, a zone that does not exist, and holidays of which no calendar is known."""
    if row.region and not row.region.startswith(row.country + "-"):
        message = f"field region: {row.region} is not in {row.country}; write a code such as {row.country}-XX"
        raise ValueError(message)
    if row.time_zone is not None and not is_time_zone(row.time_zone):
        message = f"field time_zone: {row.time_zone!r} is no IANA zone; write one such as Asia/Kolkata, or leave it out"
        raise ValueError(message)
    calendar = row.region or row.country
    if PUBLIC_HOLIDAY in row.days and not HOLIDAYS.knows(calendar):
        message = (
            f"field days: PH, but no public holidays of {calendar} are known; add it to [public_holidays] in "
            "tools/place_facts.toml and run tools/make_place_tables.py holidays, or write the days without +PH"
        )
        raise ValueError(message)


def _window(row: _Row) -> Window:
    """Read days and times."""
    start, end = _minutes(row.start, "start"), _minutes(row.end, "end")
    if start in {end, DAY_MINUTES}:
        message = f"field start: {row.start} to {row.end} is no window; for a whole day write 00:00 and 24:00"
        raise ValueError(message)
    return Window(_days(row.days), start, end, row.rule)


def _minutes(text: str, field: str) -> int:
    """Read `HH:MM` as minutes since midnight."""
    if not re.fullmatch(r"(?:[01][0-9]|2[0-3]):[0-5][0-9]|24:00", text, re.ASCII):
        message = f"field {field}: {text!r} is no time of day; write HH:MM from 00:00 to 24:00"
        raise ValueError(message)
    return int(text[:2]) * 60 + int(text[3:])


def _days(text: str) -> frozenset[Day]:
    """Read `Mon-Sat`, `Sun+PH`, `Mon+Wed+Fri`; a range may run over the end of the week (`Sat-Mon`)."""
    days: set[Day] = set()
    for part in text.split("+"):
        first, hyphen, last = part.partition("-")
        if part == PUBLIC_HOLIDAY:
            days.add(PUBLIC_HOLIDAY)
        elif first in WEEKDAYS and (last in WEEKDAYS or not hyphen):
            start = WEEKDAYS.index(first)
            length = (WEEKDAYS.index(last) - start) % 7 if hyphen else 0
            days.update(WEEKDAYS[(start + shift) % 7] for shift in range(length + 1))
        else:
            message = f"field days: {text!r} names no days; write such as Mon-Sat, Sat-Sun+PH, Sun"
            raise ValueError(message)
    return frozenset(days)
