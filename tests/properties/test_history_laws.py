"""Laws of the register as of any time: order and repetition don't matter, and it says what its timeline says."""

import random

from hypothesis import given
from hypothesis import strategies as st

from pipeline.domain.instants import to_text
from pipeline.state.choices import Target
from pipeline.state.history import Act, record_at, stood, timeline
from pipeline.testing.builders import RECIPIENT, build_command, build_consent, build_policy

POLICY = build_policy(
    """
[[consent.expiry]]
country = "CA"
basis = "implied"
months = 1
source = "a law"
confidence = "high"
"""
)
START = 1_795_000_000_000
MONTH = 32 * 86_400_000
TARGETS = [Target(channel, purpose, "", "") for channel in ("sms", "whatsapp") for purpose in ("marketing", "utility")]
TIMES = st.sampled_from([START, START + 1, START + 2, START + MONTH, START + MONTH + 1])
ACTIONS = ("opt_in", "opt_out", "resume", "import", "expire", "reassigned")
KINDS = ("object", "withdraw_objection", "restrict", "lift_restriction", "erase")


@st.composite
def acts(draw: st.DrawFn, actions: tuple[str, ...] = ACTIONS, kinds: tuple[str, ...] = KINDS) -> list[Act]:
    """Draw entries about one person: each has an id of its own."""
    made: list[Act] = []
    for number in range(draw(st.integers(0, 8))):
        kind = draw(st.sampled_from(actions + kinds))
        occurred, known = draw(TIMES), draw(TIMES)
        workspace_id = draw(st.sampled_from(["ws-1", "ws-2"]))
        if kind in kinds:
            subject = {"recipient": RECIPIENT, "workspace_id": draw(st.sampled_from([None, workspace_id]))}
            command = build_command(
                kind=kind, command_id=f"k-{number}", subject=subject, occurred_at=to_text(occurred), until=None
            )
            made.append(Act(command, f"file:{number}"))
        else:
            event = build_consent(
                consent_event_id=f"c-{number}",
                workspace_id=workspace_id,
                action=kind,
                scope=draw(st.sampled_from([{}, {"channel": "sms"}, {"purpose": "marketing"}])),
                basis=draw(st.sampled_from([None, "implied", "express"])),
                method=draw(st.sampled_from([None, "double_opt_in", "double_opt_in_request"])),
                occurred_at=to_text(occurred),
                recorded_at=to_text(max(occurred, known)),
            )
            made.append(Act(event, f"file:{number}"))
    return made


def words(told: list[Act], at: int, known: int) -> list[tuple[str, str, int]]:
    """Say what stood for each target."""
    record = record_at(told, "ws-1", at, known)
    return [tuple(stood(record, target, POLICY, at, "CA")) for target in TARGETS]  # type: ignore[misc]


@given(acts(), TIMES, TIMES)
def test_decides_as_the_last_line_of_its_timeline_says(told: list[Act], at: int, known: int) -> None:
    """What is told in court is what the register decided."""
    lines = timeline(told, "ws-1", TARGETS, POLICY, at, known, "CA")
    if lines:
        assert [tuple(each) for each in lines[-1].stood] == words(told, at, known)
    else:
        assert {word for word, _, _ in words(told, at, known)} == {"missing"}


@given(acts(), TIMES, TIMES, st.integers(0, 1_000))
def test_decides_the_same_in_any_order_and_however_often(told: list[Act], at: int, known: int, seed: int) -> None:
    """Order and repetition of entries don't change the outcome."""
    shuffled = told + told[: len(told) // 2]
    random.Random(seed).shuffle(shuffled)  # noqa: S311 - a test, not a secret
    assert words(shuffled, at, known) == words(told, at, known)


@given(acts(), acts(actions=("import", "expire", "reassigned"), kinds=("object", "restrict", "erase")), TIMES)
def test_allows_nobody_who_opted_out_by_what_the_person_did_not_do(told: list[Act], claims: list[Act], at: int) -> None:
    """No sequence of imports turns an opted-out recipient into an allowed one without a later act of that person."""
    renamed = [act._replace(source=f"list:{number}") for number, act in enumerate(claims)]
    before, after = words(told, at, at + MONTH), words(told + renamed, at, at + MONTH)
    for (was, _, _), (now, _, _) in zip(before, after, strict=True):
        assert was != "opted_out" or now != "consented"


@given(acts(), TIMES, TIMES)
def test_knows_at_a_later_time_all_that_it_knew_before(told: list[Act], at: int, known: int) -> None:
    """To know more adds lines and removes none."""
    earlier = {line.act.source for line in timeline(told, "ws-1", TARGETS, POLICY, at, known, "CA")}
    later = {line.act.source for line in timeline(told, "ws-1", TARGETS, POLICY, at, known + MONTH, "CA")}
    assert earlier <= later
