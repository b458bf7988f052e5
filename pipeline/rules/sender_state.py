"""Block a message whose sender, or what it belongs to, was restricted, banned or taken offline by its provider."""

from pipeline.domain.events import OutboundMessage
from pipeline.domain.outcomes import Outcome
from pipeline.domain.policies import Policy
from pipeline.domain.verdicts import Finding
from pipeline.reading.content import Reading
from pipeline.rules.facts import Facts
from pipeline.rules.rule import Rule, finding
from pipeline.state.asset_states import account_stop

RULE_ID = "sender_state"


def check(message: OutboundMessage, _reading: Reading, facts: Facts, _policy: Policy) -> Finding | None:
    """Object to what the provider would refuse; the reason says that the provider decided.

    A restriction that has an end says when it is worth to ask again. A state in a word that is not known holds.
    """
    is_template = message.content.template is not None
    for account in facts.sender_states:
        stop = account_stop(account, facts.now_milliseconds, is_template=is_template)
        if stop is not None:
            outcome = Outcome.HOLD if stop.code == "sender_state_unknown" else Outcome.BLOCK
            values = {"asset": account.type, "state": account.state or "RESTRICTED"}
            return finding(RULE_ID, "6.5", outcome, stop.code, values, stop.until_milliseconds or None)
    return None


RULE = Rule(
    rule_id=RULE_ID,
    clauses=("6.5", "6.1"),
    hard=True,
    source="Providers' account and number events (rules/whatsapp-rules.md, Quality and states; errors 368, 131031)",
    check=check,
)
