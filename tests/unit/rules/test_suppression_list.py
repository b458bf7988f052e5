"""The rule `suppression_list`: what a listing stops, what consent goes before it, and what a stale list leads to."""

import pytest

from pipeline.domain.suppression_lists import CHECK, Listing, ListKind
from pipeline.domain.verdicts import Degraded, Finding
from pipeline.reading.content import read_content
from pipeline.rules.suppression_list import RULE
from pipeline.state.choices import NO_CHOICES, Choice, Kind
from pipeline.testing.builders import DAY, NOW, build_choice, build_choices, build_facts, build_message, build_policy

PURPOSES = ("marketing", "utility", "service", "authentication")
STALE = (Degraded(CHECK, "list us-dnc stands as of 2026-09-01", 84 * 86_400),)


def judge(
    *kinds: ListKind, purpose: str = "marketing", consent: Choice | None = None, **facts: object
) -> Finding | None:
    """Have the rule look at a message to a number that is on lists since ten days ago."""
    message = build_message(purpose=purpose)
    listings = tuple(Listing(f"a-{kind}-list", kind, NOW - 10 * DAY) for kind in kinds)
    choices = build_choices(consent) if consent else NO_CHOICES
    given = build_facts(message, **({"choices": choices, "listings": listings} | facts))
    return RULE.check(message, read_content(message.content), given, build_policy())


def outcome_of(found: Finding | None) -> tuple[str, str] | None:
    """Say what was found: outcome and code."""
    return (found.outcome.value, found.code) if found else None


@pytest.mark.parametrize("purpose", PURPOSES)
def test_lets_pass_who_is_on_no_list(purpose: str) -> None:
    """Nothing listed, nothing objected."""
    assert judge(purpose=purpose) is None


@pytest.mark.parametrize("purpose", PURPOSES)
def test_blocks_marketing_to_a_do_not_call_number(purpose: str) -> None:
    """A do-not-call register is about marketing alone."""
    expected = ("block", "do_not_call_listed") if purpose == "marketing" else None
    assert outcome_of(judge("do_not_call", purpose=purpose)) == expected


@pytest.mark.parametrize(("basis", "passes"), [("express_written", True), ("express", False), ("", False)])
def test_lets_written_consent_go_before_a_do_not_call_list(basis: str, *, passes: bool) -> None:
    """Who signed for messages gets them, though the number is registered."""
    assert (judge("do_not_call", consent=build_choice(basis=basis)) is None) == passes


def test_takes_no_consent_to_something_else_for_an_exemption() -> None:
    """Written consent to order updates is none to marketing."""
    assert judge("do_not_call", consent=build_choice(purpose="utility")) is not None


@pytest.mark.parametrize("purpose", PURPOSES)
def test_holds_marketing_to_a_litigator(purpose: str) -> None:
    """A person decides, also where there is consent."""
    expected = ("hold", "litigator_listed") if purpose == "marketing" else None
    assert outcome_of(judge("litigators", purpose=purpose, consent=build_choice())) == expected


@pytest.mark.parametrize(
    ("purpose", "outcome"),
    [("marketing", "block"), ("utility", "hold"), ("service", "hold"), ("authentication", None)],
)
def test_takes_consent_of_the_former_holder_for_none(purpose: str, outcome: str | None) -> None:
    """Consent older than the new holder stops as missing consent does."""
    found = judge("reassigned", purpose=purpose, consent=build_choice(Kind.GRANT, -20 * DAY))
    assert outcome_of(found) == ((outcome, "number_reassigned") if outcome else None)


@pytest.mark.parametrize(("shift", "passes"), [(-1, False), (0, True), (1, True)])
def test_takes_consent_of_the_new_holder(shift: int, *, passes: bool) -> None:
    """Consent from the moment on at which the listing counts is the new holder's."""
    assert (judge("reassigned", consent=build_choice(Kind.GRANT, -10 * DAY + shift)) is None) == passes


def test_gives_the_strictest_of_several_listings() -> None:
    """A do-not-call number of a litigator is blocked."""
    assert outcome_of(judge("litigators", "do_not_call")) == ("block", "do_not_call_listed")


@pytest.mark.parametrize("purpose", PURPOSES)
def test_flags_marketing_that_was_checked_on_a_stale_list(purpose: str) -> None:
    """A list that is too old is still used, and whoever runs it is told."""
    expected = ("flag", "suppression_list_stale") if purpose == "marketing" else None
    assert outcome_of(judge(purpose=purpose, degraded=STALE)) == expected


def test_says_nothing_of_other_checks_that_are_degraded() -> None:
    """A policy that can't be read is not this rule's matter."""
    assert judge(degraded=(Degraded("policy", "unusable"),)) is None


def test_names_the_list_and_not_the_number() -> None:
    """What decided is the list; the number stays out."""
    found = judge("do_not_call")
    assert found is not None
    assert found.values == {"list": "a-do_not_call-list", "purpose": "marketing"}
