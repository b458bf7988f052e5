"""The rule `sender_state`: what the provider has restricted is not sent, and the reason says who decided."""

import pytest

from pipeline.domain.events import OutboundMessage
from pipeline.domain.outcomes import Outcome
from pipeline.domain.verdicts import Finding
from pipeline.reading.content import read_content
from pipeline.rules.sender_state import RULE
from pipeline.state.assets import UNREADABLE, Account, Restriction
from pipeline.testing.builders import HOUR, NOW, build_facts, build_message, build_policy, build_whatsapp, instant

TEMPLATE = build_whatsapp()
ANSWER = build_whatsapp(content={"type": "text", "text": "Your order has been packed."})
INITIATED = "RESTRICTED_BIZ_INITIATED_MESSAGING"


def judge(message: OutboundMessage, *states: Account) -> Finding | None:
    """Have the rule look at a message whose sender is in a state."""
    facts = build_facts(message, sender_states=states)
    return RULE.check(message, read_content(message.content), facts, build_policy())


def number(state: str, *restrictions: Restriction) -> Account:
    """Build a WhatsApp number in a state."""
    return Account("whatsapp_number", state, restrictions)


@pytest.mark.parametrize("message", [TEMPLATE, ANSWER, build_message()], ids=["template", "answer", "sms"])
@pytest.mark.parametrize(
    ("state", "outcome", "code"),
    [
        *((state, Outcome.BLOCK, "sender_restricted") for state in ("RESTRICTED", "RATE_LIMITED", "BANNED")),
        *((state, Outcome.BLOCK, "sender_restricted") for state in ("DISABLED", "DISABLE", "BLOCKED", "SUSPENDED")),
        *((state, Outcome.BLOCK, "sender_offline") for state in ("OFFLINE", "PENDING", "MIGRATED", "UNVERIFIED")),
        *((state, Outcome.BLOCK, "sender_offline") for state in ("DISCONNECTED", "DELETED")),
        *((state, Outcome.HOLD, "sender_state_unknown") for state in ("DANCING", UNREADABLE)),
    ],
)
def test_objects_to_a_sender_that_can_not_send(
    message: OutboundMessage, state: str, outcome: Outcome, code: str
) -> None:
    """Whatever the channel and the kind of message: it would be refused."""
    found = judge(message, number(state))
    assert found is not None
    assert (found.outcome, found.clause, found.code) == (outcome, "6.5", code)


def test_says_that_the_provider_decided() -> None:
    """A tenant must see whom to ask."""
    found = judge(TEMPLATE, number("BANNED"))
    assert found is not None
    assert (found.decided_by, "provider" in found.reason) == ("third_party", True)


@pytest.mark.parametrize(
    "state", ["", "CONNECTED", "ACTIVE", "APPROVED", "VERIFIED", "FLAGGED", "REINSTATE", "SCHEDULE_FOR_DISABLE"]
)
def test_is_silent_about_a_sender_that_can_send(state: str) -> None:
    """These words all say that it can."""
    assert judge(TEMPLATE, number(state)) is None


def test_looks_at_everything_that_the_sender_belongs_to() -> None:
    """A restricted account stops its numbers."""
    assert judge(TEMPLATE, number("CONNECTED"), Account("account", "DISABLED")) is not None


@pytest.mark.parametrize("state", ["RESTRICTED", "CONNECTED", ""])
def test_lets_answers_pass_when_only_templates_are_restricted(state: str) -> None:
    """A business that may not begin may still answer."""
    sender = number(state, Restriction(INITIATED))
    assert (judge(TEMPLATE, sender) is None, judge(ANSWER, sender) is None) == (False, True)


def test_stops_everything_by_a_restriction_that_is_not_known() -> None:
    """What a new restriction stops can't be told from its name."""
    assert judge(ANSWER, number("RESTRICTED", Restriction("RESTRICTED_DANCING"))) is not None


@pytest.mark.parametrize("word", ["RESTRICTED", "RESTRICTION"])
def test_is_silent_about_a_restriction_that_stops_no_message(word: str) -> None:
    """Whoever may not add numbers may still send, however the provider spells it."""
    assert judge(TEMPLATE, number("RESTRICTED", Restriction(f"{word}_ADD_PHONE_NUMBER_ACTION"))) is None


def test_lets_answers_pass_by_either_spelling_of_a_restriction_of_templates() -> None:
    """Both occur."""
    assert judge(ANSWER, number("RESTRICTED", Restriction("RESTRICTION_BIZ_INITIATED_MESSAGING"))) is None


@pytest.mark.parametrize(("shift", "passes"), [(-1_000, True), (-1, True), (0, True), (1, False), (1_000, False)])
def test_ends_a_restriction_at_its_end(shift: int, *, passes: bool) -> None:
    """A restriction counts up to and without its end, and the finding says when that is."""
    found = judge(TEMPLATE, number("RESTRICTED", Restriction(INITIATED, NOW + shift)))
    assert (found and found.retry_at) == (None if passes else instant(shift))


@pytest.mark.parametrize(("ends", "retry_at"), [((HOUR, 2 * HOUR), instant(2 * HOUR)), ((HOUR, None), None)])
def test_says_when_the_last_restriction_ends(ends: tuple[int | None, ...], retry_at: str | None) -> None:
    """Of several restrictions the last one counts, and one without an end has no time."""
    restrictions = [Restriction(f"R{index}", NOW + end if end else 0) for index, end in enumerate(ends)]
    found = judge(TEMPLATE, number("RESTRICTED", *restrictions))
    assert found is not None
    assert found.retry_at == retry_at


def test_is_silent_when_nothing_is_said() -> None:
    """Of most senders providers never say anything."""
    assert judge(build_message()) is None
