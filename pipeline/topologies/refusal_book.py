"""What providers refused to send to the recipients of one partition (clause 6.5)."""

from collections.abc import Callable
from typing import Final

import msgspec

from pipeline.domain.events import ProviderEvent
from pipeline.providers.suppression import code_of
from pipeline.state.choices import within_calendar
from pipeline.state.keys import REFUSALS, refusals_key
from pipeline.state.refusals import Refusal, Refusals, with_refusal, without_refusals
from pipeline.topologies.desk import Desk

GROUPS: Final = ("account_restricted", "spam_limited", "country_not_allowed")
"""Classes of codes by which a provider refuses the sender, whatever the message says."""
_WHATSAPP: Final = "whatsapp"

_decode = msgspec.msgpack.Decoder(Refusals).decode
_pack = msgspec.msgpack.Encoder().encode


class RefusalBook:
    """What a turn reads and changes of the refusals."""

    def __init__(self, desk: Desk) -> None:
        """Work at a desk."""
        self._desk = desk

    def refusals(self, recipient: str, workspace_id: str) -> Refusals:
        """Give what was lately refused; empty when nothing was."""
        if not self._desk.holds_any(REFUSALS):
            return ()
        stored = self._desk.state.get(refusals_key(recipient, workspace_id))
        return _decode(stored) if stored is not None else ()

    def note_refusal(self, recipient: str, report: ProviderEvent, sender: str | None) -> None:
        """Note a refusal of the sender for as long as the policy says; other failures say nothing of the next one."""
        code = code_of(report)
        if report.workspace_id is None or code is None or code.group not in GROUPS:
            return
        now = self._desk.now_milliseconds
        at = min(within_calendar(report.occurred_at), now)
        until = at + self._desk.known.policy_at(now).policy.document.provider_refusal_seconds * 1000
        if until <= now:
            return
        refusal = Refusal(code.group, channel_of_report(report), sender or "*", at)
        known = self.refusals(recipient, report.workspace_id)
        changed = with_refusal(known, refusal)
        if changed != known:
            self._desk.note_held(REFUSALS)
            self._desk.state.keep(refusals_key(recipient, report.workspace_id), _pack(changed), until)

    def note_sent(self, recipient: str, report: ProviderEvent, find_sender: Callable[[], str | None]) -> None:
        """Forget refusals that a message which went out disproves.

        :param find_sender: says from which sender it went; asked only if something was refused
        """
        if report.workspace_id is None:
            return
        known = self.refusals(recipient, report.workspace_id)
        if not known:
            return
        at = min(within_calendar(report.occurred_at), self._desk.now_milliseconds)
        left = without_refusals(known, channel_of_report(report), find_sender() or "*", at)
        key = refusals_key(recipient, report.workspace_id)
        if not left:
            self._desk.state.delete(key)
        elif left != known:
            policy = self._desk.known.policy_at(self._desk.now_milliseconds).policy
            newest = max(each.reported_milliseconds for each in left)
            self._desk.state.keep(key, _pack(left), newest + policy.document.provider_refusal_seconds * 1000)


def channel_of_report(report: ProviderEvent) -> str:
    """Say by which channel the message went that a report is about: Meta has one, others say it in the product."""
    if report.channel:
        return report.channel
    is_whatsapp = report.provider.lower() == "meta" or (report.product or "").lower() == _WHATSAPP
    return _WHATSAPP if is_whatsapp else "sms"
