"""`compliance consent` against Kafka: what is imported reaches the workers' topic, once and in the right partition."""

import asyncio
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from pipeline.apps.command_line import main
from pipeline.engine.partitioner import partition_of
from pipeline.topologies import names
from tests.live import PARTITIONS, Installation

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
