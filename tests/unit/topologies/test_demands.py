"""What people demand as data subjects, from command to verdict, revocation and what is left in the state."""

import json

import pytest

from pipeline.domain.events import Command, OutboundMessage
from pipeline.engine.overlay import RECORDS
from pipeline.state.keys import ROWS, end_of, rights_key
from pipeline.testing.builders import (
    MINUTE,
    RECIPIENT,
    SECOND,
    SENDER,
    build_command,
    build_consent,
    build_inbound,
    build_message,
    build_provider_event,
    build_record,
    instant,
)
from pipeline.topologies import names
from tests.unit.topologies.hosting import Happening, Platform

BSUID = {"bsuid": "GB.1", "portfolio_id": "pf-1"}
BSUID_KEY = "wa:pf-1:GB.1"
FORBIDDEN = {"object": "marketing", "restrict": "utility", "erase": "authentication"}
"""Commands with a purpose that each of them forbids."""


def demand(kind: str = "object", to: object = RECIPIENT, **changes: object) -> Command:
    """Build a person's demand, made now, with regard to all workspaces."""
    workspace_id = changes.pop("workspace_id", None)
    subject = {"recipient": to, "workspace_id": workspace_id}
    return build_command(**({"command_id": f"cmd-{kind}", "kind": kind, "subject": subject} | changes))


def marketing(message_id: str = "m-1", **changes: object) -> OutboundMessage:
    """Build a message with marketing."""
    return build_message(**({"message_id": message_id, "purpose": "marketing"} | changes))


async def started(*events: Happening, workspaces: int = 1) -> Platform:
    """Start a platform on which the recipient has consented with both names, and give it events one by one."""
    records = [build_record(workspace_id=f"ws-{number + 1}") for number in range(workspaces)]
    platform = Platform(records=records)
    for number in range(workspaces):
        for to in (RECIPIENT, BSUID):
            platform.put(build_consent(to=to, workspace_id=f"ws-{number + 1}", consent_event_id=f"c-{number}"))
    await platform.run()
    for event in events:
        await platform.give(event)
    return platform


def linking() -> Happening:
    """Build a reply that shows both names of the recipient."""
    return build_inbound(origin={"e164": RECIPIENT} | BSUID, channel="whatsapp")


@pytest.mark.parametrize(("kind", "purpose"), FORBIDDEN.items())
async def test_stops_what_a_demand_forbids(kind: str, purpose: str) -> None:
    """The next message is stopped under clause 7.2."""
    platform = await started(demand(kind), build_message(purpose=purpose))
    (verdict,) = platform.verdicts()
    assert "7.2" in [finding["clause"] for finding in verdict["findings"]]
    assert verdict["outcome"] in {"hold", "block"}


@pytest.mark.parametrize(("kind", "purpose"), FORBIDDEN.items())
async def test_stops_for_every_workspace_unless_one_is_named(kind: str, purpose: str) -> None:
    """A demand without workspace reaches all of them, also those that the person never chose about."""
    messages = [
        build_message(purpose=purpose, workspace_id=f"ws-{number}", message_id=f"m-{number}") for number in (1, 2)
    ]
    for_all = await started(demand(kind), *messages, workspaces=2)
    for_one = await started(demand(kind, workspace_id="ws-1"), *messages, workspaces=2)
    assert "allow" not in for_all.outcomes("m-1") + for_all.outcomes("m-2")
    assert (for_one.outcomes("m-1") == ["allow"], for_one.outcomes("m-2")) == (False, ["allow"])


@pytest.mark.parametrize("workspace_id", ["ws-1", None])
async def test_forgets_what_providers_refused(workspace_id: str | None) -> None:
    """What a provider said of an erased person is a record about the person too."""
    refusal = build_provider_event(status="failed", product="messaging", code="30002", message_id="m-0", sender=SENDER)
    platform = await started(refusal)
    assert b"f" in {key[:1] for key in keys_of(platform)}
    await platform.give(demand("erase", workspace_id=workspace_id))
    assert b"f" not in {key[:1] for key in keys_of(platform)}


@pytest.mark.parametrize("workspace_id", ["ws-1", None])
@pytest.mark.parametrize(("kind", "purpose"), [("object", "marketing"), ("restrict", "utility"), ("erase", "utility")])
async def test_revokes_what_a_demand_forbids(kind: str, purpose: str, workspace_id: str | None) -> None:
    """What was allowed a moment ago is withdrawn, with the command as its cause."""
    platform = await started(build_message(purpose=purpose), demand(kind, workspace_id=workspace_id))
    (revocation,) = platform.revocations()
    assert (revocation["clause"], revocation["caused_by"]) == ("7.2", f"command cmd-{kind}")


async def test_stops_what_comes_in_the_same_transaction() -> None:
    """The first demand of a partition counts for a message that is judged right after it."""
    platform = await started()
    for event in (demand(), marketing()):
        platform.put(event)
    await platform.run()
    assert platform.outcomes() == ["block"]


async def test_revokes_nothing_that_a_demand_allows() -> None:
    """An order update survives an objection to marketing."""
    platform = await started(build_message(), demand())
    assert platform.revocations() == []


async def test_lets_marketing_pass_after_new_consent() -> None:
    """Who objected and later opts in gets what was agreed to."""
    platform = await started(demand())
    platform.now_milliseconds += MINUTE
    again = build_consent(consent_event_id="c-again", occurred_at=instant(SECOND), recorded_at=instant(SECOND))
    await platform.give(again, marketing())
    assert platform.outcomes() == ["allow"]


@pytest.mark.parametrize("is_linked_first", [True, False])
@pytest.mark.parametrize("told", [RECIPIENT, BSUID])
async def test_reaches_the_other_name_of_the_person(told: object, *, is_linked_first: bool) -> None:
    """An objection under one name stops messages to the other, whichever was known first."""
    events = [linking(), demand(to=told)] if is_linked_first else [demand(to=told), linking()]
    sender = {"type": "whatsapp_number", "id": "+447700900222"}
    to_both = [marketing("m-1"), marketing("m-2", to=BSUID, channel="whatsapp", sender=sender)]
    platform = await started(*events, *to_both)
    assert [platform.outcomes(message.message_id) for message in to_both] == [["block"], ["block"]]


async def test_takes_a_demand_that_comes_again_for_the_same() -> None:
    """Redelivery of a command revokes nothing that was allowed since."""
    platform = await started(demand())
    platform.now_milliseconds += MINUTE
    again = build_consent(consent_event_id="c-again", occurred_at=instant(SECOND), recorded_at=instant(SECOND))
    await platform.give(again, marketing(), demand())
    assert (platform.outcomes(), platform.revocations()) == (["allow"], [])


def keys_of(platform: Platform) -> list[bytes]:
    """List the keys of everything that is kept about people, in all partitions."""
    kept = [
        key[1:]
        for partition in platform.recipients.partitions
        for key, _ in partition.store.scan(RECORDS, bytes([RECORDS[0] + 1]), 1_000)
    ]
    return [key for key in kept if key[:1] not in {b"u", b"h", b"o", b"y"}]


async def test_forgets_an_erased_person_but_for_the_erasure() -> None:
    """Choices, judged messages and links of both names go; what stays lies under hashes of the names."""
    platform = await started(linking(), build_message(), demand("erase"))
    assert sorted(keys_of(platform)) == sorted([rights_key(RECIPIENT), rights_key(BSUID_KEY)])
    pages = [
        value
        for partition in platform.recipients.partitions
        for _, value in partition.store.scan(RECORDS + ROWS, RECORDS + end_of(ROWS), 1_000)
    ]
    assert [RECIPIENT.encode() in page for page in pages] == [False]


async def test_keeps_what_is_about_other_workspaces_when_one_erases() -> None:
    """An erasure for one workspace leaves the choices about another."""
    platform = await started(demand("erase", workspace_id="ws-1"), workspaces=2)
    assert (platform.choices(RECIPIENT, "ws-1").entries, len(platform.choices(RECIPIENT, "ws-2").entries)) == ((), 1)


@pytest.mark.parametrize(("shift", "count"), [(-1, 0), (0, 0), (1, 1)])
async def test_does_not_take_in_again_what_was_erased(shift: int, count: int) -> None:
    """A consent event that comes late, and is not newer than the erasure, leaves no trace."""
    platform = await started(demand("erase"))
    late = build_consent(consent_event_id="c-late", occurred_at=instant(shift), recorded_at=instant(shift))
    await platform.give(late)
    assert len(platform.choices(RECIPIENT).entries) == count


async def test_keeps_consent_that_is_newer_than_a_late_erasure() -> None:
    """An erasure that comes late forgets what lay before it, and not what the person agreed to since."""
    platform = await started(marketing(), demand("erase", occurred_at=instant(-30 * 86_400_000)))
    assert len(platform.choices(RECIPIENT).entries) == 1
    assert platform.revocations() == []


# Consent that ends, waits for its confirmation, or comes by another way than a consent event.


@pytest.mark.parametrize("action", ["reassigned", "expire"])
async def test_revokes_what_the_end_of_consent_leaves_without_any(action: str) -> None:
    """A number that went to somebody else gets no marketing that was allowed a moment ago."""
    end = build_consent(consent_event_id="c-end", action=action, occurred_at=instant(), recorded_at=instant())
    platform = await started(marketing(), build_message(message_id="m-2", purpose="authentication"), end)
    assert [(each["message_id"], each["clause"]) for each in platform.revocations()] == [("m-1", "6.2")]


async def test_takes_an_unconfirmed_request_for_no_consent() -> None:
    """Anybody may type a number into a form: until it is confirmed there is nothing."""
    platform = Platform()
    request = build_consent(method="double_opt_in_request")
    await platform.give(request, marketing())
    assert (platform.outcomes(), platform.choices(RECIPIENT).entries) == (["block"], ())


async def test_does_not_lift_an_opt_out_by_an_unconfirmed_request() -> None:
    """A request that nobody confirmed is no act of the person."""
    platform = await started(build_consent(consent_event_id="c-stop", action="opt_out", occurred_at=instant(-SECOND)))
    await platform.give(
        build_consent(consent_event_id="c-2", method="double_opt_in_request", occurred_at=instant()), marketing()
    )
    assert platform.outcomes() == ["block"]


async def test_leaves_the_record_as_it_is_when_a_list_is_imported_again() -> None:
    """The same row, known again later, is the same event."""
    first = build_consent(consent_event_id="import-1", action="import")
    platform = await started(first)
    before = platform.choices(RECIPIENT)
    await platform.give(build_consent(consent_event_id="import-1", action="import", recorded_at=instant()))
    assert platform.choices(RECIPIENT) == before


async def test_takes_an_opt_out_though_its_id_was_used_before() -> None:
    """A producer that reuses ids must not keep a person from stopping."""
    stops = [build_consent(consent_event_id="c-x", action="opt_out", occurred_at=instant(-at)) for at in (9, 3)]
    back = build_consent(consent_event_id="c-y", action="resume", occurred_at=instant(-6))
    platform = await started(stops[0], back, stops[1], build_message())
    assert platform.outcomes() == ["block"]


async def test_writes_a_reply_to_the_ledger_of_consent_once() -> None:
    """A STOP is kept when the reply itself is gone, without its text, and changes nothing when it is read again."""
    platform = await started(build_inbound(text="STOP", inbound_id="in-stop"))
    written = [
        json.loads(record.value or b"")
        for record in platform.log.all_records(names.CONSENT)
        if b"in-stop" in (record.value or b"")
    ]
    assert [(each["action"], each["consent_event_id"], each["to"]) for each in written] == [
        ("opt_out", "in-stop", RECIPIENT)
    ]
    assert [choice.event_id for choice in platform.choices(RECIPIENT).entries] == ["c-0", "in-stop"]
