"""One suppression for all channels: what a provider reports, as a choice of the person it is about.

Three kinds of report touch a person's choices:

- `status` with a code: an opt-out or the end of consent, if provider, product, code and title agree (`codes.py`).
- `preference`: a person's own switch at the provider, `stop`, `resume` or `signup` (Meta's `user_preferences`).
- `optout_event`: an entry of an opt-out list, `opted_out` or `opted_in`, or a new owner of a number,
  `reassigned`.

Everything else, also an unknown code or value, changes nobody's choices.
"""

from typing import Final

from pipeline.domain.events import ProviderEvent
from pipeline.providers.codes import Code, agrees, candidates, meaning_of
from pipeline.state.choices import Choice, Kind, within_calendar

STATUS: Final = "status"
PREFERENCE: Final = "preference"
OPT_OUT_EVENT: Final = "optout_event"
_FAILED: Final = (None, "failed", "undelivered", "rejected", "expired", "undeliverable", "blocked", "error")
"""States with which a code says why; a report that states none was made for its code."""

_KIND_BY_WORD: Final = {
    (PREFERENCE, "stop"): Kind.WITHDRAWAL,
    (PREFERENCE, "resume"): Kind.RESUME,
    (PREFERENCE, "signup"): Kind.GRANT,
    (OPT_OUT_EVENT, "opted_out"): Kind.WITHDRAWAL,
    (OPT_OUT_EVENT, "reassigned"): Kind.END,
}


def choice_in(report: ProviderEvent, sender: str | None, now_milliseconds: int) -> Choice | None:
    """Read a report as the choice that it makes known, or `None` when it makes none known.

    Only the person lifts a refusal: Meta's `resume` and `signup` are acts of the person. `opted_in` is what a list
    says, and a list can be filled by anybody with the key to it, so it changes nothing.

    :param sender: the sender that the report is about, if it is known
    :param now_milliseconds: a report that claims to come from the future counts from now
    """
    kind, scope = _kind_and_scope(report, sender)
    if kind is None:
        return None
    at = min(within_calendar(report.occurred_at), now_milliseconds)
    channel, purpose, from_sender = scope
    basis = "provider_report" if kind is not Kind.GRANT else "express"
    return Choice(kind, channel, purpose, from_sender, "*", basis, at, at, report.provider_event_id)


def code_of(report: ProviderEvent) -> Code | None:
    """Find what a failed message's code means; `None` when there is none or its parts don't agree."""
    if report.kind != STATUS or not report.code or report.status not in _FAILED:
        return None
    return meaning_of(report.provider, report.product, report.code, report.code_title)


def is_disputed(report: ProviderEvent) -> bool:
    """Tell whether a code may be an opt-out or end of consent, but product or title do not bear it out."""
    if report.kind != STATUS or not report.code:
        return False
    code = code_of(report)
    if code is not None and (not report.code_title or agrees(code, report.code_title)):
        return False
    return any(row.effect for row in candidates(report.provider, None, report.code))


def _kind_and_scope(report: ProviderEvent, sender: str | None) -> tuple[Kind | None, tuple[str, str, str]]:
    everything = ("*", "*", "*")
    if report.kind == STATUS:
        code = code_of(report)
        if code is None or not code.effect:
            return None, everything
        if code.effect == "end":
            return Kind.END, everything
        return Kind.WITHDRAWAL, (code.channel, code.purpose, (sender or "*") if code.sender == "sender" else "*")
    kind = _KIND_BY_WORD.get((report.kind, report.status or ""))
    if report.kind == PREFERENCE:
        return kind, ("whatsapp", "marketing", "*")
    if kind is Kind.END:
        return kind, everything
    return kind, (report.channel or "*", "*", "*")
