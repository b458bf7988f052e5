"""Laws of keys: different records never share a place, and no range reaches into another."""

from hypothesis import assume, given
from hypothesis import strategies as st

from pipeline.state.keys import PART_BYTES_MAX, choices_key, choices_range, end_of, ledger_key, ledger_range

IDS = st.one_of(
    st.text(max_size=4, alphabet="a/\x00\x01:|\xff\U0001f9c1"),
    st.text(max_size=256),
    st.sampled_from(["", "\x00", "a" * PART_BYTES_MAX, "a" * (PART_BYTES_MAX + 1), "\U0001f9c1" * 256, "/" * 256]),
).filter(lambda text: text.isprintable() or not any("\ud800" <= character <= "\udfff" for character in text))
TRIPLES = st.tuples(IDS, IDS, IDS)


@given(TRIPLES, TRIPLES)
def test_gives_different_messages_different_keys(first: tuple[str, str, str], second: tuple[str, str, str]) -> None:
    """Two judged messages share a key only if workspace, recipient and message are the same."""
    assert (ledger_key(*first) == ledger_key(*second)) == (first == second)


@given(TRIPLES, TRIPLES)
def test_gives_no_message_a_key_that_begins_like_another(
    first: tuple[str, str, str], second: tuple[str, str, str]
) -> None:
    """No key is the beginning of another, so the end of a range is where its last message ends."""
    assume(first != second)
    assert not ledger_key(*first).startswith(ledger_key(*second))


@given(TRIPLES, IDS)
def test_walks_a_message_with_its_workspace_alone(message: tuple[str, str, str], workspace_id: str) -> None:
    """A message lies in the range of its own workspace and in no other."""
    begin = ledger_range(workspace_id)
    assert (begin <= ledger_key(*message) < end_of(begin)) == (message[0] == workspace_id)


@given(TRIPLES, IDS, IDS)
def test_walks_a_message_with_its_recipient_alone(
    message: tuple[str, str, str], workspace_id: str, recipient: str
) -> None:
    """A message lies in the range of its own recipient within its workspace and in no other."""
    begin = ledger_range(workspace_id, recipient)
    assert (begin <= ledger_key(*message) < end_of(begin)) == (message[:2] == (workspace_id, recipient))


@given(IDS, IDS, IDS)
def test_walks_choices_with_their_recipient_alone(recipient: str, workspace_id: str, other: str) -> None:
    """A recipient's choices lie in that recipient's range and in no other."""
    begin = choices_range(other)
    assert (begin <= choices_key(recipient, workspace_id) < end_of(begin)) == (recipient == other)


@given(st.binary(min_size=1, max_size=6), st.binary(max_size=6))
def test_ends_a_range_behind_everything_that_begins_with_it(begin: bytes, rest: bytes) -> None:
    """Whatever follows the beginning lies before the end."""
    assume(begin.strip(b"\xff"))
    assert begin <= begin + rest < end_of(begin)
