"""What a partition sees of all subjects."""

import pytest
from msgspec.structs import replace

from pipeline.domain.alarms import Alarm, Level
from pipeline.patterns.distinct import hash_of
from pipeline.patterns.watch import CAMPAIGN_SIGHTS, PAIR_SIGHTS, RANGE_SIGHTS, Limits, Watch
from pipeline.patterns.windows import (
    CODE,
    COMPLAINT,
    FOREIGN_LINK,
    LEAD,
    MESSAGE,
    SEQUENTIAL,
    UNKNOWN_CONSENT,
    window,
)
from tests.unit.patterns.builders import KEY, NOON, PARCEL, SCHOOL, build_row, number

SMALL = Limits(subjects=400, texts=2_000)
UNASKED = MESSAGE | LEAD | UNKNOWN_CONSENT
START = NOON * 1_000
LETTERS = str.maketrans("0123456789", "bdfhjlnprt")
"""Digits are masked, so words must differ in letters."""


def build_watch(source: str = "recipients-0@1") -> Watch:
    """Build a watch that has told what it was to tell at the start."""
    watch = Watch(source, KEY, limits=SMALL)
    watch.due(START)
    return watch


def level_in(alarms: tuple[Alarm, ...]) -> Level:
    """Give the level of the campaign among the alarms of a message."""
    return max([alarm.level for alarm in alarms if alarm.sign == "bulk"], default=Level.QUIET)


def told(watch: Watch, seconds: int = 5) -> dict[str, int]:
    """Give the messages of each subject that a watch tells of."""
    due = watch.due(START + seconds * 1_000)
    return {seen.subject: window(seen.buckets, 86_400, NOON + seconds).messages for seen in due.observations}


def test_counts_tenants_from_the_first_message_on() -> None:
    """Workspace, sender and credential."""
    watch = build_watch()
    watch.see(build_row())
    assert told(watch) == {
        "workspace/ws-1": 1,
        "sender/phone_number:+12065550199": 1,
        "credential/ws-1:integration:key-1": 1,
    }


@pytest.mark.parametrize(
    ("kind", "sights"), [("campaign", CAMPAIGN_SIGHTS), ("range", RANGE_SIGHTS), ("pair", PAIR_SIGHTS)]
)
@pytest.mark.parametrize("more", [-1, 0, 1])
def test_counts_others_once_they_have_come_again(kind: str, sights: int, more: int) -> None:
    """A text at its third sight, a pair at its fifth, a range at its tenth."""
    watch = build_watch()
    for _ in range(sights + more):
        watch.see(build_row())
    counts = {count for subject, count in told(watch).items() if subject.startswith(f"{kind}/")}
    assert counts == ({more + 1} if more >= 0 else set())


def test_counts_a_range_at_once_that_is_walked_through() -> None:
    """Each partition sees a part of the walk alone."""
    watch = build_watch()
    watch.see(build_row())
    watch.see(build_row(recipient=number(101), flags=MESSAGE | SEQUENTIAL))
    assert told(watch)["range/ws-1:+12065550"] == 1


@pytest.mark.parametrize("flags", [MESSAGE | CODE, MESSAGE | UNKNOWN_CONSENT])
def test_gives_the_alarms_of_a_walk(flags: int) -> None:
    """For the message that completes it, and for a message that waits; not two hours later."""
    watch = build_watch()
    for at in range(30):
        alarms = watch.see(build_row(SCHOOL, recipient=number(at), flags=flags | SEQUENTIAL))
    assert "enumeration" in {alarm.sign for alarm in alarms}
    row = build_row(SCHOOL, recipient=number(31), flags=flags)
    assert "enumeration" in {alarm.sign for alarm in watch.alarms_of(row, NOON)}
    assert "enumeration" not in {alarm.sign for alarm in watch.alarms_of(row, NOON + 7_200)}


def test_gives_the_alarms_of_a_pair_a_workspace_and_a_sender() -> None:
    """Each when its own rows have grown."""
    watch = build_watch()
    for _ in range(12):
        flood = watch.see(build_row(SCHOOL, flags=MESSAGE | CODE))
    assert "code_flood" in {alarm.sign for alarm in flood}
    watch = build_watch()
    for at in range(60):
        row = build_row(SCHOOL, recipient=number(at), flags=MESSAGE | FOREIGN_LINK)
        resold = watch.see(replace(row, domain=hash_of(str(at % 12), KEY)))
    assert "reselling" in {alarm.sign for alarm in resold}
    for _ in range(2):
        complained = watch.see(build_row(SCHOOL, flags=COMPLAINT))
    assert "complaints" in {alarm.sign for alarm in complained}


def test_a_campaign_has_a_subject_for_each_key() -> None:
    """Whoever has one of them finds it."""
    watch = build_watch()
    for at in range(9):
        watch.see(build_row(recipient=number(at)))
    keys = set(build_row().keys)
    assert {f"campaign/{key:x}" for key in keys} <= set(told(watch))
    assert len(watch.campaigns_of(build_row())) == len(keys)


def test_knows_the_level_at_once() -> None:
    """At the eighth message that is counted, without being asked for anything."""
    watch = build_watch()
    levels = [level_in(watch.see(build_row(recipient=number(at), flags=UNASKED))) for at in range(12)]
    assert [level >= Level.BULK for level in levels] == [False] * 9 + [True] * 3


def test_follows_a_text_whose_name_link_and_tail_change() -> None:
    """It is one campaign."""
    watch = build_watch()
    for at in range(30):
        level = level_in(
            watch.see(build_row(f"Hi Name{'abcdefghijklmnopqrstuvwxyzabcd'[at]}, {PARCEL}", flags=UNASKED))
        )
    assert level is Level.BULK


def test_the_keys_of_a_changed_text_are_counted_at_once_when_its_campaign_is_known() -> None:
    """One sight is enough then."""
    watch = build_watch()
    for at in range(5):
        watch.see(build_row(recipient=number(at)))
    changed = replace(build_row(), keys=(1, 1 << 32, 2 << 32, build_row().keys[3]))
    watch.see(changed)
    assert len(watch.campaigns_of(changed)) == len(changed.keys)


def test_texts_that_share_a_word_are_no_campaign() -> None:
    """Each has come once."""
    watch = build_watch()
    for at in range(100):
        text = f"parcel a{at}b c{at}d e{at}f".translate(LETTERS)
        assert level_in(watch.see(build_row(text, recipient=number(at), flags=UNASKED))) is Level.QUIET


def test_the_level_falls_when_the_window_empties() -> None:
    """Two days later one more message is one message."""
    watch = build_watch()
    for at in range(20):
        level = level_in(watch.see(build_row(recipient=number(at), flags=UNASKED)))
    assert level is Level.BULK
    assert level_in(watch.see(build_row(second=NOON + 2 * 86_400, flags=UNASKED))) is Level.QUIET


@pytest.mark.parametrize(("milliseconds", "tells"), [(999, False), (1_000, True), (1_001, True)])
def test_tells_campaigns_each_second(milliseconds: int, *, tells: bool) -> None:
    """And nothing before."""
    watch = build_watch()
    for _ in range(4):
        watch.see(build_row())
    due = watch.due(START + milliseconds)
    assert {seen.subject.partition("/")[0] for seen in due.observations} == ({"campaign"} if tells else set())
    assert not due.is_all


@pytest.mark.parametrize(("milliseconds", "all_told"), [(4_999, False), (5_000, True), (5_001, True)])
def test_tells_the_others_every_five(milliseconds: int, *, all_told: bool) -> None:
    """Then nothing is left to tell."""
    watch = build_watch()
    watch.see(build_row())
    assert watch.due(START + milliseconds).is_all == all_told


def test_tells_what_has_not_grown_once_more_and_then_no_more() -> None:
    """For a record that was lost on the way."""
    watch = build_watch()
    watch.see(build_row())
    first = told(watch)
    assert told(watch, 10) == {}
    assert told(watch, 65) == first
    assert told(watch, 126) == told(watch, 187) == {}


def test_the_next_owner_tells_what_the_last_one_did_not() -> None:
    """Between them every message is told of once."""
    first = build_watch("recipients-0@1")
    for at in range(3):
        first.see(build_row(recipient=number(at)))
    before = told(first)
    left = build_row(recipient=number(3))
    first.see(left)
    second = build_watch("recipients-0@2")
    second.see_again(left, is_campaign_told=False)
    assert before["workspace/ws-1"] + told(second)["workspace/ws-1"] == 4


def test_a_campaign_that_was_told_of_is_not_told_of_again() -> None:
    """What the last owner told in the second before counts once."""
    watch = build_watch("recipients-0@2")
    for _ in range(5):
        watch.see_again(build_row(), is_campaign_told=True)
    assert watch.campaigns_of(build_row()) == ()
    assert told(watch)["workspace/ws-1"] == 5


def test_gives_the_window_of_a_subject_with_what_waits() -> None:
    """A rule that asks gets what was seen up to now."""
    watch = build_watch()
    for at in range(3):
        watch.see(build_row(recipient=number(at)))
    found = watch.window("workspace/ws-1", 3_600, NOON)
    assert (found.messages, found.recipients) == (3, 3)
    assert watch.window("workspace/ws-2", 3_600, NOON).messages == 0


def test_a_flood_of_one_workspace_pushes_out_no_other() -> None:
    """Random texts, senders and pairs, each often enough to be counted."""
    watch = build_watch()
    for at in range(9):
        watch.see(build_row(SCHOOL, recipient=number(at), workspace="honest", sender="alphanumeric:SCHOOL"))
    for at in range(500):
        for _ in range(3):
            flood = build_row(f"q{at}a q{at}b q{at}c".translate(LETTERS), workspace="flood", sender=f"short_code:{at}")
            watch.see(flood)
    row = build_row(SCHOOL)
    assert len(watch.campaigns_of(row)) == len(set(row.keys))
    assert watch.window("workspace/honest", 3_600, NOON).messages == 9


def test_lets_go_of_what_no_window_holds() -> None:
    """After two days, at the next sweep."""
    watch = build_watch()
    for _ in range(4):
        watch.see(build_row())
    watch.due(START + 5_000)
    watch.due(START + 3 * 86_400_000)
    assert watch.campaigns_of(build_row()) == ()
    assert watch.window("workspace/ws-1", 86_400, NOON).messages == 0


def test_observations_of_two_campaigns_under_one_key_have_sources_of_their_own() -> None:
    """So that the one does not replace the other."""
    watch = build_watch()
    row, other = build_row(PARCEL), build_row(SCHOOL)
    shared = replace(other, keys=row.keys)
    for seen_row in [row] * 5 + [shared] * 9:
        watch.see(seen_row)
    sources: dict[str, set[str]] = {}
    for seen in watch.due(START + 5_000).observations:
        sources.setdefault(seen.subject, set()).add(seen.source)
    assert {len(found) for subject, found in sources.items() if subject.startswith("campaign/")} == {2}


def test_an_observation_is_cumulative() -> None:
    """The newer one holds the older."""
    watch = build_watch()
    for second, messages in ((5, 1), (10, 2)):
        watch.see(build_row())
        assert told(watch, second)["workspace/ws-1"] == messages


def test_tells_again_only_what_has_not_grown() -> None:
    """What has grown is told in its turn: its new rows are not told while the pages that hold them stay untold."""
    watch = build_watch()
    watch.see(build_row(workspace="ws-1"))
    told(watch, 5)
    watch.see(build_row(workspace="ws-2"))
    told(watch, 62)
    watch.see(build_row(workspace="ws-1"))
    watch.window("workspace/ws-1", 86_400, NOON + 64)  # asked for, as a check of alarms does, it is counted at once
    due = watch.due(START + 65_000)
    assert (due.is_all, {seen.subject for seen in due.observations if "ws-1" in seen.subject}) == (False, set())
