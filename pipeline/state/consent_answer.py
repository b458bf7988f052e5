"""What the consent register answers for one message at one time: whether somebody consented to it, and until when.

Pure: the same record, target, policy and time give the same answer, for a message that is judged now and for a day long
past (`pipeline/state/history.py`).
"""

from typing import Final, Literal, NamedTuple

from pipeline.domain.instants import to_datetime, to_milliseconds
from pipeline.domain.policies import Policy
from pipeline.state.choices import Choice, Choices, Kind, Target, standing_consents

NEVER: Final = 1 << 62
"""The end of a consent that has none."""

Answer = Literal["consented", "ended", "unconfirmed", "basis_missing", "missing"]


class ConsentAnswer(NamedTuple):
    """The answer, the consent that it rests on, and when that one ends (milliseconds since 1970, or `NEVER`)."""

    answer: Answer
    consent: Choice | None
    ends_milliseconds: int


_MISSING = ConsentAnswer("missing", None, NEVER)


def consent_answer(
    choices: Choices, target: Target, country: str, policy: Policy, now_milliseconds: int
) -> ConsentAnswer:
    """Look for a consent that covers a message and has not run out.

    Of several it is one on a basis that is good enough in the country, else one with a basis; then the one that lasts
    longest.

    Where the policy asks for double opt-in in the country, only confirmed consent counts for marketing.

    :param country: whose law ends the consent, ISO 3166-1 alpha-2; empty when it is not known
    """
    consents = standing_consents(choices, target)
    if not consents:
        return _MISSING
    if policy.double_opt_in and target.purpose == "marketing" and country in policy.double_opt_in:
        confirmed = [consent for consent in consents if consent.kind is Kind.CONFIRMED]
        if not confirmed:
            return ConsentAnswer("unconfirmed", consents[-1], NEVER)
        consents = confirmed
    lasting = consents[0]
    if len(consents) > 1:
        row = policy.sufficient_bases.get((country, target.purpose))
        bases = row.bases if row else ()

        def weight(consent: Choice) -> tuple[bool, bool, int]:
            end = ends(consent, country, policy)
            return (consent.basis in bases and end > now_milliseconds, bool(consent.basis), end)

        lasting = max(consents, key=weight)
    if not lasting.basis:
        return ConsentAnswer("basis_missing", lasting, NEVER)
    end = ends(lasting, country, policy)
    return ConsentAnswer("consented" if now_milliseconds < end else "ended", lasting, end)


def ends(consent: Choice, country: str, policy: Policy) -> int:
    """Say when a consent ends, in milliseconds since 1970: by its own date or by the law of the recipient's country."""
    end = consent.expires_milliseconds or NEVER
    if consent.basis in policy.expiring_bases:
        for place in ("*", country):
            months = policy.consent_months.get((place, consent.basis))
            if months is not None:
                end = min(end, _months_after(consent.occurred_milliseconds, months))
    return end


def _months_after(milliseconds: int, months: int) -> int:
    """Add calendar months; a day that the month does not have becomes the first of the next (the longer reading)."""
    start = to_datetime(milliseconds)
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    try:
        moved = start.replace(year=year, month=month + 1)
    except ValueError:
        year, month = divmod(year * 12 + month + 1, 12)
        moved = start.replace(year=year, month=month + 1, day=1)
    return to_milliseconds(moved)
