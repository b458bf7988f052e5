"""The rule `actor_and_workspace`: a message whose workspace or actor is missing or unknown is held."""

import pytest

from pipeline.domain.events import OutboundMessage
from pipeline.domain.outcomes import Outcome
from pipeline.domain.verdicts import Finding
from pipeline.reading.content import read_content
from pipeline.rules.actor_and_workspace import RULE
from pipeline.testing.builders import build_facts, build_message, build_policy


def judge(message: OutboundMessage, **facts: object) -> Finding | None:
    """Have the rule look at a message."""
    return RULE.check(message, read_content(message.content), build_facts(message, **facts), build_policy())


@pytest.mark.parametrize(
    "actor",
    [
        {"type": "integration", "id": "key-1"},
        {"type": "automation", "id": "key-1"},
        {"type": "member", "id": "u-1"},
        {"type": "administrator", "id": "u-2"},
    ],
)
def test_lets_a_known_actor_of_a_known_workspace_pass(actor: dict[str, str]) -> None:
    """Members, administrators, integrations and automations of the workspace are known."""
    assert judge(build_message(actor=actor)) is None


@pytest.mark.parametrize(
    ("changes", "facts", "code"),
    [
        ({"workspace_id": None}, {"workspace": None}, "workspace_missing"),
        ({}, {"workspace": None}, "workspace_unknown"),
        ({"actor": None}, {}, "actor_missing"),
        ({"actor": {"type": "member", "id": "u-9"}}, {}, "actor_unknown"),
        ({"actor": {"type": "member", "id": "key-1"}}, {}, "actor_unknown"),
        ({"actor": {"type": "integration", "id": "u-1"}}, {}, "actor_unknown"),
        ({"actor": None, "workspace_id": None}, {"workspace": None}, "workspace_missing"),
    ],
)
def test_holds_a_message_naming_the_fact_that_is_missing(
    changes: dict[str, object], facts: dict[str, object], code: str
) -> None:
    """What is missing holds, and the code says what: nobody is exempt, and nobody is guessed."""
    found = judge(build_message(**changes), **facts)
    assert found is not None
    assert (found.outcome, found.clause, found.code) == (Outcome.HOLD, "1.1", code)
