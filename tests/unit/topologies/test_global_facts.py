"""What is known of everything that is not one person: newest record by key, and what an unreadable one leaves."""

import json

import pytest

from pipeline.domain.verdicts import Degraded
from pipeline.domain.workspaces import WorkspaceRecord
from pipeline.engine.topology import Event
from pipeline.reading.content import read_content
from pipeline.rules.suspension import RULE as SUSPENSION
from pipeline.state.enforcement import Enforcement
from pipeline.state.reach import Reach
from pipeline.state.usage import Usage
from pipeline.testing.builders import (
    DAY,
    HOUR,
    NOW,
    SENDER,
    build_asset_event,
    build_facts,
    build_message,
    build_policy,
    build_record,
    instant,
    policy_document,
)
from pipeline.testing.memory_log import MemoryRecord
from pipeline.testing.readers import build_reader
from pipeline.topologies.asset_board import AssetId
from pipeline.topologies.global_facts import GlobalFacts, check_global_record
from pipeline.topologies.names import ASSETS, ENFORCEMENT, POLICIES, SIGNALS, WORKSPACES
from pipeline.topologies.policy_timeline import read_policy
from pipeline.topologies.reach_board import ReachReport
from pipeline.topologies.usage_board import UsageReport
from pipeline.wire import Undecodable, encode


class Reader:
    """Global facts with the log they are read from."""

    def __init__(self) -> None:
        """Begin with nothing read but the packaged policy."""
        self.known = GlobalFacts(
            build_policy(version="packaged", effective_at="2020-01-01T00:00:00Z"), reader=build_reader()
        )
        self.offset = 0

    def read(self, topic: str, key: str | bytes, value: bytes | None) -> str | None:
        """Read one record; gives the complaint, if any."""
        raw = key.encode() if isinstance(key, str) else key
        event = Event(topic, MemoryRecord(0, self.offset, raw, value))
        self.offset += 1
        try:
            self.known.absorb(event)
        except Undecodable as problem:
            return str(problem)
        return None

    def read_record(self, record: WorkspaceRecord) -> str | None:
        """Read a workspace's record under its own key."""
        return self.read(WORKSPACES, record.workspace_id, encode(record))

    def read_policy(self, version: str, effective_at: str = instant(-HOUR)) -> str | None:
        """Read a policy under its version."""
        return self.read(POLICIES, version, publication(policy_document(version=version, effective_at=effective_at)))

    def policy_version(self, shift_milliseconds: int = 0) -> str:
        """Name the policy in force at a time."""
        return self.known.policy_at(NOW + shift_milliseconds).policy.stamp.version


def publication(document: str) -> bytes:
    """Write the record that publishes a policy."""
    return json.dumps({"version": "v", "document": document}).encode()


# Workspaces.


def test_knows_a_workspace_by_its_newest_record() -> None:
    """A later record replaces an earlier one, and its position is what a verdict states."""
    reader = Reader()
    reader.read_record(build_record(name="before"))
    reader.read_record(build_record(name="after"))
    workspace = reader.known.workspaces["ws-1"]
    assert (workspace.record.name, workspace.position) == ("after", 1)


def test_knows_no_workspace_whose_record_was_removed() -> None:
    """A tombstone removes the workspace."""
    reader = Reader()
    reader.read_record(build_record())
    reader.read(WORKSPACES, "ws-1", None)
    assert reader.known.workspaces == {}


@pytest.mark.parametrize("value", [b"{", b"{}", encode(build_record(workspace_id="ws-2"))])
def test_knows_no_workspace_whose_record_can_not_be_read(value: bytes) -> None:
    """A newer record that is broken leaves the fact missing; the one before it is out of date."""
    reader = Reader()
    reader.read_record(build_record())
    complaint = reader.read(WORKSPACES, "ws-1", value)
    assert (complaint is not None, reader.known.workspaces) == (True, {})


def test_refuses_a_record_under_another_key() -> None:
    """A workspace can't overwrite another's record."""
    reader = Reader()
    assert reader.read(WORKSPACES, "ws-2", encode(build_record())) == "$.workspace_id: differs from the record's key"


def test_reads_a_key_that_is_no_text() -> None:
    """A key of broken UTF-8 names no workspace, and stops nothing."""
    assert Reader().read(WORKSPACES, b"\xff", encode(build_record())) is not None


def test_lists_every_workspace_that_owns_a_sender() -> None:
    """Several workspaces may share a number, and a reply to it concerns them all."""
    reader = Reader()
    reader.read_record(build_record(workspace_id="ws-2"))
    reader.read_record(build_record())
    assert reader.known.workspaces_with_sender(SENDER) == ["ws-1", "ws-2"]


@pytest.mark.parametrize("value", [None, b"{", encode(build_record(senders=[]))])
def test_forgets_the_senders_of_a_record_that_was_replaced(value: bytes | None) -> None:
    """A number that a workspace gave up, or whose record is gone, is not its number any more."""
    reader = Reader()
    reader.read_record(build_record())
    reader.read(WORKSPACES, "ws-1", value)
    assert reader.known.workspaces_with_sender(SENDER) == []


# Enforcement.


def test_knows_the_newest_enforcement_state() -> None:
    """A later record replaces an earlier one."""
    reader = Reader()
    reader.read(ENFORCEMENT, "ws-1", encode(Enforcement(workspace_id="ws-1", state="suspended")))
    reader.read(ENFORCEMENT, "ws-1", encode(Enforcement(workspace_id="ws-1", state="active")))
    assert reader.known.enforcement["ws-1"].state == "active"


def test_forgets_an_enforcement_state_that_was_removed() -> None:
    """A tombstone removes the state."""
    reader = Reader()
    reader.read(ENFORCEMENT, "ws-1", encode(Enforcement(workspace_id="ws-1", state="suspended")))
    reader.read(ENFORCEMENT, "ws-1", None)
    assert reader.known.enforcement == {}


@pytest.mark.parametrize("value", [b"{", b"{}", b'{"workspace_id": "ws-1", "state": "quarantined"}'])
def test_holds_under_an_enforcement_state_that_can_not_be_read(value: bytes) -> None:
    """A state that a newer version wrote might be a suspension, so it must not read as none."""
    reader = Reader()
    complaint = reader.read(ENFORCEMENT, "ws-1", value)
    message = build_message()
    facts = build_facts(message, enforcement=reader.known.enforcement.get("ws-1"))
    found = SUSPENSION.check(message, read_content(message.content), facts, build_policy())
    assert (complaint is not None, found.code if found else None) == (True, "workspace_state_unknown")


# Policies.


def test_decides_by_the_packaged_policy_as_long_as_none_is_published() -> None:
    """The packaged policy has no position."""
    in_force = Reader().known.policy_at(NOW)
    assert (in_force.policy.stamp.version, in_force.position) == ("packaged", -1)


@pytest.mark.parametrize(("shift_milliseconds", "version"), [(-1, "now"), (0, "later"), (1, "later")])
def test_puts_a_policy_in_force_at_its_time(shift_milliseconds: int, version: str) -> None:
    """A policy that was published ahead of its time decides from that millisecond on (12.1)."""
    reader = Reader()
    reader.read_policy("now")
    reader.read_policy("later", effective_at=instant(DAY))
    assert reader.policy_version(DAY + shift_milliseconds) == version


@pytest.mark.parametrize("order", [("old", "new"), ("new", "old")])
def test_prefers_the_policy_that_took_effect_last(order: tuple[str, str]) -> None:
    """Of those in force the newest decides, whatever the order of publication."""
    effective_at = {"old": instant(-2 * HOUR), "new": instant(-HOUR)}
    reader = Reader()
    for version in order:
        reader.read_policy(version, effective_at[version])
    assert reader.policy_version() == "new"


def test_prefers_the_policy_published_last_when_two_take_effect_together() -> None:
    """A correction with the same time replaces what it corrects."""
    reader = Reader()
    reader.read_policy("first")
    reader.read_policy("second")
    assert reader.policy_version() == "second"


def test_returns_to_the_policy_before_when_one_is_removed() -> None:
    """A tombstone takes a policy out of force."""
    reader = Reader()
    reader.read_policy("v-1")
    reader.read(POLICIES, "v-1", None)
    assert reader.policy_version() == "packaged"


UNUSABLE = [
    b"{",
    publication("version = "),
    publication(policy_document("nonsense = 1")),
    publication(policy_document('[rules]\nopt_out = { mode = "off" }')),
    publication(policy_document("[consent]\nneeded_for = {}")),
    publication("a = " + "[" * 100_000),
]


@pytest.mark.parametrize("value", UNUSABLE, ids=range(len(UNUSABLE)))
def test_refuses_a_policy_that_can_not_be_used(value: bytes) -> None:
    """Broken text, an unknown setting, a weakened clause, bottomless nesting: each is a complaint, not a crash."""
    with pytest.raises(Undecodable):
        read_policy(value)


def test_says_in_every_verdict_that_a_policy_can_not_be_used() -> None:
    """Officers think that their policy is in force; it is not, and the verdicts say so."""
    reader = Reader()
    reader.read(POLICIES, "v-1", b"{")
    assert reader.known.degraded == (Degraded("policy", "policy v-1 was published and can't be used"),)


@pytest.mark.parametrize("value", [None, publication(policy_document(version="v-1"))])
def test_is_no_longer_degraded_once_the_policy_was_mended(value: bytes | None) -> None:
    """A corrected or removed policy ends it, as it would after a restart."""
    reader = Reader()
    reader.read(POLICIES, "v-1", b"{")
    reader.read(POLICIES, "v-1", value)
    assert reader.known.degraded == ()


def test_stays_degraded_while_another_policy_can_not_be_used() -> None:
    """Each broken policy counts for itself."""
    reader = Reader()
    reader.read(POLICIES, "v-1", b"{")
    reader.read(POLICIES, "v-2", b"{")
    reader.read(POLICIES, "v-1", None)
    assert [entry.reason[:10] for entry in reader.known.degraded] == ["policy v-2"]


def test_takes_a_policy_out_of_force_when_its_newest_record_can_not_be_read() -> None:
    """A worker that starts later sees the newest record alone, so the one before it must not go on deciding."""
    reader = Reader()
    reader.read_policy("v-1")
    reader.read(POLICIES, "v-1", b"{")
    assert reader.policy_version() == "packaged"


# Use of plans.


def test_takes_in_what_other_partitions_have_used() -> None:
    """A report counts in the readings."""
    usage = Usage(((NOW // 1_000, 3),), NOW // DAY, 3)
    report = UsageReport(subject="workspace", workspace_id="ws-1", source="recipients-1", usage=usage)
    reader = Reader()
    reader.read(SIGNALS, "usage/ws-1/recipients-1", encode(report))
    assert reader.known.usage.rates("ws-1", (9, 9), NOW)[0].used == 3


def test_counts_the_people_that_a_worker_reports() -> None:
    """Reports on portfolios have keys of their own on the same topic."""
    report = ReachReport(subject="portfolio", portfolio_id="pf-1", source="recipients-1", reach=Reach(1, ((9, 3),)))
    reader = Reader()
    reader.read(SIGNALS, "reach/pf-1/recipients-1", encode(report))
    assert reader.known.reach.reading("pf-1", 9, NOW, is_in_set=False).used == 3


def test_finds_fault_with_a_report_on_a_portfolio_that_can_not_be_read() -> None:
    """What it counts can't be guessed from a report on a plan."""
    with pytest.raises(Undecodable):
        check_global_record(Event(SIGNALS, MemoryRecord(0, 0, b"reach/pf-1/recipients-1", b'{"subject": "workspace"}')))


# Assets.


def test_knows_an_asset_by_what_is_said_of_it() -> None:
    """The board takes in what the topic says."""
    reader = Reader()
    reader.read(ASSETS, "any", encode(build_asset_event()))
    assert reader.known.assets.languages_of("pf-1", "order_update")["en"].status == "APPROVED"


@pytest.mark.parametrize(
    ("asset", "found"),
    [
        (AssetId("whatsapp_number", "447700900222"), ["ws-1", "ws-2"]),
        (AssetId("phone_number", "447700900111"), ["ws-1"]),
        (AssetId("portfolio", "pf-1"), ["ws-1"]),
        (AssetId("account", "waba-1", "pf-2"), ["ws-2"]),
        (AssetId("template", "order_update", "pf-2", "en"), ["ws-2"]),
        (AssetId("template", "order_update", "pf-9", "en"), []),
    ],
)
def test_lists_the_workspaces_that_an_asset_matters_to(asset: AssetId, found: list[str]) -> None:
    """By sender, and by the portfolio of a sender or of the workspace."""
    number = {"type": "whatsapp_number", "id": "+447700900222"}
    reader = Reader()
    reader.read_record(build_record(senders=[number, {"type": "phone_number", "id": SENDER}], portfolio={"id": "pf-1"}))
    reader.read_record(build_record(workspace_id="ws-2", senders=[number | {"portfolio_id": "pf-2"}]))
    assert reader.known.workspaces_with_asset(asset) == found


def test_lists_no_workspace_that_has_left_the_portfolio() -> None:
    """Its newest record counts."""
    reader = Reader()
    reader.read_record(build_record(portfolio={"id": "pf-1"}))
    reader.read_record(build_record(portfolio={"id": "pf-2"}))
    assert reader.known.workspaces_with_asset(AssetId("portfolio", "pf-1")) == []


# What is reported.


@pytest.mark.parametrize(
    ("topic", "value"),
    [
        (WORKSPACES, b"{"),
        (WORKSPACES, encode(build_record())),
        (ENFORCEMENT, b"{"),
        (POLICIES, b"{"),
        (ASSETS, b"{"),
        (SIGNALS, b"{"),
    ],
)
def test_finds_fault_with_a_record_that_can_not_be_read(topic: str, value: bytes) -> None:
    """Each topic's records are checked, a workspace's also against its key."""
    with pytest.raises(Undecodable):
        check_global_record(Event(topic, MemoryRecord(0, 0, b"another-key", value)))


@pytest.mark.parametrize("topic", [WORKSPACES, ENFORCEMENT, POLICIES, ASSETS, SIGNALS])
def test_finds_no_fault_with_a_tombstone(topic: str) -> None:
    """To remove a record is no mistake."""
    check_global_record(Event(topic, MemoryRecord(0, 0, b"k", None)))
