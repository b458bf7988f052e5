"""How many different ones."""

import pytest

from pipeline.patterns.distinct import HASH_BYTES, add, count, hash_of, hash_of_frequent, merge

KEPT = 64


def hashes(first: int, last: int) -> list[bytes]:
    """Hash numbers as if they were names."""
    return [hash_of(str(number), b"k") for number in range(first, last)]


@pytest.mark.parametrize("number", [0, 1, 4, 5, 6, KEPT - 1])
def test_counts_exactly_while_few(number: int) -> None:
    """A number near a threshold is no guess."""
    assert count(add(b"", hashes(0, number), KEPT), KEPT) == number


@pytest.mark.parametrize("number", [KEPT, KEPT + 1, 1_000, 20_000])
def test_estimates_many_within_three_standard_errors(number: int) -> None:
    """One over the root of what is kept is an eighth."""
    estimate = count(add(b"", hashes(0, number), KEPT), KEPT)
    assert abs(estimate - number) <= 3 * number / (KEPT - 2) ** 0.5


def test_never_estimates_less_than_it_keeps() -> None:
    """There are at least as many as lie there."""
    dense = b"".join(number.to_bytes(HASH_BYTES, "big") for number in range((1 << 47) - 4, 1 << 47))
    assert count(dense, 4) >= 4


def test_takes_no_more_space_than_it_may() -> None:
    """However many are added, one by one or at once."""
    minima = b""
    for each in hashes(0, 500):
        minima = add(minima, [each], KEPT)
    assert minima == add(b"", hashes(0, 500), KEPT)
    assert len(minima) == KEPT * HASH_BYTES


def test_unites_two_sets() -> None:
    """What lies in both counts once."""
    first, second = add(b"", hashes(0, 20), KEPT), add(b"", hashes(10, 30), KEPT)
    assert count(merge(first, second, KEPT), KEPT) == 30


def test_hashes_differ_by_key() -> None:
    """Who lacks the key can't look a number up."""
    assert hash_of("+12065550100", b"one") != hash_of("+12065550100", b"two")


def test_frequent_names_have_the_same_hash() -> None:
    """The cache changes nothing."""
    assert hash_of_frequent("ws-1", b"k") == hash_of_frequent("ws-1", b"k") == hash_of("ws-1", b"k")
