"""What has come before, in a space that never grows."""

import pytest

from pipeline.patterns.sieve import HALF_SECONDS, Sieve, TextSieve, half_of

NOON = 40_000 * HALF_SECONDS
A, B = bytes(range(32)), bytes(range(100, 132))


def test_counts_what_comes_again() -> None:
    """And apart from what else comes."""
    sieve = Sieve(1_000)
    assert [sieve.add(7, NOON) for _ in range(4)] == [1, 2, 3, 4]
    assert sieve.add(8, NOON) == 1


@pytest.mark.parametrize(("halves", "seen"), [(0, 2), (1, 2), (2, 1), (3, 1)])
def test_forgets_after_the_half_after(halves: int, seen: int) -> None:
    """What came in the half before still counts."""
    sieve = Sieve(1_000)
    sieve.add(7, NOON)
    assert sieve.add(7, NOON + halves * HALF_SECONDS) == seen


def test_an_old_event_turns_nothing_back() -> None:
    """It counts as of now."""
    sieve = Sieve(1_000)
    sieve.add(7, NOON)
    assert sieve.add(7, NOON - 3 * HALF_SECONDS) == 2
    assert sieve.add(7, NOON) == 3


def test_stops_counting_before_a_byte_is_full() -> None:
    """Counters don't begin anew."""
    sieve = Sieve(10)
    assert max(sieve.add(7, NOON) for _ in range(300)) == sieve.add(7, NOON)
    texts = TextSieve(10)
    assert max(texts.add(7, half_of(A)) for _ in range(300)) == 255


@pytest.mark.parametrize("different", [20_000])
def test_lets_few_pass_that_came_once(different: int) -> None:
    """At the number that it is made for, at most one of a hundred passes a sieve of three."""
    sieve = Sieve(different)
    passed = sum(sieve.add(key * 7_919, NOON) >= 3 for key in range(different))
    assert passed <= different / 100


def test_counts_only_texts_that_are_alike() -> None:
    """A word that two texts share is no repetition."""
    sieve = TextSieve(1_000)
    assert [sieve.add(7, half_of(A)), sieve.add(7, half_of(A)), sieve.add(7, half_of(B))] == [1, 2, 1]
    assert sieve.add(7, half_of(A)) == 2


@pytest.mark.parametrize(("alike", "seen"), [(5, 1), (6, 2), (7, 2)])
def test_texts_are_alike_from_six_values_of_sixteen_on(alike: int, seen: int) -> None:
    """Of the half that is held."""
    sieve = TextSieve(1_000)
    sieve.add(7, half_of(A))
    assert sieve.add(7, half_of(A[:alike] + B[alike:])) == seen


def test_what_comes_often_keeps_its_place() -> None:
    """Others between it take one off each, and no more."""
    sieve = TextSieve(1_000)
    for _ in range(5):
        sieve.add(7, half_of(A))
    for _ in range(3):
        sieve.add(7, half_of(B))
    assert sieve.add(7, half_of(A)) == 3


def test_what_has_gone_leaves_its_place() -> None:
    """As many others are enough."""
    sieve = TextSieve(1_000)
    sieve.add(7, half_of(A))
    assert [sieve.add(7, half_of(B)) for _ in range(2)] == [1, 2]


@pytest.mark.parametrize(("different", "size"), [(1_000_000, 17 << 20), (1 << 20, 17 << 20), ((1 << 20) + 1, 17 << 21)])
def test_says_what_a_text_sieve_takes(different: int, size: int) -> None:
    """A place for each, in a power of two."""
    assert TextSieve(different).size_bytes == size


@pytest.mark.parametrize(("different", "size"), [(1 << 19, 4 << 20), ((1 << 19) + 1, 4 << 21)])
def test_says_what_a_sieve_takes(different: int, size: int) -> None:
    """Two rows of two places for each, in two halves."""
    assert Sieve(different).size_bytes == size
