"""Commands about workspaces become the enforcement state that every worker reads."""

import pytest

from pipeline.testing.builders import build_command, instant
from pipeline.topologies import names
from tests.unit.topologies.hosting import Platform

WORKSPACE_ID = "ws-1"


def states(platform: Platform) -> list[str]:
    """List the states that were published, in order."""
    return [value["state"] for value in platform.answers(names.ENFORCEMENT)]


async def test_publishes_the_state_that_a_command_orders() -> None:
    """A suspension becomes a record under the workspace's key."""
    platform = Platform()
    await platform.give(build_command(kind="suspend"))
    (record,) = platform.log.all_records(names.ENFORCEMENT)
    assert (record.key, states(platform)) == (b"ws-1", ["suspended"])


async def test_publishes_nothing_when_a_command_comes_again() -> None:
    """A redelivered command changes nothing, so nobody is told anything."""
    platform = Platform()
    await platform.give(build_command(), build_command())
    assert states(platform) == ["suspended"]


async def test_goes_on_from_the_state_that_was_reached() -> None:
    """A later command builds on what earlier ones left."""
    platform = Platform()
    await platform.give(build_command(kind="incident_open"))
    await platform.give(build_command(kind="suspend", command_id="cmd-2"))
    assert platform.answers(names.ENFORCEMENT)[-1]["has_open_incident"] is True


async def test_ignores_a_command_that_is_older_than_the_state() -> None:
    """A suspension that arrives after the reinstatement that ended it stays ended."""
    platform = Platform()
    await platform.give(build_command(kind="reinstate", occurred_at=instant(1)))
    await platform.give(build_command(kind="suspend", command_id="cmd-0", occurred_at=instant()))
    assert states(platform) == ["active"]


async def test_sends_a_command_in_the_wrong_partition_on() -> None:
    """A producer that hashes otherwise does not get a command ignored, nor obeyed twice."""
    platform = Platform()
    platform.put(build_command(), partition=platform.wrong_partition(WORKSPACE_ID))
    await platform.run()
    assert (states(platform), len(platform.forwarded())) == (["suspended"], 1)


@pytest.mark.parametrize(
    "changes",
    [
        {"kind": "remove_content"},
        {"subject": {"recipient": "+447700900123"}},
        {"subject": {"recipient": "+447700900123", "workspace_id": "ws-1"}},
        {"subject": {}},
    ],
)
async def test_leaves_what_is_no_command_about_a_workspace_to_others(changes: dict[str, object]) -> None:
    """Commands of other kinds, about people, or about nobody change no state here."""
    platform = Platform()
    await platform.give(build_command(**changes))
    assert states(platform) == []


@pytest.mark.parametrize("value", [b"{", None])
async def test_publishes_nothing_for_a_command_that_can_not_be_read(value: bytes | None) -> None:
    """What can't be decoded is the other topology's dead letter, and does not stop this one."""
    platform = Platform()
    platform.put_raw(names.COMMANDS, value, WORKSPACE_ID)
    await platform.give(build_command())
    assert states(platform) == ["suspended"]


async def test_remembers_the_state_when_it_is_started_again() -> None:
    """After a restart a repeated command still changes nothing."""
    platform = Platform()
    await platform.give(build_command())
    platform.workspaces.reopen(platform.partition_of(WORKSPACE_ID))
    await platform.give(build_command())
    assert states(platform) == ["suspended"]
