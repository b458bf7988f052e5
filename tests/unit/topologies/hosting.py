"""Both topologies on a log in memory, on a clock that a test moves: events in, decoded answers out."""

import json
from collections.abc import Sequence
from typing import Any

import msgspec

from pipeline.domain.events import AssetEvent, Command, ConsentEvent, InboundMessage, OutboundMessage, ProviderEvent
from pipeline.domain.policies import Policy
from pipeline.domain.recipients import origin_keys, recipient_key
from pipeline.domain.workspaces import WorkspaceRecord
from pipeline.engine.overlay import RECORDS
from pipeline.engine.partition import Limits, Partition
from pipeline.engine.partitioner import partition_of
from pipeline.engine.stores import Store
from pipeline.engine.topology import Headers
from pipeline.state.choices import NO_CHOICES, Choices
from pipeline.state.keys import choices_key
from pipeline.testing.builders import NOW, build_policy, build_record
from pipeline.testing.memory_host import MemoryHost
from pipeline.testing.memory_log import MemoryLog, MemoryRecord
from pipeline.testing.readers import build_reader
from pipeline.topologies import names
from pipeline.topologies.global_facts import GlobalFacts
from pipeline.topologies.recipients import Recipients
from pipeline.topologies.workspaces import Workspaces
from pipeline.wire import encode

Happening = OutboundMessage | ConsentEvent | InboundMessage | ProviderEvent | Command | WorkspaceRecord | AssetEvent
_TOPICS: dict[type, str] = {
    OutboundMessage: names.OUTBOUND,
    ConsentEvent: names.CONSENT,
    InboundMessage: names.INBOUND,
    ProviderEvent: names.PROVIDER_EVENTS,
    Command: names.COMMANDS,
    WorkspaceRecord: names.WORKSPACES,
    AssetEvent: names.ASSETS,
}


def key_of(event: Happening) -> str:
    """Give the key that a well-behaved producer sets."""
    match event:
        case WorkspaceRecord():
            return event.workspace_id
        case AssetEvent():
            asset = event.asset
            return "/".join((asset.type, asset.portfolio_id or "", asset.name or asset.id or "", asset.language or ""))
        case InboundMessage():
            return origin_keys(event.origin)[0]
        case Command():
            person = event.subject.recipient
            return recipient_key(person) if person is not None else event.subject.workspace_id or ""
        case _:
            return recipient_key(event.to)


class Platform:
    """What the pipeline is to those around it: topics to write to, and answers to read."""

    def __init__(
        self,
        partitions: int = 3,
        policy: Policy | None = None,
        records: Sequence[WorkspaceRecord] = (build_record(),),
        limits: Limits | None = None,
    ) -> None:
        """Start with the given workspaces known, and nothing else."""
        self.now_milliseconds = NOW
        self.log = MemoryLog(partitions)
        self.policy = policy or build_policy()
        self.limits = limits
        for record in records:
            self.put(record)
        self.workspaces = self.start_workspaces()
        self.recipients = self.start_recipients()

    def _clock(self) -> int:
        return self.now_milliseconds

    def start_workspaces(self) -> MemoryHost:
        """Start a worker for workspaces, its states restored from the changelog."""
        return MemoryHost(self.log, Workspaces(), self._clock, self.limits)

    def start_recipients(self) -> MemoryHost:
        """Start a worker for people: global topics are read whole, states restored from the changelog."""
        return MemoryHost(
            self.log, Recipients(GlobalFacts(self.policy, reader=build_reader())), self._clock, self.limits
        )

    # Writing.

    def put(self, event: Happening, topic: str | None = None, partition: int | None = None) -> MemoryRecord:
        """Write an event, as its producer should unless told otherwise."""
        return self.put_raw(topic or _TOPICS[type(event)], encode(event), key_of(event), partition=partition)

    def put_raw(
        self, topic: str, value: bytes | None, key: str | None, headers: Headers = (), partition: int | None = None
    ) -> MemoryRecord:
        """Write bytes."""
        return self.log.append(topic, key.encode() if key is not None else None, value, headers, partition)

    def put_policy(self, text: str, version: str = "v") -> MemoryRecord:
        """Publish a policy."""
        value = json.dumps({"version": version, "document": text}).encode()
        return self.put_raw(names.POLICIES, value, version)

    async def run(self) -> None:
        """Work until nothing is left to do."""
        while await self.workspaces.run() or await self.recipients.run():
            pass

    async def give(self, *events: Happening) -> None:
        """Write events and work until nothing is left to do."""
        for event in events:
            self.put(event)
        await self.run()

    async def wait(self, milliseconds: int) -> None:
        """Let time pass, attending to everything when its time comes."""
        end = self.now_milliseconds + milliseconds
        await self.run()
        while (due := self.recipients.next_due_milliseconds()) is not None and due <= end:
            self.now_milliseconds = max(self.now_milliseconds, due)
            await self.run()
        self.now_milliseconds = end
        await self.run()

    # Reading.

    def answers(self, topic: str) -> list[dict[str, Any]]:
        """List the values of a topic, partition by partition, in order."""
        return [json.loads(record.value or b"null") for record in self.log.all_records(topic)]

    def verdicts(self, message_id: str | None = None) -> list[dict[str, Any]]:
        """List the verdicts, or those of one message."""
        issued = [value for value in self.answers(names.VERDICTS) if "outcome" in value]
        return [value for value in issued if message_id in {None, value["message_id"]}]

    def outcomes(self, message_id: str = "m-1") -> list[str]:
        """List the outcomes of one message's verdicts, in order."""
        return [verdict["outcome"] for verdict in self.verdicts(message_id)]

    def codes(self, message_id: str = "m-1") -> list[str]:
        """List the codes of the findings of one message's last verdict."""
        return [finding["code"] for finding in self.verdicts(message_id)[-1]["findings"]]

    def revocations(self) -> list[dict[str, Any]]:
        """List the revocations."""
        return [value for value in self.answers(names.VERDICTS) if "revocation_id" in value]

    def revoked(self) -> list[str]:
        """List the ids of the messages whose verdicts were revoked, sorted, as often as they were."""
        return sorted(revocation["message_id"] for revocation in self.revocations())

    def dead_letters(self) -> list[dict[str, Any]]:
        """List the dead letters."""
        return self.answers(names.DEAD_LETTERS)

    def forwarded(self) -> list[MemoryRecord]:
        """List the records that were sent on."""
        return self.log.all_records(names.FORWARDED)

    # State.

    def partition_of(self, key: str) -> int:
        """Say which partition a key belongs to."""
        return partition_of(key.encode(), self.log.partitions)

    def wrong_partition(self, key: str) -> int:
        """Name a partition that a key does not belong to."""
        return (self.partition_of(key) + 1) % self.log.partitions

    def owner_of(self, key: str) -> Partition:
        """Give the partition that owns a recipient."""
        return self.recipients.partitions[self.partition_of(key)]

    def stored(self, key: bytes, owner: str) -> bytes | None:
        """Read a record of the state of the partition that owns a recipient."""
        return stored(self.owner_of(owner).store, key)

    def choices(self, recipient: str, workspace_id: str = "ws-1") -> Choices:
        """Give what is kept of a recipient's choices."""
        value = self.stored(choices_key(recipient, workspace_id), recipient)
        return msgspec.msgpack.decode(value, type=Choices) if value is not None else NO_CHOICES


def stored(store: Store, key: bytes) -> bytes | None:
    """Read a record of a topology from a store, without the time at which it wants attention."""
    value = store.get(RECORDS + key)
    return value[8:] if value is not None else None
