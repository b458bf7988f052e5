"""What the register answers for one message at one time, at the edges of each term."""

import pytest

from pipeline.domain.instants import from_text
from pipeline.state.choices import Kind, Target
from pipeline.state.consent_answer import NEVER, consent_answer, ends
from pipeline.testing.builders import NOW, build_choice, build_choices, build_policy

TARGET = Target("sms", "marketing", "", "")


def policy_of(months: int, country: str = "CA", basis: str = "implied") -> str:
    """Write a term."""
    return f"""
[[consent.expiry]]
country = "{country}"
basis = "{basis}"
months = {months}
source = "a law"
confidence = "high"
"""


DOUBLE = """
[[consent.double_opt_in]]
country = "DE"
source = "a law"
confidence = "high"
"""


@pytest.mark.parametrize(
    ("given", "months", "end"),
    [
        ("2026-04-28T15:00:00.000Z", 6, "2026-10-28T15:00:00.000Z"),
        ("2026-08-31T00:00:00.000Z", 6, "2027-03-01T00:00:00.000Z"),
        ("2026-08-30T00:00:00.000Z", 6, "2027-03-01T00:00:00.000Z"),
        ("2026-08-28T00:00:00.000Z", 6, "2027-02-28T00:00:00.000Z"),
        ("2027-08-29T00:00:00.000Z", 6, "2028-02-29T00:00:00.000Z"),
        ("2028-02-29T12:00:00.000Z", 24, "2030-03-01T12:00:00.000Z"),
        ("2028-02-29T12:00:00.000Z", 48, "2032-02-29T12:00:00.000Z"),
        ("2026-12-31T23:59:59.999Z", 2, "2027-03-01T23:59:59.999Z"),
    ],
)
@pytest.mark.parametrize(("shift", "answer"), [(-1, "consented"), (0, "ended"), (1, "ended")])
def test_ends_consent_to_the_millisecond(given: str, months: int, end: str, shift: int, answer: str) -> None:
    """Calendar months, also over short months and leap days: valid until the last millisecond before the end."""
    choice = build_choice(Kind.GRANT, from_text(given) - NOW, basis="implied")
    policy = build_policy(policy_of(months))
    found = consent_answer(build_choices(choice), TARGET, "CA", policy, from_text(end) + shift)
    assert (found.answer, found.ends_milliseconds) == (answer, from_text(end))


def test_ends_by_the_earlier_of_law_and_statement() -> None:
    """A stated end that lies before that of the law counts, and the other way round."""
    policy = build_policy(policy_of(1))
    early = build_choice(Kind.GRANT, 0, basis="implied", expires_milliseconds=NOW + 5)
    late = build_choice(Kind.GRANT, 0, basis="implied", expires_milliseconds=NEVER)
    assert (ends(early, "CA", policy), ends(late, "CA", policy) < NEVER) == (NOW + 5, True)


@pytest.mark.parametrize(("country", "has_end"), [("CA", True), ("US", False), ("", False)])
def test_ends_by_the_law_of_the_country(country: str, *, has_end: bool) -> None:
    """A term of one country is none of another."""
    choice = build_choice(Kind.GRANT, 0, basis="implied")
    assert (ends(choice, country, build_policy(policy_of(1))) < NEVER) == has_end


@pytest.mark.parametrize(
    ("kind", "country", "purpose", "answer"),
    [
        (Kind.GRANT, "DE", "marketing", "unconfirmed"),
        (Kind.IMPORTED, "DE", "marketing", "unconfirmed"),
        (Kind.CONFIRMED, "DE", "marketing", "consented"),
        (Kind.GRANT, "GB", "marketing", "consented"),
        (Kind.GRANT, "DE", "utility", "consented"),
    ],
)
def test_asks_for_confirmed_consent_where_the_policy_says_so(
    kind: Kind, country: str, purpose: str, answer: str
) -> None:
    """Double opt-in is asked for marketing in the countries of the table, and nowhere else."""
    choices = build_choices(build_choice(kind, basis="express"))
    found = consent_answer(choices, TARGET._replace(purpose=purpose), country, build_policy(DOUBLE), NOW)
    assert found.answer == answer


def test_keeps_a_confirmed_consent_beside_a_newer_unconfirmed_one() -> None:
    """Filling in the form once more does not undo the confirmation."""
    choices = build_choices(build_choice(Kind.CONFIRMED, -2, basis="e"), build_choice(Kind.GRANT, -1, basis="e"))
    assert consent_answer(choices, TARGET, "DE", build_policy(DOUBLE), NOW).answer == "consented"
