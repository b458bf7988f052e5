"""What one worker saw of one subject: cumulative, so that the newest observation of a source says all.

Delivery: observations of one source are merged by maximum and union, so repetition, reordering and the loss of all but
the newest change nothing; sources are added up. A source is a partition in the hands of one owner
(`recipients-2@<incarnation>`): who takes a partition over begins a source of its own, with what its predecessor had
seen and not sent yet (`tail`), and the predecessor's counts stay until their time is over.
"""

import functools
from collections.abc import Iterable, Sequence
from typing import Final

import msgspec
from msgspec import Struct

from pipeline.patterns import windows
from pipeline.patterns.subjects import DISTINCTS, kind_of
from pipeline.patterns.windows import Bucket, Row
from pipeline.reading.fingerprint import are_alike


class Observation(Struct, frozen=True, gc=False):
    """All that a source has seen of a subject and that still counts."""

    subject: str
    source: str
    buckets: tuple[Bucket, ...] = ()
    first_second: int = 0
    """When the text came that the signature is of."""
    signature: bytes = b""
    """Of a campaign's first text, to confirm that another text is like it; empty for other subjects."""


def fold(observation: Observation, rows: Sequence[Row], key: bytes) -> Observation:
    """Count further rows of the subject.

    :param key: of the hashes, see `distinct`
    """
    return Observation(
        observation.subject,
        observation.source,
        windows.fold(observation.buckets, rows, key, DISTINCTS[kind_of(observation.subject)]),
        observation.first_second,
        observation.signature,
    )


def merge(known: Observation, reported: Observation) -> Observation:
    """Take in another observation of the same subject and source."""
    return _joined(known, reported, windows.merge(known.buckets, reported.buckets))


def total(observations: Iterable[Observation]) -> Observation:
    """Add up what all sources saw of one subject; each source once.

    :raises TypeError: there are none
    """
    return functools.reduce(
        lambda first, second: _joined(first, second, windows.total(first.buckets, second.buckets)), observations
    )


def campaigns_in(observations: Iterable[Observation]) -> tuple[Observation, ...]:
    """Add up what all sources saw under one min-hash key, campaign by campaign: texts that are not alike share keys.

    The earliest text of each campaign is the one that others are compared with, so the order does not matter.
    """
    groups: list[list[Observation]] = []
    for observation in sorted(observations, key=lambda each: (_signed_at(each), each.source)):
        like = next((group for group in groups if are_alike(group[0].signature, observation.signature)), None)
        if like is None:
            groups.append([observation])
        else:
            like.append(observation)
    return tuple(total(group) for group in groups)


def is_over(observation: Observation, now: int) -> bool:
    """Say whether no window that ends now holds anything of it."""
    return all((bucket.number + 2) * bucket.width <= now for bucket in observation.buckets)


def _joined(first: Observation, second: Observation, buckets: tuple[Bucket, ...]) -> Observation:
    signed = [each for each in (first, second) if each.signature]
    earliest = min(signed, key=_signed_at) if signed else first
    return Observation(first.subject, first.source, buckets, earliest.first_second, earliest.signature)


def _signed_at(observation: Observation) -> tuple[int, bytes]:
    return observation.first_second, observation.signature


encode: Final = msgspec.json.Encoder().encode
_decoder: Final = msgspec.json.Decoder(Observation)


def decode(value: bytes) -> Observation:
    """Read an observation from its topic.

    :raises msgspec.ValidationError: it has another form; the worker that wrote it is of another version
    """
    return _decoder.decode(value)
