"""Block a WhatsApp template that Meta would not send: unknown, not approved, paused, disabled, or wrongly filled."""

from pipeline.domain.events import OutboundMessage, Template
from pipeline.domain.outcomes import Outcome
from pipeline.domain.policies import Policy
from pipeline.domain.verdicts import Finding
from pipeline.reading.content import Reading
from pipeline.rules.facts import Facts, WhatsAppFacts
from pipeline.rules.rule import Rule, deferral, finding
from pipeline.state.asset_states import template_stop

RULE_ID = "whatsapp_template"
_HELD = ("template_unknown", "template_status_unknown")
"""What is a missing fact: the state of the template is not known, or in a word that nobody has read yet."""


def check(message: OutboundMessage, _reading: Reading, facts: Facts, _policy: Policy) -> Finding | None:
    """Object unless the template is approved in this language and gets as many parameters as it takes.

    A pause whose end is known defers the message to it.
    """
    known, named = facts.whatsapp, message.content.template
    if known is None or named is None:
        return None
    template = known.template
    if template is None:
        return _missing(named, known)
    values: dict[str, object] = {"template": named.name, "language": named.language or ""}
    stop = template_stop(template, facts.now_milliseconds)
    if stop is not None:
        values["status"] = template.status
        if stop.until_milliseconds:
            return deferral(message, RULE_ID, "6.1", stop.code, values, stop.until_milliseconds)
        return finding(RULE_ID, "6.1", Outcome.HOLD if stop.code in _HELD else Outcome.BLOCK, stop.code, values)
    if template.parameter_count not in (-1, len(named.parameters)):
        values |= {"parameters": len(named.parameters), "parameters_expected": template.parameter_count}
        return finding(RULE_ID, "6.1", Outcome.BLOCK, "template_parameters", values)
    return None


def _missing(named: Template, known: WhatsAppFacts) -> Finding:
    """Object to a template of which nothing is known, or nothing in this language."""
    values = {"template": named.name, "language": named.language or ""}
    if not known.languages or not named.language:
        return finding(RULE_ID, "6.1", Outcome.HOLD, "template_unknown", values)
    values["languages"] = ", ".join(known.languages)
    return finding(RULE_ID, "6.1", Outcome.BLOCK, "template_other_language", values)


RULE = Rule(
    rule_id=RULE_ID,
    clauses=("6.1", "6.5"),
    hard=True,
    source="WhatsApp Business Platform, message templates (errors 132000, 132001, 132015, 132016; whatsapp-rules.md)",
    check=check,
    channels=("whatsapp",),
)
