"""Bytes to values: what is accepted, what is refused, and that no refusal repeats what was sent."""

import json
from typing import Any

import pytest

from pipeline.testing.builders import (
    build_command,
    build_consent,
    build_inbound,
    build_message,
    build_provider_event,
    build_record,
)
from pipeline.wire import (
    EVENT_BYTES_MAX,
    Undecodable,
    decode_command,
    decode_consent_event,
    decode_inbound_message,
    decode_outbound_message,
    decode_policy_publication,
    decode_provider_event,
    decode_workspace,
    encode,
)

CANARY = "CANARY-447700900123"
MESSAGE = json.loads(encode(build_message(valid_until="2026-11-25T00:00:00Z", brand="b", recipient={"country": "GB"})))
DECODERS = {
    "message": (decode_outbound_message, MESSAGE),
    "inbound": (decode_inbound_message, json.loads(encode(build_inbound()))),
    "provider": (decode_provider_event, json.loads(encode(build_provider_event(code="x")))),
    "consent": (decode_consent_event, json.loads(encode(build_consent(expires_at="2027-01-01T00:00:00Z")))),
    "command": (decode_command, json.loads(encode(build_command(reason="x")))),
    "workspace": (decode_workspace, json.loads(encode(build_record()))),
    "policy": (decode_policy_publication, {"version": "v", "document": "d"}),
}


def paths_in(value: Any, prefix: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:  # noqa: ANN401 - any JSON value
    """List the paths to every part of a JSON value, containers included."""
    if isinstance(value, dict):
        items: Any = value.items()
    elif isinstance(value, list):
        items = enumerate(value)
    else:
        return [prefix]
    return [prefix, *(path for key, part in items for path in paths_in(part, (*prefix, key)))]


def with_part(value: Any, path: tuple[Any, ...], part: Any) -> Any:  # noqa: ANN401 - any JSON value
    """Copy a JSON value with one part replaced."""
    if not path:
        return part
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = with_part(value[path[0]], path[1:], part)
    return copy


def problem_of(name: str, raw: bytes | None) -> Undecodable | None:
    """Decode an event and give the complaint, if any."""
    try:
        DECODERS[name][0](raw)
    except Undecodable as problem:
        return problem
    return None


def message_with(**changes: object) -> bytes:
    """Write the default message with top-level changes, whatever they are."""
    return json.dumps(MESSAGE | changes).encode()


FIELDS = [(name, path) for name, (_, event) in DECODERS.items() for path in paths_in(event)]
HOSTILE = [
    CANARY,
    CANARY * 2_000,
    f"{CANARY}' - at `$.{CANARY}`",
    f"{CANARY}`\n\"'\\",
    [CANARY],
    {CANARY: CANARY},
    [[[CANARY]]],
    12345678901234567890123,
    True,
    1.5,
]


@pytest.mark.parametrize(
    ("name", "path"), FIELDS, ids=lambda part: part if isinstance(part, str) else ".".join(map(str, part)) or "root"
)
def test_never_repeats_a_value_in_a_complaint(name: str, path: tuple[Any, ...]) -> None:
    """Whatever stands in whichever field, the complaint names field and reason and nothing of the value."""
    complaints = [
        str(problem)
        for hostile in HOSTILE
        if (problem := problem_of(name, json.dumps(with_part(DECODERS[name][1], path, hostile)).encode()))
    ]
    assert [text for text in complaints if "CANARY" in text or "1234567890" in text] == []


@pytest.mark.parametrize("name", DECODERS)
def test_decodes_what_it_is_given_by_example(name: str) -> None:
    """The plain events of each type are read."""
    assert problem_of(name, json.dumps(DECODERS[name][1]).encode()) is None


@pytest.mark.parametrize("name", DECODERS)
def test_names_the_required_field_that_is_missing(name: str) -> None:
    """An empty object lacks the first required field, and the complaint says which."""
    problem = problem_of(name, b"{}")
    assert problem is not None
    assert (problem.field, problem.reason.startswith("Object missing required field")) == ("$", True)


@pytest.mark.parametrize("name", DECODERS)
def test_keeps_unknown_fields_out_and_reads_the_rest(name: str) -> None:
    """A producer may say more than this version knows."""
    assert problem_of(name, json.dumps(DECODERS[name][1] | {"a_new_field": {"deep": [CANARY]}}).encode()) is None


@pytest.mark.parametrize("name", DECODERS)
def test_refuses_a_tombstone_as_no_data(name: str) -> None:
    """A record without a value is no event."""
    problem = problem_of(name, None)
    assert problem is not None
    assert (problem.field, problem.reason) == ("$", "no data")


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"", "not JSON"),
        (b"STOP", "not JSON"),
        (b"{", "not JSON"),
        (b"\xef\xbb\xbf{}", "not JSON"),
        (b'{"message_id": NaN}', "not JSON"),
        (b'{"message_id": Infinity}', "not JSON"),
        (b'{"message_id": "\\ud800"}', "not JSON"),
        (b'{"message_id": "\\udc00 CANARY"}', "not JSON"),
        (b'{"message_id": "a\x00b"}', "not JSON"),
        (b"{'message_id': 'm'}", "not JSON"),
        (json.dumps(MESSAGE).encode() + b" CANARY", "not JSON"),
        (b'{"message_id": "\xff"}', "text is not UTF-8"),
        (b'{"message_id": "\xed\xa0\x80"}', "text is not UTF-8"),
        ('{"message_id": "m"}'.encode("utf-16"), "not JSON"),
        (b'{"content":' * 20_000, "nested too deeply"),
        (b'{"a_new_field":' + b"[" * 200_000, "nested too deeply"),
    ],
    ids=range(16),
)
def test_says_plainly_when_bytes_are_no_event(raw: bytes, reason: str) -> None:
    """Broken text, byte order marks, lone surrogates, NaN and bottomless nesting each have their reason."""
    problem = problem_of("message", raw)
    assert problem is not None
    assert (problem.field, problem.reason) == ("$", reason)


@pytest.mark.parametrize("raw", [b"null", b"[]", b"7", b'"CANARY"', b"true"])
def test_refuses_json_that_is_no_object(raw: bytes) -> None:
    """An event is an object."""
    problem = problem_of("message", raw)
    assert problem is not None
    assert problem.reason.startswith("Expected `object`")


@pytest.mark.parametrize("size", [EVENT_BYTES_MAX - 1, EVENT_BYTES_MAX, EVENT_BYTES_MAX + 1])
def test_refuses_an_event_that_is_larger_than_the_limit(size: int) -> None:
    """A quarter of a MiB is read, one byte more is not."""
    raw = message_with()
    problem = problem_of("message", raw + b" " * (size - len(raw)))
    assert (problem.reason if problem else None) == (
        f"larger than {EVENT_BYTES_MAX} bytes" if size > EVENT_BYTES_MAX else None
    )


@pytest.mark.parametrize(("size", "is_read"), [(0, False), (1, True), (255, True), (256, True), (257, False)])
@pytest.mark.parametrize("field", ["message_id", "to", "workspace_id"])
def test_limits_the_length_of_an_id(field: str, size: int, *, is_read: bool) -> None:
    """An id has 1 to 256 characters, whatever their size in bytes."""
    assert (problem_of("message", message_with(**{field: "\U0001f9c1" * size})) is None) == is_read


@pytest.mark.parametrize(("size", "is_read"), [(9_999, True), (10_000, True), (10_001, False)])
def test_limits_the_length_of_a_text(size: int, *, is_read: bool) -> None:
    """A body has at most 10,000 characters."""
    assert (problem_of("message", message_with(content={"type": "text", "text": "x" * size})) is None) == is_read


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"channel": "pigeon"}, "$.channel"),
        ({"purpose": "fun"}, "$.purpose"),
        ({"sender": {"type": "phone_number"}}, "$.sender"),
        ({"sender": {"type": "drum", "id": "x"}}, "$.sender.type"),
        ({"to": {"bsuid": "x"}}, "$.to"),
        ({"to": 7}, "$.to"),
        ({"requested_at": "2026-11-24T15:00:00"}, "$.requested_at"),
        ({"requested_at": "yesterday"}, "$.requested_at"),
        ({"requested_at": "2026-02-30T00:00:00Z"}, "$.requested_at"),
        ({"requested_at": 1_795_532_400}, "$.requested_at"),
        ({"content": {"type": "text", "media": [{"url": 1}]}}, "$.content.media[0].url"),
        ({"recipient": {"birth_year": 1.5}}, "$.recipient.birth_year"),
    ],
)
def test_names_the_field_that_is_wrong(changes: dict[str, object], field: str) -> None:
    """The path leads from the root to the part that its producer must mend."""
    problem = problem_of("message", message_with(**changes))
    assert problem is not None
    assert problem.field.startswith(field)


def test_reads_a_number_that_is_too_large_for_the_machine_without_an_error() -> None:
    """A birth year of thirty digits is read or refused, and never an overflow."""
    raw = message_with(recipient={"birth_year": 10**30})
    assert problem_of("message", raw) is None or isinstance(problem_of("message", raw), Undecodable)


def test_lets_the_last_of_two_equal_keys_count() -> None:
    """JSON does not say which of two equal keys counts; here it is always the last."""
    raw = json.dumps(MESSAGE)[:-1] + ', "message_id": "last"}'
    assert decode_outbound_message(raw.encode()).message_id == "last"


def test_reads_an_optional_field_that_is_null_as_missing() -> None:
    """Null and absent mean the same where a field is optional."""
    assert decode_outbound_message(message_with(actor=None)).actor is None


def test_reads_the_origin_of_a_reply_from_the_field_from() -> None:
    """On the wire the field is called `from`, a word that Python keeps to itself."""
    assert json.loads(encode(build_inbound(origin="+447700900124")))["from"] == "+447700900124"


@pytest.mark.parametrize("name", DECODERS)
def test_reads_what_it_wrote(name: str) -> None:
    """A value that was written comes back equal."""
    decode, event = DECODERS[name]
    value = decode(json.dumps(event).encode())
    assert decode(encode(value)) == value


def test_names_field_and_reason_in_its_text() -> None:
    """The text of the complaint is its field and its reason."""
    assert str(Undecodable("$.to", "unknown value")) == "$.to: unknown value"
