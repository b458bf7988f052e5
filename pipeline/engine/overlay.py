"""State during one transaction: what was changed lies over the store, and reaches it when the log has committed.

In the store and the changelog each record carries a time in its first eight bytes: when it wants attention
(milliseconds since 1970, 0: never), or until when it lasts (`expiries`). The store keeps an index of those times next
to the records; the changelog need not, as the index follows from the records.

Delivery: an overlay that is thrown away leaves no trace. The changelog records of a committed one, applied to an older
store in order, give the same records (`apply_changelog`), however often that is done.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping

from pipeline.engine.expiries import LASTING, lasting_until, notes, over
from pipeline.engine.stores import Store

RECORDS = b"s"
"""Namespace of the topology's records."""
TIMERS = b"t"
"""Namespace of the times at which records want attention: time, then the record's name."""
POSITIONS = b"g"
"""Namespace of the engine's own: how far each input topic was processed, each global topic's changes answered."""

_NEVER = bytes(8)
KEYS_MAX = 200_000
"""Records changed in one transaction at most. The batch sizes keep far below; more is a topology gone wild."""


class OverlayOverflowError(RuntimeError):
    """A transaction changed more records than it may: the topology does unbounded work in one step."""


class Overlay:
    """What one transaction changes, over the store."""

    def __init__(self, store: Store, now_milliseconds: int = 0) -> None:
        """Begin with nothing changed; records that are over by now are not there."""
        self._store = store
        self._over = lasting_until(now_milliseconds)
        self._read: dict[bytes, bytes | None] = {}  # by name: the namespace and the record's key
        self._changed: dict[bytes, bytes | None] = {}
        self._used_notes: list[bytes] = []
        self._until, self._until_head = 0, lasting_until(0)

    def get(self, key: bytes) -> bytes | None:
        """Read a record as this transaction sees it."""
        name = RECORDS + key
        if name in self._changed:
            stored = self._changed[name]
        elif name in self._read:
            stored = self._read[name]
        else:
            stored = self._read[name] = self._store.get(name)
        return None if stored is None or self._is_over(stored) else stored[8:]

    def _known(self, name: bytes) -> bytes | None:
        """Give a record as the store holds it."""
        return self._read[name] if name in self._read else self._store.get(name)

    def _is_over(self, stored: bytes) -> bool:
        return LASTING <= stored[:8] <= self._over

    def put(self, key: bytes, value: bytes, due_milliseconds: int = 0) -> None:
        """Write a record, and when it wants attention."""
        self._change(RECORDS + key, (due_milliseconds.to_bytes(8, "big") if due_milliseconds else _NEVER) + value)

    def keep(self, key: bytes, value: bytes, until_milliseconds: int) -> None:
        """Write a record that is gone from a time on."""
        if until_milliseconds != self._until:  # most records of a transaction end at one time
            self._until, self._until_head = until_milliseconds, lasting_until(until_milliseconds)
        self._change(RECORDS + key, self._until_head + value)

    def delete(self, key: bytes) -> None:
        """Remove a record."""
        self._change(RECORDS + key, None)

    def _change(self, name: bytes, stored: bytes | None) -> None:
        self._changed[name] = stored
        if len(self._changed) > KEYS_MAX:
            message = f"a transaction changed more than {KEYS_MAX} records"
            raise OverlayOverflowError(message)

    def scan(self, begin: bytes, end: bytes, limit: int) -> Iterator[tuple[bytes, bytes]]:
        """Walk records in the order of their keys from `begin` up to and without `end`, `limit` at most."""
        first, stop = RECORDS + begin, RECORDS + end
        changed = {name: stored for name, stored in self._changed.items() if first <= name < stop}
        walked = 0
        while True:
            # The walk goes on by as many as are wanted until enough of them are there, and not removed or over.
            found = self._store.scan(first, stop, limit)
            known: dict[bytes, bytes | None] = dict(found)
            last = found[-1][0] if len(found) == limit and found else stop
            known |= {name: stored for name, stored in changed.items() if first <= name <= last}
            for name, stored in sorted(known.items()):
                if stored is not None and not self._is_over(stored):
                    if walked == limit:
                        return
                    walked += 1
                    yield name[1:], stored[8:]
            if last == stop or walked == limit:
                return
            first = last + b"\x00"

    def due(self, now_milliseconds: int, limit: int) -> list[bytes]:
        """List the keys of records that want attention by now, the longest waiting first."""
        end = TIMERS + (now_milliseconds + 1).to_bytes(8, "big")
        return [key[10:] for key, _ in self._store.scan(TIMERS, end, limit)]

    def next_due_milliseconds(self) -> int | None:
        """Say when the next record wants attention, or None when none ever does."""
        first = self._store.scan(TIMERS, TIMERS + b"\xff" * 9, 1)
        return int.from_bytes(first[0][0][1:9], "big") if first else None

    def is_due(self, key: bytes, now_milliseconds: int) -> bool:
        """Tell whether a record still wants attention, and this transaction has not written or removed it."""
        name = RECORDS + key
        stored = None if name in self._changed else self._known(name)
        return stored is not None and _NEVER < stored[:8] <= now_milliseconds.to_bytes(8, "big")

    def settle(self, key: bytes) -> None:
        """Note that a due record was attended to: if it was left as it is, it wants no more attention."""
        name = RECORDS + key
        stored = None if name in self._changed else self._known(name)
        if stored is not None:
            self._change(name, _NEVER + stored[8:])

    def remove_over(self, now_milliseconds: int, limit: int) -> None:
        """Remove about so many records that are over; those that this transaction has written stay."""
        names, self._used_notes = over(self._store, now_milliseconds, limit)
        for name in names:
            if name not in self._changed:
                self._change(name, None)

    def changelog(self, positions: Mapping[bytes, int]) -> list[tuple[bytes, bytes | None]]:
        """List what the changelog must hold for this transaction: changed records, and positions reached."""
        return [*self._changed.items(), *((POSITIONS + name, b"%d" % position) for name, position in positions.items())]

    def store_changes(self, positions: Mapping[bytes, int], position: int) -> Mapping[bytes, bytes | None]:
        """List what the store must change for this transaction: records, their times, positions.

        :param position: the changelog position that the transaction leads to
        """
        changes: dict[bytes, bytes | None] = {**dict.fromkeys(self._used_notes), **self._changed}
        _move_times(changes, self._changed, self._known, position)
        for name, reached in positions.items():
            changes[POSITIONS + name] = b"%d" % reached
        return changes


def _move_times(
    changes: dict[bytes, bytes | None],
    changed: Mapping[bytes, bytes | None],
    known: Callable[[bytes], bytes | None],
    position: int,
) -> None:
    """Add what the times of changed records change in a store's index of them."""
    ends: list[tuple[bytes, bytes]] = []
    for name, stored in changed.items():
        before, after = known(name), stored
        head_before = before[:8] if before is not None else _NEVER
        head_after = after[:8] if after is not None else _NEVER
        if head_before == head_after:
            continue
        if head_before != _NEVER and head_before < LASTING:
            changes[TIMERS + head_before + name] = None
        if head_after >= LASTING:
            ends.append((head_after, name))
        elif head_after != _NEVER:
            changes[TIMERS + head_after + name] = b""
    changes.update(notes(ends, position))


def apply_changelog(store: Store, records: Iterable[tuple[bytes, bytes | None]], position: int) -> None:
    """Apply changelog records to a store, in order, and set its position."""
    changes = dict(records)  # of several records of a name the last counts
    changed = {name: stored for name, stored in changes.items() if name[:1] == RECORDS}
    _move_times(changes, changed, store.get, position)
    store.apply(changes, position)


def kept_position(store: Store, name: bytes) -> int | None:
    """Read a position: the next offset of an input topic, or of a global topic's changes; None when there is none."""
    stored = store.get(POSITIONS + name)
    return int(stored) if stored is not None else None


def input_name(topic: str) -> bytes:
    """Name an input topic among the positions."""
    return b"input/" + topic.encode()
