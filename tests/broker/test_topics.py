"""Making and comparing topics on a real Kafka."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import uuid4

import pytest
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from click.testing import CliRunner, Result

from pipeline.apps.development_broker import DevelopmentBroker
from pipeline.apps.packaged import topics_directory
from pipeline.apps.topics import (
    Installation,
    Topic,
    TopicsError,
    check_topics,
    create_topics,
    read_topics,
    require_topics,
)
from pipeline.apps.topics_command import topics as command
from tests.kafka import GivenBroker

pytestmark = pytest.mark.broker

TOPICS = read_topics(topics_directory())
CO_PARTITIONED = {topic.topic for topic in TOPICS if topic.co_partitioned}


@pytest.fixture
def empty(broker: DevelopmentBroker | GivenBroker) -> Installation:
    """Give names under which no topic exists yet."""
    return Installation(broker.bootstrap_servers, f"topics-{uuid4().hex[:8]}.")


@asynccontextmanager
async def admin_of(installation: Installation) -> AsyncIterator[AIOKafkaAdminClient]:
    """Connect as an operator would."""
    admin = AIOKafkaAdminClient(bootstrap_servers=installation.bootstrap_servers)
    await admin.start()
    try:
        yield admin
    finally:
        await admin.close()


async def partitions(installation: Installation) -> dict[str, int]:
    """Ask the brokers for the number of partitions of each topic of an installation, by the topic's own name."""
    async with admin_of(installation) as admin:
        listed = await admin.describe_topics()
    prefix = installation.prefix
    return {
        entry["topic"].removeprefix(prefix): len(entry["partitions"])
        for entry in listed
        if entry["topic"].startswith(prefix)
    }


async def make(installation: Installation, topic: str, count: int, configuration: dict[str, str] | None = None) -> None:
    """Make one topic by hand, and wait until the brokers know it."""
    async with admin_of(installation) as admin:
        await admin.create_topics([NewTopic(installation.prefix + topic, count, 1, topic_configs=configuration)])
    while topic not in await partitions(installation):  # noqa: ASYNC110 - nobody here is told of it
        await asyncio.sleep(0.01)


def all_but(name: str) -> list[Topic]:
    """Give the descriptions without one."""
    return [topic for topic in TOPICS if topic.topic != name]


async def errors(installation: Installation) -> list[str]:
    """Word what `check` finds wrong."""
    return [str(difference) for difference in await check_topics(TOPICS, installation) if difference.is_error]


async def test_makes_every_topic_as_described(empty: Installation) -> None:
    """After `create` every topic is there, equal where it must be, and nothing is wrong."""
    creation = await create_topics(TOPICS, empty)
    assert creation.is_right
    assert [line.split()[0] for line in creation.lines] == ["created"] * len(TOPICS)
    assert await partitions(empty) == {topic.topic: topic.partitions for topic in TOPICS}
    assert await errors(empty) == []


async def test_says_when_there_are_fewer_copies_than_described(empty: Installation) -> None:
    """On one broker there is one copy of each, and the line says so; another broker is not asked to acknowledge."""
    creation = await create_topics(TOPICS, empty)
    if "copies 1 of 3 (brokers: 1)" not in creation.lines[0]:
        pytest.skip("the given Kafka has several brokers")
    assert all("copies 1 of 3 (brokers: 1)" in line for line in creation.lines)
    assert not any("min.insync.replicas" in str(difference) for difference in creation.differences)


async def test_can_be_repeated(empty: Installation) -> None:
    """A second `create` leaves what there is, and says so."""
    await create_topics(TOPICS, empty)
    before = await partitions(empty)
    again = await create_topics(TOPICS, empty)
    assert [line.split()[0] for line in again.lines] == ["exists"] * len(TOPICS)
    assert again.is_right
    assert await partitions(empty) == before


async def test_two_at_once_make_each_topic_once(empty: Installation) -> None:
    """Two operators at the same time do not hinder each other."""
    first, second = await asyncio.gather(create_topics(TOPICS, empty), create_topics(TOPICS, empty))
    made = [line for line in (*first.lines, *second.lines) if line.startswith("created")]
    assert len(made) == len(TOPICS)
    assert first.is_right
    assert second.is_right


async def test_makes_the_asked_number_of_partitions(empty: Installation) -> None:
    """The number that is asked for is that of all topics about a person, and a later `create` keeps to it."""
    asked = Installation(empty.bootstrap_servers, empty.prefix, 3)
    await create_topics(all_but("compliance.forwarded"), asked)
    await create_topics(TOPICS, empty)
    counts = await partitions(empty)
    assert {counts[name] for name in CO_PARTITIONED} == {3}


async def test_refuses_to_make_topics_beside_unequal_ones(empty: Installation) -> None:
    """What exists must go together before anything is made beside it."""
    await make(empty, "messaging.outbound", 2)
    await make(empty, "messaging.inbound", 3)
    with pytest.raises(TopicsError, match=r"messaging\.(in|out)bound: it has \d partitions.*Don't add partitions"):
        await create_topics(TOPICS, empty)
    assert await partitions(empty) == {"messaging.outbound": 2, "messaging.inbound": 3}


async def test_says_what_the_brokers_refuse(empty: Installation) -> None:
    """A name that Kafka refuses is told about in Kafka's words."""
    with pytest.raises(TopicsError, match=r"refuse to make topics\. Mend what they name.*\n.*Topic name is invalid"):
        await create_topics(TOPICS, Installation(empty.bootstrap_servers, "not/allowed."))


async def test_finds_another_cleanup_policy(empty: Installation) -> None:
    """A ledger that is compacted would lose choices: `check` calls it an error, with the command that mends it."""
    await make(empty, "compliance.consent", 8, {"cleanup.policy": "compact", "retention.ms": "-1"})
    creation = await create_topics(TOPICS, empty)
    assert not creation.is_right
    (error,) = await errors(empty)
    assert "compliance.consent: cleanup.policy is compact in place of delete." in error
    assert error.endswith("kafka-configs --alter --add-config cleanup.policy=delete.")


async def test_finds_a_topic_that_nothing_can_be_written_to(empty: Installation) -> None:
    """More brokers that must acknowledge than there are copies is an error."""
    await make(empty, "compliance.verdicts", 8, {"min.insync.replicas": "9"})
    await create_topics(TOPICS, empty)
    (error,) = await errors(empty)
    assert "compliance.verdicts: min.insync.replicas is 9 of 1 copies, so nothing can be written." in error


async def test_a_worker_may_start_on_what_create_made(empty: Installation) -> None:
    """`require_topics` is content after `create`."""
    await create_topics(TOPICS, Installation(empty.bootstrap_servers, empty.prefix, 2))
    await require_topics(empty.bootstrap_servers, empty.prefix, {"client_id": "worker"})


async def test_a_worker_may_not_start_without_topics(empty: Installation) -> None:
    """Without topics a worker names each and the command; it makes none itself."""
    with pytest.raises(TopicsError, match=r"compliance\.consent: .*does not exist\. Run `compliance topics create`"):
        await require_topics(empty.bootstrap_servers, empty.prefix)
    assert await partitions(empty) == {}


async def test_a_worker_may_not_start_on_unequal_topics(empty: Installation) -> None:
    """A topic about a person with another number of partitions keeps a worker from starting."""
    await create_topics(all_but("messaging.inbound"), empty)
    await make(empty, "messaging.inbound", 5)
    with pytest.raises(TopicsError, match=r"messaging\.inbound: it has 5 partitions, and .* have 4\. Don't add"):
        await require_topics(empty.bootstrap_servers, empty.prefix)


def run(installation: Installation, *arguments: str) -> Result:
    """Run the command, standard error apart."""
    where = ("--bootstrap-servers", installation.bootstrap_servers, "--prefix", installation.prefix)
    return CliRunner().invoke(command, [*arguments, *where])


@pytest.fixture
def plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take away settings of this shell, and give aiokafka its voice back after the test."""
    for name in ("COMPLIANCE_TOPIC_PREFIX", "COMPLIANCE_PARTITIONS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(logging.getLogger("aiokafka"), "level", logging.NOTSET)


@pytest.mark.usefixtures("plain_environment")
def test_command_checks_creates_and_checks(empty: Installation) -> None:
    """`check` fails before `create` and passes after it; `create` prints a line for each topic."""
    before = run(empty, "check")
    assert before.exit_code == 1
    assert f"error: {empty.prefix}compliance.consent: the topic does not exist" in before.output

    created = run(empty, "create", "--partitions", "2")
    assert created.exit_code == 0
    assert len(created.stdout.splitlines()) == len(TOPICS)
    assert f"created  {empty.prefix}messaging.outbound: partitions 2, copies" in created.stdout

    after = run(empty, "check", "--partitions", "2")
    assert after.exit_code == 0
    assert f"{len(TOPICS)} topics described, 0 errors," in after.stdout


@pytest.mark.usefixtures("plain_environment")
def test_command_refuses_another_number(empty: Installation) -> None:
    """Asking for another number than exists ends with 1 and the remedy."""
    run(empty, "create", "--partitions", "2")
    refused = run(empty, "create", "--partitions", "4")
    assert refused.exit_code == 1
    assert "have 2 partitions, and 4 are asked for. Set COMPLIANCE_PARTITIONS=2" in refused.output
