"""Block a WhatsApp template whose category is not the purpose that the message declares: marketing told as another."""

from pipeline.domain.events import OutboundMessage
from pipeline.domain.outcomes import Outcome
from pipeline.domain.policies import Policy
from pipeline.domain.verdicts import Finding
from pipeline.reading.content import Reading
from pipeline.rules.facts import Facts
from pipeline.rules.rule import Rule, finding

RULE_ID = "whatsapp_template_category"
_MARKETING = "MARKETING"


def check(message: OutboundMessage, _reading: Reading, facts: Facts, _policy: Policy) -> Finding | None:
    """Object when either the purpose or the template's category is marketing, and the other is not.

    The category is the one that Meta approved; as long as that is not known, the one that the message states.
    """
    known, named = facts.whatsapp, message.content.template
    if known is None or named is None:
        return None
    approved = known.template.category if known.template is not None else ""
    category = approved or (named.category or "").upper()
    if not category or (category == _MARKETING) == (message.purpose == "marketing"):
        return None
    values = {"template": named.name, "category": category.lower(), "purpose": message.purpose}
    return finding(RULE_ID, "5.5", Outcome.BLOCK, "template_category", values)


RULE = Rule(
    rule_id=RULE_ID,
    clauses=("5.5", "6.1"),
    hard=True,
    source="Acceptable use policy, circumventing billing; WhatsApp Business Platform, template categories",
    check=check,
    channels=("whatsapp",),
)
