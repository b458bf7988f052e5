"""What a worker judged on Kafka is judged again from its recording, byte for byte."""

import asyncio

import pytest

from pipeline.apps.packaged import read_policy_file
from pipeline.apps.recording import decode_lines, encode_lines, judge_again, record
from pipeline.topologies import names
from tests.live import PARTITIONS, Installation, Stream, encode, message, reply, until_processed, workspace_record

pytestmark = [pytest.mark.broker, pytest.mark.timeout(120)]


async def test_judges_a_recording_again_to_the_byte(installation: Installation) -> None:
    """Messages, opt-outs, strays, repeats, poison, a removed member and a suspension give identical verdict records."""
    stream = Stream(recipients=300)
    prefix = installation.prefix
    worker = installation.worker("w1")
    async with installation.producer(linger_ms=0) as producer:
        await stream.prepare(producer, prefix)
        worker.start()
        await worker.until_ready()
        await stream.produce(producer, prefix, 0, 1500, opt_out_every=20)
        for number in range(40):  # strays, repeats and what nobody can read
            to = stream.recipient(number)
            stray = message(f"stray-{number}", to, "ws-1", actor=None)
            await producer.send(prefix + names.OUTBOUND, encode(stray), key=b"%d" % number)
            again = message(f"m-{number}", to, stream.workspace(number))
            await producer.send(prefix + names.OUTBOUND, encode(again), key=to.encode())
            await producer.send(prefix + names.OUTBOUND, b"\xff{", key=to.encode())
            bsuid = {"e164": to, "bsuid": f"GB.{number}", "portfolio_id": "pf-1"}
            event = reply(f"hi-{number}", to, "ws-1", "Hello") | {"from": bsuid, "channel": "whatsapp"}
            await producer.send(prefix + names.INBOUND, encode(event), key=to.encode())
        # Revocations are certain only for what was judged before the change: a slow worker would read the change first.
        await until_processed(installation, names.OUTBOUND)
        removed = workspace_record("ws-2")
        removed["integrations"][0]["state"] = "removed"
        await producer.send_and_wait(prefix + names.WORKSPACES, encode(removed), key=b"ws-2")
        command = {
            "command_id": "cmd-1",
            "kind": "suspend",
            "subject": {"workspace_id": "ws-3"},
            "actor": {"type": "officer", "id": "o-1"},
            "occurred_at": "2026-11-24T15:00:00Z",
        }
        await producer.send_and_wait(prefix + names.COMMANDS, encode(command), key=b"ws-3")
        await stream.produce(producer, prefix, 1500, 1500, opt_out_every=20)
        for topic in (names.OUTBOUND, names.INBOUND, names.COMMANDS):
            await until_processed(installation, topic)
        await asyncio.sleep(1)
        assert await worker.stop() == 0
    lines = await record(installation.bootstrap_servers, prefix, {})
    judged = await judge_again(decode_lines(encode_lines(lines)), read_policy_file(None), PARTITIONS)
    written = await installation.read(names.VERDICTS)
    for number in range(PARTITIONS):
        expected = [(r.key, r.value) for r in written if r.partition == number]
        assert [(r.key, r.value) for r in judged if r.partition == number] == expected
    outcomes = {r.value.split(b'"outcome":"')[1][:5] for r in written if b'"outcome"' in r.value}
    assert {b"allow", b"block", b'hold"'} <= outcomes
    assert any(b"revocation_id" in r.value for r in written)
