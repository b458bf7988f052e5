"""Laws of the next opening, held against an implementation that looks at every minute."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.domain.openings import (
    HOLIDAYS,
    PUBLIC_HOLIDAY,
    SEARCH_DAYS,
    WEEKDAYS,
    Hours,
    Window,
    closed_laws,
    next_opening,
)

MINUTE_SECONDS, DAY_SECONDS = 60, 86_400
ZONES = (
    "America/New_York",
    "America/Chicago",
    "America/Phoenix",
    "Pacific/Honolulu",
    "Pacific/Kiritimati",
    "Asia/Kolkata",
    "Australia/Lord_Howe",
    "Europe/Paris",
)
CHANGES = (
    "2026-03-08",
    "2026-11-01",
    "2027-03-14",
    "2027-11-07",
    "2026-03-29",
    "2026-10-25",
    "2026-10-04",
    "2027-04-04",
)


def is_in(window: Window, calendar: str, local: datetime) -> bool:
    """Say whether a local time lies in a window, read from the window's definition."""
    minute = local.hour * 60 + local.minute
    today, yesterday = (starts_on(window, calendar, local - timedelta(days=days)) for days in (0, 1))
    if window.start_minutes < window.end_minutes:
        return today and window.start_minutes <= minute < window.end_minutes
    return (today and minute >= window.start_minutes) or (yesterday and minute < window.end_minutes)


def starts_on(window: Window, calendar: str, local: datetime) -> bool:
    """Say whether a window starts on a local day."""
    day = int(datetime(local.year, local.month, local.day, tzinfo=UTC).timestamp()) // DAY_SECONDS
    on_holiday = PUBLIC_HOLIDAY in window.days and HOLIDAYS.is_holiday(calendar, day)
    return WEEKDAYS[local.weekday()] in window.days or on_holiday


def is_allowed(at_seconds: int, hours: Sequence[Hours], zones: Sequence[str]) -> bool:
    """Say whether all laws allow an instant in all zones."""
    for law in hours:
        for zone in (law.time_zone,) if law.time_zone else zones:
            local = datetime.fromtimestamp(at_seconds, ZoneInfo(zone))
            inside = [each.rule for each in law.windows if is_in(each, law.calendar, local)]
            needs_allowed = any(each.rule == "allowed" for each in law.windows)
            if "forbidden" in inside or (needs_allowed and "allowed" not in inside):
                return False
    return True


def slow_opening(now_seconds: int, hours: Sequence[Hours], zones: Sequence[str]) -> int | None:
    """Look at every minute of the eight days."""
    if is_allowed(now_seconds, hours, zones):
        return now_seconds
    first = now_seconds - now_seconds % MINUTE_SECONDS + MINUTE_SECONDS
    minutes = range(first, now_seconds + SEARCH_DAYS * DAY_SECONDS + 1, MINUTE_SECONDS)
    return next((at for at in minutes if is_allowed(at, hours, zones)), None)


@st.composite
def windows(draw: st.DrawFn) -> Window:
    """Draw a window, its edges often at full quarters and often at the ends of the day."""
    start = draw(st.integers(0, 95).map(lambda quarter: quarter * 15) | st.integers(0, 1439))
    end = draw(st.just(1440) | st.integers(0, 96).map(lambda quarter: quarter * 15) | st.integers(0, 1440))
    days = draw(st.frozensets(st.sampled_from((*WEEKDAYS, PUBLIC_HOLIDAY)), min_size=1))
    end = end if end != start else (start + 60) % 1440
    return Window(days, start, end, draw(st.sampled_from(("allowed", "allowed", "forbidden"))))


@st.composite
def laws(draw: st.DrawFn) -> Hours:
    """Draw a law of one to three windows."""
    own = draw(st.none() | st.none() | st.sampled_from(ZONES))
    country, region = draw(st.sampled_from((("FR", ""), ("US", "US-AL"), ("CO", ""))))
    return Hours(country, region, tuple(draw(st.lists(windows(), min_size=1, max_size=3))), own)


@st.composite
def instants(draw: st.DrawFn) -> int:
    """Draw an instant of 2026-2027, often around a change of daylight saving time."""
    day = draw(st.sampled_from(CHANGES).map(lambda text: datetime.fromisoformat(text + "T00:00:00+00:00")))
    near = int(day.timestamp()) + draw(st.integers(-2 * DAY_SECONDS, 2 * DAY_SECONDS))
    return draw(st.just(near) | st.integers(1_767_225_600, 1_830_297_599))


hours_lists = st.lists(laws(), min_size=1, max_size=2)
zone_lists = st.lists(st.sampled_from(ZONES), min_size=1, max_size=2, unique=True)


@settings(max_examples=60, deadline=None)
@given(instants(), hours_lists, zone_lists)
def test_agrees_with_looking_at_every_minute(now_seconds: int, hours: list[Hours], zones: list[str]) -> None:
    """The fast answer is the slow one's, over changes of time, midnights and holidays."""
    assert next_opening(now_seconds, hours, zones, HOLIDAYS) == slow_opening(now_seconds, hours, zones)


@settings(deadline=None)
@given(instants(), hours_lists, zone_lists, st.lists(st.floats(0, 1, exclude_max=True), max_size=20))
def test_is_open_at_the_answer_and_at_no_instant_before(
    now_seconds: int, hours: list[Hours], zones: list[str], shares: list[float]
) -> None:
    """The answer is allowed everywhere; every sampled instant from now to it is not allowed somewhere."""
    found = next_opening(now_seconds, hours, zones, HOLIDAYS)
    end = now_seconds + SEARCH_DAYS * DAY_SECONDS if found is None else found
    between = {now_seconds + int(share * (end - now_seconds)) for share in (*shares, 0)} | {end - 1}
    open_before = [at for at in between if now_seconds <= at < end and is_allowed(at, hours, zones)]
    assert (open_before, found is None or is_allowed(found, hours, zones)) == ([], True)


@settings(deadline=None)
@given(instants(), hours_lists, zone_lists)
def test_an_answer_answers_itself(now_seconds: int, hours: list[Hours], zones: list[str]) -> None:
    """Asked again at its own answer, it stays."""
    found = next_opening(now_seconds, hours, zones, HOLIDAYS)
    assert found is None or next_opening(found, hours, zones, HOLIDAYS) == found


@settings(deadline=None)
@given(instants(), hours_lists, zone_lists, laws(), st.sampled_from(ZONES))
def test_one_more_law_or_zone_never_opens_earlier(
    now_seconds: int, hours: list[Hours], zones: list[str], law: Hours, zone: str
) -> None:
    """Doubt about the place can only delay."""
    alone = next_opening(now_seconds, hours, zones, HOLIDAYS)
    joined = next_opening(now_seconds, [*hours, law], [*zones, zone], HOLIDAYS)
    assert joined is None or (alone is not None and alone <= joined)


@settings(deadline=None)
@given(instants(), hours_lists, zone_lists)
def test_laws_are_named_exactly_when_it_is_closed(now_seconds: int, hours: list[Hours], zones: list[str]) -> None:
    """Some law is named as closed if and only if one must wait."""
    closed = closed_laws(now_seconds, hours, zones, HOLIDAYS)
    assert bool(closed) == (next_opening(now_seconds, hours, zones, HOLIDAYS) != now_seconds)
