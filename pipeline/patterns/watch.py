"""What one partition sees of all subjects: counted at once in memory, told to the others about once a second.

`see` takes one row for each judged message. It only notes the row with each of its subjects; counting is done for many
rows at a time, when the subject is told of (`due`), asked for (`window`), or has grown by an eighth (campaigns, whose
level must be known at once). Most texts, ranges and pairs are seen once: they are let through by a sieve first.

A campaign has four subjects, one for each min-hash key. A row counts in those whose first text is like its own, so a
word that many texts share does not make a campaign of them; under one key there may be several campaigns.

Delivery: the watch lives in memory. What was seen since the last `due` is `unkept`, to be written in the same
transaction as the verdicts (`pack`), and deleted in the one that writes the observations; the partition's next owner
sees the rows that are left again (`unpack`), as a source of its own, so that every row is in exactly one source's
observations. The sieve is not kept: of a campaign that goes over an owner's death up to two messages for each key are
not counted.
"""

from collections import deque
from collections.abc import Iterable
from typing import Final

import msgspec
from msgspec import Struct

from pipeline.patterns import observations, windows
from pipeline.patterns.levels import Level, Thresholds, level_of
from pipeline.patterns.observations import Observation
from pipeline.patterns.shelf import Entry, Shelf
from pipeline.patterns.sieve import Sieve
from pipeline.patterns.subjects import campaign_subject, direct_subjects, key_in, pair_of, pair_subject
from pipeline.patterns.windows import Row, Window
from pipeline.reading.fingerprint import are_alike

CAMPAIGN_SIGHTS: Final = 3
RANGE_SIGHTS: Final = 10
PAIR_SIGHTS: Final = 5
"""With how many sights within a day a text, a range, a pair is counted in full: below these no level begins."""
ALIKE_MAX: Final = 4
"""How many campaigns are held under one key."""
TELL_MILLISECONDS: Final = 1_000
AGAIN_MILLISECONDS: Final = 60_000
"""When what has not grown since is told once more, for a record that was lost on the way."""
SWEEP_MILLISECONDS: Final = 600_000
LEVEL_SECONDS: Final = 86_400
RECHECK_PARTS: Final = 8


class Limits(Struct, frozen=True):
    """How much a watch may hold."""

    subjects: int = 10_000
    """Counted in full: 1-2 KB each, 10 KB at most."""
    texts: int = 1_000_000
    """Different texts a day that the sieve is made for: 16 bytes each."""


class Watch:
    """Counts of one source."""

    def __init__(
        self, source: str, key: bytes, thresholds: Thresholds = Thresholds(), limits: Limits = Limits()
    ) -> None:
        """Begin with nothing seen.

        :param source: partition and incarnation; never used before
        :param key: of the hashes, see `distinct`; the same for all workers
        """
        self._source = source
        self._key = key
        self._thresholds = thresholds
        self._shelf = Shelf(limits.subjects)
        self._campaigns: dict[int, list[Entry]] = {}
        self._texts = Sieve(2 * limits.texts)
        self._others = Sieve(limits.texts)
        self._grown: dict[str, Entry] = {}
        self._again: deque[tuple[int, str]] = deque()
        self._unkept: list[Row] = []
        self._told_at = self._swept_at = 0

    def see(self, row: Row) -> Level:
        """Take in a row, and give the level of the campaign that its text belongs to."""
        self._unkept.append(row)
        workspace = row.workspace
        for name in direct_subjects(workspace, row.sender, row.credential):
            self._note(name, self._shelf.get(name) or self._put(name, workspace), row)
        if row.range:
            self._note_if_again("range/" + row.range, int(row.range[1:]), row, RANGE_SIGHTS)
        pair = pair_of(row, self._key)
        self._note_if_again(pair_subject(pair), int.from_bytes(pair, "big"), row, PAIR_SIGHTS)
        widest: Entry | None = None
        for key in row.keys:
            entry = self._campaign(key, row)
            if entry is not None:
                self._note(entry.name, entry, row)
                if widest is None or entry.seen > widest.seen:
                    widest = entry
        return Level.QUIET if widest is None else self._level(widest, row.second)

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

    def due(self, now_milliseconds: int) -> tuple[Observation, ...]:
        """Give what is to be told now: all that has grown, about once a second; else nothing."""
        if now_milliseconds - self._told_at < TELL_MILLISECONDS:
            return ()
        self._told_at = now_milliseconds
        told, self._grown = self._grown, {}
        for name, entry in told.items():
            self._fold(entry)
            entry.told_at = now_milliseconds
            self._again.append((now_milliseconds + AGAIN_MILLISECONDS, name))
        while self._again and self._again[0][0] <= now_milliseconds:
            name = self._again.popleft()[1]
            again = self._shelf.get(name)
            if again is not None and again.told_at + AGAIN_MILLISECONDS <= now_milliseconds:
                told[name] = again
        if now_milliseconds - self._swept_at >= SWEEP_MILLISECONDS:
            self._swept_at = now_milliseconds
            self._sweep(now_milliseconds // 1000)
        return tuple([entry.observation for entry in told.values()])

    def take_unkept(self) -> tuple[Row, ...]:
        """Give the rows since the last call, to be written with the verdicts."""
        rows = tuple(self._unkept)
        self._unkept = []
        return rows

    def _note(self, name: str, entry: Entry, row: Row) -> None:
        pending = entry.pending
        if not pending:
            self._grown[name] = entry
        pending.append(row)
        entry.seen += 1
        entry.is_touched = True

    def _note_if_again(self, name: str, key: int, row: Row, sights: int) -> None:
        entry = self._shelf.get(name)
        if entry is None:
            if self._others.add(key, row.second) < sights:
                return
            entry = self._put(name, row.workspace)
        self._note(name, entry, row)

    def _campaign(self, key: int, row: Row) -> Entry | None:
        """Find the campaign under a key that a row's text is like, or begin it if the key has come often enough."""
        entry = self._like(key, row)
        if entry is not None or self._texts.add(key, row.second) < CAMPAIGN_SIGHTS:
            return entry
        held = self._campaigns.setdefault(key, [])
        if len(held) >= ALIKE_MAX:
            self._drop(min(held, key=_seen))
            held = self._campaigns.setdefault(key, [])
        name = f"{campaign_subject(key)}#{row.signature[:4].hex()}"
        if (taken := self._shelf.get(name)) is not None:
            return taken
        entry = self._put(name, row.workspace, row)
        held.append(entry)
        return entry

    def _like(self, key: int, row: Row) -> Entry | None:
        for entry in self._campaigns.get(key, ()):
            if are_alike(entry.observation.signature, row.signature):
                return entry
        return None

    def _put(self, name: str, workspace: str, first: Row | None = None) -> Entry:
        subject, _, variant = name.partition("#") if first is not None else (name, "", "")
        source = f"{self._source}#{variant}" if variant else self._source
        second, signature = (first.second, first.signature) if first is not None else (0, b"")
        entry = Entry(name, Observation(subject, source, (), second, signature), workspace)
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
        if not entry.observation.signature:
            return
        key = key_in(entry.observation.subject)
        held = self._campaigns[key]
        held.remove(entry)
        if not held:
            del self._campaigns[key]

    def _level(self, entry: Entry, second: int) -> Level:
        """Give a campaign's level, worked out anew when it has grown by an eighth, and each minute."""
        if len(entry.pending) >= entry.recheck or second >= entry.level_until:
            self._fold(entry)
            window = windows.window(entry.observation.buckets, LEVEL_SECONDS, second)
            entry.level = level_of(window, self._thresholds)
            entry.recheck = max(1, window.messages // RECHECK_PARTS)
            entry.level_until = second + 60
        return entry.level

    def _fold(self, entry: Entry) -> None:
        if entry.pending:
            entry.observation = observations.fold(entry.observation, entry.pending, self._key)
            entry.pending = []

    def _sweep(self, now: int) -> None:
        """Let go of what no window holds any more."""
        for entry in self._shelf.entries():
            if not entry.pending and observations.is_over(entry.observation, now):
                self._drop(entry)


def _seen(entry: Entry) -> int:
    return entry.seen


_encode: Final = msgspec.msgpack.Encoder().encode
_decoder: Final = msgspec.msgpack.Decoder(tuple[Row, ...])


def pack(rows: Iterable[Row]) -> bytes:
    """Write rows for the partition's next owner: 100-150 bytes each; no number and no text stands in them."""
    return _encode(tuple(rows))


def unpack(value: bytes) -> tuple[Row, ...]:
    """Read what `pack` wrote.

    :raises msgspec.ValidationError: an owner of another version wrote it
    """
    return _decoder.decode(value)
