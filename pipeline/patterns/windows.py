"""What was seen in which time: counts in buckets of event time, and how a moving window is read from them.

For each width there are the newest bucket and the one before it. A window of that width that ends now is the newest
bucket and as much of the one before as it still covers, taken to be spread evenly. Counts are cumulative within a
bucket, so a later state of a bucket replaces an earlier one.

Times are whole seconds since 1970 (UTC) of the events themselves, so a replay counts as the first run did. What is
older than the bucket before the newest is not counted in that width any more.
"""

import functools
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Annotated, Final, NamedTuple

from msgspec import Meta, Struct

from pipeline.patterns import distinct

WIDTHS_SECONDS: Final = (60, 600, 3_600, 86_400)
"""One minute, ten minutes, an hour, a day."""
DISTINCT_FROM_SECONDS: Final = 3_600
"""Narrower buckets hold counts alone: who was reached is asked of an hour and more, and it is what takes space."""

RECIPIENTS_KEPT: Final = 128
OTHERS_KEPT: Final = 64
"""Senders, workspaces, domains: what matters is whether there are two, ten or fifty."""

RECIPIENTS: Final = 1
SENDERS: Final = 2
WORKSPACES: Final = 4
DOMAINS: Final = 8
ALL_DISTINCTS: Final = RECIPIENTS | SENDERS | WORKSPACES | DOMAINS

# What a row is counted as; one bit each, so that a row's flags are one number.
MESSAGE: Final = 1
"""A message that was judged; without it the row is news about an earlier one."""
UNKNOWN_CONSENT: Final = 2
"""No consent of a basis that is good enough is on record."""
LEAD: Final = 4
"""Holds a link or a phone number."""
FOREIGN_LINK: Final = 8
"""Holds a link to a domain that is none of the workspace's."""
LURE: Final = 16
"""Presses, talks of money, imitates a brand, or hits a lexicon."""
CODE: Final = 32
"""Brings a one-time code."""
VERIFIED: Final = 64
"""News: the code was used."""
COMPLAINT: Final = 128
FAILURE: Final = 256
OPT_OUT: Final = 512
SEQUENTIAL: Final = 1_024
"""Its number goes on from the last two that the workspace wrote to in the same range, see `sequence`."""
ABROAD: Final = 2_048
"""Goes to another country than the workspace's."""
REPLY: Final = 4_096
"""News: the recipient wrote to the sender."""
_BITS: Final = 13
NO_COUNTS: Final = (0,) * _BITS

_Joining = Callable[[int, int], int]
"""How two counts become one: the larger, or the sum."""


class Row(Struct, frozen=True, array_like=True, gc=False):
    """What the patterns take of one message, or of news about one: names of tenants, hashes of people."""

    second: int
    """When it happened, in seconds since 1970."""
    flags: int
    workspace: str
    sender: str
    """`<type>:<id>`."""
    credential: str
    """`<type>:<id>` of the actor."""
    range: str
    """The recipient's number without its last three digits; empty where there is no number."""
    recipient: bytes
    domain: bytes = b""
    """Hash of the registered domain of the first link that leads to none of the workspace's own; empty without one."""
    keys: tuple[int, ...] = ()
    signature: bytes = b""


class Bucket(Struct, frozen=True, array_like=True, gc=False):
    """What was seen of one subject in one stretch of time."""

    width: int
    """In seconds."""
    number: int
    """Second since 1970 divided by the width."""
    counts: Annotated[tuple[int, ...], Meta(min_length=_BITS, max_length=_BITS)]
    """By bit: messages, unknown consent, lead, foreign link, lure, code, verified, complaint, failure,
    opt-out, sequential, abroad, reply."""
    recipients: bytes = b""
    senders: bytes = b""
    workspaces: bytes = b""
    domains: bytes = b""


def fold(
    buckets: Sequence[Bucket],
    rows: Sequence[Row],
    key: bytes,
    distincts: int = ALL_DISTINCTS,
    widths: Iterable[int] = WIDTHS_SECONDS,
) -> tuple[Bucket, ...]:
    """Count rows, in any order, into buckets.

    :param key: of the hashes, see `distinct`
    :param distincts: of what different ones are told apart: a sum of `RECIPIENTS`, `SENDERS` ...
    :param widths: of the buckets, each a number of minutes
    """
    minute = rows[0].second // 60
    if len(rows) > 1 and not all([row.second // 60 == minute for row in rows]):  # noqa: C419 - a list is quicker
        folded = tuple(buckets)
        for part in _by_minute(rows):
            folded = fold(folded, part, key, distincts, widths)
        return folded
    counted = list(buckets)
    seen = _seen_in(rows, key, distincts)
    begun = len(counted)
    for width in widths:
        number = rows[0].second // width
        for at, bucket in enumerate(counted):
            if bucket.number == number and bucket.width == width:
                counted[at] = _plus(bucket, seen)
                break
        else:
            counted.append(_plus(Bucket(width, number, NO_COUNTS), seen))
    return newest(counted) if len(counted) > begun else tuple(counted)


def merge(first: Sequence[Bucket], second: Sequence[Bucket]) -> tuple[Bucket, ...]:
    """Merge two states of one source: of each bucket the larger counts and the union of what is distinct."""
    return _together(first, second, max)


def total(first: Sequence[Bucket], second: Sequence[Bucket]) -> tuple[Bucket, ...]:
    """Add up what two sources saw."""
    return _together(first, second, int.__add__)


def newest(buckets: Iterable[Bucket]) -> tuple[Bucket, ...]:
    """Keep of each width the two newest buckets, in order."""
    ordered = sorted(buckets, key=_place)
    return tuple(
        bucket for at, bucket in enumerate(ordered) if at + 2 >= len(ordered) or ordered[at + 2].width != bucket.width
    )


class Window(Struct, frozen=True, gc=False):
    """What a moving window holds: numbers of messages and news by their kind, numbers of different ones."""

    messages: int = 0
    unknown_consents: int = 0
    leads: int = 0
    foreign_links: int = 0
    lures: int = 0
    codes: int = 0
    verified: int = 0
    complaints: int = 0
    failures: int = 0
    opt_outs: int = 0
    sequential: int = 0
    abroad: int = 0
    replies: int = 0
    recipients: int = 0
    senders: int = 0
    workspaces: int = 0
    domains: int = 0

    def share(self, number: int) -> float:
        """Say which share of the messages a number is; 0 without messages."""
        return number / self.messages if self.messages else 0.0


def window(buckets: Iterable[Bucket], width: int, now: int) -> Window:
    """Read the window of a width that ends at a second; empty when nothing was seen in it."""
    number = now // width
    rest = 1 - now % width / width
    """How much of the bucket before the newest the window still covers."""
    current = before = None
    for bucket in buckets:
        if bucket.width == width and bucket.number >= number:
            current = bucket if current is None or bucket.number > current.number else current
        elif bucket.width == width and bucket.number == number - 1:
            before = bucket
    if before is None:
        return _read(current) if current is not None else Window()
    if current is None:
        current = Bucket(width, number, NO_COUNTS)
    counts = [now_in + round(rest * then) for now_in, then in zip(current.counts, before.counts, strict=True)]
    distincts = (
        _over_two(current.recipients, before.recipients, RECIPIENTS_KEPT, rest),
        _over_two(current.senders, before.senders, OTHERS_KEPT, rest),
        _over_two(current.workspaces, before.workspaces, OTHERS_KEPT, rest),
        _over_two(current.domains, before.domains, OTHERS_KEPT, rest),
    )
    return Window(*(*counts, *distincts))


def _place(bucket: Bucket) -> tuple[int, int]:
    return bucket.width, bucket.number


def _by_minute(rows: Sequence[Row]) -> Iterable[list[Row]]:
    parts: dict[int, list[Row]] = {}
    for row in rows:
        parts.setdefault(row.second // 60, []).append(row)
    return parts.values()


class _Seen(NamedTuple):
    """What some rows add to a bucket."""

    counts: tuple[int, ...]
    recipients: Collection[bytes]
    senders: Collection[bytes]
    workspaces: Collection[bytes]
    domains: Collection[bytes]


def _seen_in(rows: Sequence[Row], key: bytes, distincts: int) -> _Seen:
    hashed = distinct.hash_of_frequent
    if len(rows) == 1:
        counts = _counts_of(rows[0].flags)
    else:
        sums = [0] * _BITS
        for flags, times in Counter([row.flags for row in rows]).items():
            for at, bit in enumerate(_counts_of(flags)):
                sums[at] += bit * times
        counts = tuple(sums)
    return _Seen(
        counts,
        {row.recipient for row in rows if row.recipient} if distincts & RECIPIENTS else (),
        [hashed(name, key) for name in {row.sender for row in rows}] if distincts & SENDERS else (),
        [hashed(name, key) for name in {row.workspace for row in rows}] if distincts & WORKSPACES else (),
        {row.domain for row in rows if row.domain} if distincts & DOMAINS else (),
    )


@functools.lru_cache(maxsize=1 << _BITS)
def _counts_of(flags: int) -> tuple[int, ...]:
    return tuple([flags >> bit & 1 for bit in range(_BITS)])


def _plus(bucket: Bucket, seen: _Seen) -> Bucket:
    counts = tuple(map(int.__add__, bucket.counts, seen.counts))
    if bucket.width < DISTINCT_FROM_SECONDS:
        return Bucket(bucket.width, bucket.number, counts)
    return Bucket(
        bucket.width,
        bucket.number,
        counts,
        distinct.add(bucket.recipients, seen.recipients, RECIPIENTS_KEPT),
        distinct.add(bucket.senders, seen.senders, OTHERS_KEPT),
        distinct.add(bucket.workspaces, seen.workspaces, OTHERS_KEPT),
        distinct.add(bucket.domains, seen.domains, OTHERS_KEPT),
    )


def _together(first: Sequence[Bucket], second: Sequence[Bucket], counted: _Joining) -> tuple[Bucket, ...]:
    known = {_place(bucket): bucket for bucket in first}
    for bucket in second:
        place = _place(bucket)
        own = known.get(place)
        known[place] = bucket if own is None else _joined(own, bucket, counted)
    return newest(known.values())


def _joined(first: Bucket, second: Bucket, counted: _Joining) -> Bucket:
    return Bucket(
        first.width,
        first.number,
        tuple(map(counted, first.counts, second.counts)),
        distinct.merge(first.recipients, second.recipients, RECIPIENTS_KEPT),
        distinct.merge(first.senders, second.senders, OTHERS_KEPT),
        distinct.merge(first.workspaces, second.workspaces, OTHERS_KEPT),
        distinct.merge(first.domains, second.domains, OTHERS_KEPT),
    )


def _read(bucket: Bucket) -> Window:
    distincts = (
        distinct.count(bucket.recipients, RECIPIENTS_KEPT),
        distinct.count(bucket.senders, OTHERS_KEPT),
        distinct.count(bucket.workspaces, OTHERS_KEPT),
        distinct.count(bucket.domains, OTHERS_KEPT),
    )
    return Window(*(*bucket.counts, *distincts))


def _over_two(current: bytes, before: bytes, kept: int, rest: float) -> int:
    """Estimate the different ones of a window: those of now, and of those before that are not among them a part."""
    both = distinct.count(distinct.merge(current, before, kept), kept)
    now_in = distinct.count(current, kept)
    return now_in + round(rest * max(0, both - now_in))
