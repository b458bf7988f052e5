"""The rule `india_dlt`: a name sends to India under a DLT entity and template."""

from typing import Any

import pytest

from pipeline.domain.outcomes import Outcome
from pipeline.domain.verdicts import Finding
from pipeline.reading.content import read_content
from pipeline.rules.india_dlt import RULE
from pipeline.testing.builders import build_facts, build_message, build_policy, build_workspace

NAME = "SUNBAK"
ENTITY, TEMPLATE = {"entity_id": "1101"}, {"template_id": "1107"}


def judge(stated: Any = None, recorded: Any = None, **changes: object) -> Finding | None:  # noqa: ANN401 - as stated
    """Have the rule look at a message from a name to India."""
    senders = [{"type": "alphanumeric", "id": NAME, "registration": recorded}]
    sender = {"type": "alphanumeric", "id": NAME}
    message = build_message(**({"to": "+919812345678", "sender": sender, "registration": stated} | changes))
    facts = build_facts(message, workspace=build_workspace(senders=senders))
    return RULE.check(message, read_content(message.content), facts, build_policy())


@pytest.mark.parametrize(
    ("stated", "missing"),
    [
        (None, "entity id and template id"),
        ({"dlt": {}}, "entity id and template id"),
        ({"dlt": ENTITY}, "template id"),
        ({"dlt": TEMPLATE}, "entity id"),
    ],
)
def test_holds_without_entity_or_template(stated: Any, missing: str) -> None:  # noqa: ANN401 - as stated
    """The reason says which id is missing."""
    found = judge(stated)
    assert found is not None
    assert (found.outcome, found.clause, found.values) == (Outcome.HOLD, "6.4", {"missing": missing})


@pytest.mark.parametrize(
    ("stated", "recorded"),
    [({"dlt": ENTITY | TEMPLATE}, None), ({"dlt": TEMPLATE}, {"dlt": ENTITY}), (None, {"dlt": ENTITY | TEMPLATE})],
)
def test_is_silent_with_both(stated: Any, recorded: Any) -> None:  # noqa: ANN401 - as stated
    """Stated with the message or recorded with the sender."""
    assert judge(stated, recorded) is None


@pytest.mark.parametrize(
    "changes",
    [
        {"sender": {"type": "phone_number", "id": "+447700900111"}},
        {"to": "+447700900123"},
    ],
)
def test_is_silent_elsewhere(changes: dict[str, object]) -> None:
    """A number goes by the international route; other countries and channels have no DLT."""
    assert judge(**changes) is None


def test_is_asked_about_sms_alone() -> None:
    """Other channels have rules of their own."""
    assert RULE.channels == ("sms",)
