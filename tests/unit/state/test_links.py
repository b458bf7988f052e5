"""The other names of a person are a set, limited in size."""

import pytest

from pipeline.state.links import KEYS_MAX, NO_LINKS, Links, merge


def linked(size: int) -> Links:
    """Merge some names into an empty record."""
    links = NO_LINKS
    for index in range(size):
        links = merge(links, f"wa:pf-{index:03d}:US.1")
    return links


def test_adds_a_name() -> None:
    """A name that was not known is known afterwards."""
    assert merge(NO_LINKS, "wa:pf-1:US.1").keys == ("wa:pf-1:US.1",)


def test_changes_nothing_when_a_name_comes_again() -> None:
    """A name that is known leaves the record as it is."""
    known = linked(3)
    assert merge(known, known.keys[1]) == known


def test_keeps_names_sorted_whatever_the_order_of_arrival() -> None:
    """The record is the same for any order."""
    assert merge(merge(NO_LINKS, "b"), "a") == merge(merge(NO_LINKS, "a"), "b")


@pytest.mark.parametrize(
    ("size", "kept"), [(KEYS_MAX - 1, KEYS_MAX - 1), (KEYS_MAX, KEYS_MAX), (KEYS_MAX + 1, KEYS_MAX)]
)
def test_keeps_at_most_the_limit_of_names(size: int, kept: int) -> None:
    """The name beyond the limit is not added, and those before it stay."""
    assert linked(size).keys == linked(kept).keys
