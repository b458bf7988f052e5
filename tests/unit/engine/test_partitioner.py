"""Keys go to the partitions that Kafka's own clients would choose."""

import pytest
from aiokafka.partitioner import DefaultPartitioner
from aiokafka.partitioner import murmur2 as murmur2_of_aiokafka
from hypothesis import example, given
from hypothesis import strategies as st

from pipeline.engine.partitioner import BLOCK_BYTES, LANES_MIN, murmur2, partition_of, partitions_of

# Apache Kafka 4.4, clients/src/test/java/org/apache/kafka/common/utils/UtilsTest.java, testMurmur2.
KNOWN = [
    (b"21", -973932308),
    (b"foobar", -790332482),
    (b"a-little-bit-long-string", -985981536),
    (b"a-little-bit-longer-string", -1486304829),
    (b"lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58897971),
    (b"abc", 479470107),
]


@pytest.mark.parametrize(("key", "expected"), KNOWN)
def test_hashes_as_kafka_does(key: bytes, expected: int) -> None:
    """The vectors of Kafka's own test come out, read as signed 32 bits as in Java."""
    assert int.from_bytes(murmur2(key).to_bytes(4, "big"), "big", signed=True) == expected


@given(st.binary(max_size=600))
@example("+49 151 Zürich 東京".encode())
def test_hashes_as_aiokafka_does(key: bytes) -> None:
    """Any bytes have the hash that aiokafka's producer would give them."""
    assert murmur2(key) == murmur2_of_aiokafka(key)


def test_hashes_as_aiokafka_does_at_every_length() -> None:
    """No length has a hash of its own: not the tails of 1 to 3 bytes, nor those beyond the prepared ones (515)."""
    keys = [bytes((length * 31 + place * 7) % 256 for place in range(length)) for length in range(601)]
    assert [murmur2(key) for key in keys] == [murmur2_of_aiokafka(key) for key in keys]


@pytest.mark.parametrize("length", [515, 516, 517])
def test_hashes_as_aiokafka_does_where_the_prepared_formats_end(length: int) -> None:
    """A key of more words than are prepared is hashed no differently."""
    key = b"\xff" * length
    assert murmur2(key) == murmur2_of_aiokafka(key)


@given(st.binary(max_size=64), st.integers(1, 1_000))
def test_partition_is_the_one_of_kafkas_clients(key: bytes, partitions: int) -> None:
    """The partition of a key is the one that aiokafka's partitioner picks, for any number of partitions."""
    assert partition_of(key, partitions) == DefaultPartitioner()(key, list(range(partitions)), [])


@given(st.lists(st.binary(max_size=BLOCK_BYTES + 2), max_size=200), st.integers(1, 1_000))
def test_partitions_are_the_same_for_many_keys_at_once(keys: list[bytes], partitions: int) -> None:
    """Keys of any lengths together get the partitions that each gets alone."""
    assert partitions_of(keys, partitions) == {key: partition_of(key, partitions) for key in keys}


@pytest.mark.parametrize("count", [LANES_MIN - 1, LANES_MIN, LANES_MIN + 1, 801])
@pytest.mark.parametrize("length", [0, 1, 2, 3, 4, 13, 16, BLOCK_BYTES, BLOCK_BYTES + 1])
def test_partitions_are_the_same_side_by_side(length: int, count: int) -> None:
    """Keys of one length, hashed side by side, don't reach into each other, at bytes that carry the most."""
    keys = [bytes(255 - (number * 31 + place * 7) % 256 for place in range(length)) for number in range(count)]
    keys += [b"\xff" * length, b"\x00" * length]
    assert partitions_of(keys, 64) == {key: partition_of(key, 64) for key in keys}
