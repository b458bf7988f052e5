"""How many different ones: the smallest hashes of a set, exact while it is small, an estimate beyond.

Form: hashes of six bytes, ascending, one after the other in one `bytes`. A set of up to `kept` hashes is held whole, so
numbers near a threshold are exact; of a larger one the smallest stay, and the largest of these says how dense they lie.
The standard error is then 1 / sqrt(kept - 2): 9 % for 128, 3 % for 1,024.

Merging is the union cut to the smallest, so order, repetition and splitting change nothing. Source: Bar-Yossef and
others, Counting distinct elements in a data stream (RANDOM 2002), and Giroire, Order statistics and estimating
cardinalities (2009). Why not HyperLogLog: docs/decisions/0013-bulk-patterns.md.

Personal data: hashes are keyed, so who lacks the key can't tell whether a number is among them.
"""

import functools
import hashlib
from collections.abc import Collection
from typing import Final

HASH_BYTES: Final = 6
"""Of ten million names two share a hash in one of five cases, which moves a count by one."""
_ALL: Final = 1 << (8 * HASH_BYTES)
_CACHED_NAMES_MAX: Final = 65_536
_FEW: Final = 4
"""Up to so many hashes are put in their places one by one."""


def hash_of(name: str, key: bytes) -> bytes:
    """Hash what is counted.

    :param name: a number, a workspace, a domain ...
    :param key: the deployment's secret, up to 64 bytes; all workers must have the same one
    """
    return hashlib.blake2b(name.encode("utf-8", "surrogatepass"), digest_size=HASH_BYTES, key=key).digest()


@functools.lru_cache(maxsize=_CACHED_NAMES_MAX)
def hash_of_frequent(name: str, key: bytes) -> bytes:
    """Hash a name that comes again and again: a workspace, a sender, a domain; a twentieth of the cost."""
    return hash_of(name, key)


def add(minima: bytes, hashes: Collection[bytes], kept: int) -> bytes:
    """Add hashes to a set; any of them may be in it already.

    :param kept: how many hashes stay, at least two
    """
    if len(hashes) <= _FEW:
        for each in hashes:
            minima = _add_one(minima, each, kept)
        return minima
    if len(minima) >= kept * HASH_BYTES:
        largest = minima[-HASH_BYTES:]
        hashes = [each for each in hashes if each < largest]
        if not hashes:
            return minima
    union = set(_taken_apart(minima))
    union.update(hashes)
    return b"".join(sorted(union)[:kept])


def merge(first: bytes, second: bytes, kept: int) -> bytes:
    """Unite two sets."""
    if not second or first == second:
        return first
    return add(first, _taken_apart(second), kept)


def _add_one(minima: bytes, hashed: bytes, kept: int) -> bytes:
    """Put a hash in its place by halving: a twentieth of the cost of sorting anew."""
    low, high = 0, len(minima) // HASH_BYTES
    if high >= kept and hashed >= minima[-HASH_BYTES:]:
        return minima
    while low < high:
        middle = (low + high) // 2
        begin = middle * HASH_BYTES
        found = minima[begin : begin + HASH_BYTES]
        if found == hashed:
            return minima
        if found < hashed:
            low = middle + 1
        else:
            high = middle
    begin = low * HASH_BYTES
    return (minima[:begin] + hashed + minima[begin:])[: kept * HASH_BYTES]


def _taken_apart(minima: bytes) -> list[bytes]:
    return [minima[at : at + HASH_BYTES] for at in range(0, len(minima), HASH_BYTES)]


def count(minima: bytes, kept: int) -> int:
    """Say how many different ones were added: exactly while fewer than `kept`, else an estimate."""
    number = len(minima) // HASH_BYTES
    if number < kept:
        return number
    return max(kept, round((kept - 1) * _ALL / (int.from_bytes(minima[-HASH_BYTES:], "big") + 1)))
