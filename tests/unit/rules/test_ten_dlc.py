"""The rule `ten_dlc`: carriers in the United States carry registered local numbers."""

from typing import Any

import pytest

from pipeline.domain.outcomes import Outcome
from pipeline.domain.verdicts import Finding
from pipeline.reading.content import read_content
from pipeline.rules.ten_dlc import NOT_FOR_MARKETING, RULE
from pipeline.testing.builders import build_facts, build_message, build_policy, build_workspace

NUMBER = "+12065550100"
OTHER = "+12065550101"
NEW_YORK = "+12125550123"


def judge(recorded: Any, **changes: Any) -> Finding | None:  # noqa: ANN401 - as stated
    """Have the rule look at a message from a local number with a registration on record."""
    senders = [{"type": "phone_number", "id": NUMBER, "country": "US", "registration": recorded}]
    message = build_message(**({"to": NEW_YORK, "sender": {"type": "phone_number", "id": NUMBER}} | changes))
    facts = build_facts(message, workspace=build_workspace(senders=senders))
    return RULE.check(message, read_content(message.content), facts, build_policy())


@pytest.mark.parametrize("state", ["suspended", "expired", "rejected", "PENDING", "deactivated", "no such state"])
@pytest.mark.parametrize("purpose", ["marketing", "utility", "authentication", "service"])
def test_blocks_a_campaign_that_is_not_in_force(state: str, purpose: str) -> None:
    """Whatever the purpose: carriers refuse the number."""
    found = judge({"tcr_campaign": {"state": state}}, purpose=purpose)
    assert found is not None
    assert (found.outcome, found.clause, found.code) == (Outcome.BLOCK, "6.4", "campaign_not_active")
    assert found.values == {"what": "campaign", "state": state.lower().replace("_", " ")}


def test_blocks_a_brand_that_is_not_in_force() -> None:
    """An active campaign of a suspended brand is refused."""
    found = judge({"tcr_campaign": {"state": "active"}, "tcr_brand": {"state": "suspended"}})
    assert found is not None
    assert (found.outcome, found.values["what"]) == (Outcome.BLOCK, "brand")


@pytest.mark.parametrize("registration", [None, {}, {"toll_free": {"state": "verified"}}, {"tcr_campaign": {}}])
def test_holds_a_number_of_which_no_campaign_is_on_record(registration: Any) -> None:  # noqa: ANN401 - as stated
    """The fact is missing."""
    found = judge(registration)
    assert found is not None
    assert (found.outcome, found.code) == (Outcome.HOLD, "campaign_missing")


def test_holds_a_number_that_is_not_among_the_senders() -> None:
    """Of another number of the workspace nothing is known."""
    found = judge({"tcr_campaign": {"state": "active"}}, sender={"type": "phone_number", "id": OTHER})
    assert found is not None
    assert found.outcome is Outcome.HOLD


@pytest.mark.parametrize(
    "registration",
    [
        {"tcr_campaign": {"state": "active", "use_case": "MIXED"}},
        {"tcr_campaign": {"state": "Registered", "use_case": "marketing"}},
        {"tcr_campaign": "approved"},
        {"tcr_campaign": {"status": "ACTIVE"}, "tcr_brand": {"state": "verified"}},
    ],
)
def test_is_silent_for_a_campaign_in_force(registration: Any) -> None:  # noqa: ANN401 - as stated
    """An active campaign of a brand in order passes, however it is spelt."""
    assert judge(registration, purpose="marketing") is None


def test_reads_what_the_message_states() -> None:
    """The messaging service may name the campaign with the message; it does not mend one that is refused."""
    stated = {"tcr_campaign": {"state": "active"}}
    assert judge(None, registration=stated) is None
    assert judge({"tcr_campaign": {"state": "suspended"}}, registration=stated) is not None
    refused = {"tcr_campaign": {"state": "suspended"}}
    found = judge(stated, registration=refused)
    assert found is not None
    assert found.outcome is Outcome.BLOCK


@pytest.mark.parametrize("use_case", sorted(NOT_FOR_MARKETING))
def test_flags_marketing_under_another_use_case(use_case: str) -> None:
    """A campaign for codes does not cover marketing; other purposes pass."""
    registration = {"tcr_campaign": {"state": "active", "use_case": use_case}}
    found = judge(registration, purpose="marketing")
    assert found is not None
    assert (found.outcome, found.code) == (Outcome.FLAG, "campaign_use_case")
    assert judge(registration, purpose="utility") is None


@pytest.mark.parametrize(
    "changes",
    [
        {"to": "+447700900123"},
        {"to": "+14165550123"},
        {"sender": {"type": "phone_number", "id": "+447700900111"}},
        {"sender": {"type": "phone_number", "id": "+18005550100"}},
        {"sender": {"type": "short_code", "id": "80888"}},
    ],
)
def test_is_silent_where_10dlc_does_not_apply(changes: dict[str, object]) -> None:
    """It is about local numbers of the United States that send there by SMS."""
    assert judge({"tcr_campaign": {"state": "suspended"}}, **changes) is None


def test_is_silent_for_a_workspace_that_states_no_senders() -> None:
    """Where the platform states none, nothing can be asked of one."""
    message = build_message(to=NEW_YORK, sender={"type": "phone_number", "id": NUMBER})
    facts = build_facts(message, workspace=build_workspace(senders=[]))
    assert RULE.check(message, read_content(message.content), facts, build_policy()) is None


def test_is_asked_about_sms_alone() -> None:
    """Other channels have rules of their own."""
    assert RULE.channels == ("sms",)
