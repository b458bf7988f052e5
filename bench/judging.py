"""What judging one message costs in process, store included: by SMS, and by WhatsApp under a portfolio's limit.

    python bench/judging.py

Each transaction of 800 messages to new recipients is timed by itself, in CPU time of this process; the quickest, a
tenth and the middle are printed, in microseconds a message. On a shared machine the quickest says most.
"""

import asyncio
import gc
import tempfile
import time
from pathlib import Path
from typing import Any

from pipeline.apps.bench import WORKSPACES
from pipeline.apps.bench_stream import consent_event, outbound_event, recipient, workspace_event
from pipeline.apps.lexicon_store import packaged_reader
from pipeline.apps.packaged import read_party_list, read_policy_file
from pipeline.engine.partition import Limits
from pipeline.engine.stores import open_store
from pipeline.testing.memory_host import MemoryHost
from pipeline.testing.memory_log import MemoryLog
from pipeline.topologies import names
from pipeline.topologies.global_facts import GlobalFacts
from pipeline.topologies.recipients import Recipients
from pipeline.wire import encode

NOW_MILLISECONDS = 1_795_532_400_000
TRANSACTIONS = 60
SENDER = {"type": "whatsapp_number", "id": "+447700900111"}


def workspace(number: int) -> dict[str, Any]:
    """Make a workspace that sends by SMS and by WhatsApp, under a limit that is not reached."""
    portfolio = {"id": f"pf-{number}", "messaging_limit": 100_000}
    record = workspace_event(number)
    return record | {
        "portfolio": portfolio,
        "senders": [*record["senders"], SENDER | {"portfolio_id": portfolio["id"]}],
    }


def template(number: int) -> dict[str, Any]:
    """Make the approval of a workspace's template."""
    return {
        "asset_event_id": f"a-{number}",
        "kind": "template_status",
        "asset": {"type": "template", "portfolio_id": f"pf-{number}", "name": "packed", "language": "en"},
        "template": {"status": "APPROVED", "category": "utility", "parameter_count": 1},
        "occurred_at": "2026-11-01T00:00:00Z",
    }


def message(number: int, channel: str) -> dict[str, Any]:
    """Make a message to a recipient of its own."""
    event = outbound_event(number, WORKSPACES)
    if channel == "sms":
        return event
    named = {"name": "packed", "language": "en", "category": "utility", "parameters": [str(number)]}
    content = {"type": "template", "text": event["content"]["text"], "template": named}
    return event | {"channel": "whatsapp", "sender": SENDER, "content": content}


async def costs(channel: str, directory: Path) -> list[float]:
    """Judge messages of one channel; gives the cost of each transaction in microseconds a message, ascending."""
    log = MemoryLog(partitions=1)
    for number in range(WORKSPACES):
        log.append(names.WORKSPACES, f"ws-{number}".encode(), encode(workspace(number)))
        log.append(names.ASSETS, f"t-{number}".encode(), encode(template(number)))
    known = GlobalFacts(read_policy_file(None), parties=read_party_list(None), reader=packaged_reader())
    host = MemoryHost(log, Recipients(known), lambda: NOW_MILLISECONDS)
    partition = host.partitions[0]
    partition.store = open_store(directory)
    batch = Limits().messages
    for number in range(TRANSACTIONS * batch):
        to = recipient(number)
        log.append(names.CONSENT, to.encode(), encode(consent_event(number, to, WORKSPACES)))
    await host.run()
    for number in range(TRANSACTIONS * batch):
        log.append(names.OUTBOUND, recipient(number).encode(), encode(message(number, channel)))
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)
    found = []
    while True:
        began = time.process_time()
        if not await partition.step():
            break
        found.append((time.process_time() - began) / batch * 1e6)
    verdicts = log.all_records(names.VERDICTS)
    passed = sum(b'"outcome":"allow"' in (record.value or b"") for record in verdicts)
    if passed != TRANSACTIONS * batch:
        message_of_error = f"{passed} of {TRANSACTIONS * batch} messages passed: something else was measured"
        raise RuntimeError(message_of_error)
    partition.store.close()
    return sorted(found)


def main() -> None:
    """Print the costs of both channels."""
    for channel in ("sms", "whatsapp"):
        with tempfile.TemporaryDirectory() as directory:
            found = asyncio.run(costs(channel, Path(directory) / "store"))
        shares = f"quickest {found[0]:.1f}  a tenth {found[len(found) // 10]:.1f}  middle {found[len(found) // 2]:.1f}"
        print(f"{channel:9s} {shares}  us a message")  # noqa: T201 - what a benchmark is for


if __name__ == "__main__":
    main()
