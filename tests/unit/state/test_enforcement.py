"""What commands leave in force against a workspace."""

import pytest

from pipeline.domain.events import Command
from pipeline.state.enforcement import STATE_BY_COMMAND, Enforcement, apply
from pipeline.testing.builders import build_command, instant

NOTHING = Enforcement(workspace_id="ws-1")
LASTING = [kind for kind in STATE_BY_COMMAND if kind != "terminate"]


def applied(*commands: Command) -> Enforcement:
    """Apply commands in order to a workspace that nothing was done to."""
    enforcement = NOTHING
    for command in commands:
        enforcement = apply(enforcement, command)
    return enforcement


def command(kind: str, shift_milliseconds: int = 0, command_id: str = "cmd-1") -> Command:
    """Build a command of a kind, given some milliseconds from now."""
    return build_command(kind=kind, occurred_at=instant(shift_milliseconds), command_id=command_id)


@pytest.mark.parametrize(("kind", "state"), STATE_BY_COMMAND.items())
def test_puts_a_workspace_into_the_state_of_the_command(kind: str, state: str) -> None:
    """Each command has its state."""
    assert applied(command(kind)).state == state


@pytest.mark.parametrize(("shift_milliseconds", "state"), [(-1, "suspended"), (0, "suspended"), (1, "active")])
def test_obeys_the_newer_of_two_commands(shift_milliseconds: int, state: str) -> None:
    """A reinstatement must be later than the suspension; with the same id and time it is no newer."""
    assert applied(command("suspend"), command("reinstate", shift_milliseconds)).state == state


def test_decides_between_commands_of_the_same_instant_by_their_ids() -> None:
    """Of two commands of one millisecond the larger id stands, whichever comes first."""
    first, second = command("suspend", command_id="cmd-1"), command("review", command_id="cmd-2")
    assert (applied(first, second).state, applied(second, first).state) == ("review", "review")


@pytest.mark.parametrize("kind", LASTING)
@pytest.mark.parametrize("shift_milliseconds", [-1, 1])
def test_stays_terminated_whatever_comes(kind: str, shift_milliseconds: int) -> None:
    """A termination is final, before and after any other command."""
    terminate, other = command("terminate"), command(kind, shift_milliseconds, "cmd-2")
    assert (applied(terminate, other).state, applied(other, terminate).state) == ("terminated", "terminated")


@pytest.mark.parametrize(("kind", "is_open"), [("incident_open", True), ("incident_close", False)])
def test_opens_and_closes_an_incident(kind: str, *, is_open: bool) -> None:
    """The newest incident command says whether an incident is open."""
    assert applied(command("incident_open", -1, "cmd-0"), command(kind)).has_open_incident == is_open


@pytest.mark.parametrize(("shift_milliseconds", "is_open"), [(-1, True), (0, True), (1, False)])
def test_keeps_an_incident_open_when_an_older_command_closes_one(shift_milliseconds: int, *, is_open: bool) -> None:
    """Closing must be later than the opening; a late report of an earlier closing changes nothing."""
    assert applied(command("incident_open"), command("incident_close", shift_milliseconds)).has_open_incident == is_open


def test_keeps_state_and_incident_apart() -> None:
    """Closing an incident does not reinstate a suspended workspace."""
    enforcement = applied(command("suspend"), command("incident_open"), command("incident_close", 1))
    assert (enforcement.state, enforcement.has_open_incident) == ("suspended", False)


@pytest.mark.parametrize("kind", [*STATE_BY_COMMAND, "incident_open"])
def test_changes_nothing_when_a_command_comes_again(kind: str) -> None:
    """A repeated command gives the very same value, so nothing is written."""
    once = applied(command(kind))
    assert apply(once, command(kind)) is once


def test_counts_the_commands_that_changed_something() -> None:
    """The revision moves with each change and stays with a repeat."""
    assert applied(command("suspend"), command("suspend"), command("reinstate", 1)).revision == 2


@pytest.mark.parametrize("kind", ["suspend", "incident_open"])
@pytest.mark.parametrize("occurred_at", ["0001-01-01T00:00:00Z", "1969-12-31T23:59:59.999Z", "1970-01-01T00:00:00Z"])
def test_obeys_a_first_command_whatever_its_date(kind: str, occurred_at: str) -> None:
    """A console that writes the year 1 for "unknown" still suspends: there is nothing newer that it could lose to."""
    enforcement = applied(build_command(kind=kind, occurred_at=occurred_at))
    assert enforcement.state == "suspended" or enforcement.has_open_incident


def test_keeps_the_reason_that_was_given() -> None:
    """The officer's reason stands in the record."""
    assert applied(build_command(reason="spam")).reason == "spam"
