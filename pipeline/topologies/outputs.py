"""The records that come out, with their CloudEvents 1.0 headers (Kafka binding, binary mode)."""

from pipeline.domain.instants import to_text
from pipeline.domain.verdicts import Revocation, Verdict
from pipeline.topologies.names import (
    DEAD_LETTERS,
    FORWARDED,
    ORIGIN_OFFSET,
    ORIGIN_PARTITION,
    ORIGIN_TOPIC,
    OTHER_NAME,
    VERDICTS,
)
from pipeline.topologies.steps import Event, Output
from pipeline.wire import DeadLetter, Undecodable, encode, encode_revocation

_CONTENT_TYPE = ("content-type", b"application/json")
_VERSION = ("ce_specversion", b"1.0")
_SOURCE = ("ce_source", b"/compliance/recipients")
_ISSUED = ("ce_type", b"verdict.issued.v1")
_REVOKED = ("ce_type", b"verdict.revoked.v1")
_DEAD = ("ce_type", b"dead-letter.recorded.v1")
_POSITION_END = 1 << 63
"""Partitions and offsets are signed 64-bit numbers; what a forged header says beyond that could not be stored."""


def verdict_output(recipient: str, verdict_id: str, decided_at: str, value: bytes, partition: int) -> Output:
    """Publish a verdict under its recipient's key, hence in the partition that it was reached in."""
    key = recipient.encode()
    headers = (
        _VERSION,
        _SOURCE,
        _ISSUED,
        ("ce_id", verdict_id.encode()),
        ("ce_time", decided_at.encode()),
        ("ce_partitionkey", key),
        _CONTENT_TYPE,
    )
    return Output(VERDICTS, key, value, headers, partition)


def issued(recipient: str, verdict: Verdict, value: bytes, partition: int) -> Output:
    """Publish a verdict that was just reached."""
    return verdict_output(recipient, verdict.verdict_id, verdict.decided_at, value, partition)


def revoked(recipient: str, revocation: Revocation, partition: int) -> Output:
    """Publish a revocation under its recipient's key, in the partition of its verdict."""
    key = recipient.encode()
    headers = (
        _VERSION,
        _SOURCE,
        _REVOKED,
        ("ce_id", revocation.revocation_id.encode()),
        ("ce_time", revocation.revoked_at.encode()),
        ("ce_partitionkey", key),
        _CONTENT_TYPE,
    )
    return Output(VERDICTS, key, encode_revocation(revocation), headers, partition)


def origin_of(event: Event) -> tuple[str, int, int]:
    """Say where an event first came from: its topic, partition and offset, before any forwarding."""
    if event.topic != FORWARDED:
        return (event.topic, event.record.partition, event.record.offset)
    headers = {name: value or b"" for name, value in event.record.headers}  # Kafka allows a header without a value
    try:
        origin = (headers[ORIGIN_TOPIC].decode(), int(headers[ORIGIN_PARTITION]), int(headers[ORIGIN_OFFSET]))
    except (KeyError, ValueError):
        return (event.topic, event.record.partition, event.record.offset)
    if not (0 <= origin[1] < _POSITION_END and 0 <= origin[2] < _POSITION_END):
        return (event.topic, event.record.partition, event.record.offset)
    return origin


def dead_letter(event: Event, problem: Undecodable, now_milliseconds: int) -> Output:
    """Record an event that nothing can be made of: where it was and why, never what it said."""
    topic, partition, offset = origin_of(event)
    value = event.record.value
    letter = DeadLetter(
        topic=topic,
        partition=partition,
        offset=offset,
        field=problem.field,
        reason=problem.reason,
        value_bytes=len(value) if value is not None else 0,
        dead_lettered_at=to_text(now_milliseconds),
    )
    position = f"{topic}/{partition}/{offset}".encode()
    headers = (
        _VERSION,
        _SOURCE,
        _DEAD,
        ("ce_id", position),
        ("ce_time", letter.dead_lettered_at.encode()),
        _CONTENT_TYPE,
    )
    return Output(DEAD_LETTERS, position, encode(letter), headers)


def forwarded(event: Event, key: bytes) -> Output:
    """Send an event on under the key that it should have had."""
    return Output(FORWARDED, key, event.record.value, _origin_headers(*origin_of(event)))


def told_other_name(topic: str, event: Event, key: bytes, value: bytes | None) -> Output:
    """Tell another name of an event's person: the event itself, or what the person had chosen before (as `topic`)."""
    _, partition, offset = origin_of(event)
    return Output(FORWARDED, key, value, (*_origin_headers(topic, partition, offset), (OTHER_NAME, b"1")))


def is_from_other_name(event: Event) -> bool:
    """Tell whether an event was told by another name of its person, so that it is not told on."""
    return any(name == OTHER_NAME for name, _ in event.record.headers)


def _origin_headers(topic: str, partition: int, offset: int) -> tuple[tuple[str, bytes], ...]:
    return ((ORIGIN_TOPIC, topic.encode()), (ORIGIN_PARTITION, b"%d" % partition), (ORIGIN_OFFSET, b"%d" % offset))
