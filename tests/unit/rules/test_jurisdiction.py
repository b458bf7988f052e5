"""The rule `jurisdiction`: what is no phone number has no country, so nobody can say whose law applies."""

import pytest

from pipeline.domain.outcomes import Outcome
from pipeline.domain.verdicts import Finding
from pipeline.reading.content import read_content
from pipeline.rules.jurisdiction import RULE
from pipeline.testing.builders import build_facts, build_message, build_policy


def judge(to: object) -> Finding | None:
    """Have the rule look at a message to a recipient."""
    message = build_message(to=to)
    return RULE.check(message, read_content(message.content), build_facts(message), build_policy())


@pytest.mark.parametrize("to", ["12", "447700900123", "+44 7700 900123", "0044770090012", "wa:pf-1:US.1", "+0", "me"])
def test_holds_a_message_to_something_that_is_no_number(to: str) -> None:
    """A number must be written as E.164 writes it: other spellings would evade what is known under the right one."""
    found = judge(to)
    assert found is not None
    assert (found.outcome, found.clause, found.code) == (Outcome.HOLD, "2.1", "recipient_invalid")


@pytest.mark.parametrize("to", ["+447700900123", "+14165550123", {"bsuid": "US.1", "portfolio_id": "pf-1"}])
def test_lets_a_number_or_a_business_scoped_id_pass(to: object) -> None:
    """A possible number has a country; a business-scoped id has no numbering plan and is WhatsApp's to deliver."""
    assert judge(to) is None
