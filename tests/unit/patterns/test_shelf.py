"""Places are bounded, and shared fairly."""

from pipeline.patterns.observations import Observation
from pipeline.patterns.shelf import Entry, Shelf

PLACES = 40
QUOTA = 10


def put(shelf: Shelf, workspace: str, count: int) -> list[Entry]:
    """Put new entries of a workspace on a shelf; gives those that had to go."""
    entries = [Entry(f"{workspace}/{at}", Observation("pair/0", "a"), workspace) for at in range(count)]
    gone = [shelf.put(entry) for entry in entries]
    return [entry for entry in gone if entry is not None]


def test_a_workspace_pushes_out_its_own_subjects_alone() -> None:
    """However many it makes, the others' stay."""
    shelf = Shelf(PLACES)
    put(shelf, "honest", 5)
    gone = put(shelf, "flood", 1_000)
    assert {entry.workspace for entry in gone} == {"flood"}
    assert len(gone) == 1_000 - QUOTA
    assert all(shelf.get(f"honest/{at}") is not None for at in range(5))


def test_never_holds_more_than_its_places() -> None:
    """Also when many workspaces come; those with the most give up theirs."""
    shelf = Shelf(PLACES)
    put(shelf, "flood", QUOTA)
    for at in range(100):
        put(shelf, f"ws-{at}", 1)
        assert len(shelf) <= PLACES
    assert sum(entry.workspace == "flood" for entry in shelf.entries()) < QUOTA


def test_what_is_used_stays_longer() -> None:
    """The one that was not touched since it was passed over goes first."""
    shelf = Shelf(PLACES)
    put(shelf, "ws", QUOTA)
    put(shelf, "ws-", 0)
    put(shelf, "other", 1)
    first = Entry("new", Observation("pair/0", "a"), "ws")
    shelf.put(first)
    kept = shelf.get("ws/5")
    assert kept is not None
    kept.is_touched = True
    gone = [shelf.put(Entry(f"next-{at}", Observation("pair/0", "a"), "ws")) for at in range(5)]
    assert kept not in gone
    assert shelf.get("ws/5") is kept


def test_a_subject_that_is_removed_leaves_its_place() -> None:
    """And its workspace can have another."""
    shelf = Shelf(PLACES)
    put(shelf, "ws", QUOTA)
    shelf.remove("ws/0")
    assert shelf.get("ws/0") is None
    assert shelf.put(Entry("new", Observation("pair/0", "a"), "ws")) is None
    assert len(shelf) == QUOTA
