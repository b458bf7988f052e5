"""Recipients around the world, and which of them are in quiet hours now, as the policy itself says.

Numbers are of ranges that are reserved for fiction and tests. India, Korea and Colombia reserve none: people there are
holders of British reserved numbers of whom the sender says where they live, and the law of both places counts.
"""

from typing import NamedTuple

from pipeline.domain.numbers import read_number
from pipeline.domain.openings import HOLIDAYS, next_opening
from pipeline.domain.places import place_of
from pipeline.domain.policies import Policy

LASTS_SECONDS = 1_200
"""A place counts as open or closed if it stays so this long: longer than a demo usually runs."""


class Home(NamedTuple):
    """Where a group of recipients lives: a pattern of reserved numbers, and what the sender knows besides."""

    name: str
    number: str
    numbers_max: int
    country: str | None = None
    time_zone: str | None = None


class Person(NamedTuple):
    """A recipient: the number, and what the sender says of the person's whereabouts."""

    number: str
    home: Home

    @property
    def facts(self) -> dict[str, str]:
        """What the message states about the recipient; empty when the number says all that is known."""
        stated = {"country": self.home.country, "time_zone": self.home.time_zone}
        return {name: value for name, value in stated.items() if value is not None}


HOMES = (
    Home("London", "+447700900{:03d}", 400),
    Home("Paris", "+331990000{:02d}", 100),
    Home("Seattle", "+120655501{:02d}", 100),
    Home("Los Angeles", "+121355501{:02d}", 100),
    Home("Denver", "+130355501{:02d}", 100),
    Home("Chicago", "+131255501{:02d}", 100),
    Home("New York", "+121255501{:02d}", 100),
    Home("Miami", "+130555501{:02d}", 100),
    Home("Anchorage", "+190755501{:02d}", 100),
    Home("Honolulu", "+180855501{:02d}", 100),
    Home("San Juan", "+178755501{:02d}", 100),
    Home("Hagåtña", "+167155501{:02d}", 100),
    Home("Mumbai", "+4477009005{:02d}", 100, "IN", "Asia/Kolkata"),
    Home("Seoul", "+4477009006{:02d}", 100, "KR", "Asia/Seoul"),
    Home("Bogotá", "+4477009007{:02d}", 100, "CO", "America/Bogota"),
)
LONDON = HOMES[0]
TORONTO = Home("Toronto", "+141655501{:02d}", 100)


def person(home: Home, number: int) -> Person:
    """Name one recipient of a home; after `numbers_max` the numbers begin anew."""
    return Person(home.number.format(number % home.numbers_max), home)


def is_closed(home: Home, policy: Policy, now_milliseconds: int) -> bool | None:
    """Tell whether marketing may not be sent there now, by the policy; None when that changes soon."""
    now_seconds = now_milliseconds // 1000
    answers = {_is_closed_at(home, policy, now_seconds + shift) for shift in (0, LASTS_SECONDS // 2, LASTS_SECONDS)}
    return answers.pop() if len(answers) == 1 else None


def _is_closed_at(home: Home, policy: Policy, now_seconds: int) -> bool:
    number = read_number(person(home, 0).number)
    if number is None:
        message = f"{home.name}: no number of its numbering plan"
        raise AssertionError(message)
    place = place_of(number, home.country, home.time_zone, None)
    hours = policy.quiet_hours.hours_for(place.country, place.regions, "sms", "marketing")
    return next_opening(now_seconds, hours, place.zones, HOLIDAYS) != now_seconds
