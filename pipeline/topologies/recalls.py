"""Recalling a campaign: what was let pass of it and is not sent yet is withdrawn once it is known to be mass.

A recall begins when a partition counts the campaign to `mass` itself, or when the pattern plane says so, and walks the
pages that the watch keeps (`watching.py`) in transactions of their own, from the oldest.

Delivery: an unfinished recall is a record of the state that wants attention at once; it says from which page on. To
begin it again withdraws nothing twice, as what was withdrawn can't be withdrawn any more.
"""

from collections.abc import Mapping
from typing import Final

import msgspec
from msgspec import Struct

from pipeline.domain.alarms import Alarm, Level
from pipeline.domain.outcomes import Outcome
from pipeline.domain.policies import Policy
from pipeline.domain.reasons import REASONS
from pipeline.patterns.signals import Signal
from pipeline.patterns.subjects import key_in
from pipeline.patterns.windows import Row
from pipeline.reading.fingerprint import are_alike
from pipeline.rules.bulk_spam import RULE_ID, SIGN, values_of
from pipeline.state.keys import ROWS, end_of, recall_key, rows_key
from pipeline.topologies.desk import Desk
from pipeline.topologies.revoking import Cause
from pipeline.topologies.row_pages import decode_page
from pipeline.topologies.withdrawals import Withdrawals

ROWS_WALKED_MAX: Final = 4_000
"""Rows looked at in one transaction, some 2 ms, or what a page holds more."""
WITHDRAWN_MAX: Final = 500
"""Verdicts withdrawn in one transaction, as for a workspace, or what a page holds more."""
PAGES_MAX: Final = 400
"""Pages looked at in one transaction; one transaction in quiet times writes a page of a row or two."""


class Recall(Struct, frozen=True, array_like=True, gc=False):
    """A campaign that is being recalled."""

    campaign: str
    """The subject of its alarm."""
    signature: bytes
    """Of a text of it; others are withdrawn if they share the key and are like it."""
    counts: Mapping[str, int]
    signs: tuple[str, ...]
    event: str
    """What has caused it, for the revocations."""
    page: int = 0
    """The first page that was not walked yet."""


_decode_recall = msgspec.msgpack.Decoder(Recall).decode
_pack = msgspec.msgpack.Encoder().encode


class Recalls:
    """What a turn recalls."""

    def __init__(self, desk: Desk, withdrawals: Withdrawals) -> None:
        """Work at a desk."""
        self._desk = desk
        self._withdrawals = withdrawals

    def follow(self, alarms: tuple[Alarm, ...], row: Row, recalled: dict[str, None], policy: Policy) -> None:
        """Begin a recall if a campaign of a message has become mass since its last message.

        :param recalled: campaigns that are mass already, kept up to date here
        """
        for alarm in alarms:
            if alarm.sign != SIGN:
                continue
            if alarm.level < Level.MASS:
                recalled.pop(alarm.subject, None)
            elif alarm.subject not in recalled:
                if len(recalled) >= PAGES_MAX:
                    recalled.pop(next(iter(recalled)))
                recalled[alarm.subject] = None
                self._begin(alarm, row.signature, f"pattern {alarm.subject}", policy)

    def answer(self, signal: Signal) -> None:
        """Begin a recall if the pattern plane says that a campaign is mass."""
        now_milliseconds = self._desk.now_milliseconds
        alarm = signal.alarm
        if alarm.sign == SIGN and alarm.level >= Level.MASS and now_milliseconds < signal.until_second * 1_000:
            policy = self._desk.known.policy_at(now_milliseconds).policy
            self._begin(alarm, signal.signature, f"signal {alarm.subject}", policy)

    def _begin(self, alarm: Alarm, signature: bytes, event: str, policy: Policy) -> None:
        outcome = Outcome(policy.document.patterns.mass_outcome)
        if policy.mode(RULE_ID) == "enforce" and not outcome.lets_pass:
            recall = Recall(alarm.subject, signature, alarm.counts, alarm.signs, event)
            self._desk.state.put(recall_key(alarm.subject), _pack(recall), self._desk.now_milliseconds)

    def go_on(self, key: bytes, value: bytes) -> None:
        """Walk on through the pages, and end the recall after the last."""
        recall = _decode_recall(value)
        campaign_key = key_in(recall.campaign.partition("#")[0])
        cause = cause_in(recall)
        walked = withdrawn = 0
        kept = list(self._desk.state.scan(rows_key(recall.page), end_of(ROWS), PAGES_MAX))
        for pages, (page_key, packed) in enumerate(kept, start=1):
            page = decode_page(packed)
            for row, place in zip(page.rows, page.places, strict=True):
                walked += 1
                if place and campaign_key in row.keys and are_alike(recall.signature, row.signature):
                    withdrawn += self._withdrawals.recall(place, row.workspace, cause)
            if walked >= ROWS_WALKED_MAX or withdrawn >= WITHDRAWN_MAX or pages == PAGES_MAX:
                next_page = int.from_bytes(page_key[1:], "big") + 1
                rest = msgspec.structs.replace(recall, page=next_page)
                self._desk.state.put(key, _pack(rest), self._desk.now_milliseconds)
                return
        self._desk.state.delete(key)


def cause_in(recall: Recall) -> Cause:
    """Word a campaign that is mass as a cause, with its name and its counts."""
    values = values_of(recall.campaign, recall.counts, recall.signs)
    return Cause("5.3", "bulk_mass", REASONS["bulk_mass"].reason.format_map(values), recall.event)
