"""When numbers of one range are more than usual."""

import pytest

from pipeline.domain.alarms import Alarm, Level
from pipeline.domain.pattern_settings import Thresholds
from pipeline.patterns.range_alarms import of_range
from pipeline.patterns.windows import ABROAD, CODE, FAILURE, MESSAGE, SEQUENTIAL, UNKNOWN_CONSENT, VERIFIED
from tests.unit.patterns.builders import NOON, build_bucket

WALK = {MESSAGE: 20, SEQUENTIAL: 14, CODE: 20}
PUMPED = {MESSAGE: 30, CODE: 30, ABROAD: 15, VERIFIED: 2}


def raised(counts: dict[int, int], recipients: int, now: int = NOON) -> dict[str, tuple[Level, tuple[str, ...]]]:
    """Give what an hour of a range raises, by sign."""
    alarms: tuple[Alarm, ...] = of_range(
        "range/ws-1:+1206555", (build_bucket(3_600, counts, recipients=recipients),), now, Thresholds()
    )
    return {alarm.sign: (alarm.level, alarm.signs) for alarm in alarms}


@pytest.mark.parametrize(("recipients", "is_raised"), [(19, False), (20, True), (21, True)])
def test_a_walk_is_one_from_twenty_numbers_on(recipients: int, *, is_raised: bool) -> None:
    """Counted after those that pass the sieve."""
    expected = {"enumeration": (Level.BULK, ("sequence",))} if is_raised else {}
    assert raised(WALK, recipients) == expected


@pytest.mark.parametrize(("sequential", "is_raised"), [(13, False), (14, True), (15, True)])
def test_seven_in_ten_of_a_walk_go_on(sequential: int, *, is_raised: bool) -> None:
    """One in three does by chance."""
    assert ("enumeration" in raised({**WALK, SEQUENTIAL: sequential}, 20)) is is_raised


@pytest.mark.parametrize(("failures", "is_raised"), [(9, False), (10, True), (11, True)])
def test_numbers_that_fail_are_searched(failures: int, *, is_raised: bool) -> None:
    """Whatever their order."""
    found = raised({MESSAGE: 20, FAILURE: failures, UNKNOWN_CONSENT: 20}, 20)
    assert found == ({"enumeration": (Level.BULK, ("failures",))} if is_raised else {})


@pytest.mark.parametrize(("unknown", "is_raised"), [(9, False), (10, True), (11, True)])
def test_a_sorted_list_of_people_who_consented_is_no_walk(unknown: int, *, is_raised: bool) -> None:
    """Half of them must be unknown."""
    assert bool(raised({MESSAGE: 20, SEQUENTIAL: 20, UNKNOWN_CONSENT: unknown}, 20)) is is_raised


@pytest.mark.parametrize(("recipients", "is_raised"), [(350, False), (700, True)])
def test_a_large_part_of_a_range_is_told_whatever_its_order(recipients: int, *, is_raised: bool) -> None:
    """The number of different ones is an estimate there, so its border has no exact neighbours."""
    found = raised({MESSAGE: 700, UNKNOWN_CONSENT: 700}, recipients)
    assert found == ({"enumeration": (Level.GROWING, ())} if is_raised else {})


def test_reminders_to_one_town_are_silent() -> None:
    """A pharmacy chain's: 150 people of one range in an hour, who have asked for them."""
    assert raised({MESSAGE: 150, SEQUENTIAL: 20, UNKNOWN_CONSENT: 10, FAILURE: 4}, 120) == {}


def test_a_banks_codes_on_a_salary_day_are_silent() -> None:
    """Many people of one range within an hour, in no order, at home; nobody says what comes of them."""
    assert raised({MESSAGE: 160, CODE: 160, SEQUENTIAL: 22, FAILURE: 3}, 120) == {}


@pytest.mark.parametrize(
    ("codes", "level"),
    [
        (29, None),
        (30, Level.GROWING),
        (31, Level.GROWING),
        (119, Level.GROWING),
        (120, Level.BULK),
        (121, Level.BULK),
    ],
)
def test_codes_abroad_that_nobody_uses(codes: int, level: Level | None) -> None:
    """From thirty in an hour on, and surely from four times as many on."""
    found = raised({MESSAGE: codes, CODE: codes, ABROAD: codes}, 10)
    assert found == ({"pumping": (level, ("abroad", "unverified"))} if level else {})


@pytest.mark.parametrize(("recipients", "is_raised"), [(9, False), (10, True), (11, True)])
def test_pumping_takes_ten_numbers(recipients: int, *, is_raised: bool) -> None:
    """Many codes to few are a flood of those."""
    assert bool(raised(PUMPED, recipients)) is is_raised


@pytest.mark.parametrize(("abroad", "is_raised"), [(14, False), (15, True), (16, True)])
def test_codes_at_home_are_not_pumped(abroad: int, *, is_raised: bool) -> None:
    """Nobody earns from them."""
    assert bool(raised({**PUMPED, ABROAD: abroad}, 10)) is is_raised


@pytest.mark.parametrize(("verified", "is_raised"), [(2, True), (3, False), (4, False)])
def test_codes_that_are_used_are_not_pumped(verified: int, *, is_raised: bool) -> None:
    """A tenth is enough."""
    assert bool(raised({**PUMPED, VERIFIED: verified}, 10)) is is_raised


def test_it_is_over_when_the_hour_is() -> None:
    """Two hours later nothing is left."""
    assert raised(WALK, 20, NOON + 7_200) == {}
