"""Which alarms follow from what was seen of a subject: by one partition alone, or by all together.

Pure: the same buckets, time and thresholds raise the same alarms. They decay by themselves as windows empty.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Final, NamedTuple

from pipeline.domain.alarms import Alarm, Level
from pipeline.domain.pattern_settings import Thresholds
from pipeline.patterns import pair_alarms, range_alarms, tenant_alarms, windows
from pipeline.patterns.levels import level_of, signs_in
from pipeline.patterns.observations import Observation
from pipeline.patterns.subjects import kind_of
from pipeline.patterns.windows import (
    ABROAD,
    CODE,
    COMPLAINT,
    FAILURE,
    FOREIGN_LINK,
    MESSAGE,
    OPT_OUT,
    REPLY,
    SEQUENTIAL,
    UNKNOWN_CONSENT,
    Bucket,
)

DAY_SECONDS: Final = 86_400


class Checking(NamedTuple):
    """When a worker looks at a subject of one kind: all others would cost more than they tell."""

    counting: int
    """Flags of rows that can raise an alarm of it."""
    first: int
    """With how many of them it is looked at first."""
    parts: int
    """It is looked at again when they have grown by one of so many parts,"""
    step_max: int
    """and by so many at the latest: what is large already may change its manner."""


CHECKING: Final[Mapping[str, Checking]] = {
    "campaign": Checking(MESSAGE, 1, 8, 64),
    "workspace": Checking(FOREIGN_LINK | FAILURE | COMPLAINT | OPT_OUT | SEQUENTIAL, 10, 4, 64),
    "sender": Checking(COMPLAINT, 1, 4, 8),
    "credential": Checking(FOREIGN_LINK | UNKNOWN_CONSENT | FAILURE | ABROAD, 50, 4, 64),
    "range": Checking(UNKNOWN_CONSENT | CODE | FAILURE, 10, 8, 16),
    "pair": Checking(CODE | REPLY, 1, 8, 4),
}
"""By kind of subject. Numbers are a trade of work for lateness: an alarm comes up to a step late."""


def alarms_of(observation: Observation, now: int, thresholds: Thresholds) -> tuple[Alarm, ...]:
    """Say which alarms an observation raises; none for nearly all.

    :param observation: of one source, or of all together
    :param now: in seconds since 1970
    """
    kind = kind_of(observation.subject)
    if kind == "campaign":
        return _campaign(campaign_name(observation), observation.buckets, now, thresholds)
    return _RAISERS[kind](observation.subject, observation.buckets, now, thresholds)


_Raiser = Callable[[str, Sequence[Bucket], int, Thresholds], tuple[Alarm, ...]]
_RAISERS: Final[Mapping[str, _Raiser]] = {
    "workspace": tenant_alarms.of_workspace,
    "sender": tenant_alarms.of_sender,
    "credential": tenant_alarms.of_credential,
    "range": range_alarms.of_range,
    "pair": pair_alarms.of_pair,
}


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
    signs = signs_in(window, thresholds)
    bulk = Alarm(name, "bulk", level, counts, signs)
    if level >= Level.BULK and not _SPLITTING.isdisjoint(signs):
        return bulk, Alarm(name, "split", level, counts, tuple(sign for sign in signs if sign in _SPLITTING))
    return (bulk,)


_SPLITTING: Final = frozenset(["senders", "workspaces"])
"""Signs that one text is sent by several, so that none of them comes up to a limit."""
