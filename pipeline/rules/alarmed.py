"""Which alarm of one sign a message falls under, for the rules on patterns of many messages."""

from collections.abc import Mapping
from typing import Any

from pipeline.domain.alarms import Alarm
from pipeline.rules.facts import Facts


def alarm_in(facts: Facts, sign: str) -> Alarm | None:
    """Give the highest alarm of a sign among the message's subjects; of equal ones the first."""
    if not facts.alarms:
        return None
    found = [alarm for alarm in facts.alarms if alarm.sign == sign]
    return max(found, key=_level, default=None)


def values_of(alarm: Alarm) -> Mapping[str, Any]:
    """Give what decided: counts by name, and the signs. No subject: a pair's is made of two people's names."""
    return {**alarm.counts, "signs": alarm.signs}


def _level(alarm: Alarm) -> int:
    return alarm.level
