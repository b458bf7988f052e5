"""The AsyncAPI document: up to date, in the form that AsyncAPI 3.1 and the Kafka bindings ask for, and complete."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from click.testing import CliRunner

from pipeline.apps.asyncapi import build_document, channel_id, is_current, main, render
from pipeline.apps.packaged import topics_directory
from pipeline.apps.topics import read_topics
from pipeline.domain.verdicts import Revocation, Verdict
from pipeline.engine.topology import Event, changelog_of, input_topics
from pipeline.testing.memory_log import MemoryRecord
from pipeline.topologies import names
from pipeline.topologies.outputs import dead_letter, forwarded, issued, revoked, told_other_name
from pipeline.topologies.recipients import Recipients
from pipeline.topologies.steps import Output
from pipeline.topologies.workspaces import Workspaces
from pipeline.wire import Undecodable, decoder

SCHEMAS = topics_directory().parent
DOCUMENT = build_document(SCHEMAS)
TOPICS = {topic.topic: topic for topic in read_topics(topics_directory())}

# The part of AsyncAPI 3.1.0 and of the Kafka bindings 0.5.0 that the document uses, written after the specification:
# what an object must have, and that it has nothing else.


def closed(required: tuple[str, ...] = (), **fields: object) -> dict[str, Any]:
    """Describe an object that has these fields and no others."""
    return {"type": "object", "required": list(required), "properties": fields, "additionalProperties": False}


def map_of(value: object) -> dict[str, Any]:
    """Describe an object whose keys are names."""
    return {"type": "object", "propertyNames": {"pattern": r"^[\w.-]+$"}, "additionalProperties": value}


TEXT = {"type": "string", "minLength": 1}
REFERENCE = closed(("$ref",), **{"$ref": TEXT})
SCHEMA = {"allOf": [{"$ref": "http://json-schema.org/draft-07/schema#"}]}
TAGS = {"type": "array", "uniqueItems": True, "items": closed(("name",), name=TEXT, description=TEXT)}
VERSION = {"const": "0.5.0"}
TOPIC_CONFIGURATION = {
    "type": "object",
    "required": ["cleanup.policy"],
    "properties": {
        "cleanup.policy": {"type": "array", "items": {"enum": ["compact", "delete"]}},
        "retention.ms": {"type": "integer", "minimum": -1},
        "retention.bytes": {"type": "integer", "minimum": -1},
        "delete.retention.ms": {"type": "integer", "minimum": 0},
        "max.message.bytes": {"type": "integer", "minimum": 0},
    },
}
COUNT = {"type": "integer", "minimum": 1}
CHANNEL_BINDING = closed(
    ("bindingVersion",),
    topic=TEXT,
    partitions=COUNT,
    replicas=COUNT,
    topicConfiguration=TOPIC_CONFIGURATION,
    bindingVersion=VERSION,
)
CHANNEL = closed(
    ("address", "bindings"),
    address=TEXT,
    title=TEXT,
    summary=TEXT,
    description=TEXT,
    servers={"type": "array", "items": REFERENCE},
    messages=map_of(REFERENCE),
    tags=TAGS,
    bindings=closed(("kafka",), kafka=CHANNEL_BINDING),
)
OPERATION_BINDING = closed(("bindingVersion",), groupId=SCHEMA, clientId=SCHEMA, bindingVersion=VERSION)
OPERATION = closed(
    ("action", "channel", "messages"),
    action={"enum": ["send", "receive"]},
    channel=REFERENCE,
    summary=TEXT,
    messages={"type": "array", "minItems": 1, "items": REFERENCE},
    bindings=closed(("kafka",), kafka=OPERATION_BINDING),
)
MESSAGE = closed(
    ("name", "title", "contentType"),
    name=TEXT,
    title=TEXT,
    summary=TEXT,
    description=TEXT,
    contentType={"type": "string", "pattern": "^application/"},
    payload=closed(
        ("schemaFormat", "schema"),
        schemaFormat={"const": "application/schema+json;version=draft-07"},
        schema=REFERENCE,
    ),
    headers=SCHEMA,
    traits={"type": "array", "items": REFERENCE},
    bindings=closed(("kafka",), kafka=closed(("key", "bindingVersion"), key=SCHEMA, bindingVersion=VERSION)),
    examples={"type": "array", "minItems": 1, "items": closed(("payload",), name=TEXT, payload={"type": "object"})},
)
ASYNCAPI = closed(
    ("asyncapi", "info", "channels", "operations"),
    asyncapi={"const": "3.1.0"},
    id={"type": "string", "pattern": "^urn:"},
    info=closed(
        ("title", "version"),
        title=TEXT,
        version={"type": "string", "pattern": r"^\d+\.\d+\.\d+$"},
        description=TEXT,
        license=closed(("name",), name=TEXT),
        tags=TAGS,
    ),
    defaultContentType={"const": "application/json"},
    servers=map_of(
        closed(
            ("host", "protocol"),
            host=TEXT,
            protocol={"const": "kafka"},
            description=TEXT,
            variables=map_of(closed((), default=TEXT, description=TEXT)),
        )
    ),
    channels=map_of(CHANNEL),
    operations=map_of(OPERATION),
    components=closed((), messages=map_of(MESSAGE), messageTraits=map_of(closed((), description=TEXT, headers=SCHEMA))),
)


def references(node: object) -> Iterator[str]:
    """Give every reference in a document, but for what stands in examples."""
    if isinstance(node, dict):
        for key, value in node.items():
            if key == "$ref":
                yield value
            elif key != "examples":
                yield from references(value)
    elif isinstance(node, list):
        for value in node:
            yield from references(value)


def resolve(reference: str) -> Any:  # noqa: ANN401 - any part of the document
    """Give what a reference inside the document points to."""
    node: Any = DOCUMENT
    for key in reference.removeprefix("#/").split("/"):
        node = node[key]
    return node


def operations(topic: str) -> set[str]:
    """Give what the application does with a topic."""
    channel = {"$ref": f"#/channels/{channel_id(topic)}"}
    return {operation["action"] for operation in DOCUMENT["operations"].values() if operation["channel"] == channel}


def header_schemas(name: str) -> list[dict[str, Any]]:
    """Give the schemas of a message's headers: its own, and those of its traits."""
    message = DOCUMENT["components"]["messages"][name]
    own = [message["headers"]] if "headers" in message else []
    return own + [resolve(trait["$ref"])["headers"] for trait in message.get("traits", ())]


# ── form ──


def test_has_the_form_of_asyncapi() -> None:
    """Every object has what AsyncAPI 3.1 asks for, and no field that it does not know."""
    jsonschema.Draft7Validator.check_schema(ASYNCAPI)
    jsonschema.validate(DOCUMENT, ASYNCAPI, cls=jsonschema.Draft7Validator)


def test_every_reference_leads_somewhere() -> None:
    """References inside the document resolve, and those to files lead to schemas."""
    for reference in references(DOCUMENT):
        if reference.startswith("#/"):
            assert resolve(reference)
        else:
            assert (SCHEMAS / reference).is_file()


def test_operations_name_messages_of_their_channel() -> None:
    """An operation's messages are a subset of its channel's, by reference into that channel."""
    for operation in DOCUMENT["operations"].values():
        channel = operation["channel"]["$ref"]
        assert all(message["$ref"].startswith(f"{channel}/messages/") for message in operation["messages"])


def test_addresses_are_different() -> None:
    """No two channels are one topic."""
    addresses = [channel["address"] for channel in DOCUMENT["channels"].values()]
    assert len(addresses) == len(set(addresses))


# ── content ──


def test_has_a_channel_for_every_topic() -> None:
    """Every topic is there with its partitions and configuration."""
    for name, topic in TOPICS.items():
        binding = DOCUMENT["channels"][channel_id(name)]["bindings"]["kafka"]
        assert (binding["partitions"], binding["replicas"]) == (topic.partitions, topic.replication_factor)
        stated = binding["topicConfiguration"] | {"cleanup.policy": topic.cleanup}
        assert {key: str(value).lower() for key, value in stated.items()} == topic.configuration
    assert len(DOCUMENT["channels"]) == len(TOPICS)


@pytest.mark.parametrize("topology", [Recipients, Workspaces])
def test_receives_what_topologies_read(topology: Any) -> None:  # noqa: ANN401 - either class
    """Inputs are received in the topology's group; global topics are received without one."""
    for name in (*input_topics(topology), *topology.global_topics, changelog_of(topology.name)):
        assert "receive" in operations(name)
    for name in input_topics(topology):
        group = {party.group for party in TOPICS[name].consumers}
        assert f"compliance-{topology.name}" in group
    assert all(not party.group for name in topology.global_topics for party in TOPICS[name].consumers)


@pytest.mark.parametrize(
    "name",
    [
        names.VERDICTS,
        names.EVIDENCE,
        names.DEAD_LETTERS,
        names.FORWARDED,
        names.ENFORCEMENT,
        names.SIGNALS,
        names.CONSENT,
    ],
)
def test_sends_what_topologies_write(name: str) -> None:
    """What a worker writes is sent."""
    assert "send" in operations(name)


@pytest.mark.parametrize("name", [names.OUTBOUND, names.INBOUND, names.COMMANDS, names.WORKSPACES])
def test_only_receives_what_belongs_to_others(name: str) -> None:
    """What others write is not sent."""
    assert operations(name) == {"receive"}


def test_planned_topics_have_no_operation() -> None:
    """What no process uses yet is described, and not operated on."""
    assert all(not operations(name) for name, topic in TOPICS.items() if topic.status == "planned")


def test_topics_of_one_event_type_have_one_key() -> None:
    """A message is described once, so all topics that carry it must have the same key."""
    keys: dict[tuple[str, str], set[str]] = {}
    for topic in TOPICS.values():
        for event in topic.events:
            keys.setdefault((event.type, event.headers), set()).add(topic.key.form)
    assert all(len(forms) == 1 for forms in keys.values())


# ── the headers are those that the code sets ──

VERDICT = decoder(Verdict)((SCHEMAS / "examples/verdict.v1/allow.json").read_bytes())
REVOCATION = decoder(Revocation)((SCHEMAS / "examples/revocation.v1/opted-out.json").read_bytes())
EVENT = Event(names.OUTBOUND, MemoryRecord(3, 7, b"key", b"value"))
WRITTEN = [
    ("verdict", issued("+447700900123", VERDICT, b"{}", 0)),
    ("revocation", revoked("+447700900123", REVOCATION, 0)),
    ("deadLetter", dead_letter(EVENT, Undecodable("$", "not JSON"), 0)),
    ("outboundMessageForwarded", forwarded(EVENT, b"+447700900123")),
    ("outboundMessageForwarded", told_other_name(names.OUTBOUND, EVENT, b"+447700900123", b"value")),
]


@pytest.mark.parametrize(("message", "output"), WRITTEN, ids=[output.topic for _, output in WRITTEN])
def test_states_the_headers_that_are_sent(message: str, output: Output) -> None:
    """The headers that the code sets are as described: all that must be there, none that is not named."""
    headers = {name: value.decode() for name, value in output.headers}
    for part in header_schemas(message):
        jsonschema.validate(headers, part, cls=jsonschema.Draft7Validator)
    assert headers.keys() <= {name for part in header_schemas(message) for name in part["properties"]}
    assert channel_id(output.topic) in {
        channel for channel, described in DOCUMENT["channels"].items() if message in described.get("messages", {})
    }


@pytest.mark.parametrize("name", [names.ENFORCEMENT, names.SIGNALS, names.EVIDENCE])
def test_states_no_headers_where_none_are_sent(name: str) -> None:
    """Records between workers, and evidence, carry no headers."""
    messages = DOCUMENT["channels"][channel_id(name)]["messages"]
    assert [header_schemas(message) for message in messages] == [[]] * len(messages)


# ── the command ──


def test_is_up_to_date() -> None:
    """The document in the repository is what its sources give."""
    assert is_current(SCHEMAS), "run `python -m pipeline.apps.asyncapi --write`"


def test_is_yaml_that_reads_back() -> None:
    """What is written reads back as what was built, and twice the same."""
    assert yaml.safe_load(render(DOCUMENT)) == DOCUMENT
    assert render(build_document(SCHEMAS)) == render(DOCUMENT)


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """Give a copy of the schemas that a test may change."""
    return Path(shutil.copytree(SCHEMAS, tmp_path / "schemas"))


def run(*arguments: str) -> tuple[int, str]:
    """Run the command; gives the exit code and all that it says."""
    answer = CliRunner().invoke(main, arguments)
    return answer.exit_code, answer.output


def test_check_fails_on_a_stale_document_and_write_mends_it(copied: Path) -> None:
    """A changed topic makes the document stale; the complaint names the remedy, which works."""
    folder = ("--directory", str(copied))
    assert run("--check", *folder) == (0, "")
    topic = copied / "topics" / "compliance.verdicts.yaml"
    topic.write_text(topic.read_text("utf-8").replace("retention_hours: 168", "retention_hours: 24"), "utf-8")

    code, said = run("--check", *folder)
    assert code == 1
    assert "asyncapi.yaml is out of date. Run `python -m pipeline.apps.asyncapi --write`" in said

    assert run("--write", *folder) == (0, "")
    assert run("--check", *folder) == (0, "")


def test_check_fails_without_a_document(copied: Path) -> None:
    """A document that is not there is out of date."""
    (copied / "asyncapi.yaml").unlink()
    assert run("--check", "--directory", str(copied))[0] == 1


def test_names_a_description_that_can_not_be_used(copied: Path) -> None:
    """A broken description ends the command with its file and field, without a traceback."""
    topic = copied / "topics" / "compliance.verdicts.yaml"
    topic.write_text(topic.read_text("utf-8").replace("cleanup: delete", "cleanup: shred"), "utf-8")
    code, said = run("--write", "--directory", str(copied))
    assert code == 1
    assert "compliance.verdicts.yaml: $.cleanup: " in said
