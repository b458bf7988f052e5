"""Block any message to a recipient who has opted out of it."""

from pipeline.domain.events import OutboundMessage
from pipeline.domain.outcomes import Outcome
from pipeline.domain.policies import Policy
from pipeline.domain.verdicts import Finding
from pipeline.reading.content import Reading
from pipeline.rules.facts import Facts
from pipeline.rules.rule import Rule, finding
from pipeline.state.choices import Choice, standing_withdrawal

RULE_ID = "opt_out"


def check(message: OutboundMessage, reading: Reading, facts: Facts, policy: Policy) -> Finding | None:
    """Object if the newest choice of the recipient that covers this message is an opt-out.

    The one confirmation that an opt-out was received passes: the law allows it, and the recipient expects it. So does
    the one question what was meant, when the reply could also be read otherwise.
    """
    if facts.choices is None:
        return finding(RULE_ID, "6.3", Outcome.HOLD, "consent_unavailable")
    if not facts.choices.entries:
        return None
    withdrawal = standing_withdrawal(facts.choices, facts.target)
    if withdrawal is None or confirms(message, reading, facts, policy, withdrawal):
        return None
    values = {"scope": {"channel": withdrawal.channel, "purpose": withdrawal.purpose}}
    code = "opt_out_unconfirmed" if withdrawal.is_provisional else "opted_out"
    return finding(RULE_ID, "6.3", Outcome.BLOCK, code, values)


def confirms(message: OutboundMessage, reading: Reading, facts: Facts, policy: Policy, withdrawal: Choice) -> bool:
    """Tell whether a message is the one confirmation of an opt-out: without marketing, in time, the first.

    A medium can't be read, so a message that carries one is no confirmation.

    Source: 47 CFR 64.1200(a)(12): one text, no marketing, within five minutes of the request; it may ask what is meant.
    """
    age_milliseconds = facts.now_milliseconds - withdrawal.occurred_milliseconds
    return (
        message.purpose in ("utility", "service")
        and not withdrawal.confirmed_by
        and 0 <= age_milliseconds <= policy.document.confirmation_seconds * 1000
        and not message.content.media
        and (reading.confirms_opt_out or (withdrawal.is_provisional and reading.asks_about_opt_out))
    )


RULE = Rule(rule_id=RULE_ID, clauses=("6.3",), hard=True, source="47 CFR 64.1200(a)(10), (a)(12)", check=check)
