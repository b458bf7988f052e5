"""The schemas say what the code decodes: both accept every example, and both refuse the same mutations of it."""

import asyncio
import copy
import functools
import json
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import jsonschema
import msgspec
import pytest

from pipeline.apps.inspect_events import Inspection, Line
from pipeline.apps.packaged import read_policy_file, topics_directory
from pipeline.apps.topics import read_topics
from pipeline.domain.events import AssetEvent, Command, ConsentEvent, InboundMessage, OutboundMessage, ProviderEvent
from pipeline.domain.outcomes import Outcome
from pipeline.domain.verdicts import Revocation, Verdict
from pipeline.domain.workspaces import WorkspaceRecord
from pipeline.patterns.observations import Observation
from pipeline.patterns.signals import Heartbeat, Signal
from pipeline.state.enforcement import INCIDENT_COMMANDS, STATE_BY_COMMAND, Enforcement
from pipeline.state.rights import PERSON_COMMANDS
from pipeline.topologies import names
from pipeline.topologies.evidence_pages import EvidencePage
from pipeline.topologies.reach_board import ReachReport
from pipeline.topologies.usage_board import UsageReport
from pipeline.wire import DeadLetter, PolicyPublication, Undecodable, decoder

SCHEMAS = topics_directory().parent
TYPES: Mapping[str, type[Any]] = {
    "asset_event": AssetEvent,
    "command": Command,
    "consent_event": ConsentEvent,
    "dead_letter": DeadLetter,
    "enforcement": Enforcement,
    "evidence_page": EvidencePage,
    "inbound_message": InboundMessage,
    "observation": Observation,
    "outbound_message": OutboundMessage,
    "pattern_heartbeat": Heartbeat,
    "pattern_signal": Signal,
    "policy_publication": PolicyPublication,
    "provider_event": ProviderEvent,
    "reach_report": ReachReport,
    "revocation": Revocation,
    "usage_report": UsageReport,
    "verdict": Verdict,
    "workspace": WorkspaceRecord,
}
EXAMPLES = [
    pytest.param(kind, path, id=f"{kind}-{path.stem}")
    for kind in TYPES
    for path in sorted((SCHEMAS / "examples" / f"{kind}.v1").glob("*.json"))
]

# ── where schema and decoder differ on purpose ──

STRICTER_SCHEMA: Mapping[tuple[str, str], str] = {
    ("outbound_message", "drop $.workspace_id"): "required by contract; without it the message is held by clause 1.1",
    ("outbound_message", "drop $.actor"): "required by contract; without it the message is held by clause 1.1",
}
"""The schema refuses and the decoder accepts: type and mutation, with the reason."""

PROMISED_TIMES: Mapping[str, tuple[str, ...]] = {
    "dead_letter": ("$.dead_lettered_at",),
    "evidence_page": ("$.decided_at",),
    "policy_publication": ("$.published_at",),
    "revocation": ("$.revoked_at",),
    "verdict": ("$.not_before", "$.expires_at", "$.decided_at", "$.findings[].retry_at"),
}
"""Times that the schema promises and that the decoder takes for text: nothing is decided by them once written."""

PROMISED_MAPS: Mapping[str, tuple[str, ...]] = {"verdict": ("$.provider_equivalents",)}
"""An object of texts by the schema; the decoder keeps it as the bytes that it is."""

UNCHECKED_NUMBERS = "an integer written with a fraction of zero (1.0) is one to JSON Schema, and none to the decoder"

# ── the two judges ──


def _is_time(value: object) -> bool:
    """Check a date-time as RFC 3339 and the calendar have it."""
    if not isinstance(value, str):
        return True
    form = r"\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:\d{2})"
    if not re.fullmatch(form, value, re.ASCII):
        return False
    try:
        datetime.fromisoformat(re.sub(r"(\.\d{6})\d+", r"\1", value.upper()))
    except ValueError:
        return False
    return True


FORMATS = jsonschema.FormatChecker(formats=())
FORMATS.checks("date-time")(_is_time)


def read_schema(kind: str) -> dict[str, Any]:
    """Read a schema file."""
    schema: dict[str, Any] = json.loads((SCHEMAS / f"{kind}.v1.schema.json").read_text("utf-8"))
    return schema


VALIDATORS = {kind: jsonschema.Draft7Validator(read_schema(kind), format_checker=FORMATS) for kind in TYPES}
DECODERS: Mapping[str, Callable[[bytes | None], Any]] = {kind: decoder(TYPES[kind]) for kind in TYPES}


def is_decoded(kind: str, value: object) -> bool:
    """Tell whether the decoder takes a value."""
    try:
        DECODERS[kind](json.dumps(value).encode())
    except Undecodable:
        return False
    return True


# ── mutations ──

OTHER_VALUES: tuple[object, ...] = (None, True, 7, -7, 1.5, "no value of an enumeration", "", [], {}, [[]], [{}])
TIMES = (
    "2026-11-24T15:00:00Z",
    "2026-11-24t15:00:00.123456789+05:30",
    "2026-11-24 15:00:00Z",
    "2026-11-24T15:00:00",
    "2026-11-24T15:00Z",
    "2026-11-24",
    "2026-02-30T15:00:00Z",
    "2026-11-24T24:00:00Z",
    "2026-11-24T15:00:00+24:00",
    "24/11/2026 15:00",
)
LENGTHS = (256, 257, 1_024, 1_025, 4_096, 4_097, 10_000, 10_001)
COUNTS = (32, 33, 64, 65, 256, 257)

Place = tuple[str | int, ...]


def places(value: Any, at: Place = ()) -> Iterator[tuple[Place, Any]]:  # noqa: ANN401 - any JSON value
    """Give every place inside a value with what is there, the value itself first."""
    yield at, value
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in inner:
        yield from places(part, (*at, key))


def name_of(at: Place) -> str:
    """Write a place as a path, all elements of a list alike."""
    return "$" + "".join("[]" if isinstance(key, int) else f".{key}" for key in at)


def changed(value: Any, at: Place, put: Callable[[Any, str | int], None]) -> Any:  # noqa: ANN401 - any JSON value
    """Copy a value and change the copy at one place."""
    copied = copy.deepcopy(value)
    holder = copied
    for key in at[:-1]:
        holder = holder[key]
    put(holder, at[-1])
    return copied


def replacements(there: object) -> Iterator[tuple[str, object]]:
    """Give what to put in the place of a value, and a name for each."""
    for other in OTHER_VALUES:
        yield f"put {json.dumps(other)} at", other
    if isinstance(there, str):
        for time in TIMES:
            yield f"put {time} at", time
        for length in LENGTHS:
            yield f"put {length} characters at", "x" * length
            yield f"put {length} emoji at", "\N{GRINNING FACE}" * length
    if isinstance(there, list) and there:
        for count in COUNTS:
            yield f"put {count} elements at", there[:1] * count


def mutations(value: Any) -> Iterator[tuple[str, Any]]:  # noqa: ANN401 - any JSON value
    """Give mutated copies of an example with names: what is dropped, put in its place, or added."""
    for at, there in places(value):
        if not at:
            continue
        if isinstance(at[-1], str):
            yield f"drop {name_of(at)}", changed(value, at, lambda holder, key: holder.pop(key))
        for verb, other in replacements(there):
            yield f"{verb} {name_of(at)}", changed(value, at, _putter(other))
        if isinstance(there, dict):
            yield f"add a field to {name_of(at)}", changed(value, (*at, "unheard of"), _putter(1))


def _putter(other: object) -> Callable[[Any, str | int], None]:
    def put(holder: Any, key: str | int) -> None:  # noqa: ANN401 - any JSON value
        holder[key] = other

    return put


def is_on_purpose(kind: str, mutation: str, *, is_valid: bool) -> bool:
    """Tell whether schema and decoder may differ here; the schema is always the stricter one."""
    place = mutation.rsplit(maxsplit=1)[-1]
    if is_valid:
        return False
    if (kind, mutation) in STRICTER_SCHEMA or any(place.startswith(path) for path in PROMISED_MAPS.get(kind, ())):
        return True
    # Null and an object are other types, which the decoder refuses too.
    return place in PROMISED_TIMES.get(kind, ()) and mutation.startswith("put ")


@functools.cache
def differences(kind: str) -> frozenset[tuple[str, bool]]:
    """Give each kind of mutation on which schema and decoder differ, and whether the schema accepts it."""
    return frozenset(_differences(kind))


def _differences(kind: str) -> Iterator[tuple[str, bool]]:
    seen: set[str] = set()
    for param in EXAMPLES:
        if param.values[0] != kind:
            continue
        for mutation, value in mutations(read_example(param.values[1])):
            if mutation in seen:
                continue
            seen.add(mutation)
            is_valid = VALIDATORS[kind].is_valid(value)
            if is_valid != is_decoded(kind, value):
                yield mutation, is_valid


def read_example(path: object) -> Any:  # noqa: ANN401 - any JSON value
    """Read an example file."""
    return json.loads(Path(str(path)).read_text("utf-8"))


# ── tests ──


@pytest.mark.parametrize("kind", TYPES)
def test_is_a_draft_07_schema_with_a_word_on_every_field(kind: str) -> None:
    """A schema is valid itself, names its type and version, and describes every property."""
    schema = read_schema(kind)
    jsonschema.Draft7Validator.check_schema(schema)
    assert schema["$schema"] == "http://json-schema.org/draft-07/schema#"
    assert schema["$id"] == f"urn:compliance:schema:{kind}:v1"
    assert schema["title"]
    assert schema["additionalProperties"] is True
    for at, part in places(schema):
        if at[-2:-1] == ("properties",) or at == ():
            assert part["description"].endswith("."), name_of(at)


def test_every_event_type_has_a_schema_and_every_schema_a_topic() -> None:
    """Schemas, examples and topics name the same event types."""
    of_topics = {
        event.schema.removesuffix(".v1.schema.json") for t in read_topics(topics_directory()) for event in t.events
    }
    assert of_topics == TYPES.keys()
    assert {path.name.removesuffix(".v1.schema.json") for path in SCHEMAS.glob("*.schema.json")} == TYPES.keys()
    assert {path.name.removesuffix(".v1") for path in (SCHEMAS / "examples").iterdir()} == TYPES.keys()


def elements_max(field: Mapping[str, Any]) -> int | None:
    """Give how many elements a field may have, also of one that may be null; None: any number."""
    return next((part["maxItems"] for part in (field, *field.get("anyOf", ())) if "maxItems" in part), None)


@pytest.mark.parametrize("kind", TYPES)
def test_describes_every_field_that_the_code_decodes(kind: str) -> None:
    """Each struct's fields stand in the schema with their limits, and what the code needs is required there."""
    own = read_schema(kind)
    (definitions,) = msgspec.json.schema_components([TYPES[kind]], ref_template="{name}")[1:]
    root = definitions[TYPES[kind].__name__]
    assert root["properties"].keys() <= own["properties"].keys()
    assert set(root.get("required", ())) <= set(own["required"])
    described = [node["properties"] for _, node in places(own) if isinstance(node, dict) and "properties" in node]
    for definition in definitions.values():
        limits = {name: elements_max(field) for name, field in definition.get("properties", {}).items()}
        assert any(
            limits == {name: elements_max(field) for name, field in fields.items() if name in limits}
            for fields in (described if limits else [{}])
        ), definition["title"]


@pytest.mark.parametrize(("kind", "path"), EXAMPLES)
def test_accepts_every_example(kind: str, path: Path) -> None:
    """An example is valid by its schema and decoded by the code."""
    value = read_example(path)
    VALIDATORS[kind].validate(value)
    DECODERS[kind](json.dumps(value).encode())


@pytest.mark.parametrize("kind", TYPES)
def test_schema_and_decoder_refuse_the_same(kind: str) -> None:
    """Dropped fields, other types, unknown words and over-long values: both refuse or both accept, bar the listed."""
    unexpected = [
        f"{mutation}: the schema {'accepts' if is_valid else 'refuses'}, the decoder does not"
        for mutation, is_valid in sorted(differences(kind))
        if not is_on_purpose(kind, mutation, is_valid=is_valid)
    ]
    assert unexpected == []


@pytest.mark.parametrize(("kind", "mutation"), STRICTER_SCHEMA)
def test_listed_differences_are_differences(kind: str, mutation: str) -> None:
    """A difference that is gone leaves the list."""
    assert (mutation, False) in differences(kind)


@pytest.mark.parametrize("kind", PROMISED_TIMES)
def test_promised_times_are_checked_by_the_schema_alone(kind: str) -> None:
    """The schema refuses a time in words where the decoder takes any text."""
    refused = {mutation for mutation, is_valid in differences(kind) if not is_valid}
    assert {f"put 24/11/2026 15:00 at {place}" for place in PROMISED_TIMES[kind]} <= refused


def test_an_integer_with_a_fraction_of_zero_is_refused_by_the_decoder_alone() -> None:
    """JSON Schema counts 1.0 as an integer; write integers without a fraction."""
    value = json.loads('{"workspace_id": "ws-1", "revision": 1.0}')
    assert VALIDATORS["enforcement"].is_valid(value), UNCHECKED_NUMBERS
    assert not is_decoded("enforcement", value)


@pytest.mark.parametrize(("text", "is_schema_stricter"), [("2026-11-24T15:00:00+0000", True)])
def test_an_offset_without_a_colon_is_refused_by_the_schema_alone(text: str, is_schema_stricter: bool) -> None:  # noqa: FBT001
    """RFC 3339 wants a colon in the offset; the decoder also takes the form without."""
    value = read_example(SCHEMAS / "examples/outbound_message.v1/text-by-sms.json") | {"requested_at": text}
    assert VALIDATORS["outbound_message"].is_valid(value) is not is_schema_stricter
    assert is_decoded("outbound_message", value)


@pytest.mark.parametrize("kind", TYPES)
def test_shows_at_least_two_examples(kind: str) -> None:
    """One example shows too little."""
    assert sum(param.values[0] == kind for param in EXAMPLES) >= 2


def shown(kind: str, field: str) -> set[Any]:
    """Give the values of a field in all examples of a type."""
    return {read_example(param.values[1]).get(field) for param in EXAMPLES if param.values[0] == kind}


def test_shows_every_action_command_and_outcome() -> None:
    """Every consent action, every command of this version and every outcome has an example."""
    assert shown("consent_event", "action") == set(read_schema("consent_event")["properties"]["action"]["enum"])
    assert shown("command", "kind") == {*STATE_BY_COMMAND, *INCIDENT_COMMANDS, *PERSON_COMMANDS}
    assert shown("verdict", "outcome") == {outcome.value for outcome in Outcome}


RESERVED = (
    r"\+1[2-9]\d{2}55501\d{2}",  # North America, for fiction
    r"\+447700900\d{3}",  # Ofcom, mobile numbers for drama
    r"\+442079460\d{3}",  # Ofcom, London numbers for drama
)


@pytest.mark.parametrize("path", sorted(SCHEMAS.rglob("*")), ids=lambda path: str(path.relative_to(SCHEMAS)))
def test_holds_nobodys_number(path: Path) -> None:
    """Numbers in schemas and examples are reserved for fiction."""
    text = path.read_text("utf-8") if path.is_file() else ""
    assert all(re.fullmatch("|".join(RESERVED), number) for number in re.findall(r"\+\d{7,15}\b", text))


# ── what comes out now ──

KIND_BY_TOPIC = {
    names.DEAD_LETTERS: "dead_letter",
    names.ENFORCEMENT: "enforcement",
    names.SIGNALS: "usage_report",
    names.EVIDENCE: "evidence_page",
}
PATTERN_KINDS = {"pattern": "pattern_signal", "plane": "pattern_heartbeat"}
INPUTS = (
    (names.WORKSPACES, "workspace"),
    (names.ASSETS, "asset_event"),
    (names.CONSENT, "consent_event"),
    (names.OUTBOUND, "outbound_message"),
    (names.PROVIDER_EVENTS, "provider_event"),
    (names.INBOUND, "inbound_message"),
    (names.POLICIES, "policy_publication"),
    (names.COMMANDS, "command"),
    (names.OUTBOUND, "outbound_message"),
)


async def inspect_examples() -> list[tuple[str, Any]]:
    """Run all examples of what comes in through an inspection; gives topic and value of everything that is written."""
    written: list[tuple[str, Any]] = []
    inspection = Inspection(read_policy_file(None), 1)
    inspection._log.listen(lambda event: written.append((event.topic, event.record.value)))  # noqa: SLF001
    await inspection.set_clock(1_795_532_400_000)
    for number, (topic, kind) in enumerate(INPUTS):
        for param in EXAMPLES:
            if param.values[0] == kind:
                value = read_example(param.values[1])
                if "message_id" in value:
                    value["message_id"] += f"-{number}"
                await inspection.take(Line(topic, msgspec.Raw(json.dumps(value).encode())))
    given = {topic for topic, _ in INPUTS}
    return [(topic, json.loads(value)) for topic, value in written if topic in {*KIND_BY_TOPIC, names.VERDICTS} - given]


def test_all_that_is_written_is_valid_by_its_schema() -> None:
    """Verdicts, revocations, evidence, enforcement, signals and dead letters of a run are what the schemas say."""
    written = asyncio.run(inspect_examples())
    kinds = set()
    for topic, value in written:
        kind = (
            "reach_report"
            if "reach" in value
            else PATTERN_KINDS.get(value.get("subject"))
            or KIND_BY_TOPIC.get(topic)
            or ("revocation" if "revocation_id" in value else "verdict")
        )
        kinds.add(kind)
        VALIDATORS[kind].validate(value)
    assert kinds >= {"verdict", "revocation", "enforcement", "evidence_page", "usage_report", "pattern_heartbeat"}
