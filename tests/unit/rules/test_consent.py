"""The rule `consent`: for most purposes consent must be on record, cover the message, and not have run out."""

import pytest

from pipeline.domain.events import OutboundMessage
from pipeline.domain.instants import from_text
from pipeline.domain.outcomes import Outcome
from pipeline.domain.policies import Policy
from pipeline.domain.verdicts import Finding
from pipeline.reading.content import read_content
from pipeline.rules.consent import ENDS_SOON_MILLISECONDS, RULE
from pipeline.state.choices import NO_CHOICES, Choice, Choices, Kind, choice_from
from pipeline.state.consent_answer import NEVER, ends
from pipeline.testing.builders import (
    DAY,
    NOW,
    build_choice,
    build_choices,
    build_consent,
    build_facts,
    build_message,
    build_policy,
)

CANADIAN = "+14165550123"
BRITISH = "+447700900123"
EXPIRY = """
[[consent.expiry]]
country = "CA"
basis = "implied_inquiry"
months = 6
source = "CASL s.10(9)-(10)"
confidence = "general_knowledge"
"""


def judge(
    *consents: Choice, message: OutboundMessage | None = None, policy: Policy | None = None, **facts: object
) -> Finding | None:
    """Have the rule look at a message to somebody who gave these consents, and no others."""
    message = message or build_message(purpose="marketing")
    given = {"choices": build_choices(*consents) if consents else NO_CHOICES} | facts
    return RULE.check(message, read_content(message.content), build_facts(message, **given), policy or build_policy())


def outcome_of(found: Finding | None) -> tuple[str, str] | None:
    """Say what was found: outcome and code."""
    return (found.outcome.value, found.code) if found else None


# For which purposes consent is needed.


@pytest.mark.parametrize(("purpose", "outcome"), [("marketing", "block"), ("utility", "hold"), ("service", "hold")])
def test_stops_a_message_without_consent_as_its_purpose_demands(purpose: str, outcome: str) -> None:
    """Marketing is blocked; what a customer may expect is held until the register knows."""
    assert outcome_of(judge(message=build_message(purpose=purpose))) == (outcome, "consent_missing")


def test_needs_no_consent_for_a_code() -> None:
    """Whoever asks for a code gets it."""
    assert judge(message=build_message(purpose="authentication")) is None


@pytest.mark.parametrize("purpose", ["marketing", "utility", "service"])
def test_holds_when_the_register_can_not_be_asked(purpose: str) -> None:
    """A register that is silent is no register that says no."""
    assert outcome_of(judge(message=build_message(purpose=purpose), choices=None)) == ("hold", "consent_unavailable")


# Which consent covers.


@pytest.mark.parametrize("kind", [Kind.GRANT, Kind.IMPORTED])
def test_lets_a_message_pass_with_consent(kind: Kind) -> None:
    """An act of the person counts, and so does a list as long as nobody objects."""
    assert judge(build_choice(kind)) is None


@pytest.mark.parametrize("kind", [Kind.RESUME, Kind.END, Kind.WITHDRAWAL])
def test_takes_no_other_choice_for_consent(kind: Kind) -> None:
    """START after STOP is no consent, nor is a consent that ended."""
    assert outcome_of(judge(build_choice(kind))) == ("block", "consent_missing")


@pytest.mark.parametrize(
    "scope", [{"channel": "whatsapp"}, {"purpose": "utility"}, {"sender": "+447700900222"}, {"brand": "Sunny Bakery"}]
)
def test_blocks_when_the_consent_is_for_something_else(scope: dict[str, str]) -> None:
    """Consent is per channel, purpose, sender and brand; a message without brand needs consent to all brands."""
    assert outcome_of(judge(build_choice(**scope))) == ("block", "consent_missing")


def test_blocks_when_the_consent_ended() -> None:
    """A number that went to somebody else has consented to nothing."""
    assert outcome_of(judge(build_choice(Kind.GRANT, -2), build_choice(Kind.END, -1))) == ("block", "consent_missing")


def test_holds_when_the_consent_states_no_basis() -> None:
    """Consent without a basis can't be proved, so a fact is missing."""
    assert outcome_of(judge(build_choice(basis=""))) == ("hold", "consent_basis_missing")


def test_lets_a_message_pass_when_one_of_several_consents_has_a_basis() -> None:
    """One good consent is enough."""
    assert judge(build_choice(basis=""), build_choice(basis="express_written")) is None


# When a consent has run out.


@pytest.mark.parametrize(("shift_milliseconds", "outcome"), [(-1, "flag"), (0, "block"), (1, "block")])
def test_ends_a_consent_at_its_own_date(shift_milliseconds: int, outcome: str) -> None:
    """One millisecond before the date it still counts; at the date it has ended."""
    found = judge(build_choice(expires_milliseconds=NOW - shift_milliseconds))
    assert found is not None
    assert found.outcome.value == outcome


@pytest.mark.parametrize(("shift_milliseconds", "outcome"), [(-1, "flag"), (0, "hold"), (1, "hold")])
def test_ends_a_consent_to_updates_with_a_hold(shift_milliseconds: int, outcome: str) -> None:
    """Where a missing consent holds, one that has run out holds too."""
    found = judge(build_choice(expires_milliseconds=NOW - shift_milliseconds), message=build_message())
    assert found is not None
    assert found.outcome.value == outcome


@pytest.mark.parametrize(("shift_milliseconds", "is_flagged"), [(-1, True), (0, True), (1, False)])
def test_flags_a_consent_that_ends_within_a_week(shift_milliseconds: int, *, is_flagged: bool) -> None:
    """A week before the end somebody is told, to the millisecond."""
    found = judge(build_choice(expires_milliseconds=NOW + ENDS_SOON_MILLISECONDS + shift_milliseconds))
    assert outcome_of(found) == (("flag", "consent_ends_soon") if is_flagged else None)


def test_names_the_day_on_which_the_consent_ends() -> None:
    """The flag tells the sender until when to ask anew."""
    found = judge(build_choice(expires_milliseconds=NOW + 2 * DAY))
    assert found is not None
    assert "2026-11-26" in found.reason


def test_counts_the_longest_of_several_consents() -> None:
    """A consent that has run out does not spoil a better one."""
    expired = build_choice(expires_milliseconds=NOW, basis="implied_inquiry")
    assert judge(expired, build_choice(basis="express_written")) is None


def test_blocks_by_a_consent_dated_in_the_year_1() -> None:
    """A date beyond the calendar in UTC is an end long past, and no error."""
    expired = choice_from(build_consent(expires_at="0001-01-01T00:00:00+14:00"))
    assert outcome_of(judge(expired)) == ("block", "consent_ended")


# How long a basis lasts by law.


@pytest.mark.parametrize(("shift_milliseconds", "outcome"), [(-1, "flag"), (0, "block"), (1, "block")])
@pytest.mark.parametrize(
    ("given_at", "ended_at"),
    [
        ("2026-08-31T15:00:00.123Z", "2027-03-01T15:00:00.123Z"),
        ("2026-08-30T15:00:00.456Z", "2027-03-01T15:00:00.456Z"),
        ("2026-08-28T15:00:00.000Z", "2027-02-28T15:00:00.000Z"),
        ("2027-08-31T00:00:00.001Z", "2028-03-01T00:00:00.001Z"),
        ("2027-08-29T23:59:59.999Z", "2028-02-29T23:59:59.999Z"),
        ("2026-05-24T15:00:00.000Z", "2026-11-24T15:00:00.000Z"),
        ("2026-10-31T12:00:00.000Z", "2027-05-01T12:00:00.000Z"),
    ],
)
def test_ends_implied_consent_after_its_months(
    given_at: str, ended_at: str, shift_milliseconds: int, outcome: str
) -> None:
    """Six calendar months, to the millisecond; a day that the month lacks becomes the first of the next."""
    message = build_message(purpose="marketing", to=CANADIAN)
    consent = choice_from(build_consent(occurred_at=given_at, basis="implied_inquiry"))
    now = from_text(ended_at) + shift_milliseconds
    found = judge(consent, message=message, policy=build_policy(EXPIRY), now_milliseconds=now)
    assert found is not None
    assert found.outcome.value == outcome


@pytest.mark.parametrize("milliseconds", [507, 508, 509])
def test_adds_months_without_losing_a_millisecond(milliseconds: int) -> None:
    """Floating-point seconds would lose the last of 508 milliseconds here."""
    consent = build_choice(basis="implied_inquiry", occurred_milliseconds=1_060_043_147_000 + milliseconds)
    assert ends(consent, "CA", build_policy(EXPIRY)) % 1_000 == milliseconds


def test_lets_implied_consent_last_where_the_law_sets_no_end() -> None:
    """The Canadian term does not apply to a British number."""
    assert ends(build_choice(basis="implied_inquiry"), "GB", build_policy(EXPIRY)) == NEVER


def test_lets_express_consent_last() -> None:
    """The term is that of the basis."""
    assert ends(build_choice(basis="express_written"), "CA", build_policy(EXPIRY)) == NEVER


def test_applies_a_term_of_all_countries_everywhere() -> None:
    """A row for `*` holds for any recipient."""
    policy = build_policy(EXPIRY.replace('"CA"', '"*"'))
    assert ends(build_choice(basis="implied_inquiry"), "GB", policy) < NEVER


def test_ends_a_consent_at_the_earlier_of_date_and_term() -> None:
    """A stated end can't stretch the law's term."""
    consent = build_choice(basis="implied_inquiry", expires_milliseconds=NOW + 3_650 * DAY)
    assert ends(consent, "CA", build_policy(EXPIRY)) < NOW + 365 * DAY


def test_takes_the_country_of_a_business_scoped_id_from_the_id() -> None:
    """Canadian law applies to a Canadian who is known by WhatsApp's id alone."""
    message = build_message(purpose="marketing", channel="whatsapp", to={"bsuid": "CA.1", "portfolio_id": "pf-1"})
    consent = build_choice(Kind.GRANT, -400 * DAY, basis="implied_inquiry")
    place = build_facts(build_message(to=CANADIAN)).place
    found = judge(consent, message=message, policy=build_policy(EXPIRY), place=place)
    assert outcome_of(found) == ("block", "consent_ended")


def test_lets_a_british_recipient_keep_an_old_consent() -> None:
    """Express written consent does not end by age."""
    message = build_message(purpose="marketing", to=BRITISH)
    assert judge(build_choice(Kind.GRANT, -4_000 * DAY), message=message, policy=build_policy(EXPIRY)) is None


def test_follows_a_policy_that_is_stricter() -> None:
    """A policy may block what the default only holds."""
    policy = build_policy('[consent]\nneeded_for = { marketing = "block", utility = "block", service = "hold" }')
    assert outcome_of(judge(message=build_message(), policy=policy)) == ("block", "consent_missing")


@pytest.mark.parametrize("choices", [NO_CHOICES, Choices(workspace_id="ws-1")])
def test_takes_an_empty_record_for_no_consent(choices: Choices) -> None:
    """Nothing known of the recipient is not consent."""
    assert outcome_of(judge(choices=choices)) == ("block", "consent_missing")


@pytest.mark.parametrize("outcome", [Outcome.BLOCK])
def test_names_clause_and_law_in_the_finding(outcome: Outcome) -> None:
    """The finding says that the law decided, under clause 6.2."""
    found = judge()
    assert found is not None
    assert (found.outcome, found.clause, found.decided_by) == (outcome, "6.2", "law")


# Whether the basis is good enough.

SUFFICIENT = """
[[consent.sufficient]]
country = "US"
purpose = "marketing"
bases = ["express_written", "signed"]
outcome = "{outcome}"
source = "47 CFR 64.1200(a)(2)"
confidence = "medium"
"""
AMERICAN = "+12125550123"


@pytest.mark.parametrize("outcome", ["flag", "hold", "block"])
@pytest.mark.parametrize(
    ("to", "purpose", "basis", "is_enough"),
    [
        (AMERICAN, "marketing", "implied_inquiry", False),
        (AMERICAN, "marketing", "express_written", True),
        (AMERICAN, "marketing", "signed", True),
        (AMERICAN, "utility", "implied_inquiry", True),
        (BRITISH, "marketing", "implied_inquiry", True),
    ],
)
def test_asks_for_a_basis_that_is_good_enough(
    to: str, purpose: str, basis: str, outcome: str, *, is_enough: bool
) -> None:
    """A country's row names the bases for a purpose; other countries and purposes take any."""
    policy = build_policy(SUFFICIENT.format(outcome=outcome))
    found = judge(build_choice(basis=basis), message=build_message(to=to, purpose=purpose), policy=policy)
    assert outcome_of(found) == (None if is_enough else (outcome, "consent_basis_insufficient"))


def test_prefers_a_consent_on_a_basis_that_is_good_enough() -> None:
    """Of two consents the one counts that the law asks for, though the other lasts longer, until it ends."""
    written = build_choice(basis="express_written", expires_milliseconds=NOW + 30 * DAY)
    policy, message = build_policy(SUFFICIENT.format(outcome="block")), build_message(to=AMERICAN, purpose="marketing")
    other = build_choice(basis="implied_inquiry")
    assert judge(written, other, message=message, policy=policy) is None
    late = judge(written, other, message=message, policy=policy, now_milliseconds=NOW + 30 * DAY)
    assert outcome_of(late) == ("block", "consent_basis_insufficient")
