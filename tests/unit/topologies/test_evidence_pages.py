"""Pages of evidence: what was seen and answered, by hashes, each page chained to the one before."""

import json
from itertools import pairwise
from typing import Any

import pytest

from pipeline.engine.partition import Limits
from pipeline.reading.reader import READER_VERSION
from pipeline.testing.builders import RECIPIENT, build_command, build_consent, build_message, build_policy
from pipeline.testing.readers import build_reader
from pipeline.topologies import names
from pipeline.topologies.evidence_pages import digest
from tests.unit.topologies.hosting import Platform

TEXT = "Your order 4471 has been packed."


async def judged(*message_ids: str, partitions: int = 1) -> Platform:
    """Judge messages, one in each transaction."""
    platform = Platform(partitions)
    await platform.give(build_consent())
    for message_id in message_ids:
        await platform.give(build_message(message_id=message_id, content={"type": "text", "text": TEXT}))
    return platform


def entries_of(platform: Platform) -> list[list[Any]]:
    """List the entries of all pages."""
    return [entry for page in platform.answers(names.EVIDENCE) for entry in page["entries"]]


async def test_writes_one_entry_for_each_verdict() -> None:
    """Three verdicts in three transactions make three entries."""
    platform = await judged("m-1", "m-2", "m-3")
    assert [entry[2] for entry in entries_of(platform)] == ["m-1", "m-2", "m-3"]


async def test_states_what_each_transaction_took() -> None:
    """A page gives the first and the next offset of what was taken, so that it can be judged again."""
    platform = await judged("m-1", "m-2")
    assert [page["inputs"].get(names.OUTBOUND) for page in platform.answers(names.EVIDENCE)] == [None, [0, 1], [1, 2]]


async def test_states_what_texts_were_read_with() -> None:
    """A verdict can be judged again to the byte only with the same lexicons and the same reader."""
    platform = await judged("m-1")
    (page,) = [page for page in platform.answers(names.EVIDENCE) if page["entries"]]
    assert page["lexicons"] == build_reader().lexicons_hash
    assert page["reader"] == READER_VERSION


@pytest.mark.parametrize(("size", "pages"), [(1_999, 1), (2_000, 1), (2_001, 2)])
async def test_splits_a_page_with_very_many_entries(size: int, pages: int) -> None:
    """A page stays below what a broker takes, and the second page chains to the first."""
    policy = build_policy('[rules]\nbulk_spam = { mode = "off" }')
    platform = Platform(1, policy, limits=Limits(messages=10_000, state_events=10_000, due=10_000))
    for number in range(size):
        platform.put(build_message(message_id=f"m-{number}"), names.OUTBOUND_PRIORITY)
    await platform.run()
    assert len(platform.answers(names.EVIDENCE)) == pages


async def test_chains_each_page_to_the_one_before() -> None:
    """A page holds the hash of the bytes of the page before it."""
    platform = await judged("m-1", "m-2", "m-3")
    pages = [record.value or b"" for record in platform.log.all_records(names.EVIDENCE)]
    assert [json.loads(second)["previous"] for _, second in pairwise(pages)] == [digest(page) for page in pages[:-1]]


async def test_begins_a_chain_with_nothing_before_it() -> None:
    """The first page of a partition names no page before it."""
    platform = await judged("m-1")
    assert platform.answers(names.EVIDENCE)[0]["previous"] == ""


async def test_goes_on_with_the_chain_after_a_restart() -> None:
    """The newest hash lies in the state, so a restarted partition chains to what was written."""
    platform = await judged("m-1")
    platform.recipients.reopen(0)
    await platform.give(build_message(message_id="m-2"))
    first, second = platform.log.all_records(names.EVIDENCE)[-2:]
    assert json.loads(second.value or b"")["previous"] == digest(first.value or b"")


async def test_keeps_pages_in_the_partition_whose_chain_they_are() -> None:
    """A partition's pages lie in its own partition of the topic, whatever their key hashes to."""
    platform = await judged("m-1", partitions=3)
    partitions = {record.partition for record in platform.log.all_records(names.EVIDENCE)}
    assert partitions == {platform.partition_of(RECIPIENT)}


async def test_names_event_and_answer_by_their_hashes() -> None:
    """An entry says which event was seen, where, and which answer was given."""
    platform = await judged("m-1")
    (event,), (answer,) = platform.log.all_records(names.OUTBOUND), platform.log.all_records(names.VERDICTS)
    verdict_id = json.loads(answer.value or b"")["verdict_id"]
    assert entries_of(platform) == [
        ["verdict", verdict_id, "m-1", names.OUTBOUND, 0, 0, digest(event.value or b""), digest(answer.value or b"")]
    ]


async def test_records_a_revocation_too() -> None:
    """The page of a revocation names it and the hash of what was published."""
    platform = await judged("m-1")
    await platform.give(build_command())
    (entry,) = platform.answers(names.EVIDENCE)[-1]["entries"]
    published = platform.log.all_records(names.VERDICTS)[-1].value or b""
    assert (entry[0], entry[1], entry[7]) == ("revocation", json.loads(published)["revocation_id"], digest(published))


async def test_holds_no_body_and_no_number() -> None:
    """Evidence names ids and hashes alone (9.1)."""
    platform = await judged("m-1")
    pages = b"".join(record.value or b"" for record in platform.log.all_records(names.EVIDENCE))
    assert [canary for canary in (RECIPIENT, RECIPIENT[1:], "4471") if canary.encode() in pages] == []


def test_hashes_with_128_bits_of_sha256() -> None:
    """The hash is one that any language can compute again."""
    assert digest(b"abc") == "ba7816bf8f01cfea414140de5dae2223"
