"""The demo's stream leads to every outcome for a real reason, at any hour, each time the same, to nobody's number."""

import asyncio
import json
import re
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from pipeline.apps.inspect_events import Inspection, Line
from pipeline.apps.packaged import read_policy_file
from pipeline.demo.cast import SHOP, DemoEvent
from pipeline.demo.places import HOMES, TORONTO, is_closed, person
from pipeline.demo.stream import BURST_MESSAGES, LEAVING, MESSAGES_MIN, Plan, Stream
from pipeline.demo.tally import TOLD_MAX, Tally, mask_number, mask_text
from pipeline.demo.texts import read_texts
from pipeline.domain.outcomes import Outcome
from pipeline.topologies.names import DEAD_LETTERS, INBOUND
from tests.unit.test_architecture import RESERVED_NUMBERS

POLICY = read_policy_file(None)
TEXTS = read_texts()
CLOCKS = ("2026-11-24T03:10:00", "2026-11-24T11:45:00", "2026-11-28T23:30:00")
"""In the night, at noon and late on a Saturday, in London."""
MESSAGES = 600


def milliseconds(text: str) -> int:
    """Read a UTC time of day."""
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1000)


def events_at(clock: str, messages: int = MESSAGES, seed: int = 1) -> list[DemoEvent]:
    """Build the whole stream as of a clock."""
    stream = Stream(Plan(milliseconds(clock), messages, 400, seed), TEXTS, POLICY)
    return [*stream.before(), *stream.events()]


class Played:
    """A stream run through the same processing without a broker, and what came out."""

    def __init__(self, clock: str, messages: int = MESSAGES, seed: int = 1) -> None:
        """Begin with nothing."""
        self.tally = Tally()
        self.missed: list[str] = []
        self.dead_letters = 0
        self._events = events_at(clock, messages, seed)

    async def play(self) -> "Played":
        """Take every event, then let the clock go on until the rate has room for what was deferred for it."""
        inspection = Inspection(POLICY, partitions=4)
        for event in self._events:
            if event.message is not None:
                self.tally.note_message(event.message, event.label)
            await inspection.set_clock(event.at_milliseconds)
            await inspection.take(Line(event.topic, msgspec.Raw(event.value), None, event.key))
            self._collect(inspection)
            self.missed += [str(awaited) for awaited in event.awaited if not self.tally.has(awaited)]
        await inspection.set_clock(self._events[-1].at_milliseconds + 10_000)
        self._collect(inspection)
        return self

    def _collect(self, inspection: Inspection) -> None:
        for result in inspection.results():
            if result["topic"] == DEAD_LETTERS:
                self.dead_letters += 1
            else:
                self.tally.take(bytes(result["value"]))

    @property
    def findings(self) -> Counter[tuple[str, str]]:
        """Count the findings by code and outcome."""
        verdicts = self.tally.first.values()
        return Counter((finding.code, finding.outcome.value) for verdict in verdicts for finding in verdict.findings)


@pytest.fixture(scope="module", params=CLOCKS)
def played(request: pytest.FixtureRequest) -> Played:
    """Play the stream at one of the clocks."""
    return asyncio.run(Played(request.param).play())


def test_every_message_gets_a_verdict(played: Played) -> None:
    """No message is left without an answer, and nothing in the stream is unreadable."""
    assert played.tally.unjudged() == []
    assert len(played.tally.first) == MESSAGES
    assert played.dead_letters == 0


def test_every_outcome_occurs(played: Played) -> None:
    """All five outcomes come out at any hour, several times each, and most messages pass."""
    counts = {outcome: count for outcome, count, _ in played.tally.outcomes()}
    assert all(count > 1 for count in counts.values()), counts
    assert counts[Outcome.ALLOW] + counts[Outcome.FLAG] > MESSAGES / 2


@pytest.mark.parametrize(
    "finding",
    [
        ("actor_missing", "hold"),
        ("actor_unknown", "hold"),
        ("workspace_unknown", "hold"),
        ("scope_missing", "block"),
        ("member_removed", "block"),
        ("opted_out", "block"),
        ("consent_missing", "block"),
        ("consent_missing", "hold"),
        ("consent_ended", "block"),
        ("consent_ends_soon", "flag"),
        ("quiet_hours", "defer"),
        ("plan_rate", "defer"),
        ("workspace_warned", "flag"),
        ("workspace_suspended", "block"),
    ],
)
def test_every_reason_occurs(played: Played, finding: tuple[str, str]) -> None:
    """Each scene leads to the reason that it is made for, at any hour."""
    assert played.findings[finding] > 0


def test_revocations_occur(played: Played) -> None:
    """An opt-out, a removal and a suspension each take back what was allowed before."""
    codes = {revocation.code for revocation in played.tally.revoked.values()}
    assert codes == {"opted_out", "member_removed", "workspace_suspended"}


def test_what_the_stream_waits_for_comes(played: Played) -> None:
    """Whatever a scene waits for has come out when everything before it is processed, so that the demo can't hang."""
    assert played.missed == []


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("messages", [MESSAGES_MIN, 300, 431, 1_000])
async def test_no_scene_depends_on_chance(messages: int, seed: int) -> None:
    """Whatever the length and the seed, what the stream waits for comes, and every outcome occurs."""
    played = await Played(CLOCKS[0], messages, seed).play()
    assert played.missed == []
    assert all(count > 1 for _, count, _ in played.tally.outcomes())


def test_who_a_scene_needs_never_replies_stop() -> None:
    """Ordinary opt-outs never hit a recipient whose message a scene waits for; else the demo could hang by chance."""
    for seed in range(20):
        events = events_at(CLOCKS[0], MESSAGES_MIN, seed)
        needed = {event.key for event in events if event.awaited and event.message is not None} - {LEAVING.number}
        assert needed.isdisjoint(event.key for event in events if event.topic == INBOUND), seed


def test_what_exceeds_the_rate_is_judged_again(played: Played) -> None:
    """The messages beyond the small plan's rate get their final verdict within seconds, and it lets them pass."""
    again = played.tally.again.values()
    assert len(again) == BURST_MESSAGES - SHOP.messages_per_second
    assert all(verdict.strictness.lets_pass for verdict in again)


def test_tells_three_verdicts_without_numbers_and_digits(played: Played) -> None:
    """The told verdicts say why, what helps and who decided, and show neither a number nor a code."""
    told = played.tally.told()
    assert len(told) == TOLD_MAX
    for each in told:
        lines = dict(each.lines)
        assert {"message", "what happened", "why", "what helps", "who decided"} <= set(lines)
        assert not re.search(r"\d", lines["message"].partition(":")[2])
        assert not re.search(r"\+\d{4}", lines["message"])


def test_same_arguments_give_the_same_events() -> None:
    """The stream is a function of seed and clock."""
    assert events_at(CLOCKS[0]) == events_at(CLOCKS[0])
    assert events_at(CLOCKS[0]) != events_at(CLOCKS[0], seed=2)


@pytest.mark.parametrize("messages", [MESSAGES_MIN, MESSAGES_MIN + 1, 999])
def test_gives_as_many_messages_as_asked_for(messages: int) -> None:
    """Scenes count too: the stream holds exactly the planned number of messages, each with an id of its own."""
    ids = [event.message["message_id"] for event in events_at(CLOCKS[0], messages) if event.message is not None]
    assert len(ids) == len(set(ids)) == messages


def test_all_scenes_fit_into_the_smallest_stream() -> None:
    """The last scene has its place also in the shortest stream that is accepted."""
    stories = [event.story for event in events_at(CLOCKS[0], MESSAGES_MIN) if event.story]
    assert len(stories) == 7


def test_all_numbers_are_reserved() -> None:
    """Recipients and senders are of ranges that are kept free for fiction and tests."""
    found = {number for event in events_at(CLOCKS[1]) for number in re.findall(r"\+\d{7,}", event.value.decode())}
    found |= {person(home, number).number for home in (*HOMES, TORONTO) for number in range(home.numbers_max)}
    assert [number for number in sorted(found) if not RESERVED_NUMBERS.fullmatch(number)] == []


@pytest.mark.parametrize("hour", range(24))
@pytest.mark.parametrize("day", [24, 28, 29])
def test_somewhere_is_night(day: int, hour: int) -> None:
    """At every hour of a weekday, a Saturday and a Sunday some homes have quiet hours and some have none."""
    now = milliseconds(f"2026-11-{day}T{hour:02d}:05:00")
    states = {is_closed(home, POLICY, now) for home in HOMES}
    assert {True, False} <= states


def test_texts_hold_no_numbers_addresses_or_live_links() -> None:
    """The packaged texts are without telephone and card numbers, e-mail addresses and links that lead somewhere."""
    for text in TEXTS:
        assert not re.search(r"\d(?:[ \-.()/]?\d){6,}", text.text), text.id
        assert not re.search(r"[\w.+-]+@[\w-]+\.\w", text.text), text.id
        hosts = re.findall(r"https?://([^/\s]+)|(?<![\w.])www\.([^/\s]+)", text.text)
        assert all("".join(host).startswith("h") and ".example" in "".join(host) for host in hosts), text.id


def test_notice_names_every_corpus() -> None:
    """Each corpus that a text is from stands in the notice, and the notice names none that is not used."""
    notice = Path(__file__).parents[3].joinpath("pipeline/demo/NOTICE.md").read_text("utf-8")
    corpora = {text.corpus for text in TEXTS}
    assert set(re.findall(r"^## `(\w+)`", notice, re.MULTILINE)) == corpora
    for corpus in corpora:
        assert f"{sum(text.corpus == corpus for text in TEXTS)} texts" in notice.partition(f"`{corpus}`")[2][:400]


def test_a_repeated_verdict_counts_once() -> None:
    """A verdict that is delivered twice is neither a second message nor a second judgement."""
    tally = Tally()
    event = next(event for event in events_at(CLOCKS[0]) if event.message is not None)
    assert event.message is not None
    tally.note_message(event.message, event.label)
    verdict = {
        "verdict_id": "v",
        "message_id": event.message["message_id"],
        "outcome": "allow",
        "findings": [],
        "not_before": None,
        "expires_at": "2026-11-24T15:05:00.000Z",
        "policy": {"version": "1", "hash": "sha256:0"},
    }
    value = json.dumps(verdict).encode()
    assert [tally.take(value), tally.take(value)] == [event.message["message_id"], None]
    assert tally.again == {}
    assert tally.take(json.dumps(verdict | {"message_id": "somebody-else's"}).encode()) is None
    assert len(tally.first) == 1


@pytest.mark.parametrize(("number", "masked"), [("+447700900123", "+44••••••••23"), ("+12065550100", "+12•••••••00")])
def test_masks_numbers(number: str, masked: str) -> None:
    """Of a number the begin and the last two digits stay."""
    assert mask_number(number) == masked


def test_masks_texts() -> None:
    """Of a text the begin stays, without its digits."""
    assert mask_text("Your code is 123456") == "Your code is ••••••"
    assert mask_text("a" * 70) == "a" * 70
    assert mask_text("a" * 71) == "a" * 69 + "…"
