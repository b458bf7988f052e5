"""Bodies by content type: what they are decoded to, and what is refused."""

import contextlib
from collections.abc import Callable

import pytest

from pipeline.providers.answers import Rejected
from pipeline.providers.payloads import read_payload


@pytest.mark.parametrize(
    ("content_type", "payload", "decoded"),
    [
        ("json", '{"a": 1}', {"a": 1}),
        ("application/json; charset=utf-8", "[{}]", [{}]),
        ("json", {"a": 1}, {"a": 1}),
        ("form", "a=1&b=&a=2", {"a": ["1", "2"], "b": ""}),
        ("application/x-www-form-urlencoded", "text=tr%E8s+bien", {"text": "très bien"}),
        ("query", "?text=%E2%98%BA", {"text": "☺"}),
        ("xml", "<msg><to>1</to><to>2</to></msg>", {"msg": {"to": ["1", "2"]}}),
        ("xml", '<m:a xmlns:m="urn:x" id="7">Hi</m:a>', {"a": {"id": "7", "text": "Hi"}}),
    ],
)
def test_decodes(content_type: str, payload: object, decoded: object) -> None:
    """Each content type, also by its MIME type, and older gateways' Latin-1."""
    assert read_payload(content_type, payload) == decoded


@pytest.mark.parametrize(
    ("content_type", "payload"),
    [
        *(("json", "{"), ("json", "3"), ("json", " "), ("form", ""), ("form", " "), ("xml", "<>"), ("xml", "")),
        *(("xml", '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'), ("xml", "<a>" * 70 + "</a>" * 70)),
        *(("smpp", "hello"), ("smpp", "00" * 15), ("text/plain", "hello"), ("json", 3), ("json", None), ("json", True)),
    ],
)
def test_refuses(content_type: str, payload: object) -> None:
    """What is not what it claims to be, declares entities, or nests without end."""
    with pytest.raises(Rejected):
        read_payload(content_type, payload)


@pytest.mark.parametrize("wrap", [lambda inner: {"data": inner}, lambda inner: [inner]])
@pytest.mark.parametrize(("depth", "is_read"), [(63, True), (64, True), (65, False), (990, False)])
def test_reads_64_levels(depth: int, wrap: Callable[[object], object], *, is_read: bool) -> None:
    """Deeper nesting would exhaust the stack of whoever reads it; Meta's deepest has twelve."""
    payload: object = {}
    for _ in range(depth - 1):
        payload = wrap(payload)
    with contextlib.nullcontext() if is_read else pytest.raises(Rejected, match="nests too deeply"):
        read_payload("json", payload)


@pytest.mark.parametrize(("characters", "is_read"), [(999_999, True), (1_000_000, True), (1_000_001, False)])
def test_reads_a_million_characters(characters: int, *, is_read: bool) -> None:
    """Nothing that a provider sends is longer."""
    payload = '"' + "x" * (characters - 2) + '"'
    with pytest.raises(Rejected, match="neither an object" if is_read else "too long"):
        read_payload("json", payload)
