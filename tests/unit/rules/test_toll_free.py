"""The rule `toll_free`: carriers carry verified toll-free numbers."""

from typing import Any

import pytest

from pipeline.domain.outcomes import Outcome
from pipeline.domain.verdicts import Finding
from pipeline.reading.content import read_content
from pipeline.rules.toll_free import RULE
from pipeline.testing.builders import build_facts, build_message, build_policy, build_workspace

NUMBER = "+18335550100"


def judge(registration: Any, **changes: object) -> Finding | None:  # noqa: ANN401 - as stated
    """Have the rule look at a message from a toll-free number."""
    senders = [{"type": "phone_number", "id": NUMBER, "country": "US", "registration": registration}]
    message = build_message(**({"to": "+12125550123", "sender": {"type": "phone_number", "id": NUMBER}} | changes))
    facts = build_facts(message, workspace=build_workspace(senders=senders))
    return RULE.check(message, read_content(message.content), facts, build_policy())


@pytest.mark.parametrize("state", ["unverified", "pending", "rejected", "restricted"])
@pytest.mark.parametrize("to", ["+12125550123", "+14165550123"])
def test_blocks_an_unverified_number(state: str, to: str) -> None:
    """Pending ones are refused as well, in the United States and Canada."""
    found = judge({"toll_free": {"state": state}}, to=to)
    assert found is not None
    assert (found.outcome, found.clause, found.code) == (Outcome.BLOCK, "6.4", "toll_free_unverified")


@pytest.mark.parametrize("registration", [None, {}, {"tcr_campaign": {"state": "active"}}, {"toll_free": {}}])
def test_holds_when_no_verification_is_on_record(registration: Any) -> None:  # noqa: ANN401 - as stated
    """A 10DLC campaign is no verification."""
    found = judge(registration)
    assert found is not None
    assert (found.outcome, found.code) == (Outcome.HOLD, "toll_free_unknown")


@pytest.mark.parametrize("registration", [{"toll_free": {"state": "verified"}}, {"toll_free_verification": "approved"}])
def test_is_silent_for_a_verified_number(registration: Any) -> None:  # noqa: ANN401 - as stated
    """Verified is verified, however it is spelt."""
    assert judge(registration) is None


@pytest.mark.parametrize(
    "changes",
    [
        {"to": "+447700900123"},
        {"sender": {"type": "phone_number", "id": "+12065550100"}},
        {"sender": {"type": "phone_number", "id": "+448005123456"}},
    ],
)
def test_is_silent_elsewhere(changes: dict[str, object]) -> None:
    """It is about toll-free numbers of North America that send there by SMS."""
    assert judge(None, **changes) is None


def test_is_silent_for_a_workspace_that_states_no_senders() -> None:
    """Where the platform states none, nothing can be asked of one."""
    message = build_message(to="+12125550123", sender={"type": "phone_number", "id": NUMBER})
    facts = build_facts(message, workspace=build_workspace(senders=[]))
    assert RULE.check(message, read_content(message.content), facts, build_policy()) is None


def test_is_asked_about_sms_alone() -> None:
    """Other channels have rules of their own."""
    assert RULE.channels == ("sms",)
