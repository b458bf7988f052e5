"""A policy document is read whole or refused with the place and the remedy."""

import hashlib

import pytest

from pipeline.domain.policies import PolicyError, parse_policy
from pipeline.testing.builders import NOW, build_policy, policy_document


def test_stamps_a_policy_with_its_version_and_the_hash_of_its_text() -> None:
    """The stamp names the version and the SHA-256 of the text as written."""
    text = policy_document(version="v-9")
    policy = parse_policy(text)
    assert (policy.stamp.version, policy.stamp.hash) == ("v-9", "sha256:" + hashlib.sha256(text.encode()).hexdigest())


def test_gives_another_hash_when_only_a_comment_changes() -> None:
    """A document that differs in anything is another document."""
    assert build_policy().stamp.hash != build_policy("# a comment\n").stamp.hash


def test_takes_effect_at_the_stated_time() -> None:
    """The time from which a policy is in force is given in milliseconds since 1970."""
    assert build_policy(effective_at="2026-11-24T16:00:00+01:00").effective_milliseconds == NOW


def test_enforces_a_rule_that_the_document_does_not_name() -> None:
    """Silence about a rule means that it decides."""
    assert build_policy().mode("quiet_hours") == "enforce"


@pytest.mark.parametrize("mode", ["enforce", "shadow", "off"])
def test_applies_a_rule_as_the_document_says(mode: str) -> None:
    """Each of the three modes is read as written."""
    assert build_policy(f'[rules]\nquiet_hours = {{ mode = "{mode}" }}\n').mode("quiet_hours") == mode


@pytest.mark.parametrize(
    ("document", "named"),
    [
        ("lease_seconds = ", "not TOML"),
        ("lease_secondz = 1", "lease_secondz"),
        ("[rules]\nquiet_hours = { mode = 'sometimes' }", "rules"),
        ("[consent]\nneeded_for = { marketing = 'allow' }", "needed_for"),
        ("[[quiet_hours]]\ncountry = 'US'", "quiet_hours row 1 (US)"),
        ("[[consent.expiry]]\ncountry = 'CA'", "basis"),
    ],
)
def test_names_the_place_when_a_document_can_not_be_used(document: str, named: str) -> None:
    """The error names the line, field or row that its author must mend."""
    with pytest.raises(PolicyError, match=named.replace("(", r"\(").replace(")", r"\)")):
        build_policy(document)


def test_refuses_a_time_without_offset() -> None:
    """A time without offset is no point in time."""
    with pytest.raises(PolicyError, match="effective_at"):
        build_policy(effective_at="2026-11-24T15:00:00")


@pytest.mark.parametrize(
    ("setting", "lowest", "highest"),
    [
        ("lease_seconds", 1, 86_400),
        ("repeats_seconds", 60, 604_800),
        ("defer_spread_seconds", 0, 1_800),
        ("confirmation_seconds", 0, 300),
    ],
)
def test_accepts_a_number_within_its_limits(setting: str, lowest: int, highest: int) -> None:
    """The limits themselves are accepted."""
    read = [getattr(build_policy(f"{setting} = {value}").document, setting) for value in (lowest, highest)]
    assert read == [lowest, highest]


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("lease_seconds", 0),
        ("lease_seconds", 86_401),
        ("repeats_seconds", 59),
        ("repeats_seconds", 604_801),
        ("defer_spread_seconds", -1),
        ("defer_spread_seconds", 1_801),
        ("confirmation_seconds", -1),
        ("confirmation_seconds", 301),
        ("throttled_share", "0.0"),
        ("throttled_share", "1.01"),
    ],
)
def test_refuses_a_number_beyond_its_limits(setting: str, value: object) -> None:
    """One step beyond a limit the whole document is refused; five minutes for the confirmation is the law's limit."""
    with pytest.raises(PolicyError, match=setting):
        build_policy(f"{setting} = {value}")


@pytest.mark.parametrize(("months", "is_accepted"), [(0, False), (1, True), (600, True), (601, False)])
def test_limits_how_long_consent_may_be_said_to_last(months: int, *, is_accepted: bool) -> None:
    """Between a month and fifty years is accepted."""
    row = f"[[consent.expiry]]\ncountry = 'CA'\nbasis = 'b'\nmonths = {months}\nsource = 's'\nconfidence = 'low'\n"
    try:
        build_policy(row)
    except PolicyError:
        assert not is_accepted
    else:
        assert is_accepted


def test_refuses_a_cap_that_can_not_be_used() -> None:
    """The text names the row, so that its author can mend it."""
    with pytest.raises(PolicyError, match="frequency_caps row 1"):
        build_policy("[[frequency_caps]]\nlimit = 3")


@pytest.mark.parametrize(("days", "is_accepted"), [(0, False), (1, True), (3_650, True), (3_651, False)])
def test_limits_how_old_a_list_may_be_said_to_be(days: int, *, is_accepted: bool) -> None:
    """Between a day and ten years is accepted."""
    row = f"[[suppression.age]]\nkind = 'reassigned'\ndays_max = {days}\nsource = 's'\nconfidence = 'low'\n"
    try:
        policy = build_policy(row)
    except PolicyError:
        assert not is_accepted
    else:
        assert is_accepted
        assert policy.list_days_max == {"reassigned": days}


@pytest.mark.parametrize(("country", "is_accepted"), [("DE", True), ("de", False), ("DEU", False), ("*", False)])
def test_takes_a_country_for_double_opt_in_by_its_code(country: str, *, is_accepted: bool) -> None:
    """A misspelt country would silently ask for nothing."""
    row = f"[[consent.double_opt_in]]\ncountry = '{country}'\nsource = 's'\nconfidence = 'low'\n"
    try:
        policy = build_policy(row)
    except PolicyError:
        assert not is_accepted
    else:
        assert is_accepted
        assert policy.double_opt_in == {country}


@pytest.mark.parametrize(
    ("field", "figure", "is_accepted"),
    [
        ("sure_confidence", 0.49, False),
        ("sure_confidence", 0.5, True),
        ("sure_confidence", 1.0, True),
        ("sure_confidence", 1.01, False),
        ("unsure_confidence", -0.01, False),
        ("unsure_confidence", 0.0, True),
        ("unsure_confidence", 0.6, True),
        ("unsure_confidence", 0.61, False),
    ],
)
def test_limits_how_sure_a_reply_must_be(field: str, figure: float, *, is_accepted: bool) -> None:
    """No policy can ask for so much that requests to stop are passed over: clause 6.3 is hard."""
    try:
        build_policy(f"[replies]\n{field} = {figure}")
    except PolicyError:
        assert not is_accepted
    else:
        assert is_accepted


@pytest.mark.parametrize(("unsure", "is_accepted"), [(0.49, True), (0.5, True), (0.51, False)])
def test_refuses_an_unsure_threshold_above_the_sure_one(unsure: float, *, is_accepted: bool) -> None:
    """What is taken at its word is at least as sure as what is asked about."""
    try:
        build_policy(f"[replies]\nsure_confidence = 0.5\nunsure_confidence = {unsure}")
    except PolicyError as error:
        assert not is_accepted
        assert "unsure_confidence" in str(error)  # noqa: PT017 - whether it is raised depends on the figure
    else:
        assert is_accepted
