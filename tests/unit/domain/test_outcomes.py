"""Outcomes are ordered from harmless to final."""

import pytest

from pipeline.domain.outcomes import Outcome

STRICTEST_LAST = ["allow", "flag", "defer", "hold", "block"]


def test_orders_outcomes_as_the_clause_table_does() -> None:
    """Sorted outcomes stand in the order of clauses.md, strictest last."""
    assert [outcome.value for outcome in sorted(Outcome, key=lambda outcome: outcome)] == STRICTEST_LAST


def test_takes_the_strictest_of_several_as_the_largest() -> None:
    """The largest of a deferral, a hold and a flag is the hold."""
    assert max(Outcome.DEFER, Outcome.HOLD, Outcome.FLAG) is Outcome.HOLD


@pytest.mark.parametrize("outcome", Outcome)
def test_lets_pass_only_what_is_allowed_or_flagged(outcome: Outcome) -> None:
    """The messaging service may send what is allowed or flagged, and nothing else."""
    assert outcome.lets_pass == (outcome.value in {"allow", "flag"})


def test_refuses_to_compare_with_something_else() -> None:
    """An outcome can't be compared with its text, which would order by letters."""
    with pytest.raises(TypeError):
        _ = Outcome.ALLOW < "block"
