"""What all workers saw of all subjects, put together, and which signals follow: to be written, rewritten, ended.

Pure: the process around it (`compliance patterns`, `compliance inspect`) brings observations and the time, writes the
notes, and keeps what is to be kept of a subject (`Kept`).

Time: `now` is the present of whoever asks, in seconds since 1970, and never falls. A level follows from windows that
end now, so it decays by itself: a subject with a signal is looked at every few seconds, any other every ten minutes.

Delivery: an observation is merged by maximum into the last of its source, so repetition, any order, and the loss of all
but each source's last end in the same signals. A process keeps a subject after it has written its notes: after a crash
between the two the observation comes again, and its note is written again. What was restored is told anew, or ended.

Space: `Limits.subjects` subjects; of one more the one goes that has waited longest, and of
these one without a signal first. A subject holds
the last observations of `Limits.sources` sources, up to 8 KB each: 64 of them stay below a broker's limit for a record.
"""

import heapq
from collections.abc import Iterable, Mapping
from itertools import islice
from typing import Final, NamedTuple

import msgspec
from msgspec import Struct

from pipeline.domain.alarms import Alarm
from pipeline.domain.pattern_settings import Thresholds
from pipeline.patterns.alarms import alarms_of
from pipeline.patterns.observations import Observation, campaigns_in, is_over, merge, total
from pipeline.patterns.signals import Signal, encode, key_of
from pipeline.patterns.subjects import kind_of

VALID_SECONDS: Final = 300
"""How long a signal may be used: as long as a plane that died may be away before workers miss its signals."""
REWRITE_SECONDS: Final = 150
"""A signal that lasts is written again when this much of its time is left."""
SIGNALLED_CHECK_SECONDS: Final = 5
QUIET_CHECK_SECONDS: Final = 600
"""Without a signal a subject is looked at to be let go; what it may become by news alone is seen when news comes."""
PASSED_OVER_MAX: Final = 64
"""How many subjects with a signal are passed over in search of one without."""


class Limits(Struct, frozen=True):
    """How much the plane holds."""

    subjects: int = 40_000
    """Ten partitions full of subjects, 2-3 KB for each source that saw one: 400 MB with four sources of each."""
    sources: int = 64
    """Of one subject: partitions, their earlier owners, and the variants of a campaign."""


class Kept(Struct, frozen=True, array_like=True):
    """All that is kept of one subject."""

    observations: tuple[Observation, ...]
    told: tuple[bytes, ...] = ()
    """Keys of the signals that stand on the topic."""


class Note(NamedTuple):
    """One record for `compliance.signals`; without a value it ends the signal."""

    key: bytes
    value: bytes | None


class Ticked(NamedTuple):
    """What has changed with time alone."""

    notes: tuple[Note, ...]
    subjects: tuple[str, ...]
    """To be kept anew, or let go where nothing is left to keep; after the notes are written."""


class _Told(NamedTuple):
    """What a signal on the topic says; `until` 0: it is not known what."""

    alarm: Alarm | None
    until: int


class _Held:
    """One subject."""

    __slots__ = ("check_at", "sources", "told")

    def __init__(self, kept: Kept) -> None:
        self.sources = {observation.source: observation for observation in kept.observations}
        self.told = {key: _Told(None, 0) for key in kept.told}
        self.check_at = 0

    def drop_sources(self, now: int, sources_max: int) -> None:
        """Let go of sources that no window holds any more, and of the oldest where there are too many."""
        for source in [source for source, observation in self.sources.items() if is_over(observation, now)]:
            del self.sources[source]
        while len(self.sources) > sources_max:
            del self.sources[min(self.sources, key=lambda source: (_end_of(self.sources[source]), source))]


class Plane:
    """All subjects."""

    def __init__(self, thresholds: Thresholds, limits: Limits | None = None) -> None:
        """Begin with none."""
        self.thresholds = thresholds
        """May be replaced; what follows from it is seen when a subject is looked at next."""
        self._limits = limits or Limits()
        self._held: dict[str, _Held] = {}
        """The longest untouched first."""
        self._checks: list[tuple[int, str]] = []
        self._pushed_out: dict[str, tuple[bytes, ...]] = {}
        """Subjects that had to make room since the last tick, with the signals that they had."""

    def __len__(self) -> int:
        """Count the subjects."""
        return len(self._held)

    def restore(self, subject: str, kept: Kept) -> None:
        """Take up what was kept of a subject; the next tick tells of it what holds then."""
        held = _Held(kept)
        self._held[subject] = held
        self._check_at(subject, held, 1)

    def forget(self) -> None:
        """Let go of everything without ending any signal: whoever holds these subjects now does that."""
        self._held.clear()
        self._checks.clear()
        self._pushed_out.clear()

    def kept(self, subject: str) -> Kept | None:
        """Give what is to be kept of a subject; nothing, when it may be let go."""
        held = self._held.get(subject)
        return None if held is None else Kept(tuple(held.sources.values()), tuple(held.told))

    def take(self, observation: Observation, now: int) -> tuple[Note, ...]:
        """Merge an observation, and give the notes that follow at once; its subject is to be kept afterwards."""
        subject = observation.subject
        held = self._held.pop(subject, None)
        if held is None:
            held = _Held(Kept((), self._pushed_out.pop(subject, ())))
            self._make_room()
        self._held[subject] = held
        known = held.sources.get(observation.source)
        held.sources[observation.source] = observation if known is None else merge(known, observation)
        return self._look_at(subject, held, now)

    def tick(self, now: int) -> Ticked:
        """Give what follows from the time that has passed."""
        notes: list[Note] = []
        subjects: list[str] = []
        for subject, told in self._pushed_out.items():
            notes += [Note(key, None) for key in told]
            subjects.append(subject)
        self._pushed_out.clear()
        while self._checks and self._checks[0][0] <= now:
            check_at, subject = heapq.heappop(self._checks)
            held = self._held.get(subject)
            if held is None or held.check_at != check_at:
                continue
            before = (len(held.sources), tuple(held.told))
            notes += self._look_at(subject, held, now, is_check=True)
            if not held.sources:
                del self._held[subject]
                subjects.append(subject)
            elif before != (len(held.sources), tuple(held.told)):
                subjects.append(subject)
        return Ticked(tuple(notes), tuple(subjects))

    def alarms(self, subject: str, now: int) -> tuple[tuple[Alarm, bytes], ...]:
        """Give a subject's alarms, each with the signature of the text that it holds for."""
        held = self._held.get(subject)
        return () if held is None else self._alarms(subject, held.sources.values(), now)

    def observations(self, subject: str) -> tuple[Observation, ...]:
        """Give what each source saw of a subject."""
        held = self._held.get(subject)
        return () if held is None else tuple(held.sources.values())

    def _alarms(self, subject: str, seen: Iterable[Observation], now: int) -> tuple[tuple[Alarm, bytes], ...]:
        parts = campaigns_in(seen) if kind_of(subject) == "campaign" else (total(seen),)
        return tuple((alarm, part.signature) for part in parts for alarm in alarms_of(part, now, self.thresholds))

    def _look_at(self, subject: str, held: _Held, now: int, *, is_check: bool = False) -> tuple[Note, ...]:
        """Compare what is told of a subject with what holds now; gives the difference."""
        held.drop_sources(now, self._limits.sources)
        alarms = self._alarms(subject, held.sources.values(), now) if held.sources else ()
        notes = []
        holding = _by_key(alarms)
        for key, (alarm, signature) in holding.items():
            told = held.told.get(key)
            if told is None or not _says(told, alarm) or told.until - now <= REWRITE_SECONDS:
                signal = Signal(alarm=alarm, signature=signature, told_second=now, until_second=now + VALID_SECONDS)
                held.told[key] = _Told(alarm, signal.until_second)
                notes.append(Note(key, encode(signal)))
        for key in [key for key in held.told if key not in holding]:
            del held.told[key]
            notes.append(Note(key, None))
        wait = SIGNALLED_CHECK_SECONDS if held.told else QUIET_CHECK_SECONDS
        if is_check or not 0 < held.check_at <= now + wait:
            self._check_at(subject, held, now + wait)
        return tuple(notes)

    def _check_at(self, subject: str, held: _Held, second: int) -> None:
        held.check_at = second
        heapq.heappush(self._checks, (second, subject))

    def _make_room(self) -> None:
        if len(self._held) < self._limits.subjects:
            return
        longest = islice(self._held.items(), PASSED_OVER_MAX)
        gone = next((subject for subject, held in longest if not held.told), None) or next(iter(self._held))
        self._pushed_out[gone] = tuple(self._held.pop(gone).told)


def _by_key(alarms: Iterable[tuple[Alarm, bytes]]) -> Mapping[bytes, tuple[Alarm, bytes]]:
    """Give alarms by the keys of their signals; of two under one key the higher, for campaigns that are named alike."""
    found: dict[bytes, tuple[Alarm, bytes]] = {}
    for alarm, signature in alarms:
        key = key_of(alarm)
        if key not in found or found[key][0].level < alarm.level:
            found[key] = alarm, signature
    return found


def _says(told: _Told, alarm: Alarm) -> bool:
    return told.alarm is not None and (told.alarm.level, told.alarm.signs) == (alarm.level, alarm.signs)


def _end_of(observation: Observation) -> int:
    """Give the second after the newest bucket's first: what tells which observation is the newer."""
    return max((bucket.number * bucket.width for bucket in observation.buckets), default=0)


encode_kept: Final = msgspec.msgpack.Encoder().encode
_decoder: Final = msgspec.msgpack.Decoder(Kept)


def decode_kept(value: bytes) -> Kept:
    """Read what was kept.

    :raises msgspec.ValidationError: another version wrote it
    """
    return _decoder.decode(value)
