"""A workspace: the tenant whose messages are judged, with its people, keys, senders and plan."""

from collections.abc import Mapping
from typing import Annotated

from msgspec import Meta, Struct

from pipeline.domain.events import Identifier, Instant, Scopes, ShortText


class Member(Struct, frozen=True, kw_only=True):
    """A person, or (without a role) an integration's credential, that may send for a workspace."""

    id: Identifier
    state: ShortText = "active"
    role: ShortText | None = None
    scopes: Scopes | None = None
    removed_at: Instant | None = None


class WorkspaceSender(Struct, frozen=True, kw_only=True):
    """A number, short code or name that a workspace may send from."""

    type: ShortText
    id: Identifier
    country: ShortText | None = None
    portfolio_id: ShortText | None = None


class Plan(Struct, frozen=True, kw_only=True):
    """What a workspace pays for. A limit that is absent is unknown, not unlimited."""

    messages_per_second: Annotated[int, Meta(ge=0)] | None = None
    messages_per_day: Annotated[int, Meta(ge=0)] | None = None
    countries: Annotated[tuple[ShortText, ...], Meta(max_length=512)] = ("*",)


class ListRecord(Struct, frozen=True, kw_only=True):
    """A list of recipients that a workspace imported, as far as it says on what ground."""

    id: Identifier
    lawful_basis: ShortText | None = None


class WorkspaceRecord(Struct, frozen=True, kw_only=True):
    """A workspace as the platform states it (`platform.workspaces`, key = workspace id)."""

    workspace_id: Identifier
    state: ShortText
    name: ShortText | None = None
    country: ShortText | None = None
    plan: Plan = Plan()
    members: Annotated[tuple[Member, ...], Meta(max_length=100_000)] = ()
    integrations: Annotated[tuple[Member, ...], Meta(max_length=100_000)] = ()
    domains: Annotated[tuple[ShortText, ...], Meta(max_length=10_000)] = ()
    brands: Annotated[tuple[ShortText, ...], Meta(max_length=10_000)] = ()
    senders: Annotated[tuple[WorkspaceSender, ...], Meta(max_length=10_000)] = ()
    authorities: Annotated[tuple[ShortText, ...], Meta(max_length=1_000)] = ()
    privacy_notice_url: Annotated[str, Meta(max_length=4096)] | None = None
    lists: Annotated[tuple[ListRecord, ...], Meta(max_length=10_000)] = ()


class Workspace(Struct, frozen=True):
    """A workspace record with its actors found by id in one step, and the position that the record stood at."""

    record: WorkspaceRecord
    members: Mapping[str, Member]
    integrations: Mapping[str, Member]
    list_bases: Mapping[str, str | None]
    """The lawful basis of each list by its id; `None` where none is stated."""
    position: int
    """Offset of the record on `platform.workspaces`; a verdict states it as what was seen."""

    @property
    def id(self) -> str:
        """The workspace's id."""
        return self.record.workspace_id

    def actor(self, actor_type: str, actor_id: str) -> Member | None:
        """Find who acts: members and administrators among the members, integrations and automations among the keys."""
        people = actor_type in ("member", "administrator")
        return (self.members if people else self.integrations).get(actor_id)


def build_workspace(record: WorkspaceRecord, position: int) -> Workspace:
    """Index a workspace record by its actors' ids."""
    return Workspace(
        record=record,
        members={member.id: member for member in record.members},
        integrations={integration.id: integration for integration in record.integrations},
        list_bases={each.id: each.lawful_basis for each in record.lists},
        position=position,
    )
