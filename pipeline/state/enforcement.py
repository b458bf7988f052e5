"""The enforcement state of a workspace, as commands left it (clauses 3.4, 8.3, 11.1).

Delivery: the newest command by (occurred, id) decides, per kind of matter, and a termination is final whenever it
comes, so redelivery and reordering between producers end in the same state.
"""

from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from pipeline.domain.events import Command
from pipeline.domain.instants import to_milliseconds

State = Literal["active", "warned", "throttled", "review", "suspended", "terminated", "unknown"]
"""`unknown` stands where a record can't be read: no command leads to it, and its messages are kept back."""

STATE_BY_COMMAND: dict[str, State] = {
    "warn": "warned",
    "throttle": "throttled",
    "review": "review",
    "suspend": "suspended",
    "terminate": "terminated",
    "reinstate": "active",
}
INCIDENT_COMMANDS = ("incident_open", "incident_close")


def is_about_a_workspace(command: Command) -> bool:
    """Tell whether a command is one about a whole workspace that this version carries out.

    A command about a part of it (a credential, a sender, a campaign, a template, a text) is none: acting on the whole
    would suspend too much, and a reinstatement of a part would lift what stands against the whole.
    """
    subject = command.subject
    parts = (subject.recipient, subject.credential_id, subject.sender_id, subject.campaign_id, subject.template)
    is_known = command.kind in STATE_BY_COMMAND or command.kind in INCIDENT_COMMANDS
    return is_known and subject.text is None and all(part is None for part in parts)


class Enforcement(Struct, frozen=True, kw_only=True):
    """What is in force against a workspace; instants in milliseconds since 1970 (UTC).

    `revision` counts the commands that changed it, so a verdict can state which state it saw.
    """

    workspace_id: str
    revision: int = 0
    state: State = "active"
    state_command_id: str = ""
    state_since_milliseconds: int = 0
    reason: str = ""
    has_open_incident: bool = False
    incident_command_id: str = ""
    incident_since_milliseconds: int = 0


def apply(enforcement: Enforcement, command: Command) -> Enforcement:
    """Take in a command; one that is older than what it would replace changes nothing."""
    at = to_milliseconds(command.occurred_at)
    age = (at, command.command_id)
    if command.kind in INCIDENT_COMMANDS:
        is_first = not enforcement.incident_command_id
        if not is_first and age <= (enforcement.incident_since_milliseconds, enforcement.incident_command_id):
            return enforcement
        return replace(
            enforcement,
            revision=enforcement.revision + 1,
            has_open_incident=command.kind == "incident_open",
            incident_command_id=command.command_id,
            incident_since_milliseconds=at,
        )
    is_first = not enforcement.state_command_id  # whatever its date: there is nothing that it could be older than
    is_newer = is_first or age > (enforcement.state_since_milliseconds, enforcement.state_command_id)
    if enforcement.state == "terminated" or not (is_newer or command.kind == "terminate"):
        return enforcement
    return replace(
        enforcement,
        revision=enforcement.revision + 1,
        state=STATE_BY_COMMAND[command.kind],
        state_command_id=command.command_id,
        state_since_milliseconds=at,
        reason=command.reason or "",
    )
