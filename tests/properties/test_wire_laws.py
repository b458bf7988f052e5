"""Laws of decoding: whatever the bytes, there is a value or one kind of complaint."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import wire
from pipeline.testing.builders import (
    build_command,
    build_consent,
    build_inbound,
    build_message,
    build_provider_event,
    build_record,
)
from pipeline.topologies.global_facts import decode_enforcement, decode_usage_report
from pipeline.topologies.policy_timeline import read_policy
from pipeline.wire import Undecodable, encode

DECODERS: dict[str, tuple[Callable[[bytes], object], object]] = {
    "message": (wire.decode_outbound_message, build_message()),
    "inbound": (wire.decode_inbound_message, build_inbound()),
    "provider": (wire.decode_provider_event, build_provider_event()),
    "consent": (wire.decode_consent_event, build_consent()),
    "command": (wire.decode_command, build_command()),
    "workspace": (wire.decode_workspace, build_record()),
    "enforcement": (decode_enforcement, {"workspace_id": "ws-1", "state": "active"}),
    "usage": (decode_usage_report, {"subject": "s", "workspace_id": "w", "source": "a", "usage": [[[1, 2]], 3, 4]}),
    "policy": (read_policy, {"version": "v", "document": 'version = "v"\neffective_at = 2026-01-01T00:00:00Z\n'}),
}
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.sampled_from(["*", "sms", "2026-02-30T25:00Z"]),
    lambda values: st.lists(values, max_size=4) | st.dictionaries(st.text(max_size=8), values, max_size=4),
    max_leaves=12,
)


def decode(name: str, raw: bytes) -> str | None:
    """Decode bytes; gives the complaint, if any. Every other error is a failure of the test."""
    try:
        DECODERS[name][0](raw)
    except Undecodable as problem:
        return str(problem)
    return None


@pytest.mark.parametrize("name", DECODERS)
@given(raw=st.binary(max_size=200))
def test_complains_of_any_bytes_in_one_way(name: str, raw: bytes) -> None:
    """Arbitrary bytes are a value or undecodable, and nothing else is raised."""
    complaint = decode(name, raw)
    assert complaint is None or complaint.startswith("$")


@pytest.mark.parametrize("name", DECODERS)
@given(value=JSON)
def test_complains_of_any_json_in_one_way(name: str, value: object) -> None:
    """Arbitrary JSON, with what Python adds to it, is a value or undecodable."""
    complaint = decode(name, json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass"))
    assert complaint is None or complaint.startswith("$")


@pytest.mark.parametrize("name", DECODERS)
@given(data=st.data(), value=JSON)
def test_complains_of_any_field_in_one_way(name: str, data: st.DataObject, value: object) -> None:
    """A sound event with any one field replaced by anything is a value or undecodable."""
    event: dict[str, Any] = json.loads(encode(DECODERS[name][1]))
    field = data.draw(st.sampled_from(sorted(event)))
    complaint = decode(name, json.dumps(event | {field: value}).encode())
    assert complaint is None or complaint.startswith("$")


@pytest.mark.parametrize("name", DECODERS)
@given(data=st.data())
def test_complains_of_a_cut_or_flipped_event_in_one_way(name: str, data: st.DataObject) -> None:
    """A sound event with a byte changed, or without its end, is a value or undecodable."""
    raw = bytearray(encode(DECODERS[name][1]))
    position = data.draw(st.integers(0, len(raw) - 1))
    raw[position] = data.draw(st.integers(0, 255))
    complaint = decode(name, bytes(raw[: data.draw(st.integers(position, len(raw)))]))
    assert complaint is None or complaint.startswith("$")


TOML_VALUES = st.one_of(
    st.integers().map(str),
    st.floats().map(lambda number: str(number).replace("inf", "+inf")),
    st.text(max_size=8).map(json.dumps),
    st.sampled_from(
        ["true", "[]", "{}", "[[1], {a = 2}]", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "1979-05-27"]
    ),
    st.integers(1, 3_000).map(lambda depth: "[" * depth),
)
TOML_LINES = st.tuples(
    st.sampled_from(
        [
            "version",
            "effective_at",
            "lease_seconds",
            "throttled_share",
            "rules",
            "consent",
            "quiet_hours",
            "rules.opt_out.mode",
            "consent.needed_for.marketing",
            "consent.expiry",
            "[[quiet_hours]]\ncountry",
            "[[quiet_hours]]\ndays",
            "anything",
        ]
    ),
    TOML_VALUES,
).map(" = ".join)


@given(document=st.one_of(st.text(max_size=80), st.lists(TOML_LINES, max_size=5).map("\n".join)))
def test_complains_of_any_policy_in_one_way(document: str) -> None:
    """Whatever an officer publishes is a policy or undecodable, and no worker stops for it."""
    complaint = decode("policy", json.dumps({"version": "v", "document": document}).encode("utf-8", "surrogatepass"))
    assert complaint is None or complaint.startswith("$")


@given(text=st.text(min_size=20, alphabet=st.characters(codec="ascii", categories=["L"])))
def test_never_repeats_a_text_in_a_complaint(text: str) -> None:
    """Whatever a field says, the complaint does not say it."""
    raw = json.dumps({"message_id": [text], "channel": text, text: text}).encode()
    assert text not in (decode("message", raw) or "")
