"""Object when a message is not what its purpose says: marketing told as another, codes in marketing, no code at all."""

import re
from typing import Final

from pipeline.domain.events import OutboundMessage
from pipeline.domain.outcomes import Outcome
from pipeline.domain.policies import Policy
from pipeline.domain.verdicts import Finding
from pipeline.reading.content import Reading
from pipeline.rules.facts import Facts
from pipeline.rules.rule import Rule, finding

RULE_ID = "purpose_audit"
_CODE: Final = re.compile(r"\d{3}")
"""What may be a code or a part of one (`123 456`): a form that no language needs words for."""


def check(message: OutboundMessage, reading: Reading, _facts: Facts, _policy: Policy) -> Finding | None:
    """Compare the purpose with what lexicons know as promotion and as one-time codes.

    Promotion declared as utility or service is flagged, for billing; declared as authentication it is held, because
    it would get round consent; with a code in it, it is flagged, for a code is never kept from whoever waits for it. A
    WhatsApp template that is approved as authentication has its code in a parameter, which is part of the reading.
    """
    purpose, values = message.purpose, {"purpose": message.purpose}
    if purpose == "marketing":
        if "code" not in reading.features:
            return None
        return finding(RULE_ID, "5.5", Outcome.FLAG, "purpose_code", values)
    has_code = "code" in reading.features or (purpose == "authentication" and _holds_code(reading))
    if "promotion" in reading.features:
        outcome = Outcome.HOLD if purpose == "authentication" and not has_code else Outcome.FLAG
        return finding(RULE_ID, "5.5", outcome, "purpose_marketing", values)
    if purpose == "authentication" and reading.text and not has_code:
        return finding(RULE_ID, "5.5", Outcome.FLAG, "purpose_no_code", values)
    return None


def _holds_code(reading: Reading) -> bool:
    return _CODE.search(reading.text) is not None or "link" in reading.features


RULE = Rule(
    rule_id=RULE_ID,
    clauses=("5.5",),
    hard=False,
    source="Acceptable use policy, circumventing billing; WhatsApp Business Platform, template categories",
    check=check,
)
