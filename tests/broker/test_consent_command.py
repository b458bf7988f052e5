"""`compliance consent` against Kafka: what is imported reaches the workers' topic, once and in the right partition."""

import asyncio
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from pipeline.apps.command_line import main
from pipeline.apps.packaged import read_policy_file
from pipeline.apps.recording import decode_lines, encode_lines, judge_again, record
from pipeline.apps.suppression_files import SUFFIX, Source, build
from pipeline.engine.partitioner import partition_of
from pipeline.topologies import names
from tests.live import PARTITIONS, Installation, encode, message, reply, until_processed, workspace_record

pytestmark = [pytest.mark.broker, pytest.mark.timeout(120)]

LIST = "to,workspace_id,occurred_at,basis,evidence.form\n" + "".join(
    f"+4477009001{number:02d},ws-1,2026-04-28T10:00:00Z,express,f-{number}\n" for number in range(50)
)


async def run(installation: Installation, *arguments: str) -> Result:
    """Run the command with this installation's settings, beside this loop."""
    settings = {
        "KAFKA_BOOTSTRAP_SERVERS": installation.bootstrap_servers,
        "COMPLIANCE_TOPIC_PREFIX": installation.prefix,
    }
    return await asyncio.to_thread(CliRunner(env=settings).invoke, main, ["consent", *arguments])


async def test_imports_and_shows(installation: Installation, tmp_path: Path) -> None:
    """A list goes in keyed by recipient and what stood comes out; a second import brings the same events."""
    (tmp_path / "list.csv").write_text(LIST, "utf-8")
    for _ in range(2):
        result = await run(installation, "import", str(tmp_path / "list.csv"))
        assert (result.exit_code, result.stdout) == (0, "50 events written, 0 rows refused\n")
    written = await installation.read(names.CONSENT)
    assert len(written) == 100
    assert len({json.loads(record.value)["consent_event_id"] for record in written}) == 50
    assert all(record.partition == partition_of(record.key, PARTITIONS) for record in written)
    shown = await run(installation, "show", "+447700900107", "--json", "--purpose", "marketing", "--channel", "sms")
    (workspace,) = json.loads(shown.stdout)["workspaces"]
    assert [entry["effect"] for entry in workspace["entries"]] == ["taken", "repeats"]
    assert workspace["stood"][0]["word"] == "consented"
    exported = await run(installation, "export", "--workspace", "ws-1")
    assert len(exported.stdout.splitlines()) == 100


async def test_shows_what_a_reply_did_once_the_reply_is_gone(installation: Installation) -> None:
    """A worker writes a STOP to the ledger, where it is found without the reply; a recording runs with it."""
    prefix, to = installation.prefix, "+447700900123"
    worker = installation.worker("w1")
    worker.start()
    await worker.until_ready()
    async with installation.producer(linger_ms=0) as producer:
        await producer.send_and_wait(prefix + names.WORKSPACES, encode(workspace_record("ws-1")), key=b"ws-1")
        stop = encode(reply("in-stop", to, "ws-1", "STOP"))
        for _ in range(2):
            await producer.send_and_wait(prefix + names.INBOUND, stop, key=to.encode())
        await until_processed(installation, names.INBOUND)
        await until_processed(installation, names.CONSENT)
    assert await worker.stop() == 0
    (written,) = await installation.read(names.CONSENT)
    assert (json.loads(written.value)["action"], written.key) == ("opt_out", to.encode())
    shown = await run(installation, "show", to, "--purpose", "marketing", "--channel", "sms")
    assert f"entry in-stop, from compliance.consent/{written.partition}/{written.offset}" in shown.stdout
    assert "sms marketing: opted out, by entry in-stop" in shown.stdout
    lines = await record(installation.bootstrap_servers, prefix, {})
    assert await judge_again(decode_lines(encode_lines(lines)), read_policy_file(None), PARTITIONS) == []


async def test_asks_the_lists_of_its_directory(installation: Installation, tmp_path: Path) -> None:
    """A worker with lists holds marketing to who is on one."""
    lists = tmp_path / "lists"
    build(["+447700900123"], Source(), "litigators", datetime.now(tz=UTC).date(), lists / f"careful{SUFFIX}")
    worker = installation.worker("w1", COMPLIANCE_SUPPRESSION_LISTS=str(lists))
    worker.start()
    await worker.until_ready()
    async with installation.producer(linger_ms=0) as producer:
        await producer.send_and_wait(
            installation.prefix + names.WORKSPACES, encode(workspace_record("ws-1")), key=b"ws-1"
        )
        to = "+447700900123"
        await producer.send_and_wait(
            installation.prefix + names.OUTBOUND,
            encode(message("m-1", to, "ws-1", purpose="marketing")),
            key=to.encode(),
        )
        await until_processed(installation, names.OUTBOUND)
    assert await worker.stop() == 0
    (verdict,) = await installation.read(names.VERDICTS)
    assert b'"code":"litigator_listed"' in verdict.value
