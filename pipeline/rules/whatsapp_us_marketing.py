"""Block a marketing template by WhatsApp to a number of the United States: Meta does not deliver it."""

from pipeline.domain.events import BusinessScopedId, OutboundMessage
from pipeline.domain.outcomes import Outcome
from pipeline.domain.policies import Policy
from pipeline.domain.verdicts import Finding
from pipeline.reading.content import Reading
from pipeline.rules.facts import Facts, WhatsAppFacts
from pipeline.rules.rule import Rule, finding

RULE_ID = "whatsapp_us_marketing"


def check(message: OutboundMessage, _reading: Reading, facts: Facts, _policy: Policy) -> Finding | None:
    """Object by the area code: Canada and the Caribbean share the calling code, and are not meant.

    A business-scoped id says by its first letters where its user's number is from.
    """
    if facts.whatsapp is None or message.content.template is None or not _is_marketing(message, facts.whatsapp):
        return None
    if _country_of(message, facts) != "US":
        return None
    return finding(RULE_ID, "6.1", Outcome.BLOCK, "us_marketing")


def _is_marketing(message: OutboundMessage, known: WhatsAppFacts) -> bool:
    """Tell whether the message says so itself, or its template was approved as such."""
    return message.purpose == "marketing" or (known.template is not None and known.template.category == "MARKETING")


def _country_of(message: OutboundMessage, facts: Facts) -> str:
    if isinstance(message.to, BusinessScopedId):
        return message.to.bsuid.partition(".")[0]
    return facts.number.country if facts.number is not None else ""


RULE = Rule(
    rule_id=RULE_ID,
    clauses=("6.1",),
    hard=True,
    source="Meta, marketing templates to US numbers not delivered since 2025-04-01 (whatsapp-rules.md, still 2026-10)",
    check=check,
    channels=("whatsapp",),
)
