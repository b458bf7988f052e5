"""Laws of the decision: the same arguments give the same bytes, and bad news never make a verdict more lenient."""

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from pipeline.domain.events import OutboundMessage
from pipeline.domain.verdicts import Verdict
from pipeline.inspection import inspect, is_workspace_clear
from pipeline.rules import RULES
from pipeline.rules.facts import Facts, RateReading
from pipeline.state.choices import Choice, Choices, Kind, merge
from pipeline.state.enforcement import Enforcement
from pipeline.testing.builders import NOW, SECOND, build_facts, build_message, build_policy, build_workspace
from pipeline.testing.readers import build_reader
from pipeline.wire import encode

READER = build_reader()

POLICY = build_policy(
    """
[[quiet_hours]]
country = "US"
channels = ["sms"]
purposes = ["marketing"]
days = "Mon-Sun"
start = "08:00"
end = "09:00"
rule = "allowed"
source = "a test"
confidence = "low"
"""
)
STATES = ["active", "warned", "throttled", "review", "suspended", "terminated", "closed"]
TEXTS = [
    "See you at ten",
    "Your parcel is ready: https://shop1.example/o/1",
    "Get it now at https://bit.ly/x",
    "We will find you and kill you",
    "Card 4111 1111 1111 1111",
    "Your PayPal account is locked: https://paypaI.com.example/login",
    "Buy cocaine, best price, fast delivery",
    "Download http://203.0.113.9/update.apk",
]
MESSAGES = st.builds(
    lambda to, purpose, channel, actor, brand, text: build_message(
        to=to, purpose=purpose, channel=channel, actor=actor, brand=brand, content={"type": "text", "text": text}
    ),
    st.sampled_from(["+447700900123", "+12125550123", "12"]),
    st.sampled_from(["marketing", "utility", "authentication", "service"]),
    st.sampled_from(["sms", "whatsapp"]),
    st.sampled_from([None, {"type": "member", "id": "u-1"}, {"type": "integration", "id": "key-9"}]),
    st.sampled_from([None, "x"]),
    st.sampled_from(TEXTS),
)
CHOICES = st.builds(
    Choice,
    kind=st.sampled_from(Kind),
    channel=st.sampled_from(["*", "sms"]),
    purpose=st.sampled_from(["*", "marketing"]),
    sender=st.just("*"),
    brand=st.sampled_from(["*", "x"]),
    basis=st.sampled_from(["", "express"]),
    occurred_milliseconds=st.integers(NOW - 2, NOW + 2),
    recorded_milliseconds=st.just(NOW),
    event_id=st.sampled_from(["a", "b"]),
    expires_milliseconds=st.sampled_from([0, NOW, NOW + SECOND]),
)


@st.composite
def situations(draw: st.DrawFn) -> tuple[OutboundMessage, Facts]:
    """Draw a message and what is known of it, good and bad."""
    message = draw(MESSAGES)
    scopes = draw(st.sampled_from([None, [], ["*"], ["channel:sms"]]))
    workspace = build_workspace(
        state=draw(st.sampled_from(STATES)),
        members=[{"id": "u-1", "state": draw(st.sampled_from(["active", "removed"])), "scopes": scopes}],
    )
    enforcement = Enforcement(workspace_id="ws-1", state=draw(st.sampled_from(STATES[:6])))
    rates = draw(st.sampled_from([(), (RateReading("second", 5, 5, NOW + SECOND),), (RateReading("second", 5, 4, 0),)]))
    facts = build_facts(
        message,
        workspace=draw(st.sampled_from([None, workspace])),
        enforcement=draw(st.sampled_from([None, enforcement])),
        recent_messages=draw(st.sampled_from([None, 0, 2, 50])),
        choices=draw(st.none() | st.lists(CHOICES, max_size=4).map(lambda entries: merge(Choices(), entries))),
        rates=rates,
    )
    return message, facts


def judge(message: OutboundMessage, facts: Facts) -> Verdict:
    """Inspect a message."""
    return inspect(message, READER.read(message.content), facts, POLICY)


@given(situations())
def test_gives_the_same_bytes_for_the_same_arguments(situation: tuple[OutboundMessage, Facts]) -> None:
    """A replay decides what was decided, to the byte."""
    assert encode(judge(*situation)) == encode(judge(*situation))


@given(situations())
def test_leaves_out_no_rule_that_would_object(situation: tuple[OutboundMessage, Facts]) -> None:
    """Rules of which a message is not asked, by its country or its workspace, would have said nothing of it."""
    message, facts = situation
    reading = READER.read(message.content)
    is_clear = is_workspace_clear(message, reading, facts, POLICY)
    verdict = inspect(message, reading, facts, POLICY, workspace_is_clear=is_clear)
    asked = (r for r in RULES if message.channel in r.channels and message.purpose in r.purposes)
    found = (rule.check(message, reading, facts, POLICY) for rule in asked)
    assert verdict.findings == tuple(finding for finding in found if finding is not None)


@given(situations(), situations())
def test_answers_alike_for_all_messages_of_a_workspace(
    first: tuple[OutboundMessage, Facts], second: tuple[OutboundMessage, Facts]
) -> None:
    """Rules that ask of the workspace alone see the same in another message under the same facts of the workspace."""
    message, facts = first
    other = replace(second[1], workspace=facts.workspace, enforcement=facts.enforcement)
    for rule in (rule for rule in RULES if rule.is_about_workspace):
        answers = [rule.check(m, READER.read(m.content), f, POLICY) for m, f in ((message, facts), (second[0], other))]
        assert answers[0] == answers[1], rule.rule_id


@given(situations())
def test_decides_by_the_strictest_finding(situation: tuple[OutboundMessage, Facts]) -> None:
    """The outcome is that of the strictest finding, or an allowance when there is none."""
    verdict = judge(*situation)
    assert verdict.outcome is max((f.outcome for f in verdict.findings), default=type(verdict.outcome)("allow"))


@given(situations(), CHOICES.filter(lambda choice: choice.kind is Kind.WITHDRAWAL))
def test_never_becomes_more_lenient_by_an_opt_out(situation: tuple[OutboundMessage, Facts], stop: Choice) -> None:
    """One more opt-out never turns a verdict into a milder one (a text that confirms none, that is)."""
    message, facts = situation
    with_stop = replace(facts, choices=merge(facts.choices, (stop,)) if facts.choices is not None else None)
    assert judge(message, with_stop).outcome >= judge(message, facts).outcome


@given(situations(), st.sampled_from(["incident", "no register", "no workspace", "no plan"]))
def test_never_becomes_more_lenient_by_bad_news(situation: tuple[OutboundMessage, Facts], news: str) -> None:
    """An incident or a fact that goes missing never lets a message pass that was stopped before."""
    message, facts = situation
    enforcement = facts.enforcement or Enforcement(workspace_id="ws-1")
    worse = {
        "incident": replace(facts, enforcement=replace(enforcement, has_open_incident=True)),
        "no register": replace(facts, choices=None),
        "no workspace": replace(facts, workspace=None, actor=None),
        "no plan": replace(facts, rates=()),
    }[news]
    assert not judge(message, worse).outcome.lets_pass or judge(message, facts).outcome.lets_pass


@given(situations())
def test_defers_to_a_time_that_lies_ahead(situation: tuple[OutboundMessage, Facts]) -> None:
    """A deferred message has a time, that time is later than now, and nothing else has one."""
    verdict = judge(*situation)
    assert (verdict.not_before is not None) == (verdict.outcome.value == "defer")
    assert verdict.not_before is None or verdict.not_before > verdict.decided_at
