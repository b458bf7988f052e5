"""State during one transaction: what was changed lies over the store, and reaches it when the log has committed.

In the store and the changelog each record carries, in its first eight bytes, when it wants attention (milliseconds
since 1970, 0: never). The store keeps an index of those times next to the records; the changelog need not, as the index
follows from the records.

Delivery: an overlay that is thrown away leaves no trace. The changelog records of a committed one, applied to an older
store in order, give the same store (`apply_changelog`), however often that is done.
"""

from collections.abc import Iterable, Iterator, Mapping

from pipeline.engine.stores import Store

RECORDS = b"s"
"""Namespace of the topology's records."""
TIMERS = b"t"
"""Namespace of the times at which records want attention: time, then the record's key."""
POSITIONS = b"g"
"""Namespace of the engine's own: how far each input topic was processed, each global topic's changes answered."""

_NEVER = bytes(8)
KEYS_MAX = 200_000
"""Records changed in one transaction at most. The batch sizes keep far below; more is a topology gone wild."""


class OverlayOverflowError(RuntimeError):
    """A transaction changed more records than it may: the topology does unbounded work in one step."""


class Overlay:
    """What one transaction changes, over the store."""

    def __init__(self, store: Store) -> None:
        """Begin with nothing changed."""
        self._store = store
        self._read: dict[bytes, bytes | None] = {}
        self._changed: dict[bytes, bytes | None] = {}

    def get(self, key: bytes) -> bytes | None:
        """Read a record as this transaction sees it."""
        if key in self._changed:
            stored = self._changed[key]
        elif key in self._read:
            stored = self._read[key]
        else:
            stored = self._read[key] = self._store.get(RECORDS + key)
        return None if stored is None else stored[8:]

    def put(self, key: bytes, value: bytes, due_milliseconds: int = 0) -> None:
        """Write a record, and when it wants attention."""
        self._change(key, (due_milliseconds.to_bytes(8, "big") if due_milliseconds else _NEVER) + value)

    def delete(self, key: bytes) -> None:
        """Remove a record."""
        self._change(key, None)

    def _change(self, key: bytes, stored: bytes | None) -> None:
        self._changed[key] = stored
        if len(self._changed) > KEYS_MAX:
            message = f"a transaction changed more than {KEYS_MAX} records"
            raise OverlayOverflowError(message)

    def scan(self, begin: bytes, end: bytes, limit: int) -> Iterator[tuple[bytes, bytes]]:
        """Walk records in the order of their keys from `begin` up to and without `end`, `limit` at most."""
        # The walk asks for as many more as this transaction may have removed from the range.
        extra = sum(1 for key, stored in self._changed.items() if stored is None and begin <= key < end)
        found = {key[1:]: stored for key, stored in self._store.scan(RECORDS + begin, RECORDS + end, limit + extra)}
        found.update(
            {key: stored for key, stored in self._changed.items() if stored is not None and begin <= key < end}
        )
        removed = {key for key, stored in self._changed.items() if stored is None}
        for key in sorted(found.keys() - removed)[:limit]:
            yield key, found[key][8:]

    def has_changed(self, key: bytes) -> bool:
        """Tell whether this transaction wrote or removed a record."""
        return key in self._changed

    def due(self, now_milliseconds: int, limit: int) -> list[bytes]:
        """List the keys of records that want attention by now, the longest waiting first."""
        end = TIMERS + (now_milliseconds + 1).to_bytes(8, "big")
        return [key[10:] for key, _ in self._store.scan(TIMERS, end, limit)]

    def next_due_milliseconds(self) -> int | None:
        """Say when the next record wants attention, or None when none ever does."""
        first = self._store.scan(TIMERS, TIMERS + b"\xff" * 9, 1)
        return int.from_bytes(first[0][0][1:9], "big") if first else None

    def settle(self, key: bytes) -> None:
        """Note that a due record was attended to: if it was left as it is, it wants no more attention."""
        if key not in self._changed:
            stored = self._store.get(RECORDS + key)
            if stored is not None:
                self._change(key, _NEVER + stored[8:])

    def changelog(self, positions: Mapping[bytes, int]) -> list[tuple[bytes, bytes | None]]:
        """List what the changelog must hold for this transaction: changed records, and positions reached."""
        records = [(RECORDS + key, stored) for key, stored in self._changed.items()]
        records += [(POSITIONS + name, b"%d" % position) for name, position in positions.items()]
        return records

    def store_changes(self, positions: Mapping[bytes, int]) -> dict[bytes, bytes | None]:
        """List what the store must change for this transaction: records, their times, positions."""
        changes: dict[bytes, bytes | None] = {}
        for key, stored in self._changed.items():
            name = RECORDS + key
            known = self._read[key] if key in self._read else self._store.get(name)
            _move_timer(changes, name, known, stored)
            changes[name] = stored
        for name, position in positions.items():
            changes[POSITIONS + name] = b"%d" % position
        return changes


def _move_timer(changes: dict[bytes, bytes | None], name: bytes, known: bytes | None, stored: bytes | None) -> None:
    before = known[:8] if known is not None else _NEVER
    after = stored[:8] if stored is not None else _NEVER
    if before != after:
        if before != _NEVER:
            changes[TIMERS + before + name] = None
        if after != _NEVER:
            changes[TIMERS + after + name] = b""


def apply_changelog(store: Store, records: Iterable[tuple[bytes, bytes | None]], position: int) -> None:
    """Apply changelog records to a store, in order, and set its position."""
    changes: dict[bytes, bytes | None] = {}
    latest: dict[bytes, bytes | None] = {}
    for name, stored in records:
        if name[:1] == RECORDS:
            known = latest[name] if name in latest else store.get(name)
            _move_timer(changes, name, known, stored)
        changes[name] = latest[name] = stored
    store.apply(changes, position)


def kept_position(store: Store, name: bytes) -> int | None:
    """Read a position: the next offset of an input topic, or of a global topic's changes; None when there is none."""
    stored = store.get(POSITIONS + name)
    return int(stored) if stored is not None else None


def input_name(topic: str) -> bytes:
    """Name an input topic among the positions."""
    return b"input/" + topic.encode()
