"""The rule `whatsapp_template`: only approved templates, in the right language, rightly filled."""

import pytest

from pipeline.domain.events import OutboundMessage
from pipeline.domain.outcomes import Outcome
from pipeline.domain.verdicts import Finding
from pipeline.reading.content import read_content
from pipeline.rules.facts import WhatsAppFacts
from pipeline.rules.whatsapp_template import RULE
from pipeline.state.assets import UNREADABLE, Template
from pipeline.testing.builders import (
    HOUR,
    NOW,
    build_facts,
    build_message,
    build_policy,
    build_whatsapp,
    instant,
)


def judge(
    template: Template | None, message: OutboundMessage | None = None, languages: tuple[str, ...] = ("en",)
) -> Finding | None:
    """Have the rule look at a message whose template is known as given."""
    message = message or build_whatsapp()
    facts = build_facts(message, whatsapp=WhatsAppFacts("pf-1", template, languages, None))
    return RULE.check(message, read_content(message.content), facts, build_policy())


def with_template(**changes: object) -> OutboundMessage:
    """Build a message whose template is changed."""
    return build_whatsapp(
        content={"type": "template", "template": {"name": "order_update", "language": "en"} | changes}
    )


@pytest.mark.parametrize(
    ("status", "outcome", "code"),
    [
        ("PAUSED", Outcome.BLOCK, "template_paused"),
        ("DISABLED", Outcome.BLOCK, "template_disabled"),
        ("REJECTED", Outcome.BLOCK, "template_not_approved"),
        ("PENDING", Outcome.BLOCK, "template_not_approved"),
        ("IN_APPEAL", Outcome.BLOCK, "template_not_approved"),
        ("PENDING_DELETION", Outcome.BLOCK, "template_not_approved"),
        ("DELETED", Outcome.BLOCK, "template_not_approved"),
        ("LIMIT_EXCEEDED", Outcome.BLOCK, "template_not_approved"),
        ("ARCHIVED", Outcome.BLOCK, "template_not_approved"),
        ("LOCKED", Outcome.BLOCK, "template_not_approved"),
        ("", Outcome.HOLD, "template_unknown"),
        ("DANCING", Outcome.HOLD, "template_status_unknown"),
        (UNREADABLE, Outcome.HOLD, "template_status_unknown"),
    ],
)
def test_objects_to_a_template_that_can_not_be_sent(status: str, outcome: Outcome, code: str) -> None:
    """Whatever the state is called: only an approved template passes, and what nobody knows is held."""
    found = judge(Template(status=status))
    assert found is not None
    assert (found.outcome, found.clause, found.code) == (outcome, "6.1", code)


@pytest.mark.parametrize("status", ["APPROVED", "FLAGGED", "REINSTATED", "UNARCHIVED"])
def test_is_silent_about_an_approved_template(status: str) -> None:
    """These words all say that it can be sent."""
    assert judge(Template(status=status)) is None


@pytest.mark.parametrize(("shift", "is_deferred"), [(-1, False), (0, False), (1, True), (3 * HOUR, True)])
def test_waits_for_the_end_of_a_pause(shift: int, *, is_deferred: bool) -> None:
    """A pause whose end is known defers to it, and stops nothing once it is over."""
    found = judge(Template(status="PAUSED", pause_until_milliseconds=NOW + shift))
    expected = (Outcome.DEFER, "template_paused", instant(shift)) if is_deferred else None
    assert (found and (found.outcome, found.code, found.retry_at)) == expected


def test_blocks_what_is_not_valid_any_more_when_the_pause_ends() -> None:
    """A code that is old after three hours does not wait for them."""
    message = build_whatsapp(valid_until=instant(HOUR))
    found = judge(Template(status="PAUSED", pause_until_milliseconds=NOW + 3 * HOUR), message)
    assert found is not None
    assert (found.outcome, found.code) == (Outcome.BLOCK, "too_late")


def test_holds_a_template_of_which_nothing_is_known() -> None:
    """Approval is a fact; a missing one holds."""
    found = judge(None, languages=())
    assert found is not None
    assert (found.outcome, found.code, found.decided_by) == (Outcome.HOLD, "template_unknown", "missing_fact")


def test_blocks_a_language_in_which_the_template_does_not_exist() -> None:
    """What is known in other languages is not known in this one, and the reason names them."""
    found = judge(None, languages=("de", "fr"))
    assert found is not None
    assert (found.outcome, found.code, found.values["languages"]) == (
        Outcome.BLOCK,
        "template_other_language",
        "de, fr",
    )


def test_holds_a_message_that_names_no_language_when_there_are_several() -> None:
    """Which one is meant can't be told."""
    found = judge(None, with_template(language=None), languages=("de", "fr"))
    assert found is not None
    assert (found.outcome, found.code) == (Outcome.HOLD, "template_unknown")


@pytest.mark.parametrize(("given", "passes"), [(1, False), (2, True), (3, False)])
def test_counts_the_parameters(given: int, *, passes: bool) -> None:
    """A template that takes two parameters gets two."""
    found = judge(Template(status="APPROVED", parameter_count=2), with_template(parameters=["x"] * given))
    assert (found and found.code) == (None if passes else "template_parameters")


def test_counts_no_parameters_when_their_number_is_not_known() -> None:
    """A provider that does not state it is believed to check it."""
    assert judge(Template(status="APPROVED"), with_template(parameters=["x"])) is None


def test_tells_no_parameter_in_the_finding() -> None:
    """Parameters hold names and orders: the finding only counts them."""
    found = judge(Template(status="APPROVED", parameter_count=2), with_template(parameters=["CANARY"]))
    assert found is not None
    assert "CANARY" not in repr(found)


@pytest.mark.parametrize(
    "message",
    [build_message(), build_whatsapp(content={"type": "text", "text": "Hello"})],
    ids=["sms", "free-form"],
)
def test_is_silent_about_what_is_no_template(message: OutboundMessage) -> None:
    """Other rules look at those."""
    assert RULE.check(message, read_content(message.content), build_facts(message), build_policy()) is None
