"""Everything about a person, from event to verdict, revocation or dead letter: dialogues with the whole topology."""

import json
from typing import Any

import pytest

from pipeline.domain.events import ConsentEvent, InboundMessage, OutboundMessage
from pipeline.domain.workspaces import WorkspaceRecord
from pipeline.engine.overlay import RECORDS
from pipeline.engine.topology import Headers, changelog_of
from pipeline.state.choices import CLOCK_SKEW_MILLISECONDS, Kind
from pipeline.state.keys import choices_key, ledger_key, links_key, sweep_key, usage_key
from pipeline.state.links import KEYS_MAX
from pipeline.state.usage import Usage
from pipeline.testing.builders import (
    DAY,
    HOUR,
    MINUTE,
    NOW,
    RECIPIENT,
    SECOND,
    SENDER,
    build_command,
    build_consent,
    build_inbound,
    build_message,
    build_policy,
    build_provider_event,
    build_record,
    instant,
    policy_document,
)
from pipeline.topologies import names
from pipeline.topologies.usage_board import UsageReport
from pipeline.topologies.withdrawals import SWEEP_ENTRIES_MAX
from pipeline.wire import encode
from tests.unit.topologies.hosting import Happening, Platform

OTHER = "+447700900124"
BSUID = {"bsuid": "GB.1", "portfolio_id": "pf-1"}
SECOND_BSUID = {"bsuid": "GB.2", "portfolio_id": "pf-2"}
BSUID_KEY = "wa:pf-1:GB.1"
CONFIRMATION = {"type": "text", "text": "You are unsubscribed and will get no more messages."}
NEW_YORK = "+12125550123"
QUIET = """
defer_spread_seconds = 0
[[quiet_hours]]
country = "US"
channels = ["sms", "whatsapp"]
purposes = ["marketing"]
days = "Mon-Sun"
start = "08:00"
end = "10:00"
rule = "allowed"
source = "47 CFR 64.1200(c)(1)"
confidence = "high"
"""
QUIET_UNTIL = 22 * HOUR
"""From three o'clock in London to eight in New York the next day."""
MALFORMED = b'{"message_id": "x", "to": "CANARY"}'


def message_to(recipient: str, message_id: str = "m-1", **changes: object) -> OutboundMessage:
    """Build a message that is allowed once its recipient has consented."""
    return build_message(to=recipient, message_id=message_id, **changes)


def stop(**changes: object) -> InboundMessage:
    """Build a STOP."""
    return build_inbound(**({"text": "STOP", "inbound_id": "in-stop"} | changes))


def night_message(message_id: str = "m-1", /, **changes: object) -> OutboundMessage:
    """Build marketing to New York, where it must wait."""
    return build_message(**({"message_id": message_id, "to": NEW_YORK, "purpose": "marketing"} | changes))


def planned(**plan: int) -> WorkspaceRecord:
    """Build a workspace with a plan; a limit left out is large."""
    return build_record(plan={"messages_per_second": 1_000, "messages_per_day": 1_000_000} | plan)


async def started(*events: Happening, partitions: int = 3, **settings: Any) -> Platform:  # noqa: ANN401 - passed on
    """Start a platform on which the usual recipients have consented, and give it events one by one."""
    platform = Platform(partitions, **settings)
    for number, to in enumerate((RECIPIENT, OTHER, NEW_YORK)):
        platform.put(build_consent(to=to, consent_event_id=f"c-{number}"))
    await platform.run()
    for event in events:
        await platform.give(event)
    return platform


# Judging.


async def test_gives_a_message_one_verdict() -> None:
    """A message that nothing stands against is allowed, once."""
    platform = await started(build_message())
    assert platform.outcomes() == ["allow"]


async def test_publishes_a_verdict_under_the_recipient_with_cloudevents_headers() -> None:
    """Key and headers let a subscriber route a verdict without reading it."""
    platform = await started(build_message())
    (record,) = platform.log.all_records(names.VERDICTS)
    headers = dict(record.headers)
    assert (record.key, headers["ce_type"], headers["ce_id"], headers["ce_partitionkey"]) == (
        RECIPIENT.encode(),
        b"verdict.issued.v1",
        json.loads(record.value or b"")["verdict_id"].encode(),
        RECIPIENT.encode(),
    )


async def test_states_how_far_the_sources_were_read() -> None:
    """The verdict names the next offset of each topic about a person, after the events that it saw."""
    platform = await started(build_message())
    positions = {
        topic: platform.log.end(topic, platform.partition_of(RECIPIENT)) for topic in (names.CONSENT, names.INBOUND)
    }
    seen = platform.verdicts()[0]["seen"]
    assert (seen["consent"], seen["inbound"]) == (positions[names.CONSENT], positions[names.INBOUND])


async def test_knows_what_was_acknowledged_before_the_message() -> None:
    """Consent, opt-out and message written at once: the message is judged after both, whatever was fetched first."""
    platform = await started()
    for event in (build_message(), stop()):
        platform.put(event)
    await platform.run()
    assert platform.outcomes() == ["block"]


async def test_judges_an_urgent_message_before_bulk() -> None:
    """Of what waits in one partition the priority lane goes first."""
    platform = await started()
    platform.put(message_to(RECIPIENT, "m-bulk"))
    platform.put(message_to(RECIPIENT, "m-urgent"), names.OUTBOUND_PRIORITY)
    await platform.run()
    assert [verdict["message_id"] for verdict in platform.verdicts()] == ["m-urgent", "m-bulk"]


async def test_holds_a_message_of_an_unknown_workspace() -> None:
    """A fact that is missing holds."""
    platform = await started(build_message(workspace_id="ws-9"))
    assert (platform.outcomes(), platform.codes()[0]) == (["hold"], "workspace_unknown")


# Repeats.


async def test_answers_a_repeated_message_with_the_same_bytes() -> None:
    """A producer that tries again gets the same verdict to the byte, also later and from another lane."""
    platform = await started(build_message())
    platform.now_milliseconds += 2 * MINUTE
    platform.put(build_message(), names.OUTBOUND_PRIORITY)
    await platform.run()
    first, second = platform.log.all_records(names.VERDICTS)
    assert (first.key, first.value, first.headers) == (second.key, second.value, second.headers)


@pytest.mark.parametrize("after", ["at once", "restored", "sent", "at the end of its lease"])
async def test_answers_repeats_of_many_messages_with_the_same_bytes(after: str) -> None:
    """What verdicts of one workspace have in common is kept once, and each comes again whole."""
    platform = Platform(1)
    messages = [message_to(RECIPIENT, f'm-\u00e9"{number}') for number in range(5)]
    await platform.give(build_consent(), *messages)
    first = {record.headers: record.value for record in platform.log.all_records(names.VERDICTS)}
    if after == "restored":
        platform.recipients = platform.start_recipients()
    if after == "sent":
        await platform.give(*(build_provider_event(message_id=message.message_id) for message in messages))
    if after == "at the end of its lease":
        await platform.wait(5 * MINUTE - 1)
    await platform.give(*messages)
    again = platform.log.all_records(names.VERDICTS)[5:]
    assert len(first) == 5
    assert {record.headers: record.value for record in again} == first
    assert {json.loads(value or b"")["message_id"] for value in first.values()} == {m.message_id for m in messages}


async def test_keeps_what_verdicts_have_in_common_once() -> None:
    """Of many verdicts of one workspace in one turn, only the first is kept whole."""
    platform = Platform(1)
    await platform.give(build_consent(), *(message_to(RECIPIENT, f"m-{number}") for number in range(5)))
    kept = dict(platform.recipients.partitions[0].store.scan(RECORDS + b"l", RECORDS + b"m", 10))
    whole = [value for value in kept.values() if b'"outcome":"allow"' in value]
    assert (len(kept), len(whole)) == (5, 1)


async def test_answers_a_repeat_the_same_though_the_world_has_changed() -> None:
    """The second answer is the first one, not a second judgement, when nothing withdrew it."""
    platform = await started(build_message(purpose="authentication"))
    await platform.give(build_consent(action="expire", consent_event_id="c-end", occurred_at=instant()))
    await platform.give(build_message(purpose="authentication"))
    assert platform.outcomes() == ["allow", "allow"]


async def test_removes_a_judged_message_when_it_is_no_longer_asked_for() -> None:
    """Once its time is over, and nothing else is to be done, it goes from the store and from the changelog."""
    platform = await started(build_message())
    key = RECORDS + ledger_key("ws-1", RECIPIENT, "m-1")
    kept = platform.policy.document.repeats_seconds * 1000
    await platform.wait(kept - 1)
    changelog = changelog_of("recipients")
    before = [record.value for record in platform.log.all_records(changelog) if record.key == key]
    await platform.wait(1)
    after = [record.value for record in platform.log.all_records(changelog) if record.key == key]
    assert (len(before), after) == (1, [*before, None])
    assert platform.recipients.partitions[0].store.get(key) is None


async def test_counts_a_repeated_message_once() -> None:
    """A repeat takes no second place in the plan."""
    platform = await started(
        build_message(), build_message(), message_to(OTHER, "m-2"), records=[planned(messages_per_day=2)]
    )
    assert platform.outcomes("m-2") == ["allow"]


@pytest.mark.parametrize(("shift_milliseconds", "is_same"), [(-1, True), (0, False), (1, False)])
async def test_judges_a_message_anew_once_its_lease_is_over(shift_milliseconds: int, *, is_same: bool) -> None:
    """Who asks after the lease asks again, and is told what is right now."""
    platform = await started(build_message())
    await platform.wait(5 * MINUTE + shift_milliseconds)
    await platform.give(build_message())
    first, second = platform.verdicts()
    assert (first["verdict_id"] == second["verdict_id"]) == is_same


@pytest.mark.parametrize(("shift_milliseconds", "is_same"), [(-1, True), (0, False), (1, False)])
async def test_forgets_a_sent_message_when_repeats_are_no_longer_answered(
    shift_milliseconds: int, *, is_same: bool
) -> None:
    """For the policy's hour a message that was sent is not judged anew: that would let it be sent twice."""
    platform = await started(build_message(), build_provider_event(status="sent"))
    await platform.wait(HOUR + shift_milliseconds)
    await platform.give(build_message())
    first, second = platform.verdicts()
    assert (first["verdict_id"] == second["verdict_id"]) == is_same


@pytest.mark.parametrize("change", [{"to": OTHER}, {"workspace_id": "ws-2"}, {"message_id": "m-2"}])
async def test_takes_a_message_that_differs_in_recipient_or_workspace_for_another(change: dict[str, str]) -> None:
    """The same id to somebody else, or of another workspace, is another message."""
    platform = await started(build_message(), build_message(**change))
    assert len({verdict["verdict_id"] for verdict in platform.verdicts()}) == 2


@pytest.mark.parametrize("reply", ["STOP", "stop."])
async def test_does_not_allow_a_repeated_message_that_was_revoked(reply: str) -> None:
    """A producer that tries again after the opt-out must not be told the old verdict: it was withdrawn."""
    platform = await started(build_message(), stop(text=reply), build_message())
    assert platform.outcomes() == ["allow", "block"]


async def test_judges_a_repeat_anew_when_the_reason_for_its_revocation_is_gone() -> None:
    """A message withdrawn by a suspension is allowed once the workspace is reinstated."""
    platform = await started(build_message(), build_command(kind="suspend"))
    await platform.give(build_command(kind="reinstate", command_id="cmd-2", occurred_at=instant(1)))
    await platform.give(build_message())
    assert platform.outcomes() == ["allow", "allow"]


# Strays.


@pytest.mark.parametrize("lane", [names.OUTBOUND, names.OUTBOUND_PRIORITY])
async def test_judges_a_message_in_the_wrong_partition_once(lane: str) -> None:
    """A producer that hashes otherwise gets one verdict, from the partition that knows the recipient."""
    platform = await started()
    platform.put(build_message(), lane, platform.wrong_partition(RECIPIENT))
    await platform.run()
    assert (platform.outcomes(), len(platform.forwarded())) == (["allow"], 1)


async def test_names_the_first_position_of_a_message_that_was_sent_on() -> None:
    """The verdict's id and the evidence follow from where the producer wrote, not from the detour."""
    platform = await started()
    partition = platform.wrong_partition(RECIPIENT)
    record = platform.put(build_message(), partition=partition)
    await platform.run()
    (entry,) = [entry for page in platform.answers(names.EVIDENCE) for entry in page["entries"]]
    assert entry[3:6] == [names.OUTBOUND, partition, record.offset]


async def test_obeys_an_opt_out_in_the_wrong_partition() -> None:
    """Librdkafka's default partitioner does not make a STOP ineffective."""
    platform = await started()
    platform.put(stop(), partition=platform.wrong_partition(RECIPIENT))
    await platform.run()
    await platform.give(build_message())
    assert platform.outcomes() == ["block"]


async def test_obeys_a_consent_event_without_a_key() -> None:
    """What the value says counts, not the key."""
    platform = Platform()
    platform.put_raw(names.CONSENT, encode(build_consent()), None, partition=platform.wrong_partition(RECIPIENT))
    await platform.run()
    await platform.give(build_message())
    assert platform.outcomes() == ["allow"]


async def test_closes_a_message_whose_report_is_in_the_wrong_partition() -> None:
    """A provider's report finds its message too."""
    platform = await started(build_message())
    platform.put(build_provider_event(), partition=platform.wrong_partition(RECIPIENT))
    await platform.run()
    await platform.give(stop())
    assert platform.revoked() == []


FORGED: list[Headers] = [
    (),
    (("x-origin-topic", b"messaging.outbound"),),
    (("x-origin-topic", b"\xff"), ("x-origin-partition", b"0"), ("x-origin-offset", b"0")),
    (("x-origin-topic", b"messaging.nowhere"), ("x-origin-partition", b"0"), ("x-origin-offset", b"0")),
    (("x-origin-topic", b"messaging.outbound"), ("x-origin-partition", b"zero"), ("x-origin-offset", b"0")),
    (("x-origin-topic", b"messaging.outbound"), ("x-origin-partition", b"0"), ("x-origin-offset", b"9" * 30)),
    (("x-origin-topic", b"messaging.outbound"), ("x-origin-partition", b"-1"), ("x-origin-offset", b"0")),
    (("x-origin-topic", None), ("x-origin-partition", None), ("x-origin-offset", None)),  # type: ignore[list-item]
]


@pytest.mark.parametrize("headers", FORGED, ids=range(len(FORGED)))
async def test_records_a_forwarded_record_whose_origin_makes_no_sense(headers: Headers) -> None:
    """Whatever somebody writes on the internal topic, the partition goes on, and the record is a dead letter."""
    platform = await started()
    platform.put_raw(names.FORWARDED, encode(night_message()), RECIPIENT, headers)
    await platform.give(build_message())
    assert (len(platform.dead_letters()), platform.outcomes()) == (1, ["allow"])


# Opt-outs and consent.


async def test_blocks_what_comes_after_an_opt_out() -> None:
    """STOP stops, for this workspace."""
    platform = await started(stop(), build_message())
    assert (platform.outcomes(), platform.codes()) == (["block"], ["opted_out"])


async def test_leaves_other_workspaces_of_the_recipient_alone() -> None:
    """Who stops one sender has not stopped another."""
    platform = await started(
        build_consent(workspace_id="ws-2"), records=[build_record(), build_record(workspace_id="ws-2")]
    )
    await platform.give(stop(), build_message(workspace_id="ws-2"))
    assert platform.outcomes() == ["allow"]


async def test_resumes_after_start() -> None:
    """START undoes STOP."""
    platform = await started(stop())
    platform.now_milliseconds += SECOND
    await platform.give(build_inbound(text="START", inbound_id="in-2", received_at=instant(SECOND)), build_message())
    assert platform.outcomes() == ["allow"]


async def test_keeps_an_opt_out_when_a_late_import_claims_consent() -> None:
    """A list that is loaded afterwards lifts nothing."""
    platform = await started(stop())
    await platform.give(build_consent(action="import", consent_event_id="c-9", occurred_at=instant(1)), build_message())
    assert platform.codes() == ["opted_out"]


async def test_finds_the_workspaces_of_a_reply_by_the_number_written_to() -> None:
    """A reply that names no workspace concerns every workspace that owns the number."""
    platform = await started(records=[build_record(), build_record(workspace_id="ws-2")])
    await platform.give(stop(workspace_id=None))
    stopped = [
        workspace_id
        for workspace_id in ("ws-1", "ws-2", "ws-3")
        if platform.choices(RECIPIENT, workspace_id).entries[-1:]
    ]
    assert stopped == ["ws-1", "ws-2"]


async def test_records_an_opt_out_that_concerns_nobody_known() -> None:
    """A STOP that can't be assigned must be seen by a human."""
    platform = await started(stop(workspace_id=None, to="+447700900199"))
    assert [letter["field"] for letter in platform.dead_letters()] == ["$.workspace_id"]


@pytest.mark.parametrize("text", ["Thank you", "START", "HELP"])
async def test_records_no_other_reply_that_concerns_nobody_known(text: str) -> None:
    """Any other reply that can't be assigned changes nothing."""
    platform = await started(build_inbound(text=text, workspace_id=None, to="+447700900199"))
    assert platform.dead_letters() == []


async def test_records_a_reply_from_nobody() -> None:
    """A business-scoped id without its portfolio names nobody."""
    platform = await started()
    platform.put_raw(names.INBOUND, encode(build_inbound(origin={"bsuid": "GB.1"}, text="STOP")), "GB.1")
    await platform.run()
    assert [letter["field"] for letter in platform.dead_letters()] == ["$.from"]


@pytest.mark.parametrize(("shift_milliseconds", "is_believed"), [(-1, True), (0, True), (1, False)])
async def test_disbelieves_consent_that_lies_in_the_future(shift_milliseconds: int, *, is_believed: bool) -> None:
    """Producers' clocks may differ by five minutes, not by more."""
    platform = Platform()
    await platform.give(build_consent(occurred_at=instant(CLOCK_SKEW_MILLISECONDS + shift_milliseconds)))
    assert (len(platform.dead_letters()) == 0, len(platform.choices(RECIPIENT).entries)) == (
        is_believed,
        int(is_believed),
    )


@pytest.mark.parametrize("shift_milliseconds", [CLOCK_SKEW_MILLISECONDS + 1, 365 * DAY])
async def test_takes_an_opt_out_from_the_future_for_one_of_now(shift_milliseconds: int) -> None:
    """An opt-out is never disbelieved, but it must not outlive a later START by its wrong date."""
    platform = await started(
        build_consent(action="opt_out", consent_event_id="c-9", occurred_at=instant(shift_milliseconds))
    )
    platform.now_milliseconds += SECOND
    await platform.give(build_inbound(text="START", received_at=instant(SECOND)), build_message())
    assert platform.outcomes() == ["allow"]


async def test_obeys_an_opt_out_from_the_future() -> None:
    """Whatever its date, an opt-out counts from now on."""
    later = instant(CLOCK_SKEW_MILLISECONDS + 1)
    platform = await started(
        build_consent(action="opt_out", consent_event_id="c-9", occurred_at=later), build_message()
    )
    assert (platform.dead_letters(), platform.outcomes()) == ([], ["block"])


async def test_takes_a_reply_from_the_future_for_one_of_now() -> None:
    """A START that a fast clock dated later does not lift a STOP that comes after it."""
    platform = await started(build_inbound(text="START", received_at=instant(MINUTE)))
    platform.now_milliseconds += SECOND
    await platform.give(stop(received_at=instant(SECOND)), build_message())
    assert platform.outcomes() == ["block"]


async def test_does_not_take_a_redelivered_start_for_a_new_one() -> None:
    """A START dated later than now and delivered twice must not lift the STOP that came in between."""
    start = build_inbound(text="START", received_at=instant(MINUTE))
    platform = await started(start)
    platform.now_milliseconds += SECOND
    await platform.give(stop(received_at=instant(SECOND)))
    platform.now_milliseconds += SECOND
    await platform.give(start, build_message())
    assert platform.outcomes() == ["block"]


@pytest.mark.parametrize("received_at", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
async def test_takes_in_a_reply_whatever_its_date(received_at: str) -> None:
    """A date beyond the calendar in UTC stops no partition, also when it is told to another name."""
    platform = await started(stop(received_at=received_at, origin={"e164": RECIPIENT} | BSUID))
    kinds = [entry.kind for entry in platform.choices(BSUID_KEY).entries]
    assert (platform.dead_letters(), Kind.WITHDRAWAL in kinds) == ([], True)


# The one confirmation.


async def test_lets_one_confirmation_of_an_opt_out_pass_and_not_the_second() -> None:
    """The first message that says the STOP was heard passes; the next is one too many."""
    platform = await started(stop())
    await platform.give(
        message_to(RECIPIENT, "m-1", content=CONFIRMATION), message_to(RECIPIENT, "m-2", content=CONFIRMATION)
    )
    assert (platform.outcomes("m-1"), platform.outcomes("m-2")) == (["allow"], ["block"])


async def test_lets_no_second_confirmation_pass_when_the_opt_out_is_redelivered() -> None:
    """A STOP that comes twice was said once."""
    platform = await started(stop(), message_to(RECIPIENT, "m-1", content=CONFIRMATION), stop())
    await platform.give(message_to(RECIPIENT, "m-2", content=CONFIRMATION))
    assert platform.outcomes("m-2") == ["block"]


# Names of one person.


def linking(**changes: object) -> InboundMessage:
    """Build a reply that gives a number and a business-scoped id of the same person."""
    return build_inbound(
        **(
            {"inbound_id": "in-link", "channel": "whatsapp", "origin": {"e164": RECIPIENT} | BSUID, "text": "Hi"}
            | changes
        )
    )


async def test_carries_an_opt_out_from_the_business_scoped_id_to_the_number() -> None:
    """Who stops by WhatsApp without a number gets no SMS either."""
    platform = await started(linking(), stop(origin=BSUID, channel="whatsapp"), build_message())
    assert platform.codes() == ["opted_out"]


async def test_carries_an_opt_out_from_the_number_to_the_business_scoped_id() -> None:
    """Who stops by SMS gets no WhatsApp under the other name either."""
    platform = await started(linking(), stop(), build_message(to=BSUID, channel="whatsapp", purpose="authentication"))
    assert platform.codes() == ["opted_out"]


@pytest.mark.parametrize("origin", [RECIPIENT, BSUID])
async def test_tells_past_choices_when_two_names_are_linked(origin: object) -> None:
    """An opt-out under either name is known under the other once a reply shows that they are one person."""
    platform = await started(stop(origin=origin), linking())
    kinds = [
        [entry.kind for entry in platform.choices(key).entries if entry.kind is Kind.WITHDRAWAL]
        for key in (RECIPIENT, BSUID_KEY)
    ]
    assert kinds == [[Kind.WITHDRAWAL], [Kind.WITHDRAWAL]]


async def test_tells_past_choices_of_every_workspace() -> None:
    """What was said to each workspace is told for each workspace."""
    platform = await started(build_consent(workspace_id="ws-2", action="opt_out"), linking())
    assert [entry.kind for entry in platform.choices(BSUID_KEY, "ws-2").entries] == [Kind.WITHDRAWAL]


@pytest.mark.parametrize("is_linked_first", [True, False])
async def test_carries_an_opt_out_between_two_business_scoped_ids_of_one_number(*, is_linked_first: bool) -> None:
    """A person with two portfolios' ids is one person, in whatever order this was learned."""
    links = [linking(), linking(inbound_id="in-2", origin={"e164": RECIPIENT} | SECOND_BSUID)]
    said = stop(origin=BSUID, channel="whatsapp")
    platform = await started(*([*links, said] if is_linked_first else [links[0], said, links[1]]))
    assert [entry.kind for entry in platform.choices("wa:pf-2:GB.2").entries if entry.kind is Kind.WITHDRAWAL] != []


async def test_links_only_the_names_that_a_reply_gives() -> None:
    """A third name that is told of a reply with two others learns nothing of them by it, in whatever order."""
    again = linking(inbound_id="in-3")
    platform = await started(linking(inbound_id="in-2", origin={"e164": RECIPIENT} | SECOND_BSUID), again)
    stored = platform.stored(links_key("wa:pf-2:GB.2"), "wa:pf-2:GB.2") or b""
    assert (RECIPIENT.encode() in stored, BSUID_KEY.encode() in stored) == (True, False)


async def test_ends_telling_when_nothing_is_new() -> None:
    """Two names that tell each other everything don't go on forever."""
    platform = await started(linking(), stop(), stop(origin=BSUID, inbound_id="in-2", received_at=instant(1)))
    before = len(platform.forwarded())
    await platform.run()
    assert len(platform.forwarded()) == before


async def test_revokes_under_the_other_name_too() -> None:
    """What was allowed to the number is withdrawn when the person stops under the other name."""
    platform = await started(linking(), build_message(), stop(origin=BSUID, channel="whatsapp"))
    assert platform.revoked() == ["m-1"]


async def test_finds_a_reply_by_its_number_when_it_is_keyed_by_the_other_name() -> None:
    """A reply with both names counts under the number, wherever its producer put it."""
    platform = await started()
    said = stop(origin={"e164": RECIPIENT} | BSUID)
    platform.put_raw(names.INBOUND, encode(said), BSUID_KEY)
    await platform.run()
    await platform.give(build_message())
    assert platform.outcomes() == ["block"]


async def test_keeps_a_person_apart_who_has_more_names_than_a_person_has() -> None:
    """Beyond the limit no further name is recorded."""
    platform = await started()
    for number in range(KEYS_MAX + 1):
        await platform.give(
            linking(
                inbound_id=f"in-{number}", origin={"e164": RECIPIENT, "bsuid": "GB.1", "portfolio_id": f"p{number}"}
            )
        )
    stored = platform.stored(links_key(RECIPIENT), RECIPIENT) or b""
    assert stored.count(b"wa:") == KEYS_MAX


# What is revoked.


REVOKING: dict[str, Happening] = {
    "opt-out": stop(),
    "opt-out by an event": build_consent(action="opt_out", consent_event_id="c-9", occurred_at=instant()),
    "suspension": build_command(kind="suspend"),
    "review": build_command(kind="review"),
    "termination": build_command(kind="terminate"),
    "incident": build_command(kind="incident_open"),
    "suspended record": build_record(state="suspended"),
    "unknown state": build_record(state="closed"),
    "removed credential": build_record(integrations=[{"id": "key-1", "state": "removed", "scopes": ["*"]}]),
    "deleted credential": build_record(integrations=[]),
}


@pytest.mark.parametrize("name", REVOKING)
async def test_revokes_a_verdict_that_is_open(name: str) -> None:
    """What was allowed and is not known to be sent is withdrawn."""
    platform = await started(build_message(), REVOKING[name])
    assert platform.revoked() == ["m-1"]


@pytest.mark.parametrize("name", [name for name in REVOKING if "opt-out" not in name])
async def test_revokes_a_message_that_waits(name: str) -> None:
    """A deferred message is withdrawn too, and never judged again."""
    platform = await started(night_message(), REVOKING[name], policy=build_policy(QUIET))
    await platform.wait(QUIET_UNTIL)
    assert (platform.revoked(), platform.outcomes()) == (["m-1"], ["defer"])


async def test_revokes_a_message_that_waits_when_its_recipient_opts_out() -> None:
    """The opt-out comes at night, the message would have come in the morning."""
    platform = await started(night_message(), stop(origin=NEW_YORK), policy=build_policy(QUIET))
    await platform.wait(QUIET_UNTIL)
    assert (platform.revoked(), platform.outcomes()) == (["m-1"], ["defer"])


@pytest.mark.parametrize("name", REVOKING)
async def test_revokes_once_however_often_the_cause_comes(name: str) -> None:
    """A cause that is repeated withdraws nothing a second time."""
    platform = await started(build_message(), REVOKING[name], REVOKING[name])
    assert platform.revoked() == ["m-1"]


@pytest.mark.parametrize("name", REVOKING)
async def test_revokes_nothing_of_another_workspace(name: str) -> None:
    """What happens to one workspace does not touch another's messages, even to the same recipient."""
    platform = await started(
        build_consent(workspace_id="ws-10"),
        build_message(workspace_id="ws-10"),
        REVOKING[name],
        records=[build_record(), build_record(workspace_id="ws-10")],
    )
    assert platform.revoked() == []


@pytest.mark.parametrize("name", ["opt-out", "opt-out by an event"])
async def test_revokes_nothing_to_another_recipient(name: str) -> None:
    """An opt-out concerns the one who said it."""
    platform = await started(message_to(OTHER), REVOKING[name])
    assert platform.revoked() == []


async def test_revokes_only_what_the_opt_out_covers() -> None:
    """Who refuses marketing keeps the update of an order."""
    platform = await started(build_message(), message_to(RECIPIENT, "m-2", purpose="marketing"))
    await platform.give(
        build_consent(action="opt_out", consent_event_id="c-9", scope={"purpose": "marketing"}, occurred_at=instant())
    )
    assert platform.revoked() == ["m-2"]


@pytest.mark.parametrize("actor", [{"type": "member", "id": "u-1"}, {"type": "administrator", "id": "u-2"}])
async def test_revokes_only_what_the_removed_member_asked_for(actor: dict[str, str]) -> None:
    """A removal withdraws the messages of whoever was removed."""
    members = [member for member in ("u-1", "u-2") if member != actor["id"]]
    platform = await started(message_to(RECIPIENT, "m-1", actor=actor), message_to(RECIPIENT, "m-2"))
    await platform.give(build_record(members=[{"id": member, "scopes": ["*"]} for member in members]))
    assert platform.revoked() == ["m-1"]


@pytest.mark.parametrize("kind", ["warn", "throttle", "reinstate", "incident_close"])
async def test_revokes_nothing_when_the_workspace_may_still_send(kind: str) -> None:
    """A warning or a throttling does not withdraw what was allowed."""
    platform = await started(build_message(), build_command(kind=kind))
    assert platform.revoked() == []


async def test_revokes_what_is_open_when_the_workspace_is_removed() -> None:
    """A tombstone leaves the workspace unknown, and unknown is held."""
    platform = await started(build_message())
    platform.put_raw(names.WORKSPACES, None, "ws-1")
    await platform.run()
    assert [revocation["code"] for revocation in platform.revocations()] == ["workspace_unknown"]


@pytest.mark.parametrize(("shift_milliseconds", "is_revoked"), [(-1, True), (0, False), (1, False)])
async def test_revokes_nothing_whose_lease_has_run_out(shift_milliseconds: int, *, is_revoked: bool) -> None:
    """After five minutes the verdict may not be used any more anyway."""
    platform = await started(build_message())
    platform.now_milliseconds += 5 * MINUTE + shift_milliseconds
    await platform.give(stop())
    assert (platform.revoked() == ["m-1"]) == is_revoked


@pytest.mark.parametrize("outcome", ["block", "hold"])
async def test_revokes_nothing_that_was_not_let_pass(outcome: str) -> None:
    """There is nothing to withdraw of a message that was refused."""
    message = (
        build_message(purpose="marketing", to="+447700900150") if outcome == "block" else build_message(actor=None)
    )
    platform = await started(message, build_command(kind="suspend"))
    assert (platform.outcomes(), platform.revoked()) == ([outcome], [])


@pytest.mark.parametrize("status", ["sent", "delivered", "read"])
async def test_revokes_nothing_that_was_sent(status: str) -> None:
    """What has left can't be withdrawn."""
    platform = await started(build_message(), build_provider_event(status=status), stop())
    assert platform.revoked() == []


@pytest.mark.parametrize(
    "changes",
    [
        {"status": "failed"},
        {"status": "accepted"},
        {"status": None},
        {"kind": "template_status"},
        {"message_id": None},
        {"message_id": "m-2"},
        {"workspace_id": "ws-2"},
        {"to": OTHER},
    ],
)
async def test_revokes_what_a_report_does_not_say_was_sent(changes: dict[str, object]) -> None:
    """A failed message may be tried again, and a report about another message says nothing of this one."""
    platform = await started(build_message(), build_provider_event(**changes), stop())
    assert platform.revoked() == ["m-1"]


async def test_names_verdict_reason_and_cause_in_a_revocation() -> None:
    """A revocation says what is withdrawn, under which clause, and by which event."""
    platform = await started(build_message(), stop())
    (revocation,) = platform.revocations()
    assert (revocation["verdict_id"], revocation["clause"], revocation["code"], revocation["caused_by"]) == (
        platform.verdicts()[0]["verdict_id"],
        "6.3",
        "opted_out",
        "inbound in-stop",
    )


async def test_publishes_a_revocation_under_the_recipient_as_another_type() -> None:
    """Subscribers tell verdicts and revocations apart by their type, and get both in order."""
    platform = await started(build_message(), stop())
    record = platform.log.all_records(names.VERDICTS)[-1]
    assert (record.key, dict(record.headers)["ce_type"]) == (RECIPIENT.encode(), b"verdict.revoked.v1")


@pytest.mark.parametrize("size", [SWEEP_ENTRIES_MAX - 1, SWEEP_ENTRIES_MAX, SWEEP_ENTRIES_MAX + 1])
async def test_walks_a_workspace_in_slices_to_its_end(size: int) -> None:
    """One transaction looks at 500 messages, the next goes on, and each is withdrawn once."""
    platform = await started(partitions=1)
    await platform.give(*(message_to(RECIPIENT, f"m-{number}") for number in range(size)))
    await platform.give(build_command(kind="suspend"))
    assert platform.revoked() == sorted(f"m-{number}" for number in range(size))


@pytest.mark.parametrize(
    ("size", "is_left"), [(SWEEP_ENTRIES_MAX - 1, False), (SWEEP_ENTRIES_MAX, True), (SWEEP_ENTRIES_MAX + 1, True)]
)
async def test_leaves_the_rest_of_a_walk_to_the_next_transaction(size: int, *, is_left: bool) -> None:
    """A workspace with very many messages does not keep a partition busy."""
    platform = await started(partitions=1)
    await platform.give(*(message_to(RECIPIENT, f"m-{number}") for number in range(size)))
    platform.put(build_command(kind="suspend"))
    await platform.workspaces.run()
    await platform.recipients.partitions[0].step()
    assert (platform.stored(sweep_key("ws-1"), RECIPIENT) is not None) == is_left


async def test_goes_on_with_a_walk_after_a_restart() -> None:
    """A crash between two slices leaves nothing unwithdrawn."""
    platform = await started(partitions=1)
    await platform.give(*(message_to(RECIPIENT, f"m-{number}") for number in range(SWEEP_ENTRIES_MAX + 1)))
    platform.put(build_command(kind="suspend"))
    await platform.workspaces.run()
    await platform.recipients.partitions[0].step()
    platform.recipients.reopen(0)
    await platform.run()
    assert len(platform.revoked()) == SWEEP_ENTRIES_MAX + 1


# What waits.


async def test_judges_a_deferred_message_again_at_its_time() -> None:
    """Without anybody asking, the message gets its final verdict when it may be sent."""
    platform = await started(night_message(), policy=build_policy(QUIET))
    await platform.wait(QUIET_UNTIL)
    assert platform.outcomes() == ["defer", "allow"]


async def test_waits_for_the_later_of_two_times() -> None:
    """A message that exceeds the rate at night is judged again in the morning, not a second later too."""
    record = planned(messages_per_second=1)
    platform = await started(
        message_to(RECIPIENT, "m-0"), night_message(), policy=build_policy(QUIET), records=[record]
    )
    await platform.wait(QUIET_UNTIL)
    assert platform.outcomes() == ["defer", "allow"]


async def test_does_not_judge_a_deferred_message_before_its_time() -> None:
    """One millisecond before eight it still waits."""
    platform = await started(night_message(), policy=build_policy(QUIET))
    await platform.wait(QUIET_UNTIL - 1)
    assert platform.outcomes() == ["defer"]


async def test_gives_the_final_verdict_an_id_of_its_own() -> None:
    """Deferral and final verdict are two verdicts about one message."""
    platform = await started(night_message(), policy=build_policy(QUIET))
    await platform.wait(QUIET_UNTIL)
    assert len({verdict["verdict_id"] for verdict in platform.verdicts()}) == 2


async def test_judges_a_deferred_message_by_what_is_known_at_its_time() -> None:
    """Consent that ended over night is missing in the morning."""
    platform = await started(night_message(), policy=build_policy(QUIET))
    await platform.give(build_consent(to=NEW_YORK, action="expire", consent_event_id="c-9", occurred_at=instant()))
    await platform.wait(QUIET_UNTIL)
    assert platform.outcomes() == ["defer", "block"]


async def test_answers_a_repeated_message_that_waits_with_its_deferral() -> None:
    """A repeat does not make a message wait twice."""
    platform = await started(night_message(), night_message(), policy=build_policy(QUIET))
    await platform.wait(QUIET_UNTIL)
    assert platform.outcomes() == ["defer", "defer", "allow"]


async def test_drops_the_body_once_a_message_no_longer_waits() -> None:
    """The text is kept only as long as it is needed (9.1)."""
    platform = await started(night_message(content={"type": "text", "text": "CANARY"}), policy=build_policy(QUIET))
    key = ledger_key("ws-1", NEW_YORK, "m-1")
    before = b"CANARY" in (platform.stored(key, NEW_YORK) or b"")
    await platform.wait(QUIET_UNTIL)
    assert (before, b"CANARY" in (platform.stored(key, NEW_YORK) or b"")) == (True, False)


async def test_judges_a_deferred_message_after_a_restart() -> None:
    """What waits lies in the state, not in the worker."""
    platform = await started(night_message(), policy=build_policy(QUIET))
    platform.recipients = platform.start_recipients()
    await platform.wait(QUIET_UNTIL)
    assert platform.outcomes() == ["defer", "allow"]


@pytest.mark.parametrize("zone", ["Mars/Base", "../../etc/hostname", "", "america/new_york"])
async def test_goes_on_when_the_time_zone_of_a_business_scoped_id_does_not_exist(zone: str) -> None:
    """A statement that makes no sense is passed over; it neither opens the night nor stops the partition."""
    night = {"to": {"bsuid": "US.1", "portfolio_id": "pf-1"}, "channel": "whatsapp", "recipient": {"time_zone": zone}}
    platform = await started(night_message(**night), policy=build_policy(QUIET))
    assert any(code.startswith("quiet_hours") for code in platform.codes())


@pytest.mark.parametrize("recipient", [{"country": "GB"}, {"time_zone": "Asia/Tokyo"}, {"country": "ZZ"}])
async def test_does_not_let_a_statement_open_the_night_of_a_business_scoped_id(recipient: dict[str, str]) -> None:
    """The id says in which country it was given; the sender can't say that it is day elsewhere."""
    night = {"to": {"bsuid": "US.1", "portfolio_id": "pf-1"}, "channel": "whatsapp", "recipient": recipient}
    platform = await started(night_message(**night), policy=build_policy(QUIET))
    assert any(code.startswith("quiet_hours") for code in platform.codes())


# The use of plans.


def numbered(count: int, **changes: object) -> list[OutboundMessage]:
    """Build messages to recipients of all partitions."""
    return [message_to((RECIPIENT, OTHER)[number % 2], f"m-{number}", **changes) for number in range(count)]


def first_outcomes(platform: Platform) -> list[str]:
    """List the first outcome of each message, sorted."""
    first: dict[str, str] = {}
    for verdict in platform.verdicts():
        first.setdefault(verdict["message_id"], verdict["outcome"])
    return sorted(first.values())


@pytest.mark.parametrize("sent", [4, 5, 6])
@pytest.mark.parametrize("limit", ["messages_per_second", "messages_per_day"])
async def test_defers_what_exceeds_the_plan(limit: str, sent: int) -> None:
    """Of five places the sixth message gets none, whichever partitions the messages went to."""
    platform = await started(*numbered(sent), records=[planned(**{limit: 5})])
    assert first_outcomes(platform) == ["allow"] * min(sent, 5) + ["defer"] * max(0, sent - 5)


@pytest.mark.parametrize("sent", [4, 5, 6])
async def test_defers_what_exceeds_the_plan_when_all_comes_at_once(sent: int) -> None:
    """Messages of one transaction are counted one by one."""
    platform = await started(records=[planned(messages_per_second=5)])
    await platform.give(*numbered(sent))
    assert first_outcomes(platform) == ["allow"] * min(sent, 5) + ["defer"] * max(0, sent - 5)


async def test_gives_each_deferred_message_a_place_of_its_own() -> None:
    """Twelve messages at five a second need three seconds, and none of them has more than five."""
    platform = await started(partitions=1, records=[planned(messages_per_second=5)])
    await platform.give(*numbered(12))
    await platform.wait(10 * SECOND)
    allowed = [verdict["decided_at"] for verdict in platform.verdicts() if verdict["outcome"] == "allow"]
    assert [allowed.count(instant(shift * SECOND)) for shift in range(4)] == [5, 5, 2, 0]


async def test_lets_a_message_with_a_place_pass_without_taking_another() -> None:
    """A place that was kept is not counted again when it is used."""
    platform = await started(*numbered(6), records=[planned(messages_per_second=5, messages_per_day=7)])
    await platform.wait(2 * SECOND)
    await platform.give(message_to(RECIPIENT, "m-last"))
    assert platform.outcomes("m-last") == ["allow"]


async def test_begins_a_day_with_a_full_plan() -> None:
    """What exceeded the day is allowed after midnight."""
    platform = await started(*numbered(6), records=[planned(messages_per_day=5)])
    await platform.wait(9 * HOUR)
    assert platform.outcomes("m-5") == ["defer", "allow"]


@pytest.mark.parametrize("outcome", ["block", "hold"])
async def test_counts_nothing_that_is_not_sent(outcome: str) -> None:
    """A refused message takes no place."""
    refused = {"purpose": "marketing", "to": "+447700900150"} if outcome == "block" else {"actor": None}
    platform = await started(
        build_message(message_id="m-0", **refused), build_message(), records=[planned(messages_per_day=1)]
    )
    assert (platform.outcomes("m-0"), platform.outcomes()) == ([outcome], ["allow"])


async def test_counts_what_other_workers_have_let_pass() -> None:
    """A report of a partition that another worker owns takes places here."""
    platform = await started(records=[planned(messages_per_second=5)])
    usage = Usage(((NOW // SECOND, 5),), NOW // DAY, 5)
    report = UsageReport(subject="workspace", workspace_id="ws-1", source="recipients-99", usage=usage)
    platform.put_raw(names.SIGNALS, encode(report), "usage/ws-1/recipients-99")
    await platform.give(build_message())
    assert platform.outcomes() == ["defer"]


async def test_remembers_its_counts_after_a_restart() -> None:
    """A plan that was used up before a crash is used up after it."""
    platform = await started(*numbered(5), records=[planned(messages_per_day=5)])
    platform.recipients = platform.start_recipients()
    await platform.give(message_to(RECIPIENT, "m-last"))
    assert platform.outcomes("m-last") == ["defer"]


async def test_trusts_its_state_more_than_its_own_late_report() -> None:
    """A report of before, arriving after the partition was opened, does not give places back."""
    platform = await started(partitions=1, records=[planned(messages_per_day=5)])
    await platform.give(*numbered(5))
    late = UsageReport(
        subject="workspace",
        workspace_id="ws-1",
        source="recipients-0",
        usage=Usage(((NOW // SECOND, 1),), NOW // DAY, 1),
    )
    restarted = Platform(1, records=[planned(messages_per_day=5)])
    changelog = "compliance.recipients-changelog"
    for record in platform.log.all_records(changelog):
        restarted.log.append(changelog, record.key, record.value, record.headers, 0)
    restarted.recipients = restarted.start_recipients()
    restarted.put_raw(names.SIGNALS, encode(late), "usage/ws-1/recipients-0")
    for _ in range(restarted.log.end(names.OUTBOUND, 0), platform.log.end(names.OUTBOUND, 0)):
        restarted.log.append(names.OUTBOUND, b"", b"", (), 0)
    for _ in range(restarted.log.end(names.CONSENT, 0), platform.log.end(names.CONSENT, 0)):
        restarted.log.append(names.CONSENT, b"", b"", (), 0)
    await restarted.give(message_to(RECIPIENT, "m-last"))
    assert restarted.outcomes("m-last") == ["defer"]


async def test_throttles_a_workspace_to_its_share() -> None:
    """A throttled workspace has a tenth of its rate."""
    platform = await started(build_command(kind="throttle"), records=[planned(messages_per_second=20)])
    await platform.give(*numbered(3))
    codes = [finding["code"] for verdict in platform.verdicts() for finding in verdict["findings"]]
    assert (first_outcomes(platform), codes) == (["allow", "allow", "defer"], ["workspace_throttled"])


@pytest.mark.parametrize(("limit", "allowed"), [(0, 0), (1, 1), (9, 1)])
async def test_throttles_a_small_plan_to_one_message_a_second_but_never_beyond_the_plan(
    limit: int, allowed: int
) -> None:
    """A share of a few messages is one; a share of none is none."""
    platform = await started(
        build_record(state="throttled", plan={"messages_per_second": limit, "messages_per_day": 9})
    )
    await platform.give(*numbered(2))
    assert first_outcomes(platform).count("allow") == allowed


async def test_reports_its_counts_to_other_workers() -> None:
    """Each partition tells the others what it has let pass."""
    platform = await started(build_message(), records=[planned(messages_per_second=5)])
    (report,) = platform.answers(names.SIGNALS)
    assert (report["workspace_id"], report["source"]) == ("ws-1", f"recipients-{platform.partition_of(RECIPIENT)}")


async def test_keeps_its_counts_in_the_state() -> None:
    """Counts are part of the transaction that counts."""
    platform = await started(build_message())
    assert platform.stored(usage_key("ws-1"), RECIPIENT) is not None


# Dead letters.


@pytest.mark.parametrize(
    "topic",
    [names.OUTBOUND, names.OUTBOUND_PRIORITY, names.CONSENT, names.INBOUND, names.PROVIDER_EVENTS, names.COMMANDS],
)
@pytest.mark.parametrize("value", [b"", b"{", b"[]", b"\xff", MALFORMED, None])
async def test_records_what_can_not_be_decoded_once(topic: str, value: bytes | None) -> None:
    """Nothing can be made of it: it is recorded once, with its position and without its value, and work goes on."""
    platform = await started()
    record = platform.put_raw(topic, value, RECIPIENT)
    await platform.give(build_message())
    letters = [
        (letter["topic"], letter["partition"], letter["offset"], letter["value_bytes"])
        for letter in platform.dead_letters()
    ]
    assert (letters, platform.outcomes()) == ([(topic, record.partition, record.offset, len(value or b""))], ["allow"])


async def test_keeps_the_value_out_of_a_dead_letter() -> None:
    """A dead letter never says what the event said."""
    platform = await started()
    platform.put_raw(names.OUTBOUND, MALFORMED, RECIPIENT)
    await platform.run()
    assert [
        record for record in platform.log.all_records(names.DEAD_LETTERS) if b"CANARY" in (record.value or b"")
    ] == []


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"kind": "remove_content"}, "$.kind"),
        ({"kind": "rectify", "subject": {"recipient": RECIPIENT}}, "$.kind"),
        ({"kind": "suspend", "subject": {"recipient": RECIPIENT}}, "$.kind"),
        ({"kind": "access", "subject": {"recipient": BSUID}}, "$.kind"),
        ({"kind": "object", "subject": {"recipient": "07700900123"}}, "$.subject.recipient"),
        (
            {"kind": "withdraw_objection", "subject": {"recipient": RECIPIENT}, "occurred_at": instant(DAY)},
            "$.occurred_at",
        ),
        ({"subject": {}}, "$.subject"),
    ],
)
async def test_records_a_command_that_nobody_carries_out_once(changes: dict[str, object], field: str) -> None:
    """An officer's command that this version does not know must not vanish."""
    platform = await started(build_command(**changes))
    assert [(letter["topic"], letter["field"]) for letter in platform.dead_letters()] == [(names.COMMANDS, field)]


@pytest.mark.parametrize("subject", [{"workspace_id": "ws-1"}, {"recipient": RECIPIENT}])
async def test_records_an_unknown_command_in_the_wrong_partition_once(subject: dict[str, str]) -> None:
    """The detour over another partition does not double the dead letter."""
    platform = await started()
    key = next(iter(subject.values()))
    platform.put(build_command(kind="dance", subject=subject), partition=platform.wrong_partition(key))
    await platform.run()
    assert [letter["topic"] for letter in platform.dead_letters()] == [names.COMMANDS]


@pytest.mark.parametrize("kind", ["suspend", "incident_open"])
async def test_records_no_command_that_is_carried_out(kind: str) -> None:
    """What the other topology does is no dead letter here, wherever it lay."""
    platform = await started()
    platform.put(build_command(kind=kind), partition=platform.wrong_partition("ws-1"))
    await platform.run()
    assert platform.dead_letters() == []


GLOBAL_POISON = [
    (names.WORKSPACES, b"{"),
    (names.WORKSPACES, encode(build_record(workspace_id="ws-2"))),
    (names.ENFORCEMENT, b'{"workspace_id": "ws-1", "state": "quarantined"}'),
    (names.POLICIES, b"{"),
]


@pytest.mark.parametrize(("topic", "value"), GLOBAL_POISON, ids=range(len(GLOBAL_POISON)))
async def test_records_a_global_record_that_can_not_be_read_once(topic: str, value: bytes) -> None:
    """Every partition reads it, the first one records it."""
    platform = await started()
    platform.put_raw(topic, value, "ws-1")
    await platform.run()
    platform.recipients = platform.start_recipients()
    await platform.run()
    assert [letter["topic"] for letter in platform.dead_letters()] == [topic]


@pytest.mark.parametrize(("topic", "value"), GLOBAL_POISON[:3], ids=range(3))
async def test_holds_when_a_global_record_can_not_be_read(topic: str, value: bytes) -> None:
    """The fact is missing, so what depends on it is held."""
    platform = await started()
    platform.put_raw(topic, value, "ws-1")
    await platform.give(build_message())
    assert platform.outcomes() == ["hold"]


@pytest.mark.parametrize(("topic", "value"), GLOBAL_POISON[:3], ids=range(3))
async def test_revokes_when_a_global_record_can_not_be_read(topic: str, value: bytes) -> None:
    """What was allowed under a fact that is now missing is withdrawn."""
    platform = await started(build_message())
    platform.put_raw(topic, value, "ws-1")
    await platform.run()
    assert platform.revoked() == ["m-1"]


# Policies.


async def test_decides_by_a_policy_from_its_time_on() -> None:
    """A policy published ahead takes effect then, and each verdict names the one that decided."""
    platform = await started()
    platform.put_policy(policy_document("lease_seconds = 60", version="later", effective_at=instant(HOUR)))
    await platform.give(build_message())
    await platform.wait(HOUR - 1)
    await platform.give(message_to(RECIPIENT, "m-2"))
    await platform.wait(1)
    await platform.give(message_to(RECIPIENT, "m-3"))
    assert [verdict["policy"]["version"] for verdict in platform.verdicts()] == ["test-1", "test-1", "later"]


async def test_says_in_the_verdict_that_a_policy_can_not_be_used() -> None:
    """The message is judged by the policy before, and the verdict is marked."""
    platform = await started()
    platform.put_policy("nonsense = 1", version="v-2")
    await platform.give(build_message())
    verdict = platform.verdicts()[0]
    assert (verdict["outcome"], verdict["degraded"][0]["check"]) == ("allow", "policy")


async def test_revokes_nothing_when_a_policy_changes() -> None:
    """A new policy decides about new messages."""
    platform = await started(build_message())
    platform.put_policy(
        policy_document('[consent]\nneeded_for = { marketing = "block", utility = "block", service = "block" }')
    )
    await platform.run()
    assert platform.revoked() == []


# State.


async def test_changes_nothing_when_an_event_comes_again() -> None:
    """Consents, replies and reports can be given twice."""
    events: list[ConsentEvent | InboundMessage] = [build_consent(), stop(), linking()]
    platform = await started(*events)
    before = platform.stored(choices_key(RECIPIENT, "ws-1"), RECIPIENT)
    await platform.give(*events)
    assert platform.stored(choices_key(RECIPIENT, "ws-1"), RECIPIENT) == before


async def test_keeps_choices_over_a_restart() -> None:
    """An opt-out that was committed is known to the next worker."""
    platform = await started(stop())
    platform.recipients = platform.start_recipients()
    await platform.give(build_message())
    assert platform.outcomes() == ["block"]


async def test_keeps_senders_of_one_recipient_apart() -> None:
    """An opt-out from one sender leaves the others."""
    platform = await started(
        build_consent(action="opt_out", consent_event_id="c-9", scope={"sender": SENDER}, occurred_at=instant()),
        build_message(sender={"type": "short_code", "id": "60777"}),
    )
    assert platform.outcomes() == ["allow"]


# Replies in free wording.

QUESTION = {"type": "text", "text": "Do you want to stop all messages? Reply STOP to confirm or START to go on."}


def reply(text: str, shift_milliseconds: int = 0, **changes: object) -> InboundMessage:
    """Build a reply some time from now."""
    at = instant(shift_milliseconds)
    return build_inbound(**({"text": text, "inbound_id": f"in-{text}", "received_at": at} | changes))


@pytest.mark.parametrize("text", ["Please stop texting me", "stpo", "no me escriban m\u00e1s", "removeme"])
async def test_blocks_after_a_request_in_free_wording(text: str) -> None:
    """A reasonable person understands it, so it counts (47 CFR 64.1200(a)(10))."""
    platform = await started(reply(text), build_message())
    assert (platform.outcomes(), platform.codes()) == (["block"], ["opted_out"])


@pytest.mark.parametrize("text", ["I'll stop by the shop at five", "don't stop", "HELP", "Thanks!"])
async def test_allows_after_a_reply_that_asks_for_no_stop(text: str) -> None:
    """Near misses, help and small talk change nothing."""
    platform = await started(reply(text), build_message())
    assert platform.outcomes() == ["allow"]


@pytest.mark.parametrize(("purpose", "outcome"), [("marketing", "block"), ("utility", "allow")])
async def test_blocks_only_the_part_that_was_refused(purpose: str, outcome: str) -> None:
    """Who wants no offers still hears of the order."""
    platform = await started(reply("stop sending me offers"), build_message(purpose=purpose))
    assert platform.outcomes() == [outcome]


@pytest.mark.parametrize(("channel", "outcome"), [("whatsapp", "block"), ("sms", "allow")])
async def test_blocks_only_the_channel_that_was_refused(channel: str, outcome: str) -> None:
    """Who wants nothing on WhatsApp still gets an SMS."""
    platform = await started(reply("no more WhatsApp messages please"), build_message(channel=channel))
    assert platform.outcomes() == [outcome]


async def test_blocks_after_an_unsure_request_until_it_is_settled() -> None:
    """NO may answer anything: it stops, one question passes, and START lets messages through again."""
    platform = await started(
        reply("NO"),
        build_message(message_id="m-1"),
        build_message(message_id="m-2", content=QUESTION),
        build_message(message_id="m-3", content=QUESTION),
    )
    await platform.wait(MINUTE)
    await platform.give(reply("START", MINUTE), build_message(message_id="m-4"))
    assert [platform.outcomes(f"m-{number}")[0] for number in (1, 2, 3, 4)] == ["block", "allow", "block", "allow"]
    assert (platform.codes("m-1"), platform.codes("m-3")) == (["opt_out_unconfirmed"], ["opt_out_unconfirmed"])


@pytest.mark.parametrize("answer", ["YES", "STOP", "please stop"])
async def test_takes_yes_to_the_question_for_a_stop(answer: str) -> None:
    """To "do you want to stop?" YES confirms, and from then on it is sure."""
    platform = await started(reply("NO"), build_message(message_id="m-1", content=QUESTION))
    await platform.wait(MINUTE)
    await platform.give(reply(answer, MINUTE), build_message(message_id="m-2"))
    assert (platform.outcomes("m-1")[0], platform.outcomes("m-2"), platform.codes("m-2")) == (
        "allow",
        ["block"],
        ["opted_out"],
    )


async def test_lifts_a_stop_by_yes_when_nothing_was_asked() -> None:
    """YES is a start word of providers, and the number is opted out."""
    platform = await started(stop())
    await platform.wait(MINUTE)
    await platform.give(reply("YES", MINUTE), build_message())
    assert platform.outcomes() == ["allow"]


async def test_takes_how_sure_is_sure_from_the_policy() -> None:
    """A policy may ask about more replies; it can't ignore those that are sure."""
    policy = build_policy("[replies]\nsure_confidence = 0.99")
    platform = await started(reply("Please stop texting me"), build_message(), policy=policy)
    assert platform.codes() == ["opt_out_unconfirmed"]
