"""Which alarms follow from what was seen of a subject: by one partition alone, or by all together.

Pure: the same buckets, time and thresholds raise the same alarms. They decay by themselves as windows empty.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from pipeline.domain.alarms import Alarm, Level
from pipeline.domain.pattern_settings import Thresholds
from pipeline.patterns import windows
from pipeline.patterns.levels import level_of, signs_in
from pipeline.patterns.observations import Observation
from pipeline.patterns.subjects import kind_of
from pipeline.patterns.windows import Bucket

DAY_SECONDS: Final = 86_400

FIRST_CHECK: Final[Mapping[str, int]] = {
    "campaign": 1,
    "workspace": 20,
    "sender": 50,
    "credential": 50,
    "range": 4,
    "pair": 1,
}
"""With how many rows a subject is looked at first, by kind: with fewer it raises no alarm."""
CHECK_PARTS: Final = 8
CHECK_STEP_MAX: Final = 64
"""A subject is looked at again when it has grown by an eighth, and after 64 rows at the latest: what is large already
may change its manner."""


def next_check(observation: Observation, now: int) -> int:
    """Say after how many further rows a subject may raise other alarms than now."""
    messages = windows.messages_in(observation.buckets, DAY_SECONDS, now)
    parts = CHECK_PARTS if kind_of(observation.subject) in _EXACT else CHECK_PARTS // 2
    return min(max(1, messages // parts), CHECK_STEP_MAX)


_EXACT: Final = frozenset(["campaign", "range", "pair"])
"""Of the others there are as many as tenants have, and each message has three: they are looked at half as often."""


def alarms_of(observation: Observation, now: int, thresholds: Thresholds) -> tuple[Alarm, ...]:
    """Say which alarms an observation raises; none for nearly all.

    :param observation: of one source, or of all together
    :param now: in seconds since 1970
    """
    if kind_of(observation.subject) == "campaign":
        return _campaign(campaign_name(observation), observation.buckets, now, thresholds)
    return ()


def campaign_name(observation: Observation) -> str:
    """Name a campaign by its subject and its first text: several may stand under one key."""
    return f"{observation.subject}#{observation.signature[:4].hex()}"


def _campaign(name: str, buckets: Sequence[Bucket], now: int, thresholds: Thresholds) -> tuple[Alarm, ...]:
    window = windows.window(buckets, DAY_SECONDS, now)
    level = level_of(window, thresholds)
    if level is Level.QUIET:
        return ()
    counts = {
        "messages": window.messages,
        "recipients": window.recipients,
        "senders": window.senders,
        "workspaces": window.workspaces,
        "domains": window.domains,
        "unknown_consents": window.unknown_consents,
        "complaints": window.complaints,
        "opt_outs": window.opt_outs,
    }
    return (Alarm(name, "bulk", level, counts, signs_in(window, thresholds)),)
