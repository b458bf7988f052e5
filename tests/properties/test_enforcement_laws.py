"""Laws of enforcement: commands can come in any order and more than once."""

from hypothesis import given
from hypothesis import strategies as st

from pipeline.domain.events import Command
from pipeline.state.enforcement import INCIDENT_COMMANDS, STATE_BY_COMMAND, Enforcement, apply
from pipeline.testing.builders import build_command, instant

COMMANDS = st.builds(
    lambda kind, shift, number: build_command(
        kind=kind, occurred_at=instant(shift), command_id=f"{kind}-{number}", reason=f"reason {number}"
    ),
    st.sampled_from([*STATE_BY_COMMAND, *INCIDENT_COMMANDS]),
    st.integers(-2, 2),
    st.integers(0, 3),
)
LISTS = st.lists(COMMANDS, max_size=8, unique_by=lambda command: command.command_id)


def applied(commands: list[Command]) -> Enforcement:
    """Apply commands in order."""
    enforcement = Enforcement(workspace_id="ws-1")
    for command in commands:
        enforcement = apply(enforcement, command)
    return enforcement


def in_force(enforcement: Enforcement) -> tuple[object, ...]:
    """Give what decides about messages, and by which command: all but the count of changes.

    Of several terminations the one that was seen first is named, so with one the command is left out.
    """
    command = "" if enforcement.state == "terminated" else (enforcement.state_command_id, enforcement.reason)
    return enforcement.state, command, enforcement.has_open_incident, enforcement.incident_command_id


@given(LISTS, st.randoms(use_true_random=False))
def test_ends_in_the_same_state_in_any_order(commands: list[Command], source: object) -> None:
    """Commands of several consoles can overtake each other."""
    shuffled = list(commands)
    source.shuffle(shuffled)  # type: ignore[attr-defined]
    assert in_force(applied(shuffled)) == in_force(applied(commands))


@given(LISTS)
def test_ends_in_the_same_state_when_commands_come_again(commands: list[Command]) -> None:
    """A redelivered command changes nothing, not even the count of changes."""
    assert applied([*commands, *commands]) == applied(commands)


@given(LISTS, LISTS)
def test_stays_terminated(before: list[Command], after: list[Command]) -> None:
    """Nothing that comes before or after undoes a termination."""
    terminate = build_command(kind="terminate", command_id="end")
    assert applied([*before, terminate, *after]).state == "terminated"


@given(LISTS)
def test_counts_a_change_exactly_when_something_changes(commands: list[Command]) -> None:
    """The revision moves when the record does, so a verdict can state which one it saw."""
    enforcement = Enforcement(workspace_id="ws-1")
    for command in commands:
        changed = apply(enforcement, command)
        assert (changed.revision - enforcement.revision == 1) == (changed is not enforcement)
        enforcement = changed
