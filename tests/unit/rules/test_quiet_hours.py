"""The rule `quiet_hours`: what would arrive at night waits for the morning, wherever the recipient may be."""

import pytest

from pipeline.domain.events import OutboundMessage
from pipeline.domain.instants import from_text, to_text
from pipeline.domain.outcomes import Outcome
from pipeline.domain.places import Place
from pipeline.domain.verdicts import Finding
from pipeline.reading.content import read_content
from pipeline.rules.quiet_hours import RULE
from pipeline.testing.builders import build_facts, build_message, build_policy

NEW_YORK = "+12125550123"
DAYTIME = """
defer_spread_seconds = 900
[[quiet_hours]]
country = "US"
channels = ["sms", "whatsapp"]
purposes = ["marketing"]
days = "Mon-Sun"
start = "08:00"
end = "21:00"
rule = "allowed"
source = "47 CFR 64.1200(c)(1)"
confidence = "high"
"""
NEVER_OPEN = DAYTIME.replace('"08:00"', '"00:00"').replace('"21:00"', '"24:00"').replace('"allowed"', '"forbidden"')
ALABAMA = Place("US", ("US-AL",), ("America/Chicago",))
MORNING = "2026-11-24T13:00:00.000Z"
EVENING = "2026-11-25T02:00:00.000Z"
NEXT_MORNING = "2026-11-25T13:00:00.000Z"


def judge(now: str, message: OutboundMessage | None = None, document: str = DAYTIME, **facts: object) -> Finding | None:
    """Have the rule look at a message to New York at a time, the hours being 8 to 21."""
    message = message or build_message(purpose="marketing", to=NEW_YORK)
    given = build_facts(message, now_milliseconds=from_text(now), **facts)
    return RULE.check(message, read_content(message.content), given, build_policy(document))


@pytest.mark.parametrize(
    ("now", "is_deferred"),
    [
        ("2026-11-24T12:59:59.999Z", True),
        (MORNING, False),
        ("2026-11-24T13:00:00.001Z", False),
        ("2026-11-25T01:59:59.999Z", False),
        (EVENING, True),
        ("2026-11-25T02:00:00.001Z", True),
    ],
)
def test_defers_a_message_outside_the_hours_to_the_millisecond(now: str, *, is_deferred: bool) -> None:
    """From eight to nine in the evening in New York it may be sent, the end not included."""
    found = judge(now)
    assert (found.outcome if found else None) == (Outcome.DEFER if is_deferred else None)


def test_defers_to_the_next_opening() -> None:
    """The new time is eight in the morning at the recipient's place."""
    found = judge(EVENING)
    assert found is not None
    assert (found.clause, found.code, found.retry_at) == ("2.1", "quiet_hours", NEXT_MORNING)


@pytest.mark.parametrize(("spread", "seconds"), [(0.0, 0), (0.5, 450), (0.99, 891)])
def test_spreads_what_waits_over_the_minutes_after_the_opening(spread: float, seconds: int) -> None:
    """Each message has its own place in the policy's quarter of an hour."""
    found = judge(EVENING, spread=spread)
    assert found is not None
    assert found.retry_at == to_text(from_text(NEXT_MORNING) + seconds * 1_000)


def test_waits_until_every_place_is_open() -> None:
    """A recipient who may be in New York or in Los Angeles gets the message when it is eight in both."""
    place = Place("US", (), ("America/New_York", "America/Los_Angeles"))
    found = judge(EVENING, place=place)
    assert found is not None
    assert found.retry_at == "2026-11-25T16:00:00.000Z"


@pytest.mark.parametrize(
    "changes", [{"purpose": "utility", "to": NEW_YORK}, {"purpose": "marketing", "to": "+447700900123"}]
)
def test_is_silent_when_no_hours_apply(changes: dict[str, object]) -> None:
    """Hours apply to the purposes and the country that they name."""
    assert judge(EVENING, build_message(**changes)) is None


def test_is_silent_when_the_recipient_is_no_number() -> None:
    """Without a place there are no hours; jurisdiction answers for the recipient."""
    assert judge(EVENING, build_message(purpose="marketing", to="12")) is None


def test_holds_a_message_when_the_time_zone_is_not_known() -> None:
    """Hours apply, and nobody knows what time it is there: a fact is missing."""
    found = judge(MORNING, place=Place("US"))
    assert found is not None
    assert (found.outcome, found.code) == (Outcome.HOLD, "quiet_hours_place_unknown")


def test_holds_a_message_when_there_is_no_opening() -> None:
    """Hours that never open need a human."""
    found = judge(MORNING, document=NEVER_OPEN)
    assert found is not None
    assert found.outcome is Outcome.HOLD


@pytest.mark.parametrize(
    ("valid_until", "outcome", "code"),
    [
        ("2026-11-25T12:59:59.999Z", "block", "too_late"),
        ("2026-11-25T13:00:00.000Z", "defer", "quiet_hours"),
        ("2026-11-25T13:00:00.001Z", "defer", "quiet_hours"),
    ],
)
def test_blocks_a_message_that_would_be_too_late(valid_until: str, outcome: str, code: str) -> None:
    """What is no longer valid in the morning is refused at once."""
    found = judge(EVENING, build_message(purpose="marketing", to=NEW_YORK, valid_until=valid_until))
    assert found is not None
    assert (found.outcome.value, found.code) == (outcome, code)


@pytest.mark.parametrize(
    ("now", "days", "code"),
    [
        ("2030-12-23T15:00:00.000Z", "Sun+PH", None),
        ("2030-12-24T15:00:00.000Z", "Sun+PH", "holidays_unknown"),
        ("2030-12-24T15:00:00.000Z", "Sun", None),
    ],
)
def test_flags_what_may_fall_on_a_holiday_of_a_year_that_is_not_known(now: str, days: str, code: str | None) -> None:
    """When the calendar has run out, and only where holidays count."""
    closed = DAYTIME + NEVER_OPEN.partition("900\n")[2].replace("Mon-Sun", days)
    found = judge(now, document=closed.replace('"US"', '"US"\nregion = "US-AL"'), place=ALABAMA)
    assert (found.code if found else None) == code
    if found is not None:
        assert (found.outcome, found.clause) == (Outcome.FLAG, "2.1")


def test_names_the_place_and_not_the_person() -> None:
    """The finding holds the region and no number."""
    found = judge(EVENING)
    assert found is not None
    assert found.values == {"purpose": "marketing", "place": "US-NY"}
