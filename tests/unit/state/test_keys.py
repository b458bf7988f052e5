"""Keys keep what belongs together next to each other, and apart from everything else."""

import pytest

from pipeline.engine.overlay import RECORDS, TIMERS
from pipeline.engine.stores import KEY_BYTES_MAX
from pipeline.state import keys
from pipeline.state.keys import (
    PART_BYTES_MAX,
    RIGHTS,
    choices_key,
    choices_range,
    contacts_key,
    contacts_range,
    end_of,
    enforcement_key,
    ledger_key,
    ledger_range,
    links_key,
    rights_key,
    sweep_key,
    usage_key,
)

LONGEST = "\U0001f9c1" * 256
"""256 characters of four bytes each: the longest id that decoding lets through."""


@pytest.mark.parametrize("size", [PART_BYTES_MAX - 1, PART_BYTES_MAX, PART_BYTES_MAX + 1])
def test_tells_ids_apart_that_differ_in_their_last_character(size: int) -> None:
    """Around the length at which an id is written as its hash, no two ids share a key."""
    assert links_key("a" * (size - 1) + "x") != links_key("a" * (size - 1) + "y")


@pytest.mark.parametrize("size", [PART_BYTES_MAX - 1, PART_BYTES_MAX, PART_BYTES_MAX + 1])
def test_tells_an_id_apart_from_the_same_with_one_more_character(size: int) -> None:
    """An id is not the beginning of a longer one."""
    assert not links_key("a" * (size + 1)).startswith(links_key("a" * size))


@pytest.mark.parametrize(("recipient", "is_in"), [("+1", True), ("+12", False), ("+", False)])
def test_finds_contacts_in_the_range_of_their_recipient_alone(recipient: str, *, is_in: bool) -> None:
    """A recipient whose number begins like another's has a range of its own."""
    begin = contacts_range("+1")
    assert (begin <= contacts_key(recipient, "ws") < end_of(begin)) == is_in


def test_counts_the_length_in_bytes() -> None:
    """An id of few characters that needs many bytes is written as its hash."""
    assert len(links_key("\U0001f9c1" * 25)) == 1 + 1 + 32


def test_fits_the_store_with_the_longest_ids() -> None:
    """The longest key of the ledger fits the store, also in the index of due times."""
    key = ledger_key("w" * PART_BYTES_MAX, "r" * PART_BYTES_MAX, "m" * PART_BYTES_MAX)
    assert len(TIMERS + bytes(8) + RECORDS + key) <= KEY_BYTES_MAX


def test_fits_the_store_when_every_id_is_hashed() -> None:
    """Ids at the limit of decoding give keys that fit too."""
    assert len(TIMERS + bytes(8) + RECORDS + ledger_key(LONGEST, LONGEST, LONGEST)) <= KEY_BYTES_MAX


@pytest.mark.parametrize(
    ("workspace_id", "recipient"), [("ws", "+1"), (LONGEST, LONGEST), ("", ""), ("a\x00", "\x00b")]
)
def test_finds_a_judged_message_in_the_range_of_its_workspace_and_recipient(workspace_id: str, recipient: str) -> None:
    """The range of a workspace holds its messages, and so does the range of one of its recipients."""
    key = ledger_key(workspace_id, recipient, "m")
    ranges = (ledger_range(workspace_id), ledger_range(workspace_id, recipient))
    assert all(begin <= key < end_of(begin) for begin in ranges)


@pytest.mark.parametrize(
    ("mine", "other"), [("ws-1", "ws-10"), ("ws-1", "ws-2"), ("a", "a\x00"), ("a", "a/b"), ("", "a"), ("a", "\x01a")]
)
def test_leaves_other_workspaces_out_of_a_range(mine: str, other: str) -> None:
    """A workspace whose id begins like another's is not walked with it."""
    begin = ledger_range(mine)
    assert not begin <= ledger_key(other, "+447700900123", "m") < end_of(begin)


def test_finds_the_choices_of_a_recipient_in_one_range() -> None:
    """Choices with regard to every workspace lie together."""
    begin = choices_range("+447700900123")
    assert begin <= choices_key("+447700900123", LONGEST) < end_of(begin)


def test_gives_every_kind_of_record_a_place_of_its_own() -> None:
    """The first byte tells what a record is, so no two kinds share a range."""
    firsts = [
        choices_key("x", "x")[:1],
        ledger_key("x", "x", "x")[:1],
        links_key("x")[:1],
        usage_key("x")[:1],
        enforcement_key("x")[:1],
        sweep_key("x")[:1],
        keys.EVIDENCE_CHAIN_KEY[:1],
    ]
    assert len(set(firsts)) == len(firsts)


@pytest.mark.parametrize(
    ("begin", "end"), [(b"l\x01a", b"l\x01b"), (b"l\xff", b"m"), (b"l\x00\xff\xff", b"l\x01"), (b"l\xfe", b"l\xff")]
)
def test_ends_a_range_at_the_next_key_of_the_same_length(begin: bytes, end: bytes) -> None:
    """The end lies behind every key that starts with the beginning, also behind bytes of 255."""
    assert end_of(begin) == end


def test_keeps_rights_under_a_hash_of_the_name() -> None:
    """The key of what outlives an erasure does not hold the name, whatever its length, and lies with its kind."""
    for name in ("+447700900123", LONGEST):
        assert len(rights_key(name)) == len(RIGHTS) + 16
        assert RIGHTS <= rights_key(name) < end_of(RIGHTS)
    assert b"447700900123" not in rights_key("+447700900123")
    assert rights_key("+447700900123") != rights_key("+447700900124")
