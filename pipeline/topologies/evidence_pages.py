"""What is kept to prove what was seen: one page per transaction, each holding the hash of the one before.

A page names, for each verdict, the event and the verdict by their hashes, and holds no body and no number (9.1). The
chain is per partition; its newest hash lies in the partition's state, so pages and state can't part.
"""

import hashlib
from collections.abc import Iterator, Mapping
from typing import Annotated

import msgspec

from pipeline.domain.instants import to_text
from pipeline.reading.reader import READER_VERSION
from pipeline.state.keys import EVIDENCE_CHAIN_KEY
from pipeline.topologies.names import EVIDENCE
from pipeline.topologies.steps import Output, Step

HASH_DIGITS = 32
"""128 bits of SHA-256: enough that nobody finds a second event for a hash, in half the room."""


class EvidenceEntry(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One verdict or revocation: ids, where the event was, and the hashes of event and answer."""

    kind: str
    id: str
    message_id: str
    topic: str
    partition: int
    offset: int
    event_hash: str
    answer_hash: str


class EvidencePage(msgspec.Struct, frozen=True, kw_only=True):
    """One transaction: what it took, when, and what it answered.

    `sequence` orders the pages of one worker over its partitions; `previous` is the hash of the partition's page before
    (empty: the first). `inputs` gives the first and the next offset of each topic taken from, `globals` the next offset
    of each global topic's partition as it was known: together with the topics they are a recording that can be judged
    again to the byte (`pipeline.apps.recording`). `reader` and `lexicons` are the version and the hash of what
    texts were read with: with others the verdicts can come out otherwise.
    """

    topology: str
    partition: int
    sequence: int
    previous: str
    decided_at: str
    inputs: Mapping[str, tuple[int, int]]
    globals: Mapping[str, int]
    reader: int
    lexicons: str
    owner: Annotated[int, msgspec.Meta(ge=0)] = 0
    """The number of the partition's owner as a counter of patterns; 0 when it has not counted yet."""
    entries: tuple[EvidenceEntry, ...]


_ENCODER = msgspec.json.Encoder()


def digest(value: bytes) -> str:
    """Hash a value for evidence, as hexadecimal text."""
    return hashlib.sha256(value).hexdigest()[:HASH_DIGITS]


ENTRIES_MAX = 2_000
"""Entries of one page: some 250 bytes each, so that a page stays below what a broker takes (1 MB)."""


def page_outputs(
    topology: str, step: Step, entries: list[EvidenceEntry], lexicons_hash: str, owner: int
) -> Iterator[Output]:
    """Write a transaction's pages, one unless it has very many entries, and move the partition's chain on."""
    for first in range(0, max(1, len(entries)), ENTRIES_MAX):
        inputs = step.inputs if first == 0 else {}
        yield _page_output(topology, step, inputs, entries[first : first + ENTRIES_MAX], lexicons_hash, owner)


def _page_output(  # noqa: PLR0913 - what makes up a page
    topology: str,
    step: Step,
    inputs: Mapping[str, tuple[int, int]],
    entries: list[EvidenceEntry],
    lexicons_hash: str,
    owner: int,
) -> Output:
    previous = (step.state.get(EVIDENCE_CHAIN_KEY) or b"").decode()
    page = EvidencePage(
        topology=topology,
        partition=step.partition,
        sequence=step.sequence,
        previous=previous,
        decided_at=to_text(step.now_milliseconds),
        inputs=inputs,
        globals=step.global_positions,
        reader=READER_VERSION,
        lexicons=lexicons_hash,
        owner=owner,
        entries=tuple(entries),
    )
    value = _ENCODER.encode(page)
    step.state.put(EVIDENCE_CHAIN_KEY, digest(value).encode())
    return Output(EVIDENCE, b"%d" % step.partition, value, (), step.partition)
