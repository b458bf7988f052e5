"""A workspace: the tenant whose messages are judged, with its people, keys, senders and plan."""

from collections.abc import Mapping
from typing import Annotated, Any

from msgspec import Meta, Struct

from pipeline.domain.events import Identifier, Instant, Scopes, ShortText
from pipeline.domain.registrations import Registrations, read_registrations
from pipeline.domain.sanctions import PartyList, PartyMatch


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
    registration: Mapping[str, Any] | None = None
    """Registrations of the sender with carriers, as `pipeline.domain.registrations` reads them."""


class Portfolio(Struct, frozen=True, kw_only=True):
    """A workspace's business portfolio at Meta. An absent limit is unknown."""

    id: ShortText
    messaging_limit: Annotated[int, Meta(ge=0)] | None = None
    """Unique recipients outside service windows in a moving 24 hours, shared by all numbers of the portfolio."""


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
    portfolio: Portfolio | None = None
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
    registrations: Mapping[str, Registrations]
    """What carriers and registries say of each of its senders, by the sender's id."""
    party_matches: tuple[PartyMatch, ...] = ()
    """Entries of the list of sanctioned parties that have one of its names."""
    portfolio_by_sender: Mapping[str, str] = {}
    """The portfolio of each sender that states one; any other sender is the workspace's own portfolio's."""
    own_domains: frozenset[str] = frozenset()
    """Its domains in small letters, without `www.`."""
    own_names: frozenset[str] = frozenset()
    """Its name and brands, as stated."""

    @property
    def id(self) -> str:
        """The workspace's id."""
        return self.record.workspace_id

    @property
    def portfolios(self) -> frozenset[str]:
        """The portfolios that its senders belong to."""
        portfolio = self.record.portfolio
        return frozenset((*self.portfolio_by_sender.values(), *((portfolio.id,) if portfolio else ())))

    def actor(self, actor_type: str, actor_id: str) -> Member | None:
        """Find who acts: members and administrators among the members, integrations and automations among the keys."""
        people = actor_type in ("member", "administrator")
        return (self.members if people else self.integrations).get(actor_id)

    def portfolio_of(self, sender_id: str) -> str:
        """Name the portfolio of one of its senders; empty when none is on record."""
        portfolio = self.record.portfolio
        return self.portfolio_by_sender.get(sender_id) or (portfolio.id if portfolio else "")


def build_workspace(record: WorkspaceRecord, position: int, parties: PartyList | None = None) -> Workspace:
    """Index a workspace record by its actors' ids, and screen its names against the list of sanctioned parties."""
    return Workspace(
        record=record,
        members={member.id: member for member in record.members},
        integrations={integration.id: integration for integration in record.integrations},
        list_bases={each.id: each.lawful_basis for each in record.lists},
        position=position,
        registrations={sender.id: read_registrations(sender.registration) for sender in record.senders},
        party_matches=parties.screen((record.name or "", *record.brands)) if parties is not None else (),
        portfolio_by_sender={sender.id: sender.portfolio_id for sender in record.senders if sender.portfolio_id},
        own_domains=frozenset(domain.lower().strip(".").removeprefix("www.") for domain in record.domains),
        own_names=frozenset(name for name in (record.name, *record.brands) if name),
    )
