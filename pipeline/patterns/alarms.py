"""Which alarms follow from what was seen of a subject: by one partition alone, or by all together.

Pure: the same buckets, time and thresholds raise the same alarms. They decay by themselves as windows empty.
"""

from collections.abc import Sequence
from typing import Final

from pipeline.domain.alarms import Alarm, Level
from pipeline.domain.pattern_settings import Thresholds
from pipeline.patterns import windows
from pipeline.patterns.levels import level_of, signs_in
from pipeline.patterns.observations import Observation
from pipeline.patterns.subjects import kind_of
from pipeline.patterns.windows import Bucket

DAY_SECONDS: Final = 86_400


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
