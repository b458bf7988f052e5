"""Caps by country and region: which apply, what counts, and when the next place is free."""

from typing import Any

import pytest

from pipeline.apps.packaged import read_policy_file
from pipeline.domain.frequency_caps import (
    LIMIT_MAX,
    FrequencyCaps,
    next_place,
    parse_frequency_caps,
    window_begins,
)
from pipeline.domain.instants import from_text
from pipeline.testing.builders import DAY, HOUR, NOW

ROW: dict[str, Any] = {
    "country": "US",
    "region": "US-FL",
    "channels": ["sms"],
    "purposes": ["marketing"],
    "limit": 3,
    "window": "rolling",
    "hours": 24,
    "source": "Fla. Stat. 501.616(6)(b)",
    "confidence": "high",
}
DAILY = ROW | {"country": "CO", "region": "", "limit": 1, "window": "calendar_day"}
PACKAGED = read_policy_file(None).frequency_caps


def places(
    caps: FrequencyCaps, country: str, *regions: str, channel: str = "sms", purpose: str = "marketing"
) -> list[str]:
    """List the places whose caps apply."""
    return [cap.place for cap in caps.caps_for(country, regions, channel, purpose)]


@pytest.mark.parametrize(
    ("country", "regions", "found"),
    [
        ("US", ("US-FL",), ["US-FL"]),
        ("US", ("US-OK", "US-FL"), ["US-OK", "US-FL"]),
        ("US", ("US-NY",), []),
        ("US", (), []),
        ("US", ("US-NY", "CO"), ["CO"]),
        ("CO", (), ["CO"]),
        ("GB", (), []),
    ],
)
def test_packages_the_caps_that_are_facts(country: str, regions: tuple[str, ...], found: list[str]) -> None:
    """Florida, Oklahoma and Colombia, for every place where the recipient may be."""
    assert places(PACKAGED, country, *regions) == found


@pytest.mark.parametrize(
    ("region", "limit", "window", "window_milliseconds"),
    [("US-FL", 3, "rolling", DAY), ("US-OK", 3, "rolling", DAY), ("CO", 1, "calendar_day", DAY)],
)
def test_packages_the_numbers_of_the_laws(region: str, limit: int, window: str, window_milliseconds: int) -> None:
    """Three in 24 hours, and one on a calendar day."""
    (cap,) = PACKAGED.caps_for(region[:2], (region,) if "-" in region else (), "whatsapp", "marketing")
    assert (cap.limit, cap.window, cap.window_milliseconds) == (limit, window, window_milliseconds)


@pytest.mark.parametrize(
    ("channel", "purpose", "count"), [("sms", "marketing", 1), ("whatsapp", "marketing", 0), ("sms", "utility", 0)]
)
def test_applies_a_cap_to_its_channels_and_purposes(channel: str, purpose: str, count: int) -> None:
    """Another channel or purpose is not capped."""
    caps = parse_frequency_caps([ROW])
    assert len(places(caps, "US", "US-FL", channel=channel, purpose=purpose)) == count


def test_says_of_which_purposes_any_cap_speaks() -> None:
    """All others need no look-up."""
    assert parse_frequency_caps([ROW, ROW | {"purposes": ["service"]}]).purposes == {"marketing", "service"}


def test_counts_what_is_younger_than_a_moving_window() -> None:
    """A message of exactly 24 hours ago counts no more."""
    (cap,) = parse_frequency_caps([ROW]).caps_for("US", ("US-FL",), "sms", "marketing")
    assert window_begins(cap, NOW, ()) == NOW - DAY + 1


@pytest.mark.parametrize("hours", [1, 24])
def test_takes_the_hours_of_the_row(hours: int) -> None:
    """A window may be shorter than a day."""
    (cap,) = parse_frequency_caps([ROW | {"hours": hours}]).caps_for("US", ("US-FL",), "sms", "marketing")
    assert next_place(cap, [NOW - 3, NOW - 2, NOW - 1], NOW, ()) == NOW - 3 + hours * HOUR


@pytest.mark.parametrize(
    ("zones", "now", "begin", "end"),
    [
        (("America/Bogota",), "2026-11-24T04:59:59Z", "2026-11-23T05:00:00Z", "2026-11-24T05:00:00Z"),
        (("America/Bogota",), "2026-11-24T05:00:00Z", "2026-11-24T05:00:00Z", "2026-11-25T05:00:00Z"),
        (("America/New_York",), "2026-11-01T12:00:00Z", "2026-11-01T04:00:00Z", "2026-11-02T05:00:00Z"),
        (("America/New_York",), "2026-03-08T12:00:00Z", "2026-03-08T05:00:00Z", "2026-03-09T04:00:00Z"),
        (
            ("America/New_York", "America/Los_Angeles"),
            "2026-11-24T15:00:00Z",
            "2026-11-24T05:00:00Z",
            "2026-11-25T08:00:00Z",
        ),
    ],
)
def test_counts_a_day_from_midnight_to_midnight(zones: tuple[str, ...], now: str, begin: str, end: str) -> None:
    """Also on the days of 25 and 23 hours; of several zones the widest day counts."""
    (cap,) = parse_frequency_caps([DAILY]).caps_for("CO", (), "sms", "marketing")
    at = from_text(now)
    days = (window_begins(cap, at, zones), next_place(cap, [at], at, zones))
    assert days == (from_text(begin), from_text(end))


@pytest.mark.parametrize("limit", [1, LIMIT_MAX])
def test_takes_a_limit_that_the_state_can_hold(limit: int) -> None:
    """From one message on."""
    assert parse_frequency_caps([ROW | {"limit": limit}]).purposes


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"limit": 0}, "frequency_caps row 2 .US-FL."),
        ({"limit": LIMIT_MAX + 1}, "limit"),
        ({"hours": 0}, "hours"),
        ({"hours": 25}, "hours"),
        ({"window": "weekly"}, "window"),
        ({"country": "GB"}, "the region is not in GB"),
        ({"confidence": "unconfirmed"}, "confidence"),
        ({"source": ""}, "source"),
        ({"cap": 3}, "cap"),
    ],
)
def test_refuses_a_row_that_can_not_be_used(change: dict[str, Any], complaint: str) -> None:
    """The text names row, place and field, so that its author can mend it."""
    with pytest.raises(ValueError, match=complaint):
        parse_frequency_caps([ROW, ROW | change])
