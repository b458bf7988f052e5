"""Every row of the shipped quiet hours, one second around each edge, held against a reading of the rows made here.

The expected answer comes from the rows as they stand in the policy file, the local time from `zoneinfo`, the holidays
from the table: nothing of `pipeline.domain.openings` is used for it.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from pipeline.apps.packaged import read_policy_file
from pipeline.domain.openings import HOLIDAYS, next_opening
from pipeline.domain.tables import read_table

POLICY = read_policy_file(None)
ROWS: tuple[Mapping[str, Any], ...] = POLICY.document.quiet_hours
WEEK = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
FREE_DAYS = {(row["calendar"], date.fromisoformat(row["date"])) for row in read_table("public_holidays.csv")}
YEAR = 2027


def zones_of(row: Mapping[str, Any]) -> list[str]:
    """List the zones of a row's place: the law's own, else those of its ZIP codes, else those of its country."""
    if row.get("time_zone"):
        return [row["time_zone"]]
    if row.get("region"):
        zips = [each["zones"].split() for each in read_table("us_zip3.csv") if row["region"] in each["regions"].split()]
        return sorted({zone for zones in zips for zone in zones})
    (country,) = [each for each in read_table("country_zones.csv") if each["country"] == row["country"]]
    return list(country["zones"].split())


def clock_changes(zone: ZoneInfo) -> list[date]:
    """List the days of the year on which the zone's clocks change."""
    days = [date(YEAR, 1, 1) + timedelta(days=number) for number in range(365)]
    return [
        day for day in days if midnight(day, zone).utcoffset() != midnight(day + timedelta(days=1), zone).utcoffset()
    ]


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """Give the begin of a local day."""
    return datetime(day.year, day.month, day.day, tzinfo=zone)


def days_to_try(row: Mapping[str, Any], zone: ZoneInfo) -> Iterator[date]:
    """Give a plain week, the days around each clock change, and the days around the place's holidays."""
    yield from (date(YEAR, 6, 7) + timedelta(days=number) for number in range(7))
    for change in clock_changes(zone):
        yield from (change + timedelta(days=shift) for shift in (-1, 0, 1))
    holidays = sorted(day for calendar, day in FREE_DAYS if calendar == place_of(row) and day.year == YEAR)
    for holiday in holidays:
        yield from (holiday + timedelta(days=shift) for shift in (-1, 0, 1))


def place_of(row: Mapping[str, Any]) -> str:
    """Name the place of a row, which is also its calendar."""
    return str(row.get("region") or row["country"])


def covers(row: Mapping[str, Any], local: datetime) -> bool:
    """Tell whether a row's window holds a local time; one over midnight belongs to the day on which it starts."""
    start, end = minutes(row["start"]), minutes(row["end"])
    minute = local.hour * 60 + local.minute
    today, yesterday = local.date(), local.date() - timedelta(days=1)
    if start < end:
        return starts_on(row, today) and start <= minute < end
    return (starts_on(row, today) and minute >= start) or (starts_on(row, yesterday) and minute < end)


def starts_on(row: Mapping[str, Any], day: date) -> bool:
    """Tell whether a row's window starts on a day."""
    for part in row["days"].split("+"):
        first, _, last = part.partition("-")
        if part == "PH":
            if (place_of(row), day) in FREE_DAYS:
                return True
        elif WEEK.index(first) <= day.weekday() <= WEEK.index(last or first):
            return True
    return False


def minutes(text: str) -> int:
    """Read `HH:MM`."""
    return int(text[:2]) * 60 + int(text[3:])


def rows_at(place: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """List the rows that apply at the place of a row: its own and its country's."""
    regions = (None, place.get("region"))
    return [row for row in ROWS if row["country"] == place["country"] and row.get("region") in regions]


def edges_at(place: Mapping[str, Any]) -> list[str]:
    """List the edges of all windows at the place of a row."""
    return sorted({row[edge] for row in rows_at(place) for edge in ("start", "end")})


def may_send(at: datetime, place: Mapping[str, Any], zone: ZoneInfo) -> bool:
    """Read the rows of a place and of its country: each law must allow the moment."""
    laws: dict[tuple[str, str | None], list[Mapping[str, Any]]] = {}
    for row in rows_at(place):
        laws.setdefault((place_of(row), row.get("time_zone")), []).append(row)
    for rows in laws.values():
        local = at.astimezone(ZoneInfo(rows[0]["time_zone"]) if rows[0].get("time_zone") else zone)
        inside = {row["rule"] for row in rows if covers(row, local)}
        if "forbidden" in inside or ("allowed" not in inside and any(row["rule"] == "allowed" for row in rows)):
            return False
    return True


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{place_of(row)} {row['days']} {row['start']} {row['end']}")
def test_opens_and_closes_to_the_second(row: Mapping[str, Any]) -> None:
    """One second before each edge, at it and after it, in every zone of the place."""
    regions = (row["region"],) if row.get("region") else ()
    hours = POLICY.quiet_hours.hours_for(row["country"], regions, "sms", "marketing")
    assert hours
    answers = set()
    for name in zones_of(row):
        zone = ZoneInfo(name)
        for day in days_to_try(row, zone):
            for edge in edges_at(row):
                begin = midnight(day + timedelta(days=minutes(edge) // 1_440), zone)
                at = int(begin.replace(hour=minutes(edge) // 60 % 24, minute=minutes(edge) % 60).timestamp())
                for shift in (-1, 0, 1):
                    expected = may_send(datetime.fromtimestamp(at + shift, UTC), row, zone)
                    answers.add(expected)
                    is_open = next_opening(at + shift, hours, (name,), HOLIDAYS) == at + shift
                    assert is_open == expected, f"{name} {day} {edge} {shift:+d}s"
    assert answers == {True, False}


@pytest.mark.parametrize("change", ["America/New_York", "America/Los_Angeles", "Europe/Paris"])
def test_tries_both_clock_changes(change: str) -> None:
    """Spring and autumn, where there are any."""
    assert len(clock_changes(ZoneInfo(change))) == 2
