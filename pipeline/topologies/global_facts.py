"""The facts that every worker reads whole before it decides: workspaces, enforcement, policies, use of plans.

Delivery: each topic is compacted, the newest record of a key stands; what is merged here is replaced or merged by
maximum, so reading a topic again from its begin ends in the same facts. An unreadable record leaves the fact missing.
"""

import functools
from typing import Final

from pipeline.domain.policies import Policy
from pipeline.domain.sanctions import DAY_MILLISECONDS, PartyList
from pipeline.domain.suppression_lists import NO_LISTS, SuppressionLists
from pipeline.domain.verdicts import Degraded
from pipeline.domain.workspaces import Workspace, build_workspace
from pipeline.patterns.signals import KEY_PREFIX as PATTERN_KEYS
from pipeline.reading.reader import Reader
from pipeline.state.assets import PORTFOLIO, SENDERS
from pipeline.state.enforcement import Enforcement
from pipeline.topologies.asset_board import AssetBoard, AssetId, read_asset_event
from pipeline.topologies.names import ASSETS, ENFORCEMENT, POLICIES, SIGNALS, WORKSPACES
from pipeline.topologies.pattern_board import PatternBoard, check_pattern_record
from pipeline.topologies.policy_timeline import PolicyInForce, PolicyTimeline, read_policy
from pipeline.topologies.reach_board import ReachBoard, ReachReport
from pipeline.topologies.steps import Event, Record
from pipeline.topologies.usage_board import BRAND, UsageBoard, UsageReport
from pipeline.wire import Undecodable, decode_workspace, decoder

decode_enforcement = decoder(Enforcement)
decode_usage_report = decoder(UsageReport)
decode_reach_report = decoder(ReachReport)

REACH_KEYS: Final = "reach/"
"""How the keys of reports on portfolios begin on `compliance.signals`; those of patterns begin with `pattern/`, and the
others are about workspaces."""


def check_global_record(event: Event) -> None:
    """Refuse a record of a global topic that can't be read.

    :raises Undecodable: its producer can mend it
    """
    if event.record.value is None:
        return
    if event.topic == WORKSPACES:
        if decode_workspace(event.record.value).workspace_id.encode() != event.record.key:
            raise Undecodable("$.workspace_id", "differs from the record's key")
    elif event.topic == ENFORCEMENT:
        decode_enforcement(event.record.value)
    elif event.topic == POLICIES:
        read_policy(event.record.value)
    elif event.topic == ASSETS:
        read_asset_event(event.record.value)
    elif event.topic == SIGNALS:
        key = _key_of(event.record)
        if key.startswith(PATTERN_KEYS):
            check_pattern_record(key, event.record.value)
        elif key.startswith(REACH_KEYS):
            decode_reach_report(event.record.value)
        else:
            decode_usage_report(event.record.value)


def _key_of(record: Record) -> str:
    return (record.key or b"").decode("utf-8", "replace")


@functools.lru_cache(maxsize=64)
def _unscreened(party_list_days: int | None) -> Degraded:
    """Word that the screening of parties rests on an old list, or on none."""
    if party_list_days is None:
        return Degraded("party_screening", "no list of sanctioned parties is loaded")
    age_seconds = party_list_days * DAY_MILLISECONDS // 1_000
    return Degraded("party_screening", "the list of sanctioned parties is stale", age_seconds)


class GlobalFacts:
    """What is known of everything that is not one person."""

    def __init__(
        self,
        packaged_policy: Policy,
        suppression: SuppressionLists = NO_LISTS,
        parties: PartyList | None = None,
        *,
        reader: Reader,
        pattern_key: bytes = b"",
    ) -> None:
        """Begin with the packaged policy, which decides as long as none is published, and the configured lists.

        :param parties: the list of sanctioned parties, against which each workspace's record is screened
        :param reader: reads contents; replaced when lexicons change
        :param pattern_key: of the hashes that patterns are counted by; the same for all workers of an installation
        """
        self.suppression = suppression
        self._parties = parties
        self.reader = reader
        self.workspaces: dict[str, Workspace] = {}
        self.enforcement: dict[str, Enforcement] = {}
        self.usage = UsageBoard()
        self.segments = UsageBoard()
        """Segments of 10DLC brands, by the carriers' days."""
        self.assets = AssetBoard()
        self.reach = ReachBoard()
        self.patterns = PatternBoard()
        self.pattern_key = pattern_key
        self.degraded: tuple[Degraded, ...] = ()
        self._workspaces_by_sender: dict[str, set[str]] = {}
        self._workspaces_by_portfolio: dict[str, set[str]] = {}
        self._policies = PolicyTimeline(packaged_policy)

    def absorb(self, event: Event) -> None:
        """Take in one record of a global topic.

        :raises Undecodable: the record can't be read; the fact it should have given is missing from now on
        """
        take = {
            WORKSPACES: self._absorb_workspace,
            ENFORCEMENT: self._absorb_enforcement,
            POLICIES: self._absorb_policy,
            ASSETS: self._absorb_asset,
            SIGNALS: self._absorb_signal,
        }[event.topic]
        take(_key_of(event.record), event.record)

    def party_list_days(self, now_milliseconds: int) -> int | None:
        """Say how old the list of sanctioned parties is, in whole days; `None` when none but the sample is loaded."""
        if self._parties is None or self._parties.is_sample:
            return None
        return self._parties.age_days(now_milliseconds)

    def degraded_at(self, party_list_days: int | None, stale_days: int) -> tuple[Degraded, ...]:
        """List the checks that can't run, or that run on a list above an age."""
        if party_list_days is not None and party_list_days <= stale_days:
            return self.degraded
        return (*self.degraded, _unscreened(party_list_days))

    def policy_at(self, now_milliseconds: int) -> PolicyInForce:
        """Give the policy in force: of those published and effective by now the newest, else the packaged one."""
        return self._policies.at(now_milliseconds)

    def workspaces_with_sender(self, sender_id: str) -> list[str]:
        """List the workspaces that own a sender, sorted; several may share one."""
        return sorted(self._workspaces_by_sender.get(sender_id, ()))

    def workspaces_with_asset(self, asset: AssetId) -> list[str]:
        """List the workspaces whose messages an asset matters to, sorted."""
        if asset.type in SENDERS:
            found = {
                workspace_id
                for sender in (asset.name, "+" + asset.name)
                for workspace_id in self._workspaces_by_sender.get(sender, ())
            }
            return sorted(found)
        portfolio_id = asset.name if asset.type == PORTFOLIO else asset.portfolio_id
        return sorted(self._workspaces_by_portfolio.get(portfolio_id, ()))

    def _absorb_workspace(self, key: str, record: Record) -> None:
        previous = self.workspaces.pop(key, None)
        if previous is not None:
            for sender in previous.record.senders:
                self._workspaces_by_sender.get(sender.id, set()).discard(key)
            for portfolio_id in previous.portfolios:
                self._workspaces_by_portfolio.get(portfolio_id, set()).discard(key)
        if record.value is None:
            return
        workspace = build_workspace(decode_workspace(record.value), record.offset, self._parties)
        if workspace.id != key:
            raise Undecodable("$.workspace_id", "differs from the record's key")
        self.workspaces[key] = workspace
        for sender in workspace.record.senders:
            self._workspaces_by_sender.setdefault(sender.id, set()).add(key)
        for portfolio_id in workspace.portfolios:
            self._workspaces_by_portfolio.setdefault(portfolio_id, set()).add(key)

    def _absorb_enforcement(self, key: str, record: Record) -> None:
        self.enforcement.pop(key, None)
        if record.value is None:
            return
        try:
            self.enforcement[key] = decode_enforcement(record.value)
        except Undecodable:
            # It may have been a suspension: to know nothing of it would let everything pass.
            self.enforcement[key] = Enforcement(workspace_id=key, state="unknown")
            raise

    def _absorb_policy(self, key: str, record: Record) -> None:
        try:
            self._policies.absorb(key, record.value, record.offset)
        finally:
            self.degraded = self._policies.degraded

    def _absorb_asset(self, key: str, record: Record) -> None:
        self.assets.absorb(key, record.value)

    def _absorb_signal(self, key: str, record: Record) -> None:
        if key.startswith(PATTERN_KEYS):
            self.patterns.absorb(key, record.value)
            return
        if record.value is None:
            return
        if key.startswith(REACH_KEYS):
            told = decode_reach_report(record.value)
            self.reach.take(told.portfolio_id, told.source, told.reach)
        else:
            report = decode_usage_report(record.value)
            board = self.segments if report.subject == BRAND else self.usage
            board.take(report.workspace_id, report.source, report.usage)
