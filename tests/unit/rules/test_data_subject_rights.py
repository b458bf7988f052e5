"""The rule `data_subject_rights`: objection, restriction and erasure stop messages until they are lifted."""

import pytest

from pipeline.domain.outcomes import Outcome
from pipeline.domain.verdicts import Finding
from pipeline.reading.content import read_content
from pipeline.rules.data_subject_rights import RULE
from pipeline.state.choices import Choice, Kind
from pipeline.state.rights import NO_RIGHTS, Rights, demand_from, merge
from pipeline.testing.builders import (
    NOW,
    RECIPIENT,
    SECOND,
    build_choice,
    build_choices,
    build_command,
    build_facts,
    build_message,
    build_policy,
    instant,
)

PURPOSES = ("marketing", "utility", "service", "authentication")
AGO = -60 * SECOND


def rights_of(*demands: tuple[str, int], workspace_id: str | None = None, until: str | None = None) -> Rights:
    """Build what a recipient demanded: kinds of commands with their time from now, in milliseconds."""
    rights = NO_RIGHTS
    subject = {"recipient": RECIPIENT, "workspace_id": workspace_id}
    for number, (kind, shift) in enumerate(demands):
        command = build_command(
            command_id=f"cmd-{number}", kind=kind, subject=subject, occurred_at=instant(shift), until=until
        )
        rights = merge(rights, demand_from(command))
    return rights


def judge(rights: Rights | None, *choices: Choice, purpose: str = "marketing", **facts: object) -> Finding | None:
    """Have the rule look at a message to somebody who demanded this and chose that."""
    message = build_message(purpose=purpose)
    given = build_facts(message, rights=rights, **({"choices": build_choices(*choices)} | facts))
    return RULE.check(message, read_content(message.content), given, build_policy())


def outcome_of(found: Finding | None) -> tuple[str, str] | None:
    """Say what was found: outcome and code."""
    return (found.outcome.value, found.code) if found else None


@pytest.mark.parametrize("purpose", PURPOSES)
def test_lets_pass_when_nothing_was_demanded(purpose: str) -> None:
    """Most people demand nothing."""
    assert judge(NO_RIGHTS, purpose=purpose) is None


@pytest.mark.parametrize("purpose", PURPOSES)
def test_blocks_marketing_after_an_objection(purpose: str) -> None:
    """An objection to marketing leaves an order update and a code alone."""
    expected = ("block", "objected") if purpose == "marketing" else None
    assert outcome_of(judge(rights_of(("object", AGO)), purpose=purpose)) == expected


@pytest.mark.parametrize("purpose", PURPOSES)
def test_blocks_everything_after_an_erasure(purpose: str) -> None:
    """Who was erased is not written to for any purpose."""
    assert outcome_of(judge(rights_of(("erase", AGO)), purpose=purpose)) == ("block", "erased")


@pytest.mark.parametrize("purpose", PURPOSES)
def test_holds_all_but_codes_while_restricted(purpose: str) -> None:
    """A restriction is lifted again, so messages wait for a person; a code is asked for by the recipient."""
    expected = None if purpose == "authentication" else ("hold", "restricted")
    assert outcome_of(judge(rights_of(("restrict", AGO)), purpose=purpose)) == expected


@pytest.mark.parametrize(("shift", "stands"), [(-1, True), (0, True), (1, False)])
@pytest.mark.parametrize("kind", ["object", "erase"])
@pytest.mark.parametrize("consent", [Kind.GRANT, Kind.CONFIRMED])
def test_ends_with_later_consent_of_the_person(kind: str, consent: Kind, shift: int, *, stands: bool) -> None:
    """Consent one millisecond later lifts it; at the same instant the demand stands."""
    found = judge(rights_of((kind, AGO)), build_choice(consent, AGO + shift))
    assert (found is not None) == stands


@pytest.mark.parametrize("choice", [Kind.IMPORTED, Kind.RESUME])
@pytest.mark.parametrize("kind", ["object", "erase"])
def test_does_not_end_with_what_is_no_new_consent(kind: str, choice: Kind) -> None:
    """A list that claims consent lifts nothing, and START asks for messages, not for marketing."""
    assert judge(rights_of((kind, AGO)), build_choice(choice, 0)) is not None


def test_does_not_end_with_consent_to_something_else() -> None:
    """Consent to codes is none to marketing."""
    assert judge(rights_of(("erase", AGO)), build_choice(Kind.GRANT, 0, purpose="authentication")) is not None


@pytest.mark.parametrize("pair", [("object", "withdraw_objection"), ("restrict", "lift_restriction")])
@pytest.mark.parametrize(("shift", "stands"), [(-1, True), (0, True), (1, False)])
def test_ends_when_it_is_lifted_later(pair: tuple[str, str], shift: int, *, stands: bool) -> None:
    """The newer of demand and lifting counts; at the same instant the demand."""
    found = judge(rights_of((pair[0], AGO), (pair[1], AGO + shift)))
    assert (found is not None) == stands


@pytest.mark.parametrize(("shift", "stands"), [(-1, False), (0, False), (1, True)])
def test_ends_a_restriction_at_its_own_time(shift: int, *, stands: bool) -> None:
    """A restriction with an end holds up to that millisecond and not at it."""
    found = judge(rights_of(("restrict", AGO), until=instant(shift)), now_milliseconds=NOW)
    assert (found is not None) == stands


@pytest.mark.parametrize(("workspace_id", "stands"), [("ws-1", True), ("ws-2", False), (None, True)])
def test_stands_for_its_workspace_or_for_all(workspace_id: str | None, *, stands: bool) -> None:
    """A demand against one workspace says nothing about another."""
    assert (judge(rights_of(("object", AGO), workspace_id=workspace_id)) is not None) == stands


def test_gives_the_strictest_of_several_demands() -> None:
    """Who was erased after a restriction is blocked, not held."""
    assert outcome_of(judge(rights_of(("restrict", AGO), ("object", AGO), ("erase", AGO)))) == ("block", "erased")


@pytest.mark.parametrize("missing", ["rights", "choices"])
def test_holds_when_the_register_can_not_be_asked(missing: str) -> None:
    """A register that is silent is no register that says no."""
    found = judge(None) if missing == "rights" else judge(NO_RIGHTS, choices=None)
    assert found is not None
    assert (found.outcome, found.code) == (Outcome.HOLD, "consent_unavailable")
