"""`schemas/asyncapi.yaml`, made from the topic descriptions, the schemas and their examples.

AsyncAPI 3.1 with Kafka bindings 0.5.0; the application is the system itself, so `receive` is what it takes in and
`send` what it gives out. `python -m pipeline.apps.asyncapi --write` makes the document anew, `--check` tells whether
it is up to date.
"""

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import click
import yaml

from pipeline.apps.packaged import topics_directory
from pipeline.apps.topics import HOUR_MILLISECONDS, EventType, Topic, TopicsError, read_topics

SPECIFICATION_VERSION: Final = "3.1.0"
BINDING_VERSION: Final = "0.5.0"
CONTRACT_VERSION: Final = "1.0.0"
"""Version of the contract as a whole: its first part grows when a topic or an event type gets a new version."""

OURS: Final = "compliance "
"""How the names of this application's own processes begin among producers and consumers."""

EXAMPLES_MAX: Final = 2
"""Examples shown of each event type; all of them lie in `schemas/examples`."""

FILE_NAME: Final = "asyncapi.yaml"
REMEDY: Final = "Run `python -m pipeline.apps.asyncapi --write` and commit what it writes."

_BANNER: Final = (
    "# Made by pipeline/apps/asyncapi.py from topics/, *.schema.json and examples/. Change those, not this.\n"
)

Node = dict[str, Any]


def build_document(schemas: Path) -> Node:
    """Make the document of a folder of schemas.

    :raises TopicsError: a topic's description can't be used; its author can mend it
    :raises OSError, ValueError: a schema or example that a topic names is missing or not JSON
    """
    topics = read_topics(schemas / "topics")
    return {
        "asyncapi": SPECIFICATION_VERSION,
        "id": "urn:compliance:message-compliance",
        "info": _info(),
        "defaultContentType": "application/json",
        "servers": {"kafka": _server()},
        "channels": {channel_id(topic.topic): _channel(topic) for topic in topics},
        "operations": dict(_operations(topics)),
        "components": {"messages": _messages(topics, schemas), "messageTraits": _traits()},
    }


def render(document: Node) -> str:
    """Write the document as YAML: equal documents give equal text."""
    text: str = yaml.dump(document, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=120)
    return _BANNER + text


class _Dumper(yaml.SafeDumper):
    """Writes everything out, where YAML would refer to what stands elsewhere, and lines as lines."""

    def ignore_aliases(self, data: object) -> bool:  # noqa: ARG002 - the same for all
        return True

    def represent_str(self, data: str) -> yaml.ScalarNode:
        return self.represent_scalar("tag:yaml.org,2002:str", data, style="|" if "\n" in data else None)


_Dumper.add_representer(str, _Dumper.represent_str)


def channel_id(topic: str) -> str:
    """Name a topic's channel, as in `messagingOutboundPriority`."""
    first, *others = topic.replace("-", ".").split(".")
    return first + "".join(word.capitalize() for word in others)


def message_id(event: EventType) -> str:
    """Name the message of an event type, as in `outboundMessage`; a forwarded event has other headers."""
    first, *others = event.schema.removesuffix(".v1.schema.json").split("_")
    name = first + "".join(word.capitalize() for word in others)
    return f"{name}Forwarded" if event.headers == "origin" else name


def _info() -> Node:
    return {
        "title": "Message compliance",
        "version": CONTRACT_VERSION,
        "description": (
            "Inspects every outbound WhatsApp and SMS message against the acceptable use policy. For each message on "
            "`messaging.outbound` and `messaging.outbound.priority` exactly one verdict comes out on "
            "`compliance.verdicts`, under the same key; a verdict that stops being true is revoked there. Read with "
            "isolation level `read_committed`. An installation may put a prefix in front of every topic name."
        ),
        "license": {"name": "Apache-2.0"},
        "tags": [
            {"name": "personal data", "description": "Records hold personal data."},
            {"name": "internal", "description": "Between processes of the application; may change with any version."},
            {"name": "planned", "description": "Part of the contract; not used by this version."},
        ],
    }


def _server() -> Node:
    return {
        "host": "{bootstrapServer}",
        "protocol": "kafka",
        "description": "The brokers that KAFKA_BOOTSTRAP_SERVERS names.",
        "variables": {"bootstrapServer": {"default": "127.0.0.1:9092", "description": "Host and port of one broker."}},
    }


# ── channels ──


def _channel(topic: Topic) -> Node:
    channel: Node = {
        "address": topic.topic,
        "title": topic.topic,
        "summary": topic.purpose,
        "description": _channel_description(topic),
        "servers": [{"$ref": "#/servers/kafka"}],
        "messages": {
            message_id(event): {"$ref": f"#/components/messages/{message_id(event)}"} for event in topic.events
        },
        "tags": [{"name": name} for name in _tags(topic)],
        "bindings": {"kafka": _channel_binding(topic)},
    }
    if _is_changelog(topic):
        channel["messages"] = {"stateRecord": {"$ref": "#/components/messages/stateRecord"}}
    if not channel["messages"]:
        del channel["messages"]
    if not channel["tags"]:
        del channel["tags"]
    return channel


def _channel_description(topic: Topic) -> str:
    number = "as many as every topic about a person" if topic.co_partitioned else "of its own number"
    kept = "compacted: the newest record of each key"
    if topic.retention_hours is not None:
        kept = "for ever" if topic.retention_hours < 0 else f"{topic.retention_hours} hours"
    producers = ", ".join(dict.fromkeys(party.name for party in topic.producers)) or "nobody yet"
    consumers = ", ".join(dict.fromkeys(party.name for party in topic.consumers)) or "nobody yet"
    return "\n".join(
        [
            f"- Owner: {topic.owner}; version {topic.version}; compatibility: {topic.compatibility}",
            f"- Key: {topic.key.words}, {topic.key.form}",
            f"- Partitions: {topic.partitions}, {number}",
            f"- Kept: {kept}",
            f"- Written by: {producers}",
            f"- Read by: {consumers}",
            f"- Holds{' personal data' if topic.data.personal else ''}: {topic.data.holds}",
            f"- Clauses: {', '.join(topic.cross_references.clauses)}",
        ]
    )


def _is_changelog(topic: Topic) -> bool:
    return topic.topic.endswith("-changelog")


def _tags(topic: Topic) -> Iterator[str]:
    if topic.data.personal:
        yield "personal data"
    if topic.status == "planned":
        yield "planned"
    parties = (*topic.producers, *topic.consumers)
    if parties and all(party.name.startswith(OURS) for party in parties):
        yield "internal"


def _channel_binding(topic: Topic) -> Node:
    configuration: Node = {"cleanup.policy": [topic.cleanup]}
    if topic.retention_hours is not None:
        configuration["retention.ms"] = topic.retention_hours * (HOUR_MILLISECONDS if topic.retention_hours > 0 else 1)
    return {
        "partitions": topic.partitions,
        "replicas": topic.replication_factor,
        "topicConfiguration": {**configuration, **topic.config},
        "bindingVersion": BINDING_VERSION,
    }


# ── operations ──


def _operations(topics: Sequence[Topic]) -> Iterator[tuple[str, Node]]:
    for topic in topics:
        channel = channel_id(topic.topic)
        name = channel[0].upper() + channel[1:]
        readers = [party for party in topic.consumers if party.name.startswith(OURS)]
        if readers:
            operation = _operation("receive", topic)
            groups = [party.group for party in readers if party.group]
            if groups:
                group = {"type": "string", "enum": groups}
                operation["bindings"] = {"kafka": {"groupId": group, "bindingVersion": BINDING_VERSION}}
            yield f"receive{name}", operation
        if any(party.name.startswith(OURS) for party in topic.producers):
            yield f"send{name}", _operation("send", topic)


def _operation(action: str, topic: Topic) -> Node:
    channel = channel_id(topic.topic)
    names = ["stateRecord"] if _is_changelog(topic) else [message_id(event) for event in topic.events]
    return {
        "action": action,
        "channel": {"$ref": f"#/channels/{channel}"},
        "summary": f"{'Read' if action == 'receive' else 'Write'} {topic.topic}.",
        "messages": [{"$ref": f"#/channels/{channel}/messages/{name}"} for name in names],
    }


# ── messages ──


def _messages(topics: Sequence[Topic], schemas: Path) -> Node:
    """Describe each event type once, by the first topic that has it; all its topics have the same key."""
    messages: Node = {}
    for topic in topics:
        for event in topic.events:
            if message_id(event) not in messages:
                messages[message_id(event)] = _message(topic, event, schemas)
    messages["stateRecord"] = {
        "name": "stateRecord",
        "title": "State record",
        "summary": "One record of a local store, as MessagePack: internal, no contract.",
        "contentType": "application/msgpack",
    }
    return dict(sorted(messages.items()))


def _message(topic: Topic, event: EventType, schemas: Path) -> Node:
    schema = json.loads((schemas / event.schema).read_text("utf-8"))
    message: Node = {
        "name": event.type,
        "title": schema["title"] + (", forwarded" if event.headers == "origin" else ""),
        "description": schema["description"],
        "contentType": "application/json",
        "payload": {
            "schemaFormat": "application/schema+json;version=draft-07",
            "schema": {"$ref": f"./{event.schema}"},
        },
        "bindings": {
            "kafka": {
                "key": {"type": "string", "description": f"{topic.key.words}: {topic.key.form}"},
                "bindingVersion": BINDING_VERSION,
            }
        },
        "examples": list(_examples(schemas / "examples" / event.examples)),
    }
    if event.headers == "cloudevents":
        is_ours = any(party.name.startswith(OURS) for party in topic.producers)
        message["headers"] = {"type": "object", "properties": {"ce_type": {"const": event.type}}}
        message["traits"] = [{"$ref": f"#/components/messageTraits/{'cloudEventSent' if is_ours else 'cloudEvent'}"}]
    elif event.headers == "origin":
        message["traits"] = [{"$ref": "#/components/messageTraits/forwarded"}]
    return message


def _examples(folder: Path) -> Iterator[Node]:
    for path in sorted(folder.glob("*.json"))[:EXAMPLES_MAX]:
        yield {"name": path.stem, "payload": json.loads(path.read_text("utf-8"))}


# ── headers ──

_CLOUD_EVENT_HEADERS: Final[Mapping[str, Node]] = {
    "ce_specversion": {"type": "string", "const": "1.0", "description": "Version of CloudEvents."},
    "ce_id": {"type": "string", "description": "Id of the event; with `ce_source` it is unique."},
    "ce_source": {"type": "string", "description": "Where the event comes from, as a path."},
    "ce_type": {"type": "string", "description": "Type of the event."},
    "ce_time": {"type": "string", "format": "date-time", "description": "When it happened (RFC 3339)."},
    "ce_partitionkey": {"type": "string", "description": "The record's key once more, where a person is meant."},
    "content-type": {"type": "string", "const": "application/json", "description": "Format of the value."},
}
_ALWAYS_SENT: Final = ("ce_specversion", "ce_id", "ce_source", "ce_type", "ce_time", "content-type")


def _traits() -> Node:
    properties = dict(_CLOUD_EVENT_HEADERS)
    return {
        "cloudEvent": {
            "description": (
                "Headers of CloudEvents 1.0, Kafka binding, binary mode. Producers should set them, so that others can "
                "route without reading the value; the application itself decides by the topic and does not read them."
            ),
            "headers": {"type": "object", "properties": properties},
        },
        "cloudEventSent": {
            "description": "Headers of CloudEvents 1.0, Kafka binding, binary mode, as the application sets them.",
            "headers": {"type": "object", "required": list(_ALWAYS_SENT), "properties": properties},
        },
        "forwarded": {
            "description": "Where a forwarded event came from first.",
            "headers": {
                "type": "object",
                "required": ["x-origin-topic", "x-origin-partition", "x-origin-offset"],
                "properties": {
                    "x-origin-topic": {"type": "string", "description": "Topic, without the installation's prefix."},
                    "x-origin-partition": {"type": "string", "description": "Partition, in decimal."},
                    "x-origin-offset": {"type": "string", "description": "Offset, in decimal."},
                    "x-other-name": {
                        "type": "string",
                        "const": "1",
                        "description": "There if the event was told to another name of its person.",
                    },
                },
            },
        },
    }


# ── the command ──


def is_current(schemas: Path) -> bool:
    """Tell whether the document in a folder of schemas is what would be written now.

    :raises: as `build_document`
    """
    path = schemas / FILE_NAME
    return path.exists() and path.read_text("utf-8") == render(build_document(schemas))


@click.command()
@click.option("--write/--check", "is_write", required=True, help="Make the document anew, or tell if it is stale.")
@click.option(
    "--directory",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Folder of schemas; the packaged one if not given.",
)
def main(*, is_write: bool, directory: Path | None) -> None:
    """Make schemas/asyncapi.yaml, or check that it is up to date (exit code 1 if not)."""
    schemas = directory or topics_directory().parent
    try:
        if is_write:
            (schemas / FILE_NAME).write_text(render(build_document(schemas)), "utf-8")
        elif not is_current(schemas):
            click.echo(f"{schemas / FILE_NAME} is out of date. {REMEDY}", err=True)
            sys.exit(1)
    except (TopicsError, OSError, ValueError) as error:
        raise click.ClickException(str(error)) from error


if __name__ == "__main__":
    main()
