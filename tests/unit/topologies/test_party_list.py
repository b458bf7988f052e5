"""The list of sanctioned parties among the global facts: screening by record, age in every verdict."""

import pytest

from pipeline.domain.sanctions import PartyList
from pipeline.engine.topology import Event
from pipeline.testing.builders import DAY, NOW, build_policy, build_record
from pipeline.testing.memory_log import MemoryLog
from pipeline.testing.readers import build_reader
from pipeline.topologies import names
from pipeline.topologies.global_facts import GlobalFacts
from pipeline.wire import encode

POLICY = build_policy()


def party_list(age_days: int = 0, *, is_sample: bool = False) -> PartyList:
    """Build a list of one entry, published some days ago."""
    parties = PartyList(NOW - age_days * DAY, is_sample=is_sample)
    parties.add("7", "Nowhereland Trading Ltd")
    return parties


def degraded(parties: PartyList | None) -> list[tuple[str, int | None]]:
    """Give what is degraded by a list now: the check and the age."""
    known = GlobalFacts(POLICY, parties=parties, reader=build_reader())
    return [(each.check, each.age_seconds) for each in known.degraded_at(known.party_list_days(NOW), 7)]


@pytest.mark.parametrize(
    ("record", "uids"),
    [
        ({"name": "Nowhereland Trading"}, ["7"]),
        ({"brands": ["Moon", "NOWHERELAND TRADING"]}, ["7"]),
        ({"name": "Sunny Bakery"}, []),
        ({"name": None}, []),
    ],
)
def test_screens_a_workspace_when_its_record_comes_in(record: dict[str, object], uids: list[str]) -> None:
    """Name and brands are compared once, and what matched stands with the workspace."""
    known = GlobalFacts(POLICY, parties=party_list(), reader=build_reader())
    stored = MemoryLog(1).append(names.WORKSPACES, b"ws-1", encode(build_record(**record)))
    known.absorb(Event(names.WORKSPACES, stored))
    assert [match.uid for match in known.workspaces["ws-1"].party_matches] == uids


@pytest.mark.parametrize(("age_days", "is_degraded"), [(6, False), (7, False), (8, True), (31, True)])
def test_says_that_the_list_is_stale_above_the_age(age_days: int, *, is_degraded: bool) -> None:
    """The age stands beside it, in seconds."""
    assert degraded(party_list(age_days)) == ([("party_screening", age_days * 86_400)] if is_degraded else [])


@pytest.mark.parametrize("parties", [None, party_list(is_sample=True), party_list(900, is_sample=True)])
def test_says_that_no_list_is_loaded(parties: PartyList | None) -> None:
    """The sample lists nobody, so it counts as none, whatever its age."""
    assert degraded(parties) == [("party_screening", None)]
