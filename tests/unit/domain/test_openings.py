"""When a message may reach a recipient: laws as rows, places from numbers, the instants around each edge."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from pipeline.domain.numbers import read_number
from pipeline.domain.openings import (
    HOLIDAYS,
    Holidays,
    Hours,
    QuietHours,
    Window,
    closed_laws,
    next_opening,
    parse_quiet_hours,
)
from pipeline.domain.places import place_of

EASTERN, CENTRAL, MOUNTAIN = ZoneInfo("America/New_York"), ZoneInfo("America/Chicago"), ZoneInfo("America/Denver")
PACIFIC, PHOENIX = ZoneInfo("America/Los_Angeles"), ZoneInfo("America/Phoenix")


def row(place: str, days: str, start: str, end: str, **more: str) -> dict[str, Any]:
    """Write one row of the policy: allowed for marketing on both channels, unless `more` says otherwise."""
    country, _, region = place.partition("-")
    written = {"country": country, "channels": ["sms", "whatsapp"], "purposes": ["marketing"], "days": days}
    written |= {"start": start, "end": end, "rule": "allowed", "source": "a law", "confidence": "high"} | more
    return written | ({"region": place} if region else {})


ROWS = [
    row("US", "Mon-Sun", "08:00", "21:00"),
    row("US-FL", "Mon-Sun", "08:00", "20:00"),
    row("US-KY", "Mon-Sun", "10:00", "21:00"),
    row("US-AL", "Mon-Sat", "08:00", "20:00"),
    row("US-AL", "Sun+PH", "00:00", "24:00", rule="forbidden"),
    row("US-TX", "Mon-Sat", "09:00", "21:00"),
    row("US-TX", "Sun", "12:00", "21:00"),
    row("US-RI", "Mon-Fri", "09:00", "18:00"),
    row("US-RI", "Sat", "10:00", "17:00"),
    row("US-RI", "Sun+PH", "00:00", "24:00", rule="forbidden"),
    row("FR", "Mon-Sat", "08:00", "20:00"),
    row("FR", "Sun+PH", "00:00", "24:00", rule="forbidden"),
    row("IN", "Mon-Sun", "10:00", "21:00", time_zone="Asia/Kolkata"),
    row("KR", "Mon-Sun", "21:00", "08:00", rule="forbidden", time_zone="Asia/Seoul"),
    row("CO", "Mon-Fri", "07:00", "19:00", time_zone="America/Bogota"),
    row("CO", "Sat", "08:00", "15:00", time_zone="America/Bogota"),
    row("CO", "Sun+PH", "00:00", "24:00", rule="forbidden", time_zone="America/Bogota"),
]
QUIET_HOURS = parse_quiet_hours(ROWS)


def seconds(local: str, zone: ZoneInfo | None = None, *, fold: int = 0) -> int:
    """Give the Unix seconds of a local time (`2026-11-25 08:00`), UTC without a zone."""
    return int(datetime.fromisoformat(local).replace(tzinfo=zone or UTC, fold=fold).timestamp())


def opening(number: str, now_seconds: int, time_zone: str | None = None) -> int | None:
    """Find the next opening for marketing by SMS to a number."""
    read = read_number(number)
    assert read is not None
    place = place_of(read, None, time_zone, None)
    hours = QUIET_HOURS.hours_for(place.country, place.regions, "sms", "marketing")
    return next_opening(now_seconds, hours, place.zones, HOLIDAYS)


def assert_opens(number: str, at_seconds: int) -> None:
    """Hold that sending to a number is closed one second before an instant, and open at it and one second after."""
    found = [opening(number, at_seconds + shift) for shift in (-1, 0, 1)]
    assert found == [at_seconds, at_seconds, at_seconds + 1]


def assert_closes(number: str, at_seconds: int, until_seconds: int) -> None:
    """Hold that sending is open one second before an instant, and closed at it and after until another one."""
    found = [opening(number, at_seconds + shift) for shift in (-1, 0, 1)]
    assert found == [at_seconds - 1, until_seconds, until_seconds]


@pytest.mark.parametrize("day", ["2026-03-07", "2026-03-08", "2026-03-09", "2026-10-31", "2026-11-01", "2026-11-02"])
def test_florida_opens_at_eight_by_the_clock_on_both_sides_of_a_change_in_2026(day: str) -> None:
    """Federal law and Florida's both begin at 8 local time, whatever the offset of the day."""
    assert_opens("+13055550123", seconds(f"{day} 08:00", EASTERN))


@pytest.mark.parametrize("day", ["2027-03-13", "2027-03-14", "2027-03-15", "2027-11-06", "2027-11-07", "2027-11-08"])
def test_florida_closes_at_twenty_by_the_clock_on_both_sides_of_a_change_in_2027(day: str) -> None:
    """Florida closes an hour before federal law, and opens the next morning."""
    close, tomorrow = seconds(f"{day} 20:00", EASTERN), datetime.fromisoformat(day) + timedelta(days=1)
    assert_closes("+13055550123", close, seconds(f"{tomorrow:%Y-%m-%d} 08:00", EASTERN))


def test_defers_a_florida_evening_to_the_next_morning() -> None:
    """The scenario of clause 2.1: 21:30 in Florida waits for 08:00, which is 13:00 UTC."""
    assert opening("+13055550123", seconds("2026-11-25 02:30")) == seconds("2026-11-25 13:00")


@pytest.mark.parametrize(("day", "next_day"), [("2026-07-01", "2026-07-02"), ("2026-11-01", "2026-11-02")])
def test_the_panhandle_waits_for_both_of_its_zones(day: str, next_day: str) -> None:
    """Area code 850 opens by the Central clock and closes by the Eastern one."""
    assert_opens("+18505550123", seconds(f"{day} 08:00", CENTRAL))
    assert_closes("+18505550123", seconds(f"{day} 20:00", EASTERN), seconds(f"{next_day} 08:00", CENTRAL))


def test_the_panhandle_narrows_to_a_stated_zone() -> None:
    """With the sender's word for Central time the Eastern clock no longer closes."""
    at = seconds("2026-11-25 19:30", CENTRAL)
    assert (opening("+18505550123", at, "America/Chicago"), opening("+18505550123", at)) == (at, at + 12 * 3600 + 1800)


def test_indiana_waits_for_both_of_its_zones() -> None:
    """Area code 812 has no state row: federal law by two clocks."""
    assert_opens("+18125550123", seconds("2026-11-25 08:00", CENTRAL))
    assert_closes("+18125550123", seconds("2026-11-25 21:00", EASTERN), seconds("2026-11-26 08:00", CENTRAL))


def test_phoenix_keeps_one_clock_all_year() -> None:
    """Area code 602 lies in the part of Arizona that does not change its clocks."""
    assert_opens("+16025550123", seconds("2026-07-01 15:00"))
    assert_opens("+16025550123", seconds("2026-12-01 15:00"))


def test_the_navajo_nation_closes_an_hour_earlier_in_summer() -> None:
    """Area code 928 opens by Phoenix and closes by Denver in summer; in winter both are one."""
    assert_opens("+19285550123", seconds("2026-07-01 08:00", PHOENIX))
    assert_closes("+19285550123", seconds("2026-07-01 21:00", MOUNTAIN), seconds("2026-07-02 08:00", PHOENIX))
    assert_closes("+19285550123", seconds("2026-12-01 21:00", MOUNTAIN), seconds("2026-12-02 08:00", PHOENIX))


def test_texas_opens_at_noon_on_sunday() -> None:
    """Saturday closes at 21, Sunday opens at 12, Monday at 9."""
    assert_closes("+12145550123", seconds("2026-11-28 21:00", CENTRAL), seconds("2026-11-29 12:00", CENTRAL))
    assert_opens("+12145550123", seconds("2026-11-29 12:00", CENTRAL))
    assert_closes("+12145550123", seconds("2026-11-29 21:00", CENTRAL), seconds("2026-11-30 09:00", CENTRAL))


def test_texas_opens_at_noon_on_the_sunday_of_each_change() -> None:
    """The clock changes hours before noon; noon stays noon, also in El Paso's zone."""
    for day in ("2026-03-08", "2026-11-01", "2027-03-14", "2027-11-07"):
        assert_opens("+12145550123", seconds(f"{day} 12:00", CENTRAL))
        assert_opens("+19155550123", seconds(f"{day} 12:00", MOUNTAIN))


def test_rhode_island_has_three_kinds_of_day() -> None:
    """Friday 9-18, Saturday 10-17, Sunday none."""
    assert_opens("+14015550123", seconds("2026-12-04 09:00", EASTERN))
    assert_closes("+14015550123", seconds("2026-12-04 18:00", EASTERN), seconds("2026-12-05 10:00", EASTERN))
    assert_closes("+14015550123", seconds("2026-12-05 17:00", EASTERN), seconds("2026-12-07 09:00", EASTERN))


def test_rhode_island_is_closed_on_victory_day() -> None:
    """A holiday that no other state keeps: the Monday of 10 August 2026, after a Sunday."""
    assert_closes("+14015550123", seconds("2026-08-08 17:00", EASTERN), seconds("2026-08-11 09:00", EASTERN))


def test_kentucky_opens_late_and_closes_by_the_earlier_clock() -> None:
    """Area code 270 has two zones: 10 by the Central clock, 21 by the Eastern one."""
    assert_opens("+12705550123", seconds("2026-11-25 10:00", CENTRAL))
    assert_closes("+12705550123", seconds("2026-11-25 21:00", EASTERN), seconds("2026-11-26 10:00", CENTRAL))


def test_alabama_is_closed_on_sunday() -> None:
    """Saturday 20:00 waits for Monday 08:00."""
    assert_closes("+12055550123", seconds("2026-12-05 20:00", CENTRAL), seconds("2026-12-07 08:00", CENTRAL))


def test_alabama_is_closed_on_its_own_holiday() -> None:
    """Confederate Memorial Day, Monday 27 April 2026, after a Sunday."""
    assert_closes("+12055550123", seconds("2026-04-25 20:00", CENTRAL), seconds("2026-04-28 08:00", CENTRAL))


def test_hawaii_opens_six_hours_after_new_york_in_summer() -> None:
    """Hawaii keeps one clock: 8 is 18:00 UTC all year."""
    assert_opens("+18085550123", seconds("2026-07-01 18:00"))
    assert_opens("+18085550123", seconds("2026-12-01 18:00"))


def test_puerto_rico_is_under_federal_law() -> None:
    """Area code 787 is a country of its own in ISO 3166-1, and keeps Atlantic time all year."""
    assert_opens("+17875550123", seconds("2026-07-01 12:00"))
    assert_closes("+17875550123", seconds("2026-07-02 01:00"), seconds("2026-07-02 12:00"))


def test_india_goes_by_its_own_clock_whatever_is_stated() -> None:
    """10 to 21 in Kolkata, half an hour off the hours of UTC, also for a recipient said to be in London."""
    assert_opens("+919876543210", seconds("2026-11-25 04:30"))
    assert_closes("+919876543210", seconds("2026-11-25 15:30"), seconds("2026-11-26 04:30"))
    assert opening("+919876543210", seconds("2026-11-25 04:30"), "Europe/London") == seconds("2026-11-25 04:30")


def test_france_is_closed_on_sunday_and_on_its_national_day() -> None:
    """Saturday waits for Monday; Monday 13 July 2026 waits for Wednesday the 15th."""
    paris = ZoneInfo("Europe/Paris")
    assert_closes("+33612345678", seconds("2026-10-24 20:00", paris), seconds("2026-10-26 08:00", paris))
    assert_closes("+33612345678", seconds("2026-07-13 20:00", paris), seconds("2026-07-15 08:00", paris))


def test_korea_is_closed_over_midnight() -> None:
    """21 to 8 is one window: before and after midnight alike."""
    seoul = ZoneInfo("Asia/Seoul")
    morning = seconds("2026-11-26 08:00", seoul)
    assert_opens("+821012345678", morning)
    assert_closes("+821012345678", seconds("2026-11-25 21:00", seoul), morning)
    assert opening("+821012345678", seconds("2026-11-26 00:00", seoul)) == morning


def test_colombia_closes_early_on_saturday_and_stays_closed_over_a_holiday() -> None:
    """Saturday 8-15, no Sunday; Monday 12 October 2026 is a holiday."""
    bogota = ZoneInfo("America/Bogota")
    assert_opens("+573001234567", seconds("2026-11-28 08:00", bogota))
    assert_closes("+573001234567", seconds("2026-11-28 15:00", bogota), seconds("2026-11-30 07:00", bogota))
    assert_closes("+573001234567", seconds("2026-10-10 15:00", bogota), seconds("2026-10-13 07:00", bogota))


def test_a_country_without_rows_is_always_open() -> None:
    """No law, no wait."""
    at = seconds("2026-11-25 03:00")
    assert opening("+447700900123", at) == at


def law(*windows: Window, country: str = "US", time_zone: str | None = None) -> Hours:
    """Make a law of windows."""
    return Hours(country, "", windows, time_zone)


def allowed(days: str, start_minutes: int, end_minutes: int) -> Window:
    """Make an allowed window of days separated by spaces."""
    return Window(frozenset(days.split()), start_minutes, end_minutes, "allowed")  # type: ignore[arg-type]


ALL_DAYS = "Mon Tue Wed Thu Fri Sat Sun"


def test_a_window_inside_the_hour_that_is_skipped_begins_when_the_clock_goes_on() -> None:
    """02:30 to 03:30 on 8 March 2026 in New York is 03:00 to 03:30."""
    hours = (law(allowed(ALL_DAYS, 150, 210)),)
    at = seconds("2026-03-08 07:00")
    found = [next_opening(at + shift, hours, ("America/New_York",), HOLIDAYS) for shift in (-1, 0, 1799, 1800)]
    assert found == [at, at, at + 1799, seconds("2026-03-09 02:30", EASTERN)]


def test_a_window_wholly_inside_the_hour_that_is_skipped_waits_a_day() -> None:
    """02:00 to 03:00 does not happen on 8 March 2026 in New York."""
    hours = (law(allowed(ALL_DAYS, 120, 180)),)
    found = next_opening(seconds("2026-03-08 06:00"), hours, ("America/New_York",), HOLIDAYS)
    assert found == seconds("2026-03-09 02:00", EASTERN)


def test_a_window_in_the_hour_that_happens_twice_is_open_twice() -> None:
    """01:15 to 01:45 on 1 November 2026 in New York comes by summer time and again by winter time."""
    hours, zones = (law(allowed(ALL_DAYS, 75, 105)),), ("America/New_York",)
    first, second = seconds("2026-11-01 01:15", EASTERN), seconds("2026-11-01 01:15", EASTERN, fold=1)
    found = [next_opening(at, hours, zones, HOLIDAYS) for at in (first - 1, first, first + 1800, second, second + 1800)]
    assert found == [first, first, second, second, seconds("2026-11-02 01:15", EASTERN)]


def test_a_change_of_half_an_hour_is_followed() -> None:
    """Lord Howe goes from 10:30 to 11 hours before UTC on 4 October 2026."""
    hours, zones = (law(allowed(ALL_DAYS, 480, 1200)),), ("Australia/Lord_Howe",)
    found = [next_opening(seconds(at), hours, zones, HOLIDAYS) for at in ("2026-10-02 21:00", "2026-10-03 20:00")]
    assert found == [seconds("2026-10-02 21:30"), seconds("2026-10-03 21:00")]


def test_an_allowed_window_may_cross_midnight() -> None:
    """22:00 to 02:00 of Friday reaches into Saturday, and into no other day."""
    hours, zones = (law(allowed("Fri", 1320, 120)),), ("UTC",)
    found = [next_opening(seconds(at), hours, zones, HOLIDAYS) for at in ("2026-11-28 01:59", "2026-11-28 02:00")]
    assert found == [seconds("2026-11-28 01:59"), seconds("2026-12-04 22:00")]


def test_windows_that_meet_at_midnight_leave_no_gap() -> None:
    """A day that ends at 24:00 and one that starts at 00:00 are one opening."""
    hours, at = (law(allowed(ALL_DAYS, 0, 1440)),), seconds("2026-11-28 00:00")
    assert [next_opening(at + shift, hours, ("UTC",), HOLIDAYS) for shift in (-1, 0, 1)] == [at - 1, at, at + 1]


def test_a_holiday_may_have_an_allowed_window_of_its_own() -> None:
    """A window of `PH` alone is open on public holidays alone."""
    hours, zones = (law(allowed("PH", 600, 660), country="FR"),), ("Europe/Paris",)
    found = next_opening(seconds("2026-12-20 00:00"), hours, zones, HOLIDAYS)
    assert found == seconds("2026-12-25 10:00", ZoneInfo("Europe/Paris"))


def test_gives_up_when_laws_never_open_together() -> None:
    """Two laws without a common minute have no opening."""
    hours = (law(allowed(ALL_DAYS, 480, 720)), law(allowed(ALL_DAYS, 720, 1200)))
    assert next_opening(seconds("2026-11-28 00:00"), hours, ("UTC",), HOLIDAYS) is None


@pytest.mark.parametrize(("shift", "is_found"), [(-1, False), (0, True), (1, True)])
def test_looks_eight_days_ahead_and_no_further(shift: int, *, is_found: bool) -> None:
    """An opening is found when it is eight days away, not when it is a second more."""
    day = seconds("2026-11-28 00:00") // 86_400
    hours, holidays = (law(allowed("PH", 600, 660)),), Holidays({"US": frozenset({day + 8})}, 2030)
    at = day * 86_400 + 600 * 60
    found = next_opening(at + shift, hours, ("UTC",), holidays)
    assert found == (at + 8 * 86_400 if is_found else None)


def test_cannot_judge_a_law_without_a_zone() -> None:
    """Where no zone is known a law by the recipient's clock never opens; one with its own clock does."""
    at = seconds("2026-11-28 12:00")
    by_recipient, by_own = law(allowed(ALL_DAYS, 0, 1440)), law(allowed(ALL_DAYS, 0, 1440), time_zone="UTC")
    assert (next_opening(at, (by_recipient,), (), HOLIDAYS), next_opening(at, (by_own,), (), HOLIDAYS)) == (None, at)


def test_takes_lists_as_well_as_tuples() -> None:
    """Any sequence of laws and zones will do."""
    at = seconds("2026-11-28 12:00")
    assert next_opening(at, [law(allowed(ALL_DAYS, 0, 1440))], ["UTC"], HOLIDAYS) == at


def test_names_the_laws_that_are_closed_now() -> None:
    """At 20:30 in Florida federal law is open and Florida's is not."""
    hours = QUIET_HOURS.hours_for("US", ("US-FL",), "sms", "marketing")
    closed = closed_laws(seconds("2026-11-25 20:30", EASTERN), hours, ("America/New_York",), HOLIDAYS)
    assert [each.calendar for each in closed] == ["US-FL"]


@pytest.mark.parametrize(
    ("country", "regions", "laws"),
    [
        ("US", (), ["US"]),
        ("US", ("US-FL",), ["US", "US-FL"]),
        ("US", ("US-FL", "US-TX"), ["US", "US-FL", "US-TX"]),
        ("US", ("US-WY",), ["US"]),
        ("PR", ("US-PR",), ["US"]),
        ("GB", ("US",), ["US"]),
        ("GB", ("US-FL",), ["US", "US-FL"]),
        ("CA", ("CA-ON", "FR"), ["FR"]),
        ("GB", (), []),
        ("", (), []),
    ],
)
def test_every_candidate_brings_its_law(country: str, regions: tuple[str, ...], laws: list[str]) -> None:
    """The country's law and those of all candidate regions apply, each once."""
    found = QUIET_HOURS.hours_for(country, regions, "sms", "marketing")
    assert [each.calendar for each in found] == laws


@pytest.mark.parametrize(
    ("channel", "purpose", "laws"),
    [("sms", "marketing", 1), ("whatsapp", "marketing", 0), ("sms", "utility", 0), ("voice", "marketing", 0)],
)
def test_a_law_applies_to_its_channels_and_purposes(channel: str, purpose: str, laws: int) -> None:
    """A row for marketing by SMS says nothing of WhatsApp or of a receipt."""
    quiet_hours = parse_quiet_hours([row("JO", "Mon-Sun", "21:00", "07:00") | {"channels": ["sms"]}])
    assert len(quiet_hours.hours_for("JO", (), channel, purpose)) == laws


def test_rows_of_one_place_are_one_law_and_keep_their_sources() -> None:
    """Two rows of Texas make one law with both windows; channels share it."""
    quiet_hours = parse_quiet_hours(
        [row("US-TX", "Mon-Sat", "09:00", "21:00"), row("US-TX", "Sun", "12:00", "21:00", source="SB 140")]
    )
    (by_sms,) = quiet_hours.hours_for("US", ("US-TX",), "sms", "marketing")
    (by_whatsapp,) = quiet_hours.hours_for("US", ("US-TX",), "whatsapp", "marketing")
    assert (len(by_sms.windows), by_sms.sources, by_sms is by_whatsapp) == (2, ("a law", "SB 140"), True)


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        ("Mon-Sun", "Mon Tue Wed Thu Fri Sat Sun"),
        ("Sat-Mon", "Sat Sun Mon"),
        ("Sun+PH", "Sun PH"),
        ("Sat-Sun+PH", "Sat Sun PH"),
        ("Mon+Wed+Fri", "Mon Wed Fri"),
        ("Sun", "Sun"),
    ],
)
def test_reads_days(days: str, expected: str) -> None:
    """Days are joined by +, ranges by a hyphen."""
    (found,) = parse_quiet_hours([row("FR", days, "08:00", "20:00")]).hours_for("FR", (), "sms", "marketing")
    assert found.windows[0].days == frozenset(expected.split())


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"days": "Mo-Sa"}, "field days: 'Mo-Sa' names no days; write such as Mon-Sat"),
        ({"days": ""}, "field days: '' names no days"),
        ({"days": "Mon-"}, "field days: 'Mon-' names no days"),
        ({"days": "Mon-PH"}, "field days: 'Mon-PH' names no days"),
        ({"start": "8:00"}, "field start: '8:00' is no time of day; write HH:MM"),
        ({"end": "24:01"}, "field end: '24:01' is no time of day; write HH:MM"),
        ({"end": "20:60"}, "field end: '20:60' is no time of day; write HH:MM"),
        ({"start": "20:00"}, "field start: 20:00 to 20:00 is no window; for a whole day write 00:00 and 24:00"),
        ({"start": "24:00"}, "field start: 24:00 to 20:00 is no window"),
        ({"region": "CA-ON"}, "field region: CA-ON is not in US; write a code such as US-XX"),
        ({"region": "Florida"}, "region"),
        ({"country": "us"}, "country"),
        ({"time_zone": "Florida"}, "field time_zone: 'Florida' is no IANA zone; write one such as Asia/Kolkata"),
        ({"rule": "maybe"}, "rule"),
        ({"confidence": "unconfirmed"}, "confidence"),
        ({"channels": ["voice"]}, "channels"),
        ({"channels": []}, "channels"),
        ({"purposes": ["all"]}, "purposes"),
        ({"source": ""}, "source"),
        ({"colour": "red"}, "colour"),
        ({"region": "US-WY", "days": "Sun+PH"}, "PH, but no public holidays of US-WY are known; add it to"),
    ],
)
def test_refuses_a_row_that_cannot_be_used(change: dict[str, Any], complaint: str) -> None:
    """The text names the row, the field and what to write instead."""
    good = row("US", "Mon-Sun", "08:00", "20:00")
    with pytest.raises(ValueError, match="quiet_hours row 2") as caught:
        parse_quiet_hours([good, good | change])
    assert complaint in str(caught.value)


def test_names_a_row_without_country() -> None:
    """A row that lacks its country is named by its position."""
    with pytest.raises(ValueError, match=r"row 1 \(no country\): .*country"):
        parse_quiet_hours([{}])


def test_no_rows_are_no_laws() -> None:
    """A policy without quiet hours lets everything pass."""
    assert parse_quiet_hours([]).hours_for("US", ("US-FL",), "sms", "marketing") == ()


def test_an_empty_law_book_has_no_laws() -> None:
    """`QuietHours` of nothing answers for any place."""
    assert QuietHours({}).hours_for("US", (), "sms", "marketing") == ()


@pytest.mark.parametrize(
    ("calendar", "day", "is_holiday"),
    [
        ("FR", "2026-07-14", True),
        ("FR", "2026-07-15", False),
        ("US-AL", "2026-06-01", True),
        ("US-LA", "2026-02-17", True),
        ("US-RI", "2027-08-09", True),
        ("CO", "2026-10-12", True),
        ("ZA", "2027-03-22", True),
        ("XX", "2026-01-01", False),
    ],
)
def test_knows_public_holidays(calendar: str, day: str, *, is_holiday: bool) -> None:
    """Each calendar has its own days."""
    assert HOLIDAYS.is_holiday(calendar, seconds(day) // 86_400) == is_holiday


@pytest.mark.parametrize(("at", "is_covered"), [("2030-12-23 23:59:59", True), ("2030-12-24 00:00:00", False)])
def test_says_when_its_holidays_run_out(at: str, *, is_covered: bool) -> None:
    """The search of eight days must not look into a year without holidays."""
    assert HOLIDAYS.covers(seconds(at)) == is_covered
