"""The same events, calmly and in trouble: crashes, redelivery, delays and rebalances change nothing that counts.

A script, drawn from a seed, is a list of phases; a phase is a list of records, then a time to wait. The calm run writes
all records of a phase, then works until nothing is left to do. The troubled run writes the same records to each topic
in the same order, but holds topics back against each other, works on any partition in between, crashes before or after
a commit, opens partitions anew, throws whole workers away and takes very few records at once.

What must be equal, and why not more. Records of one phase race with each other wherever the barrier does not order
them (global facts, records that take a detour over another partition), so a phase holds only what commutes: either
one change of each workspace, or one thing that each person says (or many, while nothing is open that could be
revoked), or reports, or messages. Then equal are: every verdict's id,
outcome, findings, time and policy; every revocation; every dead letter; the evidence, entry by entry; and every record
of every partition's state with its due time, except

- what is counted of patterns (`o`, `y`, and whether a ledger entry is marked with its text), which belongs to an owner;
  what all owners have told is compared in total,
- how far sources had been read (`seen` in the verdicts that are kept), which depends on what was taken together,
- the hash of the newest page of evidence (`h`), because pages hold what was taken together,
- the count of changes of an enforcement state (`revision`): commands that take a detour may overtake each other,
- the number of the newest report on a portfolio (`revision`): one is written in each transaction that counts,
- the engine's own positions, because records that were forwarded lie at other offsets; offsets on the ledger of consent
  likewise, because replies are written to it when they are taken.

A second family of scripts lets messages race with opt-outs and suspensions. There it is left open whether a message is
refused or allowed and then revoked; what must be equal is which messages may be sent in the end.

`COMPLIANCE_SIMULATION_SEEDS` sets how many seeds are run (50 unless set); a failing seed can be run alone with `-k`.
"""

import asyncio
import hashlib
import itertools
import json
import os
import random
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec
import pytest

from pipeline.domain.instants import to_text
from pipeline.engine.expiries import LASTING, NOTES, lasting_until
from pipeline.engine.overlay import RECORDS, TIMERS
from pipeline.engine.partition import Limits
from pipeline.engine.stores import Store
from pipeline.patterns.subjects import kind_of
from pipeline.patterns.windows import SEQUENTIAL
from pipeline.state.choices import Choices
from pipeline.state.contacts import Contacts
from pipeline.state.enforcement import Enforcement
from pipeline.state.ledger import Entry
from pipeline.state.links import Links
from pipeline.state.reach import Reach, Reached
from pipeline.state.usage import Usage
from pipeline.testing.builders import (
    DAY,
    HOUR,
    NOW,
    PORTFOLIO_ID,
    SECOND,
    SENDER,
    WHATSAPP_SENDER,
    build_asset_event,
    build_command,
    build_consent,
    build_inbound,
    build_message,
    build_policy,
    build_provider_event,
    build_record,
    build_whatsapp,
    policy_document,
)
from pipeline.testing.memory_log import CrashError
from pipeline.topologies import names
from pipeline.topologies.evidence_pages import digest
from pipeline.wire import encode
from tests.unit.topologies.campaigns import together
from tests.unit.topologies.hosting import Happening, Platform, key_of

if TYPE_CHECKING:
    from pipeline.domain.events import OutboundMessage
    from pipeline.domain.workspaces import WorkspaceRecord

SEEDS = range(int(os.environ.get("COMPLIANCE_SIMULATION_SEEDS", "50")))
PARTITIONS = 3
SEQUENTIAL_AT = SEQUENTIAL.bit_length() - 1
WORKSPACES = ("ws-0", "ws-1", "ws-2")
TIGHT = "ws-tight"
BRITONS = tuple(f"+4477009001{number:02d}" for number in range(6))
FLORIDIANS = ("+13055550101", "+13055550102")
AMERICANS = ("+12125550101", "+12125550102", "+12135550103")
TIGHT_RECIPIENT = "+447700900199"
PORTFOLIOS = ("pf-1", "pf-2")
ACTORS = ({"type": "integration", "id": "key-1"}, {"type": "member", "id": "u-1"}, {"type": "member", "id": "u-9"})
POLICY = build_policy(
    """
lease_seconds = 600
[[quiet_hours]]
country = "US"
channels = ["sms", "whatsapp"]
purposes = ["marketing"]
days = "Mon-Sun"
start = "08:00"
end = "21:00"
rule = "allowed"
source = "47 CFR 64.1200(c)(1)"
confidence = "high"
[[frequency_caps]]
country = "US"
region = "US-FL"
channels = ["sms"]
purposes = ["marketing"]
limit = 2
window = "rolling"
source = "Fla. Stat. 501.616(6)(b), with one message less"
confidence = "high"
[rules]
# An owner begins counting anew, so what patterns say at once may differ; what is told of them must not.
bulk_spam = { mode = "off" }
number_enumeration = { mode = "off" }
code_flood = { mode = "off" }
number_pumping = { mode = "off" }
message_loop = { mode = "off" }
credential_takeover = { mode = "off" }
bought_list = { mode = "off" }
reselling = { mode = "off" }
usage_splitting = { mode = "off" }
harvested_recipients = { mode = "off" }
"""
)
"""An owner begins to count anew, so what it says of bulk depends on when it began."""
TEMPLATES = {"order_update": "utility", "promo": "marketing"}
TEXT = {"type": "text", "text": "Your order has been packed."}
POISON = (b"", b"{", b"[]", b"\xff\xfe", b'{"message_id": 7}', b"null", None)


def templated(name: str) -> dict[str, object]:
    """Build the content of a message that is made of a template."""
    return {"type": "template", "template": {"name": name, "language": "en"}}


class Put(NamedTuple):
    """One record that a producer writes."""

    topic: str
    key: str | None
    value: bytes | None
    partition: int | None = None


class Phase(NamedTuple):
    """What is written at one time, and how long nothing is written afterwards."""

    puts: list[Put]
    wait_milliseconds: int


def record_of(workspace_id: str, **changes: object) -> "WorkspaceRecord":
    """Build a workspace with a WhatsApp number; the limit is never reached, as who gets a last place is a race."""
    senders = [
        {"type": "phone_number", "id": SENDER, "country": "GB"},
        {"type": "whatsapp_number", "id": WHATSAPP_SENDER, "portfolio_id": PORTFOLIO_ID},
    ]
    portfolio = {"id": PORTFOLIO_ID, "messaging_limit": 1_000}
    return build_record(**({"workspace_id": workspace_id, "senders": senders, "portfolio": portfolio} | changes))


# The script.


class Author:
    """Draws a script: who exists, what they say, and what goes wrong on the way to the log."""

    def __init__(self, seed: int) -> None:
        """Begin at the default clock."""
        self.chance = random.Random(seed)  # noqa: S311 - a simulation, not a secret
        self.now = NOW
        self.number = 0
        self.sent: list[OutboundMessage] = []
        self.settled: list[OutboundMessage] = []

    def name(self, prefix: str) -> str:
        """Give an id that was not given before."""
        self.number += 1
        return f"{prefix}-{self.number}"

    def instant(self) -> str:
        """Draw a time up to a minute ago."""
        return to_text(self.now - self.chance.randrange(0, 60 * SECOND))

    def person(self) -> str | dict[str, str]:
        """Draw somebody, by number or by one of two business-scoped ids."""
        if self.chance.random() < 0.7:
            return self.chance.choice(BRITONS + AMERICANS)
        return self.named(self.chance.choice(BRITONS), self.chance.choice(PORTFOLIOS))

    @staticmethod
    def named(number: str, portfolio: str) -> dict[str, str]:
        """Give the business-scoped id of a number in a portfolio."""
        return {"bsuid": f"GB.{number[-2:]}", "portfolio_id": portfolio}

    def put(self, topic: str, event: Happening) -> list[Put]:
        """Write an event: sometimes twice, sometimes to the wrong partition or without a key."""
        key, partition = key_of(event), None
        if self.chance.random() < 0.2:
            partition = self.chance.randrange(PARTITIONS)
            key = key if self.chance.random() < 0.5 else ""
        put = Put(topic, key, encode(event), partition)
        return [put, put] if self.chance.random() < 0.15 else [put]

    def poison(self, topic: str) -> list[Put]:
        """Write, sometimes, what nobody can read."""
        if self.chance.random() < 0.7:
            return []
        return [Put(topic, self.chance.choice(BRITONS), self.chance.choice(POISON))]

    def write(self, phase: Callable[["Author"], Iterator[list[Put]]], wait_milliseconds: int) -> Phase:
        """Write one phase."""
        puts = [put for puts in phase(self) for put in puts]
        self.now += wait_milliseconds
        self.settled, self.sent = self.settled + self.sent, []
        return Phase(puts, wait_milliseconds)


def beginnings(author: Author) -> Iterator[list[Put]]:
    """Publish all workspaces, in order."""
    for workspace_id in WORKSPACES:
        yield [Put(names.WORKSPACES, workspace_id, encode(record_of(workspace_id)))]
    for name, category in TEMPLATES.items():
        asset = {"type": "template", "portfolio_id": PORTFOLIO_ID, "name": name, "language": "en"}
        yield author.put(
            names.ASSETS, build_asset_event(asset=asset, template={"status": "APPROVED", "category": category})
        )
    for number, workspace_id in itertools.product(FLORIDIANS, WORKSPACES):
        yield author.put(names.CONSENT, build_consent(workspace_id=workspace_id, to=number))
    plan = {"messages_per_second": author.chance.randint(1, 4), "messages_per_day": author.chance.randint(5, 30)}
    yield [Put(names.WORKSPACES, TIGHT, encode(build_record(workspace_id=TIGHT, plan=plan)))]
    yield author.put(names.CONSENT, build_consent(workspace_id=TIGHT, to=TIGHT_RECIPIENT))
    for to in (*BRITONS, *AMERICANS, *(author.named(number, "pf-1") for number in BRITONS)):
        for workspace_id in author.chance.sample(WORKSPACES, 2):
            yield author.put(names.CONSENT, build_consent(workspace_id=workspace_id, to=to))


def changes(author: Author) -> Iterator[list[Put]]:
    """Change something about each workspace, or nothing."""
    for workspace_id in WORKSPACES:
        match author.chance.randrange(9):
            case 0 | 1:
                kind = author.chance.choice(["suspend", "warn", "incident_open", "review", "throttle"])
                command = build_command(
                    kind=kind,
                    command_id=author.name("cmd"),
                    subject={"workspace_id": workspace_id},
                    occurred_at=author.instant(),
                )
                yield author.put(names.COMMANDS, command)
            case 2 | 3:
                kind = author.chance.choice(["reinstate", "incident_close"])
                command = build_command(
                    kind=kind,
                    command_id=author.name("cmd"),
                    subject={"workspace_id": workspace_id},
                    occurred_at=to_text(author.now),
                )
                yield author.put(names.COMMANDS, command)
            case 4:
                state = author.chance.choice(["active", "removed"])
                record = record_of(workspace_id, members=[{"id": "u-1", "state": state, "scopes": ["*"]}])
                yield [Put(names.WORKSPACES, workspace_id, encode(record))]
            case 5:
                broken = author.chance.choice([b"{", encode(build_record(workspace_id="ws-other"))])
                yield [Put(names.WORKSPACES, workspace_id, broken)]
            case 6:
                yield [Put(names.WORKSPACES, workspace_id, encode(record_of(workspace_id)))]
            case _:
                pass
    yield author.poison(names.COMMANDS)
    if author.chance.random() < 0.3:
        document = policy_document(
            POLICY.text.partition("\n")[2].partition("\n")[2],
            version=author.name("v"),
            effective_at=to_text(author.now + author.chance.randrange(0, 2 * HOUR)),
        )
        text = document if author.chance.random() < 0.8 else "nonsense"
        yield [Put(names.POLICIES, author.name("p"), json.dumps({"version": "v", "document": text}).encode())]


def saying(author: Author, number: str) -> list[Put]:
    """Have one person consent, stop, start, or show that two names are one person."""
    workspace_id = author.chance.choice(WORKSPACES)
    named = author.named(number, author.chance.choice(PORTFOLIOS))
    name = author.chance.choice([number, named]) if number in BRITONS else number
    if author.chance.random() < 0.55:
        actions = ["opt_in"] * 4 + ["opt_out"] * 2 + ["resume", "import", "expire", "reassigned"]
        consent = build_consent(
            consent_event_id=author.name("c"),
            workspace_id=workspace_id,
            to=name,
            action=author.chance.choice(actions),
            scope=author.chance.choice([{}, {}, {"channel": "sms"}, {"purpose": "marketing"}]),
            occurred_at=author.instant(),
        )
        return author.put(names.CONSENT, consent)
    reply = build_inbound(
        inbound_id=author.name("in"),
        workspace_id=author.chance.choice([workspace_id, None]),
        origin=author.chance.choice([{"e164": number} | named if number in BRITONS else number, name]),
        text=author.chance.choice(["STOP", "START", "Hi", "HELP"]),
        received_at=author.instant(),
        **author.chance.choice([{}, {"channel": "whatsapp", "to": WHATSAPP_SENDER}]),
    )
    return author.put(names.INBOUND, reply)


def talk(author: Author) -> Iterator[list[Put]]:
    """Have people say a lot at once, in any order; nothing may be open or waiting that this could revoke."""
    for _ in range(author.chance.randint(4, 20)):
        yield saying(author, author.chance.choice(BRITONS + AMERICANS))
        yield author.poison(author.chance.choice([names.CONSENT, names.INBOUND, names.COMMANDS]))


def sayings(author: Author) -> Iterator[list[Put]]:
    """Have people say one thing each, so that it does not matter who is heard first."""
    for number in author.chance.sample(BRITONS + AMERICANS, author.chance.randint(2, 8)):
        yield saying(author, number)
        yield author.poison(author.chance.choice([names.CONSENT, names.INBOUND, names.COMMANDS]))
    if author.chance.random() < 0.3:
        subject = {"recipient": author.person()}
        yield author.put(names.COMMANDS, build_command(kind="rectify", command_id=author.name("cmd"), subject=subject))


def demands(author: Author) -> Iterator[list[Put]]:
    """Have people demand one thing each as data subjects, under either name, against one workspace or all."""
    for number in author.chance.sample(BRITONS, author.chance.randint(1, 4)):
        subject: dict[str, object] = {"recipient": author.chance.choice([number, author.named(number, "pf-1")])}
        if author.chance.random() < 0.5:
            subject["workspace_id"] = author.chance.choice(WORKSPACES)
        command = build_command(
            kind=author.chance.choice(
                ["object", "object", "withdraw_objection", "restrict", "lift_restriction", "erase"]
            ),
            command_id=author.name("cmd"),
            subject=subject,
            occurred_at=author.instant(),
        )
        yield author.put(names.COMMANDS, command)


def reports(author: Author) -> Iterator[list[Put]]:
    """Have providers report on messages of before."""
    for message in author.chance.sample(author.settled, min(len(author.settled), author.chance.randint(0, 5))):
        report = build_provider_event(
            provider_event_id=author.name("p"),
            to=msgspec.to_builtins(message.to),
            workspace_id=message.workspace_id,
            message_id=message.message_id,
            status=author.chance.choice(["sent", "delivered", "failed"]),
        )
        yield author.put(names.PROVIDER_EVENTS, report)


def messages(author: Author) -> Iterator[list[Put]]:
    """Ask for messages, now and then once more for one of before."""
    for _ in range(author.chance.randint(8, 20)):
        message = build_message(
            message_id=author.name("m"),
            workspace_id=author.chance.choice([*WORKSPACES * 6, "ws-nobody"]),
            to=author.person(),
            channel=author.chance.choice(["sms", "whatsapp"]),
            purpose=author.chance.choice(["marketing", "utility", "authentication"]),
            actor=author.chance.choices(ACTORS, (6, 3, 1))[0],
            valid_until=author.chance.choice([None, None, to_text(author.now + 8 * HOUR)]),
        )
        author.sent.append(message)
        lane = author.chance.choice([names.OUTBOUND, names.OUTBOUND_PRIORITY])
        yield author.put(lane, message)
        yield author.poison(lane)
    for message in author.chance.sample(author.settled, min(len(author.settled), 2)):
        yield [Put(names.OUTBOUND, key_of(message), encode(message))]
    for _ in range(author.chance.randint(0, 6)):
        tight = build_message(message_id=author.name("t"), workspace_id=TIGHT, to=TIGHT_RECIPIENT)
        yield [Put(names.OUTBOUND, TIGHT_RECIPIENT, encode(tight))]


def campaigns(author: Author) -> Iterator[list[Put]]:
    """Write to people by WhatsApp, and to Florida: once to each person, as a second message would wait."""
    for number in BRITONS:
        content = author.chance.choice([TEXT, *(templated(name) for name in (*TEMPLATES, "never_approved"))])
        message = build_whatsapp(
            message_id=author.name("wa"),
            workspace_id=author.chance.choice(WORKSPACES),
            to=author.chance.choice([number, author.named(number, "pf-1")]),
            purpose=author.chance.choice(["utility", "utility", "marketing"]),
            content=content,
        )
        author.sent.append(message)
        yield author.put(author.chance.choice([names.OUTBOUND, names.OUTBOUND_PRIORITY]), message)
    for workspace_id, number in itertools.product(WORKSPACES, FLORIDIANS):
        offer = build_message(message_id=author.name("fl"), workspace_id=workspace_id, to=number, purpose="marketing")
        yield [Put(names.OUTBOUND, number, encode(offer))]


def news(author: Author) -> Iterator[list[Put]]:
    """Have the provider say one thing about an asset: one alone, as two could revoke the same message."""
    about = author.chance.choice([*TEMPLATES, "number"])
    event: dict[str, object] = {"asset_event_id": author.name("a"), "occurred_at": author.instant()}
    if about == "number":
        asset = {"type": "whatsapp_number", "portfolio_id": PORTFOLIO_ID, "id": WHATSAPP_SENDER}
        account = {"state": author.chance.choice(["CONNECTED", "CONNECTED", "RESTRICTED"])}
        yield author.put(names.ASSETS, build_asset_event(asset=asset, template=None, account=account, **event))
    else:
        asset = {"type": "template", "portfolio_id": PORTFOLIO_ID, "name": about, "language": "en"}
        until = author.chance.choice([None, to_text(author.now + HOUR)])
        told = {"status": author.chance.choice(["APPROVED", "APPROVED", "PAUSED"]), "pause_until": until}
        yield author.put(names.ASSETS, build_asset_event(asset=asset, template=told, **event))


def confirmations(author: Author) -> Iterator[list[Put]]:
    """Confirm opt-outs, more often than is allowed."""
    for number in BRITONS:
        content = {"type": "text", "text": "You are unsubscribed and will get no more messages."}
        for _ in range(2):
            message = build_message(message_id=author.name("k"), workspace_id="ws-0", to=number, content=content)
            yield [Put(names.OUTBOUND, number, encode(message))]


def refusals(author: Author) -> Iterator[list[Put]]:
    """Ask for messages while people stop and workspaces are suspended: only what can stop a message races with it."""
    racing = list(messages(author))
    for _ in range(author.chance.randint(2, 6)):
        stop = build_inbound(
            inbound_id=author.name("in"),
            workspace_id=author.chance.choice(WORKSPACES),
            origin=author.person(),
            text="STOP",
            received_at=to_text(author.now),
        )
        racing.append(author.put(names.INBOUND, stop))
    if author.chance.random() < 0.5:
        suspend = build_command(
            kind=author.chance.choice(["suspend", "incident_open", "terminate"]),
            command_id=author.name("cmd"),
            subject={"workspace_id": author.chance.choice(WORKSPACES)},
            occurred_at=to_text(author.now),
        )
        racing.append(author.put(names.COMMANDS, suspend))
    author.chance.shuffle(racing)
    yield from racing


def write_script(seed: int) -> list[Phase]:
    """Draw a script whose phases commute within themselves."""
    author = Author(seed)
    script = [author.write(phase, SECOND) for phase in (beginnings, talk, talk)]
    for _ in range(author.chance.randint(2, 3)):
        either = author.chance.choice([changes, sayings])
        for phase in (campaigns, news, messages, reports, either, confirmations, sayings, messages, demands, changes):
            waits = (0, SECOND, 5 * SECOND, 700 * SECOND, 2 * HOUR, 14 * HOUR)
            script.append(author.write(phase, author.chance.choices(waits, (8, 6, 4, 1, 1, 1))[0]))
    return script


def write_racing_script(seed: int) -> list[Phase]:
    """Draw a script in which messages race with what can stop them."""
    author = Author(seed)
    script = [author.write(phase, 0) for phase in (beginnings, talk, messages, sayings)]
    script += [author.write(refusals, author.chance.choice((0, SECOND))) for _ in range(3)]
    return script


# The two ways to run it.


class Calm(Platform):
    """Writes a phase, works until nothing is left to do, and waits."""

    def __init__(self) -> None:
        """Start with nothing known."""
        super().__init__(PARTITIONS, POLICY, ())

    async def play(self, script: list[Phase]) -> None:
        """Run a script."""
        for phase in script:
            for put in phase.puts:
                self.put_raw(put.topic, put.value, put.key, partition=put.partition)
            await self.wait(phase.wait_milliseconds)


class Troubled(Platform):
    """Writes and works in any order that the promises allow, and crashes."""

    def __init__(self, seed: int) -> None:
        """Start with nothing known."""
        self.chance = random.Random(-1 - seed)  # noqa: S311 - a simulation, not a secret
        self.crashes = 0
        super().__init__(PARTITIONS, POLICY, ())

    async def play(self, script: list[Phase]) -> None:
        """Run a script."""
        for phase in script:
            await self._write_while_working(phase.puts)
            await self.wait(phase.wait_milliseconds)

    async def _write_while_working(self, puts: list[Put]) -> None:
        queues: dict[str, deque[Put]] = defaultdict(deque)
        for put in puts:
            queues[put.topic].append(put)
        while queues:
            topic = self.chance.choice(sorted(queues))
            for _ in range(min(len(queues[topic]), self.chance.randint(1, 6))):
                put = queues[topic].popleft()
                self.put_raw(put.topic, put.value, put.key, partition=put.partition)
            if not queues[topic]:
                del queues[topic]
            if self.chance.random() < 0.6:
                await self._work_a_little()

    async def run(self) -> None:
        """Work in trouble for a while, then until nothing is left to do."""
        for _ in range(self.chance.randint(0, 6)):
            await self._work_a_little()
        await super().run()

    async def _work_a_little(self) -> None:
        if self.chance.random() < 0.03:
            self._rebalance()
        host = self.chance.choice([self.workspaces, self.recipients])
        partition = host.partitions[self.chance.randrange(PARTITIONS)]
        partition.log.fail_next_commit = self.chance.choice([None, None, None, "before", "after"])  # type: ignore[attr-defined]
        try:
            await partition.step()
        except CrashError:
            self.crashes += 1
            host.reopen(partition.number)
        else:
            partition.log.fail_next_commit = None  # type: ignore[attr-defined]

    def _rebalance(self) -> None:
        """Throw a worker away with all that it remembers; another takes its partitions over."""
        self.limits = Limits(
            messages=self.chance.randint(1, 12),
            state_events=self.chance.randint(1, 12),
            due=self.chance.randint(1, 12),
            slice_records=self.chance.randint(1, 4),
        )
        self.recipients = self.start_recipients()
        self.workspaces = self.start_workspaces()


# What came of it.


def without_seen(verdict: dict[str, Any]) -> str:
    """Write a verdict without how far the sources had been read."""
    return json.dumps({name: value for name, value in verdict.items() if name != "seen"}, sort_keys=True)


def published(platform: Platform) -> dict[str, Counter[str]]:
    """Gather everything that others read, without its order over partitions."""
    entries = [entry for page in platform.answers(names.EVIDENCE) for entry in page["entries"]]
    return {
        "verdicts": Counter(map(without_seen, platform.verdicts())),
        "revocations": Counter(json.dumps(revocation, sort_keys=True) for revocation in platform.revocations()),
        "dead letters": Counter(json.dumps(placed(letter), sort_keys=True) for letter in platform.dead_letters()),
        "evidence": Counter(json.dumps(entry[:7]) for entry in entries),
    }


KINDS: dict[bytes, type] = {
    b"c": Choices,
    b"e": Enforcement,
    b"i": Links,
    b"k": Contacts,
    b"l": Entry,
    b"p": Reached,
    b"q": Reach,
    b"u": Usage,
}


def counted(platform: Platform) -> dict[str, tuple[int, ...]]:
    """Add up what all owners of all partitions have told of each workspace and day: what no sieve holds back.

    Left out is whether numbers go on from those before, which an owner remembers alone.
    """
    return {
        f"{subject} {bucket.number}": bucket.counts[:SEQUENTIAL_AT] + bucket.counts[SEQUENTIAL_AT + 1 :]
        for subject, observations in together(platform).items()
        if kind_of(subject) == "workspace"
        for bucket in observations[0].buckets
        if bucket.width == DAY // SECOND
    }


def placed(letter: dict[str, Any]) -> dict[str, Any]:
    """Leave out where a dead letter lay on the ledger of consent, which the topology writes to as well."""
    return letter | {"offset": None} if letter["topic"] == names.CONSENT else letter


def plain(key: bytes, value: bytes) -> object:
    """Decode a record of the state and leave out what may differ."""
    kind = KINDS.get(key[:1])
    record = msgspec.msgpack.decode(value, type=kind) if kind is not None else value
    if isinstance(record, Entry):
        return msgspec.structs.replace(record, verdict=b"", ending=b"", text_mark=b"")
    if isinstance(record, Enforcement | Reach):
        return msgspec.structs.replace(record, revision=0)
    return record


def scan(store: Store, namespace: bytes) -> list[tuple[bytes, bytes]]:
    """List a namespace of a store."""
    return [(key[1:], value) for key, value in store.scan(namespace, bytes([namespace[0] + 1]), 1_000_000)]


def kept(platform: Platform) -> dict[tuple[str, int, bytes], tuple[int, object]]:
    """Gather every record of every partition with its time.

    Left out are what is over, the evidence chain, what is counted of patterns, and the bytes of verdicts, which are
    compared as published.
    """
    return {
        (name, partition.number, key): (int.from_bytes(stored[:8], "big"), plain(key, stored[8:]))
        for name, host in (("workspaces", platform.workspaces), ("recipients", platform.recipients))
        for partition in host.partitions
        for key, stored in scan(partition.store, RECORDS)
        if key[:1] not in (b"h", b"v", b"o", b"y", b"a")
        and not LASTING <= stored[:8] <= lasting_until(platform.now_milliseconds)
    }


def may_be_sent(platform: Platform) -> set[str]:
    """List the messages that the messaging service may send in the end: let pass last, and not revoked since."""
    last: dict[str, bool] = {}
    for value in platform.answers(names.VERDICTS):
        last[value["message_id"]] = value.get("outcome") in {"allow", "flag"}
    return {message_id for message_id, passes in last.items() if passes}


def first_id(topic: str, partition: int, offset: int) -> str:
    """Work out the id of the first verdict on the message at a position."""
    source = hashlib.blake2b(f"{topic}|{partition}".encode(), digest_size=8).hexdigest()
    return f"{source}{offset:012x}0000"


def unanswered(platform: Platform) -> list[tuple[str, int, int]]:
    """List the positions of messages that got no answer or more than one.

    A message is answered by one first verdict in the evidence, or by one dead letter, or, if the same message came
    before, by the verdict that it got then: a record on the verdict topic for each time that it came.
    """
    entries = Counter(entry[1] for page in platform.answers(names.EVIDENCE) for entry in page["entries"])
    letters = Counter((letter["topic"], letter["partition"], letter["offset"]) for letter in platform.dead_letters())
    answers = Counter(verdict["verdict_id"] for verdict in platform.verdicts())
    wrong, repeats = [], Counter[str]()
    for topic in (names.OUTBOUND, names.OUTBOUND_PRIORITY):
        for record in platform.log.all_records(topic):
            position = (topic, record.partition, record.offset)
            given = entries[first_id(*position)] + letters[position]
            if given == 0:
                repeats[json.loads(record.value or b"{}").get("message_id", "")] += 1
            elif given > 1:
                wrong.append(position)
    again = Counter[str]()
    of_message = {verdict["verdict_id"]: verdict["message_id"] for verdict in platform.verdicts()}
    for verdict_id, count in answers.items():
        again[of_message[verdict_id]] += count - 1
    return (
        wrong
        if again == repeats
        else [*wrong, *((message_id, -1, -1) for message_id in repeats - again + (again - repeats))]
    )


def broken_chains(platform: Platform) -> list[int]:
    """List the partitions whose pages of evidence don't chain, or whose state does not hold the newest hash."""
    broken = []
    for partition in platform.recipients.partitions:
        newest = ""
        for record in platform.log.read(names.EVIDENCE, partition.number):
            page = json.loads(record.value or b"{}")
            if page["previous"] != newest:
                broken.append(partition.number)
            newest = digest(record.value or b"")
        if (partition.store.get(RECORDS + b"h") or bytes(8))[8:].decode() != newest:
            broken.append(partition.number)
    return broken


def wrong_timers(platform: Platform) -> list[bytes]:
    """List the records whose time is not in the index, and the times in the index that belong to no record."""
    wrong: set[bytes] = set()
    for host in (platform.workspaces, platform.recipients):
        for partition in host.partitions:
            records = scan(partition.store, RECORDS)
            due = {stored[:8] + RECORDS + key for key, stored in records if bytes(8) < stored[:8] < LASTING}
            wrong |= due ^ {key for key, _ in scan(partition.store, TIMERS)}
            noted = {
                key[:8] + name
                for key, packed in scan(partition.store, NOTES)
                for name in msgspec.msgpack.decode(packed, type=list[bytes])
            }
            wrong |= {stored[:8] + RECORDS + key for key, stored in records if stored[:8] > LASTING} - noted
    return sorted(wrong)


class Played(NamedTuple):
    """One script run both ways: what was kept before everything has run out, and what was published in the end."""

    calm: Calm
    troubled: Troubled
    kept_calm: dict[tuple[str, int, bytes], tuple[int, object]]
    kept_troubled: dict[tuple[str, int, bytes], tuple[int, object]]


async def play(seed: int, script: list[Phase], last: list[Phase]) -> Played:
    """Run a script both ways, look at what is kept, and let everything run out."""
    calm, troubled = Calm(), Troubled(seed)
    await calm.play(script)
    await troubled.play(script)
    in_the_middle = kept(calm), kept(troubled)
    await calm.play(last)
    await troubled.play(last)
    return Played(calm, troubled, *in_the_middle)


@pytest.fixture(scope="module", params=SEEDS)
def played(request: pytest.FixtureRequest) -> Played:
    """Run the script of a seed once for all laws."""
    return asyncio.run(play(request.param, write_script(request.param), [Phase([], 3 * DAY)]))


def test_publishes_the_same_in_trouble_as_in_calm(played: Played) -> None:
    """Verdicts, revocations, dead letters and evidence don't depend on crashes, delays and rebalances."""
    assert published(played.troubled) == published(played.calm)


def test_ends_in_the_same_state_in_trouble_as_in_calm(played: Played) -> None:
    """What every partition remembers does not depend on them either."""
    assert played.kept_troubled == played.kept_calm


def test_answers_every_message_once_in_trouble(played: Played) -> None:
    """Each message gets one first verdict or one dead letter, or the answer that it got before."""
    assert unanswered(played.troubled) == []


def test_keeps_evidence_and_times_in_order_in_trouble(played: Played) -> None:
    """Pages chain without a gap, and no time is lost or left over."""
    assert (broken_chains(played.troubled), wrong_timers(played.troubled)) == ([], [])


@pytest.mark.parametrize("seed", SEEDS)
async def test_lets_the_same_messages_be_sent_when_they_race_with_refusals(seed: int) -> None:
    """Whether an opt-out comes just before or just after a message, the message may not be sent."""
    run = await play(seed, write_racing_script(seed), [])
    assert may_be_sent(run.troubled) == may_be_sent(run.calm)


def test_counts_the_same_in_trouble_as_in_calm(played: Played) -> None:
    """What all owners of a partition tell together is what one owner tells that never dies."""
    assert counted(played.troubled) == counted(played.calm)
    assert counted(played.calm)


async def test_meets_what_it_is_meant_to_meet() -> None:
    """The scripts are not tame: every outcome, revocations, detours, dead letters, repeats and crashes occur."""
    outcomes, met = set(), Counter[str]()
    for seed in range(20):
        run = await play(seed, write_script(seed), [Phase([], 3 * DAY)])
        outcomes |= {verdict["outcome"] for verdict in run.calm.verdicts()}
        met["crashes"] += run.troubled.crashes
        met["revocations"] += len(run.calm.revocations())
        met["dead letters"] += len(run.calm.dead_letters())
        met["detours"] += len(run.calm.forwarded())
        met["repeats"] += len(run.calm.verdicts()) - len({verdict["verdict_id"] for verdict in run.calm.verdicts()})
        for kind, code in (("capped", "frequency_cap"), ("windows", "window_closed"), ("pauses", "template_paused")):
            met[kind] += sum(code in json.dumps(verdict) for verdict in run.calm.verdicts())
        met["deferred"] += sum(verdict["outcome"] == "defer" for verdict in run.calm.verdicts())
    assert (outcomes, [name for name, count in met.items() if count < 20]) == (
        {"allow", "flag", "defer", "hold", "block"},
        [],
    )
