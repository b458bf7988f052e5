"""Enforcement of a workspace: commands in, the state that every worker reads out. Key = workspace.

Delivery: state, enforcement records and positions are committed together; a command that comes again changes nothing.
"""

from collections.abc import Sequence
from typing import Final

import msgspec
from msgspec.structs import replace

from pipeline.domain.instants import to_datetime
from pipeline.state.enforcement import Enforcement, apply, is_about_a_workspace
from pipeline.state.keys import enforcement_key
from pipeline.topologies.names import COMMANDS, ENFORCEMENT, FORWARDED
from pipeline.topologies.outputs import forwarded, origin_of
from pipeline.topologies.steps import Event, Output, Step
from pipeline.wire import Undecodable, decode_command, encode

_decode = msgspec.msgpack.Decoder(Enforcement).decode
_pack = msgspec.msgpack.Encoder().encode


class Workspaces:
    """The topology, as the engine hosts it."""

    name: Final = "workspaces"
    state_topics: Final = (COMMANDS, FORWARDED)
    message_topics: Final[tuple[str, ...]] = ()
    global_topics: Final[tuple[str, ...]] = ()

    def absorb(self, event: Event) -> None:
        """Take nothing in: there are no global topics here."""

    def notices(self, _event: Event) -> bool:
        """Answer no changes."""
        return False

    def opened(self, partition: int) -> None:
        """Need nothing: all state is in the store."""

    def turn(self, step: Step) -> "Turn":
        """Begin a transaction."""
        return Turn(step)


class Turn:
    """What is done in one transaction of one partition."""

    def __init__(self, step: Step) -> None:
        """Begin with nothing done."""
        self._step = step
        self.outputs: list[Output] = []

    def change(self, event: Event) -> None:
        """Need nothing: there are no global topics here."""

    def due(self, key: bytes) -> None:
        """Need nothing: no record here has a time."""

    def event(self, event: Event) -> None:
        """Take in one command about a workspace. Others, and those that can't be decoded, the recipients record."""
        if origin_of(event)[0] != COMMANDS:
            return
        try:
            command = decode_command(event.record.value)
        except Undecodable:
            return
        workspace_id = command.subject.workspace_id
        if workspace_id is None or not is_about_a_workspace(command):
            return
        key = workspace_id.encode()
        if self._step.partition_of(key) != self._step.partition:
            self.outputs.append(forwarded(event, key))
            return
        stored = self._step.state.get(enforcement_key(workspace_id))
        known = _decode(stored) if stored is not None else Enforcement(workspace_id=workspace_id)
        # A date in the future would outrank what is ordered until then: it counts as of now.
        now = to_datetime(self._step.now_milliseconds)
        changed = apply(known, command if command.occurred_at <= now else replace(command, occurred_at=now))
        if changed is not known:
            self._step.state.put(enforcement_key(workspace_id), _pack(changed))
            self.outputs.append(Output(ENFORCEMENT, key, encode(changed)))

    def finish(self) -> Sequence[Output]:
        """Close the transaction."""
        return self.outputs
