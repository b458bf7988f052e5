"""The rule `frequency_cap`: who has had enough marketing for a day waits for the next."""

import pytest

from pipeline.domain.events import OutboundMessage
from pipeline.domain.instants import from_text
from pipeline.domain.outcomes import Outcome
from pipeline.domain.verdicts import Finding
from pipeline.reading.content import read_content
from pipeline.rules.frequency_cap import RULE
from pipeline.state.contacts import NO_CONTACTS, Contacts, Passed, note_capped
from pipeline.testing.builders import DAY, HOUR, NOW, SECOND, build_facts, build_message, build_policy, instant

MIAMI = "+13055550123"
NEW_YORK = "+12125550123"
BOGOTA = "+576012345678"
CAPS = """
[[frequency_caps]]
country = "US"
region = "US-FL"
channels = ["sms", "whatsapp"]
purposes = ["marketing"]
limit = 3
window = "rolling"
hours = 24
source = "Fla. Stat. 501.616(6)(b)"
confidence = "high"
[[frequency_caps]]
country = "CO"
channels = ["sms", "whatsapp"]
purposes = ["marketing"]
limit = 1
window = "calendar_day"
source = "Ley 2300 de 2023"
confidence = "high"
"""


def judge(contacts: Contacts | None, message: OutboundMessage | None = None, now: int = NOW) -> Finding | None:
    """Have the rule look at a message to somebody who has had others."""
    message = message or marketing()
    facts = build_facts(message, contacts=contacts, now_milliseconds=now)
    return RULE.check(message, read_content(message.content), facts, build_policy(CAPS))


def marketing(**changes: object) -> OutboundMessage:
    """Build marketing to Florida."""
    return build_message(**({"purpose": "marketing", "to": MIAMI} | changes))


def had(*ages: int, now: int = NOW) -> Contacts:
    """Build what is known of somebody who had messages some milliseconds ago."""
    contacts = NO_CONTACTS
    for index, age in enumerate(ages):
        contacts = note_capped(contacts, Passed(now - age, f"before-{index}", "447700900111"))
    return contacts


@pytest.mark.parametrize(("count", "passes"), [(2, True), (3, False), (4, False)])
def test_defers_the_fourth_message_of_a_day(count: int, *, passes: bool) -> None:
    """The third passes, the fourth waits."""
    assert (judge(had(*(HOUR * (1 + number) for number in range(count)))) is None) == passes


@pytest.mark.parametrize(
    ("age", "passes"),
    [(DAY - SECOND, False), (DAY - 1, False), (DAY, True), (DAY + 1, True), (DAY + SECOND, True)],
)
def test_counts_what_is_less_than_a_day_old(age: int, *, passes: bool) -> None:
    """A message leaves the window when it is 24 hours old."""
    assert (judge(had(age, 2 * HOUR, HOUR)) is None) == passes


def test_defers_until_the_oldest_leaves_the_window() -> None:
    """Of the three that count the first one makes room."""
    found = judge(had(10 * HOUR, 2 * HOUR, HOUR))
    assert found is not None
    assert (found.outcome, found.clause, found.code, found.retry_at) == (
        Outcome.DEFER,
        "2.1",
        "frequency_cap",
        instant(14 * HOUR),
    )


def test_waits_for_enough_of_them_when_there_were_more() -> None:
    """After four messages (the cap was new) two must leave."""
    found = judge(had(10 * HOUR, 9 * HOUR, 2 * HOUR, HOUR))
    assert found is not None
    assert found.retry_at == instant(15 * HOUR)


def test_blocks_what_is_not_valid_any_more_by_then() -> None:
    """An offer that ends before is not sent late."""
    found = judge(had(10 * HOUR, 2 * HOUR, HOUR), marketing(valid_until=instant(HOUR)))
    assert found is not None
    assert (found.outcome, found.code) == (Outcome.BLOCK, "too_late")


def test_does_not_count_the_message_itself() -> None:
    """A message that is judged again does not stand in its own way."""
    assert judge(had(3 * HOUR, 2 * HOUR, HOUR), marketing(message_id="before-1")) is None


@pytest.mark.parametrize(
    ("now", "before", "passes"),
    [
        ("2026-11-24T15:00:00Z", "2026-11-24T05:00:00Z", False),
        ("2026-11-24T15:00:00Z", "2026-11-24T04:59:59Z", True),
        ("2026-11-25T04:59:59Z", "2026-11-24T05:00:00Z", False),
        ("2026-11-25T05:00:00Z", "2026-11-25T04:59:59Z", True),
    ],
)
def test_counts_a_calendar_day_where_the_recipient_is(now: str, before: str, *, passes: bool) -> None:
    """The day in Bogotá begins at five in the morning in UTC, to the second."""
    at = from_text(now)
    found = judge(had(at - from_text(before), now=at), marketing(to=BOGOTA), at)
    assert (found and found.retry_at) == (None if passes else "2026-11-25T05:00:00.000Z")


def test_holds_when_it_is_not_known_what_the_recipient_had() -> None:
    """A missing fact holds."""
    found = judge(None)
    assert found is not None
    assert (found.outcome, found.code) == (Outcome.HOLD, "contacts_unavailable")


@pytest.mark.parametrize("purpose", ["utility", "authentication", "service"])
def test_is_silent_about_essential_purposes(purpose: str) -> None:
    """The rows are about marketing."""
    assert judge(had(3 * HOUR, 2 * HOUR, HOUR), marketing(purpose=purpose)) is None


@pytest.mark.parametrize("to", [NEW_YORK, "+447700900123", "12"])
def test_is_silent_where_there_is_no_cap(to: str) -> None:
    """Another state, another country, or no number that could be placed."""
    assert judge(had(3 * HOUR, 2 * HOUR, HOUR), marketing(to=to)) is None


def test_counts_on_every_channel() -> None:
    """Whoever had three text messages gets no fourth by WhatsApp."""
    assert judge(had(3 * HOUR, 2 * HOUR, HOUR), marketing(channel="whatsapp")) is not None
