"""What a person demanded as a data subject: what is kept, what stands, what goes on to other names."""

import pytest
from msgspec.structs import replace

from pipeline.state.choices import CLOCK_SKEW_MILLISECONDS
from pipeline.state.rights import (
    DEMANDS_MAX,
    NO_RIGHTS,
    PERSON_COMMANDS,
    Demand,
    RightKind,
    Rights,
    as_taken,
    command_from,
    demand_from,
    erased_milliseconds,
    merge,
)
from pipeline.testing.builders import NOW, RECIPIENT, build_command, instant


def demand(kind: str, shift: int = 0, workspace_id: str | None = None, **changes: object) -> Demand:
    """Build what a command about the person demands."""
    subject = {"recipient": RECIPIENT, "workspace_id": workspace_id}
    command = build_command(
        **({"kind": kind, "subject": subject, "occurred_at": instant(shift), "command_id": f"{kind}-{shift}"} | changes)
    )
    return demand_from(command)


def rights_of(*demands: Demand) -> Rights:
    """Merge demands one by one."""
    rights = NO_RIGHTS
    for each in demands:
        rights = merge(rights, each)
    return rights


def test_keeps_the_newest_demand_of_a_kind_and_workspace() -> None:
    """Of two objections to one workspace the newer stays; other kinds and workspaces stay beside it."""
    rights = rights_of(
        demand("object", 5), demand("withdraw_objection", 3), demand("object", 1, "ws-1"), demand("restrict", 2)
    )
    assert [(each.kind, each.workspace_id, each.occurred_milliseconds - NOW) for each in rights.demands] == [
        (RightKind.RESTRICTION, "", 2),
        (RightKind.OBJECTION, "", 5),
        (RightKind.OBJECTION, "ws-1", 1),
    ]


@pytest.mark.parametrize("kind", PERSON_COMMANDS)
@pytest.mark.parametrize("workspace_id", [None, "ws-1"])
@pytest.mark.parametrize("until", [None, instant(9)])
def test_means_the_same_under_another_name(kind: str, workspace_id: str | None, until: str | None) -> None:
    """What is told to another name of the person is the same demand there."""
    told = demand(kind, 0, workspace_id, until=until)
    assert demand_from(command_from(told, "+447700900124")) == told


@pytest.mark.parametrize("more", [0, 1])
def test_widens_what_is_demanded_beyond_the_limit(more: int) -> None:
    """More demands about single workspaces than are kept become one about all, as new as the newest."""
    demands = [demand("object", number, f"ws-{number}") for number in range(DEMANDS_MAX + more)]
    rights = rights_of(*demands)
    if more:
        assert [(each.workspace_id, each.occurred_milliseconds) for each in rights.demands] == [("", NOW + DEMANDS_MAX)]
    else:
        assert len(rights.demands) == DEMANDS_MAX


@pytest.mark.parametrize(
    ("kind", "shift", "taken"),
    [
        ("object", CLOCK_SKEW_MILLISECONDS, CLOCK_SKEW_MILLISECONDS),
        ("object", CLOCK_SKEW_MILLISECONDS + 1, 0),
        ("erase", CLOCK_SKEW_MILLISECONDS + 1, 0),
        ("lift_restriction", CLOCK_SKEW_MILLISECONDS, CLOCK_SKEW_MILLISECONDS),
        ("lift_restriction", CLOCK_SKEW_MILLISECONDS + 1, None),
    ],
)
def test_takes_a_demand_from_the_future_for_one_of_now(kind: str, shift: int, taken: int | None) -> None:
    """A demand stands from when it comes; a lifting that has not happened yet lifts nothing."""
    counted = as_taken(demand(kind, shift), NOW)
    assert (None if counted is None else counted.occurred_milliseconds - NOW) == taken


def test_says_when_a_person_was_erased() -> None:
    """The newest erasure that reaches a workspace counts, and no other demand."""
    rights = rights_of(demand("erase", 1), demand("erase", 3, "ws-1"), demand("object", 9))
    assert [erased_milliseconds(rights, each) - NOW for each in ("ws-1", "ws-2")] == [3, 1]
    assert erased_milliseconds(rights_of(demand("object")), "ws-1") == -1


def test_holds_no_name_of_the_person() -> None:
    """What outlives an erasure does not say who was erased."""
    fields = replace(demand("erase")).__struct_fields__
    assert set(fields) == {
        "kind",
        "workspace_id",
        "is_made",
        "occurred_milliseconds",
        "command_id",
        "until_milliseconds",
    }
