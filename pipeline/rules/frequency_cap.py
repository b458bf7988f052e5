"""Defer a message to a person who has had as many as the law allows in a time."""

from pipeline.domain.events import OutboundMessage
from pipeline.domain.frequency_caps import next_place, window_begins
from pipeline.domain.outcomes import Outcome
from pipeline.domain.policies import Policy
from pipeline.domain.verdicts import Finding
from pipeline.reading.content import Reading
from pipeline.rules.facts import Facts
from pipeline.rules.rule import Rule, deferral, finding

RULE_ID = "frequency_cap"


def check(message: OutboundMessage, _reading: Reading, facts: Facts, policy: Policy) -> Finding | None:
    """Object when a cap of any place where the recipient may be is used up; wait until all have a place again."""
    place, caps = facts.place, policy.frequency_caps
    if place is None or message.purpose not in caps.purposes:
        return None
    found = caps.caps_for(place.country, place.regions, message.channel, message.purpose)
    if not found:
        return None
    if facts.contacts is None:
        return finding(RULE_ID, "2.1", Outcome.HOLD, "contacts_unavailable")
    times = facts.contacts.capped_times(message.message_id)
    reached = []
    for cap in found:
        begins_milliseconds = window_begins(cap, facts.now_milliseconds, place.zones)
        counted = [at for at in times if at >= begins_milliseconds]
        if len(counted) >= cap.limit:
            reached.append((next_place(cap, counted, facts.now_milliseconds, place.zones), cap))
    if not reached:
        return None
    free_milliseconds, cap = max(reached, key=lambda each: each[0])
    values = {"limit": cap.limit, "place": cap.place, "purpose": message.purpose}
    return deferral(message, RULE_ID, "2.1", "frequency_cap", values, free_milliseconds)


RULE = Rule(
    rule_id=RULE_ID,
    clauses=("2.1",),
    hard=False,
    source="The table frequency_caps of the policy, row by row",
    check=check,
)
