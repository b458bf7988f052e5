"""Records that last until a time: how it is written in them, and how those that are over are found.

A record that is over is not there for whoever reads it, from its time on, whether or not it has been removed yet. So it
does not matter when it is removed, and a transaction can note the keys of all its records that end at one time in one
entry of the store, instead of one entry each, and removing them needs no topology (measured 2026-11-24, in process: 0.7
of 37 µs when a message is judged).

Delivery: notes lie in the store alone and follow from the records. A note may name a record that has been removed or
lasts longer by now; whoever uses it looks. A note that comes twice does nothing the second time.
"""

from collections.abc import Iterable, Mapping

import msgspec

from pipeline.engine.stores import Store

NOTES = b"x"
"""Namespace of the notes: time, changelog position of the transaction, number within it."""

_END = 1 << 63
"""Marks the time at the head of a record as its end, where others say when they want attention."""
LASTING = _END.to_bytes(8, "big")
"""The least head of a record that has an end; heads compare as their times do."""

KEYS_PER_NOTE = 200
"""So that those of one note can be removed in one transaction."""

_pack = msgspec.msgpack.Encoder().encode
_unpack = msgspec.msgpack.Decoder(list[bytes]).decode


def lasting_until(milliseconds: int) -> bytes:
    """Write the end of a record (since 1970, UTC) as its head."""
    return (_END | milliseconds).to_bytes(8, "big")


def notes(ends: Iterable[tuple[bytes, bytes]], position: int) -> Mapping[bytes, bytes]:
    """Write which records end when.

    :param ends: the head of a record and its name, for each that was given an end
    :param position: the changelog position that these changes lead to, which no other notes have
    """
    by_end: dict[bytes, list[bytes]] = {}
    for head, name in ends:
        by_end.setdefault(head, []).append(name)
    entries: dict[bytes, bytes] = {}
    for head, names in by_end.items():
        for number, first in enumerate(range(0, len(names), KEYS_PER_NOTE)):
            key = NOTES + head + position.to_bytes(8, "big") + number.to_bytes(4, "big")
            entries[key] = _pack(names[first : first + KEYS_PER_NOTE])
    return entries


def over(store: Store, now_milliseconds: int, limit: int) -> tuple[list[bytes], list[bytes]]:
    """List records that are over by now, and the notes that said so, for about as many records as wanted."""
    latest = lasting_until(now_milliseconds)
    names: list[bytes] = []
    used: list[bytes] = []
    for key, packed in store.scan(NOTES, NOTES + lasting_until(now_milliseconds + 1), 1 + limit // KEYS_PER_NOTE):
        if len(names) >= limit:
            break
        used.append(key)
        for name in _unpack(packed):
            stored = store.get(name)
            if stored is not None and LASTING <= stored[:8] <= latest:
                names.append(name)
    return names, used
