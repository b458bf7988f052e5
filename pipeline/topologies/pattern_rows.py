"""What the patterns take of one message, and of news about one: rows with names of tenants and hashes of people."""

import struct
from typing import Final, NamedTuple

from pipeline.domain.events import OutboundMessage
from pipeline.domain.instants import to_milliseconds
from pipeline.domain.policies import Policy
from pipeline.domain.workspaces import Workspace
from pipeline.patterns.distinct import hash_of, hash_of_frequent
from pipeline.patterns.lures import domain_of, flags_of
from pipeline.patterns.subjects import range_of
from pipeline.patterns.windows import ABROAD, CODE, FOREIGN_LINK, MESSAGE, UNKNOWN_CONSENT, Row
from pipeline.providers.drafts import sender_type
from pipeline.reading.content import Reading
from pipeline.reading.links import Link
from pipeline.rules.consent import has_good_consent
from pipeline.rules.facts import Facts
from pipeline.rules.standing import is_own
from pipeline.state.ledger import Entry

DAY_MILLISECONDS: Final = 86_400_000
_MARK: Final = struct.Struct(">4Q")
"""Four min-hash keys; the signature follows."""


class News(NamedTuple):
    """What is known of news about a message: whom it went to, for whom, from where, and what is remembered of it."""

    workspace_id: str
    recipient: str
    sender: str
    channel: str
    entry: Entry | None


def row_of(message: OutboundMessage, reading: Reading, facts: Facts, policy: Policy, key: bytes) -> Row:
    """Make the row of a message that is judged.

    It counts when it was asked for, so a message that is judged again after a crash counts as it did; one from the
    future counts as of now, and one that waited for more than a day as of a day ago, where windows still look.

    :param key: of the hashes, see `pipeline.patterns.distinct`
    """
    flags = MESSAGE | flags_of(reading)
    domain = b""
    link = _foreign_link(reading, facts) if reading.links else None
    if link is not None:
        flags |= FOREIGN_LINK
        domain = hash_of_frequent(domain_of(link), key)
    if message.purpose == "authentication":
        flags |= CODE
    if _is_abroad(facts):
        flags |= ABROAD
    if not has_good_consent(message, facts, policy):
        flags |= UNKNOWN_CONSENT
    sender, actor, distinct = message.sender, message.actor, reading.distinct
    return Row(
        within_day(to_milliseconds(message.requested_at), facts.now_milliseconds) // 1_000,
        flags,
        message.workspace_id or "",
        f"{sender.type}:{sender.id}",
        f"{actor.type}:{actor.id}" if actor else "",
        range_of(facts.recipient),
        hash_of(facts.recipient, key),
        domain,
        distinct.fingerprint.keys,
        distinct.signature,
    )


def news_of(flag: int, second: int, report: News, workspace: Workspace | None, key: bytes) -> Row:
    """Make the row of news.

    :param flag: what happened, such as `COMPLAINT`
    :param key: of the hashes, see `pipeline.patterns.distinct`
    """
    entry = report.entry
    keys, signature = unmarked(entry.text_mark) if entry is not None and entry.text_mark else ((), b"")
    return Row(
        second,
        flag,
        report.workspace_id,
        _sender_name(report.sender, report.channel, workspace),
        f"{entry.actor_type}:{entry.actor_id}" if entry is not None and entry.actor_type else "",
        range_of(report.recipient),
        hash_of(report.recipient, key),
        b"",
        keys,
        signature,
    )


def within_day(milliseconds: int, now_milliseconds: int) -> int:
    """Move an instant to the nearest that is neither later than now nor more than a day ago."""
    return max(now_milliseconds - DAY_MILLISECONDS, min(milliseconds, now_milliseconds))


def mark(row: Row) -> bytes:
    """Pack what tells a row's text, 64 bytes; for a text that has words."""
    return _MARK.pack(*row.keys) + row.signature


def unmarked(text_mark: bytes) -> tuple[tuple[int, ...], bytes]:
    """Unpack the keys and the signature of a text."""
    return _MARK.unpack_from(text_mark), text_mark[_MARK.size :]


def _is_abroad(facts: Facts) -> bool:
    """Tell whether the recipient's number is of another country than the workspace; not where either is unknown."""
    number, workspace = facts.number, facts.workspace
    if number is None or workspace is None or not number.country or not workspace.record.country:
        return False
    return number.country != workspace.record.country


def _foreign_link(reading: Reading, facts: Facts) -> Link | None:
    """Find the first link that leads to none of the workspace's domains; doubtful ones count where no other is."""
    sure = [link for link in reading.links if "doubtful" not in link.flags]
    return next((link for link in sure or reading.links if not is_own(link, facts)), None)


def _sender_name(sender: str, channel: str, workspace: Workspace | None) -> str:
    """Name a sender with its type: as its workspace states it, else by its form."""
    if not sender:
        return ""
    for stated in workspace.record.senders if workspace is not None else ():
        if stated.id == sender:
            return f"{stated.type}:{sender}"
    return f"{sender_type(sender, channel)}:{sender}"
