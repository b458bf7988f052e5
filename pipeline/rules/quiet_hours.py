"""Defer a message that would arrive in the recipient's quiet hours to their end."""

import functools
from typing import Any

from pipeline.domain.events import OutboundMessage
from pipeline.domain.openings import HOLIDAYS, PUBLIC_HOLIDAY, Hours, next_opening
from pipeline.domain.outcomes import Outcome
from pipeline.domain.policies import Policy
from pipeline.domain.verdicts import Finding
from pipeline.reading.content import Reading
from pipeline.rules.facts import Facts
from pipeline.rules.rule import Rule, deferral, finding

RULE_ID = "quiet_hours"


def check(message: OutboundMessage, _reading: Reading, facts: Facts, policy: Policy) -> Finding | None:
    """Object unless sending is allowed now in every place where the recipient may be.

    The new time is the next opening, spread over the policy's minutes so that not everything leaves at once. When the
    calendar of public holidays has run out, a message that may pass on other days is flagged: today may be one.
    """
    place = facts.place
    if place is None:
        return None
    hours = policy.quiet_hours.hours_for(place.country, place.regions, message.channel, message.purpose)
    if not hours:
        return None
    values: dict[str, Any] = {"purpose": message.purpose, "place": ", ".join(place.regions) or place.country}
    if not place.zones:
        return finding(RULE_ID, "2.1", Outcome.HOLD, "quiet_hours_place_unknown", values)
    now_seconds = facts.now_milliseconds // 1000
    opening_seconds = next_opening(now_seconds, hours, place.zones, HOLIDAYS)
    if opening_seconds == now_seconds:
        is_sure = not _ask_for_holidays(hours) or HOLIDAYS.covers(now_seconds)
        return None if is_sure else finding(RULE_ID, "2.1", Outcome.FLAG, "holidays_unknown", values)
    if opening_seconds is None:
        return finding(RULE_ID, "2.1", Outcome.HOLD, "quiet_hours_place_unknown", values)
    spread_seconds = int(facts.spread * policy.document.defer_spread_seconds)
    return deferral(message, RULE_ID, "2.1", "quiet_hours", values, (opening_seconds + spread_seconds) * 1000)


@functools.lru_cache(maxsize=4_096)
def _ask_for_holidays(hours: tuple[Hours, ...]) -> bool:
    """Tell whether a law closes on public holidays."""
    return any(PUBLIC_HOLIDAY in window.days for law in hours for window in law.windows)


RULE = Rule(
    rule_id=RULE_ID,
    clauses=("2.1",),
    hard=False,
    source="47 CFR 64.1200(c)(1) and the table quiet_hours of the policy, row by row",
    check=check,
)
