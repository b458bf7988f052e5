"""What a source has seen of a subject."""

import pytest

from pipeline.patterns import observations
from pipeline.patterns.observations import Observation, campaigns_in, decode, encode, fold, is_over, merge, total
from pipeline.patterns.windows import window
from tests.unit.patterns.builders import KEY, NOON, PARCEL, SCHOOL, build_row, number


def build_observation(source: str, text: str = PARCEL, *, messages: int = 1, second: int = NOON) -> Observation:
    """Observe a campaign."""
    rows = [build_row(text, recipient=number(at), second=second) for at in range(messages)]
    begun = Observation("campaign/1f", source, (), second, rows[0].signature)
    return fold(begun, rows, KEY)


def messages_in(observation: Observation, width: int = 86_400) -> int:
    """Count the messages of a window."""
    return window(observation.buckets, width, NOON + 60).messages


def test_comes_back_from_the_topic() -> None:
    """As it was."""
    observation = build_observation("recipients-0@1", messages=3)
    assert decode(encode(observation)) == observation


def test_holds_no_number() -> None:
    """Recipients are hashes."""
    assert b"2065550" not in encode(build_observation("recipients-0@1", messages=3))


def test_what_is_told_again_counts_once_and_sources_add_up() -> None:
    """Two sources saw two and three of the same five people."""
    first, second = build_observation("a", messages=2), build_observation("b", messages=3)
    both = total([merge(first, first), merge(second, second)])
    assert messages_in(both) == 5
    assert window(both.buckets, 86_400, NOON).recipients == 3


def test_the_earliest_text_gives_the_signature() -> None:
    """Whatever the order."""
    early, late = build_observation("a", SCHOOL, second=NOON - 1), build_observation("a", PARCEL)
    assert merge(early, late).signature == merge(late, early).signature == early.signature


def test_tells_campaigns_under_one_key_apart() -> None:
    """Two sources saw the parcel's, one the school's."""
    seen = [
        build_observation("a", PARCEL, messages=2),
        build_observation("b", SCHOOL, messages=9, second=NOON - 1),
        build_observation("c", PARCEL + " thanks", messages=3, second=NOON + 1),
    ]
    assert [messages_in(each) for each in campaigns_in(seen)] == [9, 5]
    assert campaigns_in(seen) == campaigns_in(reversed(seen))


@pytest.mark.parametrize(("seconds", "over"), [(2 * 86_400 - 1, False), (2 * 86_400, True), (2 * 86_400 + 1, True)])
def test_is_over_when_no_window_holds_anything(seconds: int, *, over: bool) -> None:
    """A day's bucket is needed for two days."""
    midnight = NOON // 86_400 * 86_400
    assert is_over(build_observation("a", second=midnight), midnight + seconds) == over


def test_each_kind_of_subject_has_its_distincts() -> None:
    """A workspace's recipients are told apart, its workspaces would always be one."""
    seen = observations.fold(Observation("workspace/ws-1", "a"), [build_row()], KEY)
    found = window(seen.buckets, 86_400, NOON)
    assert (found.recipients, found.workspaces) == (1, 0)
