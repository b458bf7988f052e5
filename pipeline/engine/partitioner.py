"""Which partition a key belongs to: the default of Kafka's own clients (murmur2, Apache Kafka 4.4 `Utils.murmur2`)."""

import struct

_WORDS = [struct.Struct(f"<{count}I").unpack_from for count in range(129)]
_M = 0x5BD1E995
_MASK = 0xFFFFFFFF


def murmur2(data: bytes) -> int:
    """Hash a key to 32 bits, as Kafka's Java clients do."""
    length = len(data)
    h = (0x9747B28C ^ length) & _MASK
    whole = length >> 2
    words = _WORDS[whole](data) if whole < len(_WORDS) else struct.unpack_from(f"<{whole}I", data)
    for word in words:
        k = (word * _M) & _MASK
        k = ((k ^ (k >> 24)) * _M) & _MASK
        h = ((h * _M) & _MASK) ^ k
    tail = length & 3
    if tail:
        h = ((h ^ int.from_bytes(data[length - tail :], "little")) * _M) & _MASK
    h = ((h ^ (h >> 13)) * _M) & _MASK
    return h ^ (h >> 15)


def partition_of(key: bytes, partitions: int) -> int:
    """Say which of a topic's partitions a key belongs to, from 0."""
    return (murmur2(key) & 0x7FFFFFFF) % partitions
