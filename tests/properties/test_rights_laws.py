"""Laws of what people demand: order and repetition don't matter, and nothing but a later act lifts a demand."""

from hypothesis import given
from hypothesis import strategies as st

from pipeline.state.choices import NO_CHOICES, Choice, Choices, Kind, Target
from pipeline.state.choices import merge as merge_choices
from pipeline.state.rights import NO_RIGHTS, Demand, RightKind, Rights, merge, standing_demand

DEMANDS = st.builds(
    Demand,
    kind=st.sampled_from(RightKind),
    workspace_id=st.sampled_from(["", "ws-1", "ws-2"]),
    is_made=st.booleans(),
    occurred_milliseconds=st.integers(0, 4),
    command_id=st.sampled_from(["a", "b"]),
)
LISTS = st.lists(DEMANDS, max_size=10)
PURPOSES = st.sampled_from(["marketing", "utility", "authentication"])
TARGETS = st.builds(Target, st.just("sms"), PURPOSES, st.just("s"), st.just(""))
CHOICES = st.builds(
    Choice,
    kind=st.sampled_from(Kind),
    channel=st.just("*"),
    purpose=st.sampled_from(["*", "marketing"]),
    sender=st.just("*"),
    brand=st.just("*"),
    basis=st.just("express"),
    occurred_milliseconds=st.integers(0, 5),
    recorded_milliseconds=st.just(0),
    event_id=st.just("c"),
)


def merged(demands: list[Demand]) -> Rights:
    """Merge demands one after the other."""
    rights = NO_RIGHTS
    for demand in demands:
        rights = merge(rights, demand)
    return rights


def chosen(choices: list[Choice]) -> Choices:
    """Merge choices."""
    return merge_choices(NO_CHOICES, choices)


@given(LISTS, st.randoms(use_true_random=False))
def test_merges_to_the_same_record_in_any_order_and_however_often(demands: list[Demand], source: object) -> None:
    """Reordering and redelivery of commands change nothing."""
    shuffled = demands + demands[:3]
    source.shuffle(shuffled)  # type: ignore[attr-defined]
    assert merged(shuffled) == merged(demands)


@given(LISTS, DEMANDS, TARGETS)
def test_lifts_a_demand_only_by_a_later_lifting_of_its_kind(
    demands: list[Demand], added: Demand, target: Target
) -> None:
    """If a demand stands and one more command ends it, that command lifts its kind, later."""
    before = standing_demand(merged(demands), "ws-1", target, NO_CHOICES, 9)
    after = standing_demand(merged([*demands, added]), "ws-1", target, NO_CHOICES, 9)
    if before is not None and after is None:
        assert (added.kind, added.workspace_id, added.is_made) == (before.kind, before.workspace_id, False)
        assert added.occurred_milliseconds > before.occurred_milliseconds


@given(LISTS, st.lists(CHOICES, max_size=4), CHOICES, TARGETS)
def test_ends_a_demand_only_by_later_consent_of_the_person(
    demands: list[Demand], choices: list[Choice], added: Choice, target: Target
) -> None:
    """If a demand stands and one more choice ends it, that choice is a later consent of the person."""
    rights = merged(demands)
    before = standing_demand(rights, "ws-1", target, chosen(choices), 9)
    after = standing_demand(rights, "ws-1", target, chosen([*choices, added]), 9)
    if before is not None and after is None:
        assert added.kind in {Kind.GRANT, Kind.CONFIRMED}
        assert added.occurred_milliseconds > before.occurred_milliseconds


@given(LISTS, TARGETS)
def test_lets_a_restriction_and_an_objection_leave_codes_alone(demands: list[Demand], target: Target) -> None:
    """Nothing but an erasure stops a code."""
    found = standing_demand(merged(demands), "ws-1", target._replace(purpose="authentication"), NO_CHOICES, 9)
    assert found is None or found.kind is RightKind.ERASURE
