"""Where each record of the state lies: keys that sort what is walked together next to each other.

Parts are written with their length in front, so that no id, whatever characters it holds, can reach into another's
range; a part that is too long for a key is written as its hash.
"""

import functools
import hashlib

PART_BYTES_MAX = 96
"""Longest part written as it is. Three such parts and a timer's prefix stay below the 511 bytes that LMDB allows."""


LAST_BYTE = 0xFF
SWEEPS = b"w"
"""Where unfinished walks lie."""
REACHED = b"p"
"""Where it lies what WhatsApp portfolios wrote to recipients."""


@functools.lru_cache(maxsize=65_536)
def _workspace_part(workspace_id: str) -> bytes:
    """Write a workspace's id: one of few, in every key."""
    return _part(workspace_id)


_LENGTHS = tuple(bytes((length,)) for length in range(PART_BYTES_MAX + 1))


def _part(text: str) -> bytes:
    """Write one part of a key."""
    raw = text.encode()
    if len(raw) > PART_BYTES_MAX:
        return b"\xff" + hashlib.blake2b(raw, digest_size=32).digest()
    return _LENGTHS[len(raw)] + raw


def choices_key(recipient: str, workspace_id: str) -> bytes:
    """Where a recipient's choices with regard to one workspace lie."""
    return b"c" + _part(recipient) + _workspace_part(workspace_id)


def choices_range(recipient: str) -> bytes:
    """Begin of the range that holds a recipient's choices with regard to every workspace."""
    return b"c" + _part(recipient)


def ledger_key(workspace_id: str, recipient: str, message_id: str) -> bytes:
    """Where a judged message lies: by workspace, then recipient, so that either can be walked as one range."""
    return b"l" + _workspace_part(workspace_id) + _part(recipient) + _part(message_id)


def ledger_range(workspace_id: str, recipient: str | None = None) -> bytes:
    """Begin of the range that holds a workspace's judged messages, or those to one recipient."""
    return b"l" + _workspace_part(workspace_id) + (_part(recipient) if recipient is not None else b"")


def refusals_key(recipient: str, workspace_id: str) -> bytes:
    """Where it lies what providers lately refused to send to a recipient for one workspace."""
    return REFUSALS + _part(recipient) + _workspace_part(workspace_id)


def ending_key(name: bytes) -> bytes:
    """Where the ending that verdicts have in common lies, by its name."""
    return b"v" + name


def links_key(recipient: str) -> bytes:
    """Where the other names of a recipient lie."""
    return b"i" + _part(recipient)


REFUSALS = b"f"
"""Where all that providers lately refused lies."""

RIGHTS = b"r"
"""Where all that people demanded as data subjects lies."""


def rights_key(recipient: str) -> bytes:
    """Where what a person demanded as a data subject lies: under a hash, as it outlives the erasure of the person.

    The hash keeps the name out of sight and is no secret: who knows all numbers can find the one it was made of.
    """
    return b"r" + hashlib.blake2b(recipient.encode(), digest_size=16).digest()


def personal_ranges(recipient: str, workspace_id: str | None = None) -> tuple[bytes, ...]:
    """Begins of the ranges of further records about a person, with regard to one workspace or to all.

    An erasure empties them. A new kind of record about a person is added here. Judged messages and choices are not in
    it, as an erasure looks at each of them, and rights outlive it.
    """
    if workspace_id is not None:
        return (refusals_key(recipient, workspace_id), contacts_key(recipient, workspace_id))
    return (links_key(recipient), REFUSALS + _part(recipient), contacts_range(recipient))


def usage_key(workspace_id: str) -> bytes:
    """Where this partition's share of a workspace's use of its plan lies."""
    return b"u" + _workspace_part(workspace_id)


def segments_key(brand: str) -> bytes:
    """Where this partition's share of a 10DLC brand's segments of the day lies."""
    return b"n" + _workspace_part(brand)


def contacts_key(recipient: str, workspace_id: str) -> bytes:
    """Where a recipient's replies to a workspace and its capped messages lie."""
    return b"k" + _part(recipient) + _workspace_part(workspace_id)


def contacts_range(recipient: str) -> bytes:
    """Begin of the range that holds a recipient's contacts with every workspace."""
    return b"k" + _part(recipient)


def reached_key(portfolio_id: str, recipient: str) -> bytes:
    """Where it lies what a WhatsApp portfolio wrote to a recipient lately."""
    return b"p" + _workspace_part(portfolio_id) + _part(recipient)


def reach_key(portfolio_id: str) -> bytes:
    """Where this partition's count of the recipients that a WhatsApp portfolio has reached lies."""
    return b"q" + _workspace_part(portfolio_id)


def enforcement_key(workspace_id: str) -> bytes:
    """Where a workspace's enforcement state lies."""
    return b"e" + _workspace_part(workspace_id)


def sweep_key(workspace_id: str) -> bytes:
    """Where an unfinished walk over a workspace's judged messages is kept."""
    return b"w" + _workspace_part(workspace_id)


WATCH_KEY = b"o"
"""Where it lies how far this partition has told what its watch counts, and when it is to tell more."""
ROWS = b"y"
"""Where rows lie that are not told yet, or whose verdicts can be used still."""
RECALLS = b"a"
"""Where unfinished recalls of campaigns lie."""


def rows_key(number: int) -> bytes:
    """Where a page of rows lies: in the order in which they were written."""
    return ROWS + number.to_bytes(8, "big")


def recall_key(campaign: str) -> bytes:
    """Where the unfinished recall of a campaign lies."""
    return RECALLS + _part(campaign)


EVIDENCE_CHAIN_KEY = b"h"
"""Where the hash of this partition's newest page of evidence lies."""


def end_of(begin: bytes) -> bytes:
    """End (exclusive) of the range of all keys that start with `begin`: the next key of the same length."""
    for index in range(len(begin) - 1, -1, -1):
        if begin[index] != LAST_BYTE:
            return begin[:index] + bytes((begin[index] + 1,))
    return begin + b"\xff" * 64
