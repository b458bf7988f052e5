"""The rule `scopes`: a member or integration sends only what its scopes cover."""

from collections.abc import Sequence

import pytest

from pipeline.domain.events import OutboundMessage
from pipeline.domain.outcomes import Outcome
from pipeline.domain.verdicts import Finding
from pipeline.reading.content import read_content
from pipeline.rules.scopes import RULE
from pipeline.testing.builders import SENDER, build_facts, build_message, build_policy, build_workspace


def judge(scopes: Sequence[str] | None, message: OutboundMessage | None = None) -> Finding | None:
    """Have the rule look at a message of an integration with these scopes."""
    message = message or build_message()
    workspace = build_workspace(integrations=[{"id": "key-1", "scopes": scopes}])
    facts = build_facts(message, workspace=workspace)
    return RULE.check(message, read_content(message.content), facts, build_policy())


@pytest.mark.parametrize(
    "scopes",
    [
        ["*"],
        ["channel:sms"],
        ["purpose:utility"],
        [f"sender:{SENDER}"],
        ["country:GB"],
        ["channel:*"],
        ["country:US", "country:GB"],
        ["channel:sms", "purpose:utility", f"sender:{SENDER}", "country:GB"],
        ["unheard:of", "*"],
    ],
)
def test_lets_a_message_pass_that_the_scopes_cover(scopes: list[str]) -> None:
    """A dimension that is named must list the message's value; one that is not named restricts nothing."""
    assert judge(scopes) is None


@pytest.mark.parametrize(
    ("scopes", "dimension"),
    [
        (["channel:whatsapp"], "channel"),
        (["purpose:authentication"], "purpose"),
        (["sender:+447700900222"], "sender"),
        (["country:US"], "country"),
        (["channel:sms", "country:US"], "country"),
        (["channel:SMS"], "channel"),
        (["channel:"], "channel"),
        ([], "channel"),
    ],
)
def test_blocks_a_message_that_the_scopes_leave_out(scopes: list[str], dimension: str) -> None:
    """The finding names the first dimension that lacks the value; without any scope nothing may be sent."""
    found = judge(scopes)
    assert found is not None
    assert (found.outcome, found.code, found.values) == (Outcome.BLOCK, "scope_missing", {"dimension": dimension})


@pytest.mark.parametrize("scopes", [None, ["send"], ["hour:9"], ["channel:sms", "hour:9"]])
def test_holds_a_message_when_the_scopes_can_not_be_checked(scopes: list[str] | None) -> None:
    """Scopes that are missing, or that name a dimension this version does not know, are a missing fact."""
    found = judge(scopes)
    assert found is not None
    assert (found.outcome, found.clause, found.code) == (Outcome.HOLD, "3.1", "scope_unknown")


def test_blocks_a_recipient_of_unknown_country_when_countries_are_named() -> None:
    """A business-scoped id has no number, so a scope that names countries does not cover it."""
    message = build_message(to={"bsuid": "GB.1", "portfolio_id": "pf-1"}, channel="whatsapp")
    assert judge(["country:GB"], message) is not None


def test_leaves_an_unknown_actor_to_another_rule() -> None:
    """Without an actor there are no scopes; actor_and_workspace answers for that."""
    assert judge([], build_message(actor=None)) is None
