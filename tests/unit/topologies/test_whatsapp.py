"""Messages by WhatsApp and capped marketing, from event to verdict: what is counted, kept, told and revoked."""

import itertools

import pytest

from pipeline.domain.events import AssetEvent, InboundMessage, OutboundMessage
from pipeline.domain.workspaces import WorkspaceRecord
from pipeline.state.keys import contacts_key, reach_key, reached_key
from pipeline.state.reach import Reach
from pipeline.testing.builders import (
    DAY,
    HOUR,
    MINUTE,
    PORTFOLIO_ID,
    RECIPIENT,
    SECOND,
    SENDER,
    WHATSAPP_SENDER,
    build_asset_event,
    build_command,
    build_consent,
    build_inbound,
    build_message,
    build_policy,
    build_record,
    build_whatsapp,
    instant,
)
from pipeline.testing.memory_log import CrashError
from pipeline.topologies import names
from pipeline.topologies.reach_board import ReachReport
from pipeline.wire import encode
from tests.unit.topologies.hosting import Platform

BSUID = {"bsuid": "GB.13491208655302741918", "portfolio_id": PORTFOLIO_ID}
MIAMI = "+13055550123"
PEOPLE = [f"+447700900{number:03d}" for number in range(400, 700)]
CAP = """
[[frequency_caps]]
country = "US"
region = "US-FL"
channels = ["sms", "whatsapp"]
purposes = ["marketing"]
limit = 3
window = "rolling"
source = "Fla. Stat. 501.616(6)(b)"
confidence = "high"
"""


def with_portfolio(messaging_limit: int | None = None, **changes: object) -> WorkspaceRecord:
    """Build a workspace with a WhatsApp number."""
    senders = [
        {"type": "phone_number", "id": SENDER, "country": "GB"},
        {"type": "whatsapp_number", "id": WHATSAPP_SENDER, "portfolio_id": PORTFOLIO_ID},
    ]
    portfolio = {"id": PORTFOLIO_ID, "messaging_limit": messaging_limit}
    return build_record(**({"senders": senders, "portfolio": portfolio} | changes))


async def started(
    *people: str | dict[str, str], partitions: int = 3, record: WorkspaceRecord | None = None
) -> Platform:
    """Start with an approved template and with people who have consented."""
    platform = Platform(partitions, build_policy(CAP), (record or with_portfolio(),))
    platform.put(build_asset_event())
    for number, to in enumerate(people or (RECIPIENT,)):
        platform.put(build_consent(to=to, consent_event_id=f"c-{number}"))
    await platform.run()
    return platform


def text(message_id: str = "m-1", **changes: object) -> OutboundMessage:
    """Build a free-form message by WhatsApp."""
    content = {"type": "text", "text": "Your order has been packed."}
    return build_whatsapp(**({"message_id": message_id, "content": content} | changes))


def reply(shift: int = 0, /, **changes: object) -> InboundMessage:
    """Build a message of the recipient to the WhatsApp number."""
    defaults = {
        "channel": "whatsapp",
        "to": WHATSAPP_SENDER,
        "received_at": instant(shift),
        "inbound_id": f"in-{shift}",
    }
    return build_inbound(**(defaults | changes))


def paused(**changes: object) -> AssetEvent:
    """Build the statement that the template is paused."""
    defaults = {"asset_event_id": "a-2", "occurred_at": instant(), "template": {"status": "PAUSED"}}
    return build_asset_event(**(defaults | changes))


def restricted(asset_type: str = "whatsapp_number", **changes: object) -> AssetEvent:
    """Build the statement that a number, account or portfolio is restricted."""
    own_id = {"whatsapp_number": WHATSAPP_SENDER, "phone_number": SENDER}.get(asset_type, PORTFOLIO_ID)
    asset = {"type": asset_type, "portfolio_id": PORTFOLIO_ID, "id": own_id}
    defaults = {"asset_event_id": "a-9", "asset": asset, "template": None, "account": {"state": "RESTRICTED"}}
    return build_asset_event(**(defaults | changes))


# The window.


async def test_answers_within_24_hours_of_a_message() -> None:
    """From the reply on until a day later, to the millisecond."""
    platform = await started()
    await platform.give(text("m-0"))
    await platform.give(reply())
    await platform.give(text("m-1"))
    await platform.wait(DAY - 1)
    await platform.give(text("m-2"))
    await platform.wait(1)
    await platform.give(text("m-3"))
    assert [platform.outcomes(f"m-{number}") for number in range(4)] == [["block"], ["allow"], ["allow"], ["block"]]


async def test_states_the_code_that_meta_would_have_answered() -> None:
    """The messaging service can answer its customer in the provider's language."""
    platform = await started()
    await platform.give(text())
    (verdict,) = platform.verdicts()
    assert verdict["provider_equivalents"]["meta"] == "131047"


async def test_opens_the_window_under_both_names_of_a_person() -> None:
    """A reply that shows number and business-scoped id opens it for both."""
    platform = await started()
    await platform.give(build_consent(to=BSUID, consent_event_id="c-b"), reply(origin={"e164": RECIPIENT} | BSUID))
    await platform.give(text("m-1"), text("m-2", to=BSUID))
    assert (platform.outcomes("m-1"), platform.outcomes("m-2")) == (["allow"], ["allow"])


async def test_opens_the_window_by_a_reply_that_names_no_workspace() -> None:
    """Whoever owns the number that was written to may answer."""
    platform = await started()
    await platform.give(reply(workspace_id=None), text())
    assert platform.outcomes() == ["allow"]


async def test_opens_no_window_longer_by_a_reply_from_the_future() -> None:
    """A clock that goes ahead gives nobody more than 24 hours."""
    platform = await started()
    await platform.give(reply(3 * DAY))
    await platform.wait(DAY)
    await platform.give(text())
    assert platform.outcomes() == ["block"]


@pytest.mark.parametrize(
    "changes",
    [{"channel": "sms"}, {"to": SENDER}, {"to": None}, {"type": "reaction"}, {"workspace_id": "ws-2"}],
    ids=["text message", "another number", "no number", "reaction", "another workspace"],
)
async def test_opens_no_window_by_what_is_no_message_to_this_number(changes: dict[str, object]) -> None:
    """Only a message by WhatsApp to this number of this workspace opens its window."""
    platform = await started()
    await platform.give(reply(**changes), text())
    assert platform.outcomes() == ["block"]


async def test_forgets_contacts_once_they_are_over() -> None:
    """What says nothing any more is not kept."""
    platform = await started()
    await platform.give(reply())
    kept = platform.stored(contacts_key(RECIPIENT, "ws-1"), RECIPIENT)
    await platform.wait(DAY)
    assert (kept is not None, platform.stored(contacts_key(RECIPIENT, "ws-1"), RECIPIENT)) == (True, None)


async def test_keeps_no_reply_that_is_too_old_to_open_a_window() -> None:
    """A provider that reports late opens nothing."""
    platform = await started()
    await platform.give(reply(-DAY))
    assert platform.stored(contacts_key(RECIPIENT, "ws-1"), RECIPIENT) is None


async def test_keeps_no_contacts_where_nothing_counts_them() -> None:
    """An order update by text message leaves no record."""
    platform = await started()
    await platform.give(build_message())
    assert platform.stored(contacts_key(RECIPIENT, "ws-1"), RECIPIENT) is None


# Templates and senders.


async def test_allows_an_approved_template() -> None:
    """To a recipient who consented and never wrote."""
    platform = await started()
    await platform.give(build_whatsapp())
    assert platform.outcomes() == ["allow"]


async def test_refuses_a_template_from_when_it_is_paused() -> None:
    """And lets it pass again once the provider says so."""
    platform = await started()
    await platform.give(paused(), build_whatsapp(message_id="m-1"))
    approved = build_asset_event(asset_event_id="a-3", occurred_at=instant(1))
    await platform.give(approved, build_whatsapp(message_id="m-2"))
    assert (platform.outcomes("m-1"), platform.outcomes("m-2")) == (["block"], ["allow"])


async def test_judges_a_message_again_when_the_pause_is_over() -> None:
    """A pause with an end only delays."""
    platform = await started()
    await platform.give(paused(template={"status": "PAUSED", "pause_until": instant(3 * HOUR)}), build_whatsapp())
    await platform.wait(3 * HOUR)
    assert platform.outcomes() == ["defer", "allow"]


async def test_revokes_what_is_not_sent_when_its_template_is_paused() -> None:
    """A verdict must stay true, and the revocation names the provider's event."""
    platform = await started(RECIPIENT, PEOPLE[0])
    await platform.give(build_whatsapp(), build_message(message_id="m-sms", to=PEOPLE[0]))
    await platform.give(paused())
    (revocation,) = platform.revocations()
    assert (revocation["message_id"], revocation["clause"], revocation["code"], revocation["caused_by"]) == (
        "m-1",
        "6.1",
        "template_paused",
        "asset_event a-2",
    )


@pytest.mark.parametrize("asset_type", ["whatsapp_number", "account", "portfolio"])
async def test_revokes_what_is_not_sent_when_its_sender_is_restricted(asset_type: str) -> None:
    """Also when the account or the portfolio is; text messages of the workspace stay."""
    platform = await started(RECIPIENT, PEOPLE[0])
    await platform.give(build_whatsapp(), build_message(message_id="m-sms", to=PEOPLE[0]))
    await platform.give(restricted(asset_type))
    assert [(each["message_id"], each["clause"]) for each in platform.revocations()] == [("m-1", "6.5")]


async def test_revokes_text_messages_of_a_restricted_number() -> None:
    """A carrier's block is as final as Meta's."""
    platform = await started()
    await platform.give(build_message(), build_whatsapp(message_id="m-wa"))
    await platform.give(restricted("phone_number"))
    assert platform.revoked() == ["m-1"]


@pytest.mark.parametrize(
    "event",
    [
        build_asset_event(asset_event_id="a-2", template={"quality": "RED"}),
        restricted(account={"state": "CONNECTED"}),
        paused(asset={"type": "template", "portfolio_id": PORTFOLIO_ID, "name": "promo", "language": "en"}),
        paused(asset={"type": "template", "portfolio_id": "pf-2", "name": "order_update", "language": "en"}),
        paused(occurred_at=instant(-2 * DAY)),
    ],
    ids=["quality", "connected", "another template", "another portfolio", "overtaken"],
)
async def test_revokes_nothing_for_an_asset_that_does_not_matter(event: AssetEvent) -> None:
    """Another template, another portfolio, a state in which it can be sent, or old news."""
    platform = await started()
    await platform.give(build_whatsapp())
    await platform.give(event)
    assert platform.revoked() == []


async def test_revokes_when_an_asset_is_removed_or_can_not_be_read() -> None:
    """What is not known any more does not let anything pass."""
    for value in (None, b"{"):
        platform = await started()
        await platform.give(build_whatsapp())
        platform.put_raw(names.ASSETS, value, "template/pf-1/order_update/en")
        await platform.run()
        assert (platform.revoked(), len(platform.dead_letters())) == (["m-1"], 0 if value is None else 1)


# The pair rate.


async def test_sends_one_message_in_six_seconds_to_a_person() -> None:
    """What comes sooner waits, and passes one after the other."""
    platform = await started()
    await platform.give(*(build_whatsapp(message_id=f"m-{number}") for number in range(3)))
    await platform.wait(6 * SECOND)
    await platform.wait(6 * SECOND)
    allowed = [verdict["decided_at"] for verdict in platform.verdicts() if verdict["outcome"] == "allow"]
    assert allowed == [instant(0), instant(6 * SECOND), instant(12 * SECOND)]


async def test_keeps_the_pair_rate_when_the_place_in_the_limit_is_over() -> None:
    """An answer a second before the recipient leaves the set still counts a second after."""
    platform = await started(record=with_portfolio(250))
    await platform.give(build_whatsapp())
    await platform.wait(DAY - SECOND)
    await platform.give(reply(DAY - SECOND), text("m-2"))
    await platform.wait(2 * SECOND)
    await platform.give(text("m-3"))
    assert (platform.outcomes("m-2"), platform.outcomes("m-3")) == (["allow"], ["defer"])


async def test_shares_the_pair_rate_of_a_number_between_workspaces() -> None:
    """Meta counts the number, whoever sends from it."""
    platform = await started()
    await platform.give(with_portfolio(workspace_id="ws-2"), build_consent(workspace_id="ws-2", consent_event_id="c-2"))
    await platform.give(build_whatsapp(), build_whatsapp(message_id="m-2", workspace_id="ws-2"))
    assert (platform.outcomes(), platform.outcomes("m-2")) == (["allow"], ["defer"])


async def test_does_not_count_a_message_that_was_refused() -> None:
    """A blocked message keeps nobody waiting."""
    platform = await started()
    await platform.give(text("m-0"), build_whatsapp())
    assert (platform.outcomes("m-0"), platform.outcomes()) == (["block"], ["allow"])


async def test_does_not_count_a_message_that_was_revoked() -> None:
    """It was never sent."""
    platform = await started()
    await platform.give(build_whatsapp(message_id="m-0"))
    await platform.give(paused())
    await platform.give(build_asset_event(asset_event_id="a-3", occurred_at=instant(1)), build_whatsapp())
    assert (platform.revoked(), platform.outcomes()) == (["m-0"], ["allow"])


# The portfolio's limit.


def campaign(*people: str) -> list[OutboundMessage]:
    """Build a template message to each of some people, named after them."""
    return [build_whatsapp(message_id=f"m-{to[-3:]}", to=to) for to in people]


async def reached(count: int, limit: int = 250) -> Platform:
    """Start with so many people who were just written to, and one more who was not."""
    people = PEOPLE[:count]
    platform = await started(*people, RECIPIENT, record=with_portfolio(limit))
    await platform.give(*campaign(*people))
    assert {outcome for to in people for outcome in platform.outcomes(f"m-{to[-3:]}")} == {"allow"}
    return platform


@pytest.mark.parametrize(("count", "outcome"), [(248, "allow"), (249, "allow"), (250, "defer")])
async def test_writes_to_as_many_people_as_the_portfolio_may(count: int, outcome: str) -> None:
    """The 249th and the 250th person pass, the 251st waits, however they spread over partitions."""
    platform = await reached(count)
    await platform.give(build_whatsapp())
    assert platform.outcomes() == [outcome]


async def test_writes_again_to_people_who_have_a_place() -> None:
    """Whoever was written to takes no second place; whoever wrote takes none."""
    platform = await reached(250)
    platform.put(build_consent(to=PEOPLE[260], consent_event_id="c-x"))
    await platform.give(reply(origin=PEOPLE[260]))
    await platform.wait(MINUTE)
    again = [build_whatsapp(message_id=f"again-{to[-3:]}", to=to) for to in (PEOPLE[0], PEOPLE[260])]
    await platform.give(*again)
    assert [platform.outcomes(message.message_id) for message in again] == [["allow"], ["allow"]]


@pytest.mark.parametrize(
    ("wait", "outcome"), [(DAY - SECOND, "defer"), (DAY - 1, "defer"), (DAY, "allow"), (DAY + 1, "allow")]
)
async def test_frees_places_after_24_hours(wait: int, outcome: str) -> None:
    """A person leaves the set by the millisecond."""
    platform = await reached(5, limit=5)
    await platform.wait(wait)
    await platform.give(build_whatsapp())
    assert platform.outcomes()[0] == outcome


async def test_judges_what_waits_again_when_a_place_gets_free() -> None:
    """It passes within the ten minutes and the spread after that."""
    platform = await reached(5, limit=5)
    await platform.give(build_whatsapp())
    await platform.wait(DAY + 20 * MINUTE)
    assert platform.outcomes() == ["defer", "allow"]


async def test_begins_the_24_hours_anew_with_each_message() -> None:
    """The place of a person who is written to again lasts longer."""
    platform = await reached(1, limit=1)
    await platform.wait(HOUR)
    await platform.give(build_whatsapp(message_id="again", to=PEOPLE[0]))
    await platform.wait(DAY - HOUR)
    await platform.give(build_whatsapp())
    assert (platform.outcomes("again"), platform.outcomes()) == (["allow"], ["defer"])


async def test_gives_the_place_back_when_a_message_is_revoked() -> None:
    """A person who was never written to takes none."""
    platform = await reached(1, limit=1)
    await platform.give(build_inbound(origin=PEOPLE[0], text="STOP"), build_whatsapp())
    assert (len(platform.revoked()), platform.outcomes()) == (1, ["allow"])


async def test_takes_the_limit_of_the_provider_before_that_of_the_record() -> None:
    """It is newer than what the platform has noted."""
    platform = await reached(1, limit=1)
    portfolio = {"type": "portfolio", "id": PORTFOLIO_ID}
    await platform.give(restricted(asset=portfolio, account={"messaging_limit": "TIER_250"}), build_whatsapp())
    assert platform.outcomes() == ["allow"]


@pytest.mark.parametrize("tier", [None, "TIER_UNLIMITED"])
async def test_counts_nobody_without_a_limit(tier: str | None) -> None:
    """Where there is no limit, or none is known, there is nothing to count."""
    platform = await started(record=with_portfolio(None))
    portfolio = {"type": "portfolio", "id": PORTFOLIO_ID}
    await platform.give(restricted(asset=portfolio, account={"messaging_limit": tier}), build_whatsapp())
    assert (platform.outcomes(), platform.stored(reach_key(PORTFOLIO_ID), RECIPIENT)) == (["allow"], None)


async def test_remembers_whom_it_reached_after_a_restart() -> None:
    """The set is part of the state, and the count with it."""
    platform = await reached(5, limit=5)
    platform.recipients = platform.start_recipients()
    await platform.give(build_whatsapp())
    assert platform.outcomes() == ["defer"]


async def test_counts_a_person_once_whose_transaction_crashed() -> None:
    """What was counted and not committed is counted when it comes again."""
    platform = await started(PEOPLE[0], RECIPIENT, record=with_portfolio(2))
    owner = platform.owner_of(PEOPLE[0])
    owner.log.fail_next_commit = "before"  # type: ignore[attr-defined]
    with pytest.raises(CrashError):
        await platform.give(*campaign(PEOPLE[0]))
    platform.recipients.reopen(owner.number)
    await platform.give(build_whatsapp())
    assert platform.outcomes() == ["allow"]


async def test_counts_whom_other_workers_have_reached() -> None:
    """A report of a partition that another worker owns takes places here."""
    platform = await started(record=with_portfolio(5))
    part = platform.now_milliseconds // 600_000
    report = ReachReport(
        subject="portfolio", portfolio_id=PORTFOLIO_ID, source="recipients-99", reach=Reach(1, ((part, 5),))
    )
    platform.put_raw(names.SIGNALS, encode(report), "reach/pf-1/recipients-99")
    await platform.give(build_whatsapp())
    assert platform.outcomes() == ["defer"]


async def test_tells_the_other_workers_whom_it_reached_and_who_left() -> None:
    """The newest reports of all partitions add up to the set."""
    platform = await reached(9)
    await platform.wait(MINUTE)
    counts = []
    for _ in range(2):
        newest = {each["source"]: each for each in platform.answers(names.SIGNALS) if "reach" in each}
        parts = itertools.chain.from_iterable(each["reach"][1] for each in newest.values())
        counts.append(sum(people for _, people in parts))
        await platform.wait(DAY)
    assert counts == [9, 0]


async def test_forgets_whom_it_reached_once_that_is_over() -> None:
    """Nothing is left of a person who has left the set."""
    platform = await reached(1)
    key = reached_key(PORTFOLIO_ID, PEOPLE[0])
    before = platform.stored(key, PEOPLE[0])
    await platform.wait(DAY)
    assert (before is not None, platform.stored(key, PEOPLE[0])) == (True, None)


# Caps.


def offer(number: int, **changes: object) -> OutboundMessage:
    """Build marketing to Florida by text message."""
    return build_message(**({"message_id": f"m-{number}", "purpose": "marketing", "to": MIAMI} | changes))


async def test_defers_the_fourth_offer_of_a_day() -> None:
    """It is judged again, and passes, when the first is 24 hours old."""
    platform = await started(MIAMI)
    for number in range(4):
        await platform.give(offer(number))
        await platform.wait(HOUR)
    assert [platform.outcomes(f"m-{number}") for number in range(4)] == [["allow"], ["allow"], ["allow"], ["defer"]]
    await platform.wait(DAY)
    assert platform.outcomes("m-3") == ["defer", "allow"]
    assert platform.verdicts("m-3")[1]["decided_at"] == instant(DAY)


async def test_counts_one_cap_for_all_messages_of_one_transaction() -> None:
    """Four offers that arrive together are three and one."""
    platform = await started(MIAMI)
    await platform.give(*map(offer, range(4)))
    assert [platform.outcomes(f"m-{number}") for number in range(4)] == [["allow"], ["allow"], ["allow"], ["defer"]]


async def test_counts_no_offer_that_was_revoked() -> None:
    """What a suspension took back was never sent."""
    platform = await started(MIAMI)
    await platform.give(*map(offer, range(3)))
    platform.put(with_portfolio(state="suspended"))
    await platform.run()
    await platform.give(with_portfolio(), offer(4))
    assert (platform.revoked(), platform.outcomes("m-4")) == (["m-0", "m-1", "m-2"], ["allow"])


async def test_counts_a_message_that_is_asked_for_again_once() -> None:
    """A message whose lease is over is judged anew, and is still the same message."""
    platform = await started(MIAMI)
    await platform.give(*map(offer, range(3)))
    await platform.wait(10 * MINUTE)
    await platform.give(offer(2))
    assert platform.outcomes("m-2") == ["allow", "allow"]


# Erasure.


async def test_forgets_what_was_written_when_a_person_is_erased() -> None:
    """Neither replies nor what was sent are left, and the place in the limit is free."""
    platform = await started(record=with_portfolio(5))
    await platform.give(build_whatsapp())
    await platform.give(reply())
    erase = build_command(
        kind="erase", subject={"recipient": RECIPIENT, "workspace_id": "ws-1"}, occurred_at=instant(1)
    )
    platform.now_milliseconds += 1
    await platform.give(erase)
    keys = (contacts_key(RECIPIENT, "ws-1"), reached_key(PORTFOLIO_ID, RECIPIENT))
    assert [platform.stored(key, RECIPIENT) for key in keys] == [None, None]
    assert platform.recipients.partitions[0].topology.known.reach.reading(PORTFOLIO_ID, 5, 0, is_in_set=False).used == 0  # type: ignore[attr-defined]


async def test_forgets_replies_to_every_workspace_when_a_person_is_erased_everywhere() -> None:
    """Also those to a workspace of which nothing is known any more."""
    platform = await started()
    await platform.give(reply(workspace_id="ws-gone"))
    platform.now_milliseconds += 1
    await platform.give(build_command(kind="erase", subject={"recipient": RECIPIENT}, occurred_at=instant(1)))
    assert platform.stored(contacts_key(RECIPIENT, "ws-gone"), RECIPIENT) is None


# Names.


async def test_tells_a_new_name_of_a_window_that_is_open() -> None:
    """A person who wrote by number and then shows an id may be answered under the id."""
    platform = await started(BSUID)
    await platform.give(reply())
    await platform.give(reply(1, channel="sms", to=SENDER, origin={"e164": RECIPIENT} | BSUID))
    await platform.give(text(to=BSUID))
    assert platform.outcomes() == ["allow"]


async def test_tells_a_window_on_to_names_of_names() -> None:
    """A reply under one id opens the window under another id of the same number."""
    other = {"bsuid": "GB.2", "portfolio_id": "pf-2"}
    platform = await started(other)
    for shift, name in enumerate((BSUID, other)):
        await platform.give(reply(shift, channel="sms", to=SENDER, origin={"e164": RECIPIENT} | name))
    await platform.give(reply(2, origin=BSUID))
    await platform.give(text(to=other))
    assert platform.outcomes() == ["allow"]
