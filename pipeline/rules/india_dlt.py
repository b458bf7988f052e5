"""Hold an SMS from a name to India that does not state its DLT entity and template."""

from pipeline.domain.events import OutboundMessage
from pipeline.domain.outcomes import Outcome
from pipeline.domain.policies import Policy
from pipeline.domain.registrations import NO_REGISTRATIONS, Registration, read_registrations
from pipeline.domain.verdicts import Finding
from pipeline.reading.content import Reading
from pipeline.rules.facts import Facts
from pipeline.rules.rule import Rule, finding

RULE_ID = "india_dlt"


def check(message: OutboundMessage, _reading: Reading, facts: Facts, _policy: Policy) -> Finding | None:
    """Object unless entity and template are stated with the message or recorded with the sender.

    A number as sender goes by the international route, to which DLT does not apply.
    """
    if message.sender.type != "alphanumeric" or facts.number is None or facts.number.country != "IN":
        return None
    known = facts.workspace.registrations if facts.workspace is not None else {}
    stated = read_registrations(message.registration).dlt or Registration()
    recorded = known.get(message.sender.id, NO_REGISTRATIONS).dlt or Registration()
    ids = {
        "entity id": stated.entity_id or recorded.entity_id,
        "template id": stated.template_id or recorded.template_id,
    }
    missing = [name for name, value in ids.items() if not value]
    if not missing:
        return None
    return finding(RULE_ID, "6.4", Outcome.HOLD, "dlt_missing", {"missing": " and ".join(missing)})


RULE = Rule(
    rule_id=RULE_ID,
    clauses=("6.4",),
    hard=False,
    source="TCCCPR 2018 (India), DLT: entity, header and template",
    check=check,
    channels=("sms",),
    countries=("IN",),
)
