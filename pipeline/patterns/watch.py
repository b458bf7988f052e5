"""What one partition sees of all subjects: counted at once in memory, told to the others about once a second.

`see` takes one row for each judged message. It only notes the row with each of its subjects; counting is done for many
rows at a time, when the subject is told of (`due`), asked for (`window`), or has grown so far that it may raise other
alarms than before (`alarms.CHECKING`). Most texts, ranges and pairs are seen once: they have to pass a sieve first.

A campaign has four subjects, one for each min-hash key. A row counts in those whose first text is like its own, so a
word that many texts share does not make a campaign of them; under one key there may be several campaigns.

Delivery: the watch lives in memory. Who feeds it keeps each transaction's rows with its verdicts, until a transaction
writes all observations (`Due.is_all`); one that writes those of the campaigns alone notes up to which rows they go. The
partition's next owner sees the rows that are left again (`see_again`), as a source of its own, so that every row is in
exactly one source's observations. The sieves are not kept: of a campaign
that goes on over an owner's death up to two messages more are not counted.
"""

from collections import deque
from typing import Final

from msgspec import Struct
from msgspec.structs import astuple

from pipeline.domain.alarms import Alarm
from pipeline.domain.pattern_settings import Thresholds
from pipeline.patterns import observations, windows
from pipeline.patterns.alarms import CHECKING, alarms_of
from pipeline.patterns.observations import Observation
from pipeline.patterns.sequence import Sequence
from pipeline.patterns.shelf import NEVER, Entry, Name, Shelf
from pipeline.patterns.sieve import Sieve, TextSieve, half_of
from pipeline.patterns.subjects import (
    campaign_subject,
    direct_subjects,
    key_in,
    kind_of,
    number_of,
    pair_of,
    pair_subject,
    range_subject,
)
from pipeline.patterns.windows import SEQUENTIAL, Row, Window
from pipeline.reading.fingerprint import are_alike

CAMPAIGN_SIGHTS: Final = 3
RANGE_SIGHTS: Final = 10
PAIR_SIGHTS: Final = 5
"""With how many sights within a day a text, a range, a pair is counted in full: below these no level begins.
A range that is walked through is counted at once, because each partition sees a part of the walk alone."""
SIEVED_KEYS: Final = 3
ALIKE_MAX: Final = 4
"""How many campaigns are held under one key."""
TELL_MILLISECONDS: Final = 1_000
TELL_ALL_MILLISECONDS: Final = 5_000
"""Campaigns are what workers must hear of at once; counting many rows at a time is what makes the others cheap."""
AGAIN_MILLISECONDS: Final = 60_000
"""When what has not grown since is told once more, for a record that was lost on the way."""
SWEEP_MILLISECONDS: Final = 600_000
CHECK_SECONDS: Final = 60
"""How long an alarm may outlive what raised it, while messages come."""


class Limits(Struct, frozen=True):
    """How much a watch may hold."""

    subjects: int = 10_000
    """Counted in full: 2 KB each, 10 KB at most, so 100 MB however it is attacked."""
    texts: int = 1_000_000
    """Different texts a day that the sieves are made for: 43 bytes each, taken at once. With as many, the place of a
    text that came once is another's after sixteen hours."""


DEFAULT_THRESHOLDS: Final = Thresholds()
DEFAULT_LIMITS: Final = Limits()


class Due(Struct, frozen=True):
    """What is to be told."""

    observations: tuple[Observation, ...]
    is_all: bool
    """Whether nothing that was seen is left to tell; else the campaigns are told, and the rest is not."""


NOTHING_DUE: Final = Due((), is_all=False)


class Watch:
    """Counts of one source."""

    def __init__(
        self, source: str, key: bytes, thresholds: Thresholds = DEFAULT_THRESHOLDS, limits: Limits = DEFAULT_LIMITS
    ) -> None:
        """Begin with nothing seen.

        :param source: partition and incarnation; never used before
        :param key: of the hashes, see `distinct`; the same for all workers
        """
        self._source = source
        self._key = key
        self.thresholds = thresholds
        """May be replaced when a policy is; holds for what is checked from then on."""
        self._shelf = Shelf(limits.subjects)
        self._campaigns: dict[int, list[Entry]] = {}
        self._texts = TextSieve(SIEVED_KEYS * limits.texts // 2)
        self._others = Sieve(limits.texts)
        self._grown: dict[Name, Entry] = {}
        self._grown_campaigns: dict[Name, Entry] = {}
        self._again: deque[tuple[int, Name]] = deque()
        self.sequence = Sequence()
        """Walks through numbers that this source sees."""
        self._told_at = self._all_told_at = self._swept_at = 0

    def see(self, row: Row) -> tuple[Alarm, ...]:
        """Take in a row, and give the alarms of its subjects; none for nearly all."""
        get = self._shelf.get
        alarms: tuple[Alarm, ...] = ()
        for name in direct_subjects(row.workspace, row.sender, row.credential):
            tenant = get(name) or self._put(name, name, row.workspace)
            self._note(tenant, row)
            if tenant.weighed >= tenant.check_at or row.second >= tenant.check_until:
                self._check(tenant, row.second)
            if tenant.alarms:
                alarms += tenant.alarms
        if row.range:
            name = range_subject(row.workspace, row.range)
            entry = get(name)
            if entry is None and (row.flags & SEQUENTIAL or self._comes_often(row)):
                entry = self._put(name, name, row.workspace)
            if entry is not None:
                self._note(entry, row)
                alarms += self._alarms(entry, row.second)
        pair = pair_of(row, self._key)
        entry = get(pair)
        if entry is None and self._others.add(pair, row.second) >= PAIR_SIGHTS:
            entry = self._put(pair, pair_subject(pair), row.workspace)
        if entry is not None:
            self._note(entry, row)
            alarms += self._alarms(entry, row.second)
        return alarms + self._see_campaign(row) if row.keys else alarms

    def _see_campaign(self, row: Row) -> tuple[Alarm, ...]:
        widest: Entry | None = None
        missing: list[int] = []
        for key in row.keys:
            entry = self._like(key, row) if key in self._campaigns else None
            if entry is None:
                missing.append(key)
                continue
            self._note(entry, row)
            if widest is None or entry.seen > widest.seen:
                widest = entry
        if missing and (widest is not None or self._comes_again(row)):
            for key in missing:
                self._note(self._begin_campaign(key, row), row)
        return () if widest is None else self._alarms(widest, row.second)

    def _comes_often(self, row: Row) -> bool:
        """Ask the sieve whether the workspace writes to a range often; a range is a number, so it needs no hash."""
        key = number_of(row.workspace, self._key) ^ int(row.range[1:])
        return self._others.add(key, row.second) >= RANGE_SIGHTS

    def _comes_again(self, row: Row) -> bool:
        """Ask the sieve for two of the text's keys in all traffic, and for a third in its workspace's.

        The third is for texts of which both others are common words: among all that a platform sends, their places are
        always another's.
        """
        half = half_of(row.signature)
        first, second, third, _ = row.keys
        add = self._texts.add
        sights = add(first, half), add(second, half), add(third ^ number_of(row.workspace, self._key), half)
        return max(sights) >= CAMPAIGN_SIGHTS

    def window(self, subject: str, width: int, now: int) -> Window:
        """Read the window of a subject that ends now; empty for one that is not counted."""
        entry = self._shelf.get(subject)
        if entry is None:
            return Window()
        self._fold(entry)
        return windows.window(entry.observation.buckets, width, now)

    def campaigns_of(self, row: Row) -> tuple[Observation, ...]:
        """Give what is counted of the campaign that a row's text belongs to: up to one observation for each key."""
        found = [entry for key in row.keys if (entry := self._like(key, row)) is not None]
        for entry in found:
            self._fold(entry)
        return tuple(entry.observation for entry in found)

    def due(self, now_milliseconds: int) -> Due:
        """Give what is to be told now: campaigns that have grown each second, all else every five, or nothing."""
        if now_milliseconds - self._told_at < TELL_MILLISECONDS:
            return NOTHING_DUE
        self._told_at = now_milliseconds
        is_all = now_milliseconds - self._all_told_at >= TELL_ALL_MILLISECONDS
        told = self._take_grown(self._grown_campaigns)
        if is_all:
            self._all_told_at = now_milliseconds
            told += self._take_grown(self._grown)
        for entry in told:
            entry.told_at = now_milliseconds
            self._again.append((now_milliseconds + AGAIN_MILLISECONDS, entry.name))
        while self._again and self._again[0][0] <= now_milliseconds:
            again = self._shelf.get(self._again.popleft()[1])
            # What has grown is told in its turn: told here, its new rows would be in the observations of two owners.
            if again is not None and not again.is_grown and again.told_at + AGAIN_MILLISECONDS <= now_milliseconds:
                told.append(again)
        if now_milliseconds - self._swept_at >= SWEEP_MILLISECONDS:
            self._swept_at = now_milliseconds
            self._sweep(now_milliseconds // 1000)
        return Due(tuple([entry.observation for entry in told]), is_all)

    def alarms_of(self, row: Row, now: int) -> tuple[Alarm, ...]:
        """Give the alarms of a row's subjects without counting it.

        :param now: in seconds since 1970: a row that has waited is judged by what is counted now, not when it came
        """
        names = (
            *direct_subjects(row.workspace, row.sender, row.credential),
            range_subject(row.workspace, row.range),
            pair_of(row, self._key),
        )
        entries = [self._shelf.get(name) for name in names] + [self._like(key, row) for key in row.keys]
        found = [self._alarms(entry, now) for entry in entries if entry is not None]
        return tuple([alarm for alarms in found for alarm in alarms])

    def next_telling(self) -> int | None:
        """Say when `due` next has something new to give, in milliseconds since 1970; never, if all is told."""
        if self._grown_campaigns:
            return self._told_at + TELL_MILLISECONDS
        return self._all_told_at + TELL_ALL_MILLISECONDS if self._grown else None

    def counts(self, row: Row) -> bool:
        """Tell whether a campaign may be counted under a key of a row's text: most texts come once."""
        return not self._campaigns.keys().isdisjoint(row.keys)

    def see_again(self, row: Row, *, is_campaign_told: bool) -> None:
        """Take in a row that the partition's last owner saw and did not tell of, or of whose campaign alone it did."""
        self.see(Row(*astuple(row)[:-2]) if is_campaign_told else row)

    def _take_grown(self, grown: dict[Name, Entry]) -> list[Entry]:
        entries = list(grown.values())
        grown.clear()
        for entry in entries:
            entry.is_grown = False
            self._fold(entry)
        return entries

    def _note(self, entry: Entry, row: Row) -> None:
        if not entry.is_grown:
            entry.is_grown = True
            (self._grown_campaigns if entry.observation.signature else self._grown)[entry.name] = entry
        entry.pending.append(row)
        entry.seen += 1
        if row.flags & entry.counting:
            entry.weighed += 1
        entry.is_touched = True

    def _begin_campaign(self, key: int, row: Row) -> Entry:
        """Begin to count a campaign under a key, in place of the smallest if there are many."""
        subject = campaign_subject(key)
        variant = row.signature[:4].hex()
        name = f"{subject}#{variant}"
        taken = self._shelf.get(name)
        if taken is not None:
            return taken
        held = self._campaigns.get(key, ())
        if len(held) >= ALIKE_MAX:
            self._drop(min(held, key=_seen))
        entry = self._put(name, subject, row.workspace, variant, row)
        self._campaigns.setdefault(key, []).append(entry)
        return entry

    def _like(self, key: int, row: Row) -> Entry | None:
        for entry in self._campaigns.get(key, ()):
            if are_alike(entry.observation.signature, row.signature):
                return entry
        return None

    def _put(self, name: Name, subject: str, workspace: str, variant: str = "", first: Row | None = None) -> Entry:
        source = f"{self._source}#{variant}" if variant else self._source
        begun = Observation(subject, source)
        if first is not None:
            begun = Observation(subject, source, (), first.second, first.signature)
        checking = CHECKING[kind_of(subject)]
        entry = Entry(name, begun, workspace, checking.counting)
        entry.check_at = checking.first
        gone = self._shelf.put(entry)
        if gone is not None:
            self._forget(gone)
        return entry

    def _drop(self, entry: Entry) -> None:
        self._shelf.remove(entry.name)
        self._forget(entry)

    def _forget(self, entry: Entry) -> None:
        """Tell no more of an entry that has left the shelf."""
        self._grown.pop(entry.name, None)
        self._grown_campaigns.pop(entry.name, None)
        if not entry.observation.signature:
            return
        key = key_in(entry.observation.subject)
        held = self._campaigns[key]
        held.remove(entry)
        if not held:
            del self._campaigns[key]

    def _alarms(self, entry: Entry, second: int) -> tuple[Alarm, ...]:
        """Give an entry's alarms, worked out anew when it has grown enough or, so that they can end, each minute."""
        if entry.weighed >= entry.check_at or second >= entry.check_until:
            self._check(entry, second)
        return entry.alarms

    def _check(self, entry: Entry, second: int) -> None:
        self._fold(entry)
        entry.alarms = alarms_of(entry.observation, second, self.thresholds)
        checking = CHECKING[kind_of(entry.observation.subject)]
        entry.check_at = entry.weighed + min(max(1, entry.weighed // checking.parts), checking.step_max)
        entry.check_until = second + CHECK_SECONDS if entry.alarms or entry.observation.signature else NEVER

    def _fold(self, entry: Entry) -> None:
        if entry.pending:
            entry.observation = observations.fold(entry.observation, entry.pending, self._key)
            entry.pending = []

    def _sweep(self, now: int) -> None:
        """Let go of what no window holds any more."""
        for entry in self._shelf.entries():
            if not entry.is_grown and observations.is_over(entry.observation, now):
                self._drop(entry)


def _seen(entry: Entry) -> int:
    return entry.seen
