"""The rule `membership`: whoever lost access sends nothing, also not what was queued before."""

import pytest

from pipeline.domain.events import OutboundMessage
from pipeline.domain.outcomes import Outcome
from pipeline.domain.verdicts import Finding
from pipeline.reading.content import read_content
from pipeline.rules.membership import RULE
from pipeline.testing.builders import build_facts, build_message, build_policy, build_workspace, instant

MEMBER = {"type": "member", "id": "u-1"}


def judge(message: OutboundMessage, state: str = "active", **facts: object) -> Finding | None:
    """Have the rule look at a message whose member and credential are in a state."""
    workspace = build_workspace(
        members=[{"id": "u-1", "state": state, "scopes": ["*"]}],
        integrations=[{"id": "key-1", "state": state, "scopes": ["*"]}],
    )
    given = {"workspace": workspace} | facts
    return RULE.check(message, read_content(message.content), build_facts(message, **given), build_policy())


@pytest.mark.parametrize("actor", [MEMBER, {"type": "integration", "id": "key-1"}])
def test_lets_an_active_actor_pass(actor: dict[str, str]) -> None:
    """An active member or credential may send."""
    assert judge(build_message(actor=actor)) is None


@pytest.mark.parametrize("actor", [MEMBER, {"type": "integration", "id": "key-1"}])
@pytest.mark.parametrize("state", ["removed", "revoked", "Active", ""])
def test_blocks_an_actor_in_any_other_state(actor: dict[str, str], state: str) -> None:
    """Whatever is not plainly active is not active."""
    found = judge(build_message(actor=actor), state)
    assert found is not None
    assert (found.outcome, found.clause, found.code) == (Outcome.BLOCK, "3.2", "member_removed")


def test_blocks_a_message_that_was_queued_before_the_removal() -> None:
    """The state when the message is judged decides, not that when it was asked for."""
    assert judge(build_message(actor=MEMBER, requested_at=instant(-86_400_000)), "removed") is not None


def test_leaves_an_unknown_actor_to_another_rule() -> None:
    """Who is not known was not removed; actor_and_workspace answers for that."""
    assert judge(build_message(), actor=None) is None
