"""The rule `opt_out`: who has said stop gets nothing, but one confirmation that it was heard."""

import pytest

from pipeline.domain.events import OutboundMessage
from pipeline.domain.outcomes import Outcome
from pipeline.domain.policies import Policy
from pipeline.domain.verdicts import Finding
from pipeline.reading.content import read_content
from pipeline.rules.opt_out import RULE
from pipeline.state.choices import NO_CHOICES, PROVISIONAL_BASIS, Choice, Choices, Kind, confirm
from pipeline.testing.builders import (
    SECOND,
    SENDER,
    build_choice,
    build_choices,
    build_facts,
    build_message,
    build_policy,
)

CONFIRMATION = {"type": "text", "text": "You are unsubscribed and will get no more messages."}


def judge(message: OutboundMessage, choices: Choices | None, policy: Policy | None = None) -> Finding | None:
    """Have the rule look at a message to somebody who has chosen."""
    facts = build_facts(message, choices=choices)
    return RULE.check(message, read_content(message.content), facts, policy or build_policy())


def stopped(shift_milliseconds: int = -60 * SECOND, /, **changes: object) -> Choice:
    """Build an opt-out that happened some time ago."""
    return build_choice(Kind.WITHDRAWAL, shift_milliseconds, **changes)


def confirmation(**changes: object) -> OutboundMessage:
    """Build the confirmation of an opt-out."""
    return build_message(**({"content": CONFIRMATION} | changes))


# Firing.


@pytest.mark.parametrize("purpose", ["marketing", "utility", "authentication", "service"])
@pytest.mark.parametrize("channel", ["sms", "whatsapp"])
def test_blocks_every_message_after_an_opt_out_of_everything(channel: str, purpose: str) -> None:
    """A bare STOP stops every channel and purpose of the workspace."""
    found = judge(build_message(channel=channel, purpose=purpose), build_choices(stopped()))
    assert found is not None
    assert (found.outcome, found.clause, found.code) == (Outcome.BLOCK, "6.3", "opted_out")


@pytest.mark.parametrize(
    "scope", [{"channel": "sms"}, {"purpose": "utility"}, {"sender": SENDER}, {"brand": "Sunny Bakery"}]
)
def test_blocks_a_message_in_the_scope_of_the_opt_out(scope: dict[str, str]) -> None:
    """An opt-out of a part blocks that part; a message without brand might be of the brand that was refused."""
    assert judge(build_message(), build_choices(stopped(**scope))) is not None


def test_blocks_also_after_consent_that_is_older() -> None:
    """The newest choice decides, and it is the opt-out."""
    assert judge(build_message(), build_choices(build_choice(Kind.GRANT), stopped())) is not None


def test_blocks_also_after_an_import_that_claims_later_consent() -> None:
    """A list lifts no opt-out."""
    assert judge(build_message(), build_choices(stopped(), build_choice(Kind.IMPORTED, 0))) is not None


def test_tells_no_personal_data_in_the_finding() -> None:
    """The finding names what was refused, not who refused it."""
    found = judge(build_message(), build_choices(stopped(sender=SENDER)))
    assert found is not None
    assert found.values == {"scope": {"channel": "*", "purpose": "*"}}


@pytest.mark.parametrize("purpose", ["marketing", "utility", "authentication", "service"])
def test_holds_when_the_register_can_not_be_asked(purpose: str) -> None:
    """Without the register nobody knows who has opted out, so nothing passes, whatever its purpose."""
    found = judge(build_message(purpose=purpose), None)
    assert found is not None
    assert (found.outcome, found.code) == (Outcome.HOLD, "consent_unavailable")


# Silent.


@pytest.mark.parametrize("choices", [NO_CHOICES, build_choices(), build_choices(build_choice(Kind.END, 0))])
def test_is_silent_without_an_opt_out(choices: Choices) -> None:
    """Who never said stop is not stopped by this rule, whatever else is missing."""
    assert judge(build_message(), choices) is None


@pytest.mark.parametrize("scope", [{"channel": "whatsapp"}, {"purpose": "marketing"}, {"sender": "+447700900222"}])
def test_is_silent_when_another_scope_was_refused(scope: dict[str, str]) -> None:
    """Who refused marketing still gets the update of an order."""
    assert judge(build_message(), build_choices(stopped(**scope))) is None


@pytest.mark.parametrize("kind", [Kind.GRANT, Kind.RESUME])
def test_is_silent_once_the_person_has_resumed(kind: Kind) -> None:
    """START, or new consent by an act of the person, lifts the opt-out."""
    assert judge(build_message(), build_choices(stopped(-2), build_choice(kind, -1))) is None


# The one confirmation.


@pytest.mark.parametrize("purpose", ["utility", "service"])
def test_lets_the_one_confirmation_pass(purpose: str) -> None:
    """The law allows one message that says the opt-out was received."""
    assert judge(confirmation(purpose=purpose), build_choices(stopped())) is None


@pytest.mark.parametrize(
    ("age_seconds", "passes"), [(-1, False), (0, True), (1, True), (299, True), (300, True), (301, False)]
)
def test_lets_the_confirmation_pass_within_five_minutes(age_seconds: int, *, passes: bool) -> None:
    """Until the fifth minute is over, and not to an opt-out that is dated later than now (47 CFR 64.1200(a)(12))."""
    assert (judge(confirmation(), build_choices(stopped(-age_seconds * SECOND))) is None) == passes


@pytest.mark.parametrize(("age_milliseconds", "passes"), [(299_999, True), (300_000, True), (300_001, False)])
def test_ends_the_five_minutes_to_the_millisecond(age_milliseconds: int, *, passes: bool) -> None:
    """One millisecond after five minutes is too late."""
    assert (judge(confirmation(), build_choices(stopped(-age_milliseconds))) is None) == passes


@pytest.mark.parametrize(("age_seconds", "passes"), [(59, True), (60, True), (61, False)])
def test_lets_the_confirmation_pass_within_the_time_of_the_policy(age_seconds: int, *, passes: bool) -> None:
    """A policy may allow less time than the law."""
    policy = build_policy("confirmation_seconds = 60")
    assert (judge(confirmation(), build_choices(stopped(-age_seconds * SECOND)), policy) is None) == passes


def test_blocks_a_second_confirmation() -> None:
    """One is allowed; which message it was stands with the opt-out."""
    stop = stopped()
    assert judge(confirmation(message_id="m-2"), confirm(build_choices(stop), stop, "m-1")) is not None


@pytest.mark.parametrize(
    "changes",
    [
        {"purpose": "marketing"},
        {"purpose": "authentication"},
        {"content": {"type": "text", "text": "Your order has been packed."}},
        {"content": {"type": "text", "text": CONFIRMATION["text"] + " 20% off"}},
        {"content": {"type": "text"}},
        {"content": CONFIRMATION | {"media": [{"url": "https://sunnybakery.example/bread.jpg"}]}},
    ],
)
def test_blocks_what_is_no_confirmation(changes: dict[str, object]) -> None:
    """Another purpose, other words, marketing in it, no text, or a medium that can't be read: blocked."""
    assert judge(confirmation(**changes), build_choices(stopped())) is not None


# The opt-out that nobody is sure of.

QUESTION = {"type": "text", "text": "Do you want to stop all messages? Reply STOP to confirm or START to go on."}


def unsure(shift_milliseconds: int = -60 * SECOND, /, **changes: object) -> Choice:
    """Build an opt-out that was read in a reply that may mean something else."""
    return stopped(shift_milliseconds, **{"basis": PROVISIONAL_BASIS} | changes)


@pytest.mark.parametrize("purpose", ["marketing", "utility", "authentication", "service"])
def test_blocks_after_an_unsure_opt_out_and_says_so(purpose: str) -> None:
    """Until it is settled it forbids like any other; the sender reads that it may be asked about."""
    found = judge(build_message(purpose=purpose), build_choices(unsure()))
    assert found is not None
    assert (found.outcome, found.code) == (Outcome.BLOCK, "opt_out_unconfirmed")


@pytest.mark.parametrize("content", [QUESTION, CONFIRMATION])
def test_lets_one_question_pass_after_an_unsure_opt_out(content: dict[str, str]) -> None:
    """One message may ask what was meant, or say that it was taken for an opt-out."""
    stop = unsure()
    assert judge(confirmation(content=content), build_choices(stop)) is None
    assert judge(confirmation(content=content), confirm(build_choices(stop), stop, "m-1")) is not None


@pytest.mark.parametrize(("age_seconds", "passes"), [(299, True), (300, True), (301, False)])
def test_lets_the_question_pass_within_five_minutes(age_seconds: int, *, passes: bool) -> None:
    """The question has the time that the confirmation has."""
    asked = judge(confirmation(content=QUESTION), build_choices(unsure(-age_seconds * SECOND)))
    assert (asked is None) == passes


@pytest.mark.parametrize(
    "changes",
    [{"purpose": "marketing"}, {"content": {"type": "text", "text": QUESTION["text"] + " 20% off if you stay"}}],
)
def test_blocks_a_question_that_sells(changes: dict[str, object]) -> None:
    """It may not try to keep the person."""
    assert judge(confirmation(**({"content": QUESTION} | changes)), build_choices(unsure())) is not None


@pytest.mark.parametrize("order", [1, -1])
def test_asks_nothing_after_an_opt_out_that_is_sure(order: int) -> None:
    """Who has said stop is not asked, whether the unsure reply came before or after."""
    choices = build_choices(stopped(-60 * SECOND), unsure(-60 * SECOND + order))
    assert judge(confirmation(content=QUESTION), choices) is not None


def test_is_unsure_again_when_only_the_unsure_one_came_after_a_start() -> None:
    """STOP, START, and then an unsure reply: what stands is the unsure one."""
    choices = build_choices(stopped(-3), build_choice(Kind.RESUME, -2), unsure(-1))
    found = judge(build_message(), choices)
    assert found is not None
    assert found.code == "opt_out_unconfirmed"
