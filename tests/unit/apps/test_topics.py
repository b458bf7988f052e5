"""Topic descriptions: what they say, what is refused in them, and what is other on the brokers."""

import asyncio
import logging
import socket
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner
from msgspec.structs import replace

from pipeline.apps.packaged import topics_directory
from pipeline.apps.topics import (
    Cluster,
    Found,
    Installation,
    Topic,
    TopicsError,
    all_differences,
    missing_and_unequal,
    plan_creation,
    read_topics,
    require_topics,
)
from pipeline.apps.topics_command import topics as command
from pipeline.domain.clauses import CLAUSE_BY_ID
from pipeline.engine.kafka import BATCH_BYTES_MAX
from pipeline.engine.topology import changelog_of, input_topics
from pipeline.topologies import names
from pipeline.topologies.recipients import Recipients
from pipeline.topologies.workspaces import Workspaces
from tests.kafka import free_port

TOPICS = read_topics(topics_directory())
BY_NAME = {topic.topic: topic for topic in TOPICS}
SCHEMAS = topics_directory().parent
HERE = Installation("127.0.0.1:9092", "here.")
WRITTEN_BY_WORKERS = {
    topic.topic for topic in TOPICS if "compliance worker" in {party.name for party in topic.producers}
}


def found(topic: Topic, **changes: Any) -> Found:  # noqa: ANN401 - any field of Found
    """Give a topic as brokers have it that were told to make it as described."""
    made = {"partitions": topic.partitions, "copies": topic.replication_factor, "configuration": topic.configuration}
    return Found(**{**made, **changes})


def cluster(changes: Mapping[str, Found | None] | None = None, brokers: int = 3) -> Cluster:
    """Give a cluster on which all topics are as described, but for those that are named (None: missing)."""
    topics = {topic.topic: found(topic) for topic in TOPICS} | dict(changes or {})
    return Cluster(brokers, {HERE.prefix + name: topic for name, topic in topics.items() if topic is not None})


def lines(changed: Cluster, installation: Installation = HERE) -> list[str]:
    """Word all differences of a cluster."""
    return [str(difference) for difference in all_differences(TOPICS, changed, installation)]


# ── the descriptions ──


def test_describes_every_topic_that_the_code_names() -> None:
    """Every name in `names.py`, every input of a topology and every changelog has a description."""
    named = {value for name, value in vars(names).items() if name.isupper() and not value.startswith("x-")}
    for topology in (Recipients, Workspaces):
        named |= {
            *topology.state_topics,
            *topology.message_topics,
            *topology.global_topics,
            changelog_of(topology.name),
        }
    assert named <= BY_NAME.keys()
    assert all(BY_NAME[name].status == "active" for name in named)


@pytest.mark.parametrize("topology", [Recipients, Workspaces])
def test_topics_that_one_worker_reads_together_are_co_partitioned(topology: Any) -> None:  # noqa: ANN401 - either class
    """Inputs, changelog, verdicts and evidence have equal partitions; global topics have one."""
    together = {*input_topics(topology), changelog_of(topology.name), names.VERDICTS, names.EVIDENCE}
    assert all(BY_NAME[name].co_partitioned for name in together)
    assert all(BY_NAME[name].partitions == 1 for name in topology.global_topics)


def test_global_topics_and_changelogs_are_compacted_and_the_ledger_is_not() -> None:
    """What is read whole is compacted; consents are all kept, for ever."""
    compacted = {topic.topic for topic in TOPICS if topic.cleanup == "compact"}
    changelogs = {changelog_of("recipients"), changelog_of("workspaces"), names.PATTERNS_CHANGELOG}
    assert compacted == {*Recipients.global_topics, "messaging.assets", *changelogs}
    ledger = BY_NAME[names.CONSENT].configuration
    assert (ledger["cleanup.policy"], ledger["retention.ms"], ledger["retention.bytes"]) == ("delete", "-1", "-1")


@pytest.mark.parametrize("topic", TOPICS, ids=lambda topic: topic.topic)
def test_names_files_clauses_and_topics_that_exist(topic: Topic) -> None:
    """Schemas and folders of examples are there, and so is what the cross references name."""
    for event in topic.events:
        assert (SCHEMAS / event.schema).is_file()
        assert list((SCHEMAS / "examples" / event.examples).glob("*.json"))
    assert set(topic.cross_references.clauses) <= CLAUSE_BY_ID.keys()
    assert set(topic.cross_references.topics) <= BY_NAME.keys() - {topic.topic}


@pytest.mark.parametrize("name", sorted(WRITTEN_BY_WORKERS))
def test_takes_the_batches_of_a_worker(name: str) -> None:
    """A topic that workers write to takes batches of the size they write, with room for the batch's own header."""
    assert int(BY_NAME[name].configuration["max.message.bytes"]) > BATCH_BYTES_MAX + 1_000


@pytest.mark.parametrize("topic", TOPICS, ids=lambda topic: topic.topic)
def test_states_its_purpose_in_one_sentence(topic: Topic) -> None:
    """A purpose is one sentence, and every topic survives the loss of one broker."""
    assert topic.purpose.endswith(".")
    assert ". " not in topic.purpose
    assert topic.configuration["min.insync.replicas"] == "2"
    assert topic.replication_factor == 3


# ── reading ──


def write(directory: Path, **changes: object) -> Path:
    """Write a description as a file, with fields changed (None: left out)."""
    description = yaml.safe_load((topics_directory() / "messaging.outbound.yaml").read_text("utf-8"))
    changed = {name: value for name, value in (description | changes).items() if value is not None}
    path = directory / "messaging.outbound.yaml"
    path.write_text(yaml.safe_dump(changed), "utf-8")
    return path


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"owner": None}, r"\$: Object missing required field `owner`"),
        ({"owner": ""}, r"\$\.owner: "),
        ({"partitions": 0}, r"\$\.partitions: "),
        ({"partitions": "8"}, r"\$\.partitions: Expected `int`"),
        ({"cleanup": "shred"}, r"\$\.cleanup: Invalid enum value 'shred'"),
        ({"colour": "red"}, r"\$: Object contains unknown field `colour`"),
        ({"key": {"words": "the recipient"}}, r"\$\.key: Object missing required field `form`"),
        ({"cleanup": "compact"}, r"\$: retention_hours belongs to cleanup: delete"),
        ({"retention_hours": None}, r"\$: retention_hours belongs to cleanup: delete"),
        ({"retention_hours": 0}, r"\$: retention_hours must be at least 1, or -1"),
        ({"config": {"retention.ms": 1}}, r"\$: config must not repeat"),
    ],
)
def test_names_file_field_and_remedy(changes: dict[str, object], place: str, tmp_path: Path) -> None:
    """An unusable description is refused with its file, the field and what to do."""
    path = write(tmp_path, **changes)
    with pytest.raises(TopicsError, match=rf"^{path}: {place}.*\. Mend this field; messaging\.outbound\.yaml"):
        read_topics(tmp_path)


def test_refuses_a_file_of_another_name(tmp_path: Path) -> None:
    """A file is named after its topic, so that nobody finds two descriptions of one."""
    path = write(tmp_path, topic="messaging.inbound")
    with pytest.raises(TopicsError, match=rf"^{path}: \$\.topic: .* Give both the same name"):
        read_topics(tmp_path)


def test_refuses_what_is_not_yaml(tmp_path: Path) -> None:
    """A file that can't be parsed is refused with its name and the line."""
    path = tmp_path / "messaging.outbound.yaml"
    path.write_text("topic: [", "utf-8")
    with pytest.raises(TopicsError, match=rf"^{path}: \$: .*line [12].*Mend the file"):
        read_topics(tmp_path)


def test_refuses_unequal_numbers_of_partitions(tmp_path: Path) -> None:
    """Descriptions of topics about a person must agree on the number of partitions."""
    write(tmp_path, partitions=3)
    write(tmp_path, topic="messaging.inbound").rename(tmp_path / "messaging.inbound.yaml")
    write(tmp_path, partitions=3)
    with pytest.raises(TopicsError, match=r"\$\.partitions differs .*messaging\.inbound: 4, messaging\.outbound: 3"):
        read_topics(tmp_path)


def test_refuses_an_empty_folder(tmp_path: Path) -> None:
    """A folder without descriptions is most likely the wrong one."""
    with pytest.raises(TopicsError, match="no topic is described here"):
        read_topics(tmp_path)


# ── planning ──


def test_plans_every_topic_on_an_empty_cluster() -> None:
    """All topics are made as described, under the installation's prefix."""
    plan = {new.name: new for new in plan_creation(TOPICS, Cluster(3, {}), HERE)}
    assert plan.keys() == {"here." + name for name in BY_NAME}
    consent = plan["here.compliance.consent"]
    assert (consent.num_partitions, consent.replication_factor) == (4, 3)
    assert consent.topic_configs["min.insync.replicas"] == "2"
    assert plan["here.platform.workspaces"].num_partitions == 1


@pytest.mark.parametrize(("brokers", "copies", "in_sync"), [(1, 1, "1"), (2, 2, "1"), (3, 3, "2"), (5, 3, "2")])
def test_makes_as_many_copies_as_there_are_brokers(brokers: int, copies: int, in_sync: str) -> None:
    """With fewer brokers than copies there are fewer copies, and one broker may still be away."""
    new = plan_creation(TOPICS, Cluster(brokers, {}), HERE)[0]
    assert (new.replication_factor, new.topic_configs["min.insync.replicas"]) == (copies, in_sync)


def test_asked_number_is_for_topics_about_a_person_only() -> None:
    """COMPLIANCE_PARTITIONS changes the co-partitioned topics, and no other."""
    plan = plan_creation(TOPICS, Cluster(3, {}), Installation("", "", 5))
    assert {new.num_partitions for new in plan if BY_NAME[new.name].co_partitioned} == {5}
    assert {new.name: new.num_partitions for new in plan if not BY_NAME[new.name].co_partitioned} == {
        topic.topic: topic.partitions for topic in TOPICS if not topic.co_partitioned
    }


def test_a_new_topic_gets_as_many_partitions_as_those_that_exist() -> None:
    """A topic that a new version brings must not differ from an installation that was made with another number."""
    existing = {
        HERE.name(topic): found(topic, partitions=16)
        for topic in TOPICS
        if topic.co_partitioned and topic.topic != names.FORWARDED
    }
    plan = {new.name: new for new in plan_creation(TOPICS, Cluster(3, existing), HERE)}
    assert plan["here.compliance.forwarded"].num_partitions == 16


def test_plans_nothing_when_all_is_there() -> None:
    """A second `create` makes nothing."""
    assert plan_creation(TOPICS, cluster(), HERE) == []


def test_refuses_another_number_than_exists() -> None:
    """Asking for another number than the topics have is refused before anything is made."""
    with pytest.raises(TopicsError, match=r"have 4 partitions, and 16 are asked for\. Set COMPLIANCE_PARTITIONS=4"):
        plan_creation(TOPICS, cluster({names.FORWARDED: None}), Installation("", "here.", 16))


def test_refuses_to_add_to_topics_that_do_not_go_together() -> None:
    """Unequal topics are named, and nothing is made beside them."""
    odd = cluster({names.INBOUND: found(BY_NAME[names.INBOUND], partitions=3), names.FORWARDED: None})
    with pytest.raises(TopicsError, match=r"here\.messaging\.inbound: it has 3 partitions, .* have 4.*Don't add"):
        plan_creation(TOPICS, odd, HERE)


# ── comparing ──


@pytest.mark.parametrize("brokers", [3, 4])
def test_finds_no_difference_when_there_is_none(brokers: int) -> None:
    """Topics as described give no line, however many brokers there are beyond the copies."""
    assert lines(cluster(brokers=brokers)) == []


def test_a_missing_topic_is_an_error() -> None:
    """A topic that the worker needs must exist; the remedy is the command that makes it."""
    assert lines(cluster({names.CONSENT: None})) == [
        "error: here.compliance.consent: the topic does not exist. Run `compliance topics create`."
    ]


def test_a_missing_planned_topic_is_a_warning() -> None:
    """What no process uses yet does not keep a worker from starting."""
    assert [line[:8] for line in lines(cluster({"compliance.cases": None}))] == ["warning:"]


def test_the_topic_that_differs_from_most_is_named() -> None:
    """Of unequal numbers the rare one is the error, also when it is the described one."""
    others = {
        topic.topic: found(topic, partitions=6)
        for topic in TOPICS
        if topic.co_partitioned and topic.topic != names.CONSENT
    }
    errors = [line for line in lines(cluster(others)) if line.startswith("error")]
    assert len(errors) == 1
    assert errors[0].startswith("error: here.compliance.consent: it has 4 partitions, and the other topics")


def test_another_common_number_is_one_warning() -> None:
    """Equal numbers that are other than described work; one line says how to say that they are meant."""
    others = {topic.topic: found(topic, partitions=6) for topic in TOPICS if topic.co_partitioned}
    (line,) = lines(cluster(others))
    assert line.startswith("warning: topics about a person: they have 6 partitions in place of 4. Set COMPLIANCE_PART")
    assert lines(cluster(others), Installation("", "here.", 6)) == []


@pytest.mark.parametrize(
    ("topic", "option", "value", "severity"),
    [
        (names.CONSENT, "cleanup.policy", "compact", "error"),
        (changelog_of("recipients"), "cleanup.policy", "delete", "error"),
        (names.CONSENT, "retention.ms", "604800000", "error"),
        (names.CONSENT, "retention.bytes", "1000000", "error"),
        (names.OUTBOUND, "retention.ms", "3600000", "warning"),
        (names.VERDICTS, "max.message.bytes", "500000", "error"),
        (names.VERDICTS, "max.message.bytes", "2000000", "warning"),
        (names.SIGNALS, "segment.bytes", "1073741824", "warning"),
    ],
)
def test_what_loses_records_is_an_error(topic: str, option: str, value: str, severity: str) -> None:
    """Other settings are warnings, unless needed records would be lost or a worker could not write."""
    there = BY_NAME[topic]
    (line,) = lines(cluster({topic: found(there, configuration=there.configuration | {option: value})}))
    assert line.startswith(f"{severity}: here.{topic}: {option} is {value} in place of ")
    assert line.endswith(f"Set it with kafka-configs --alter --add-config {option}={there.configuration[option]}.")


@pytest.mark.parametrize(
    ("copies", "in_sync", "severity", "follows"),
    [
        (3, "1", "warning", "an acknowledged record may be lost"),
        (3, "2", None, ""),
        (3, "3", "warning", "nothing can be written while a broker is away"),
        (3, "4", "error", "nothing can be written."),
        (2, "2", "warning", "nothing can be written while a broker is away"),
        (1, "1", None, ""),
        (1, "2", "error", "nothing can be written."),
    ],
)
def test_compares_acknowledgements_with_copies(copies: int, in_sync: str, severity: str | None, follows: str) -> None:
    """min.insync.replicas must be fewer than the copies, and more than one where that is possible."""
    there = BY_NAME[names.CONSENT]
    configuration = there.configuration | {"min.insync.replicas": in_sync}
    changed = cluster({names.CONSENT: found(there, copies=copies, configuration=configuration)}, copies)
    about = [line for line in lines(changed) if "compliance.consent: min.insync" in line]
    assert [line.split(":")[0] for line in about] == ([severity] if severity else [])
    assert all(follows in line for line in about)


def test_fewer_brokers_than_copies_is_one_warning() -> None:
    """A development broker is told about once, and not for each topic."""
    single = {
        HERE.name(topic): found(topic, copies=1, configuration=topic.configuration | {"min.insync.replicas": "1"})
        for topic in TOPICS
    }
    (line,) = lines(Cluster(1, single))
    assert line.startswith("warning: brokers: 1 broker(s), so topics can't have the 3 copies")


def test_fewer_copies_than_could_be_is_a_warning() -> None:
    """Where there are brokers enough, a topic with fewer copies is told about."""
    (line,) = lines(cluster({names.CONSENT: found(BY_NAME[names.CONSENT], copies=2)}))[:1]
    assert line.startswith("warning: here.compliance.consent: it has 2 copies in place of 3. Add copies")


def test_more_partitions_of_a_global_topic_are_a_warning() -> None:
    """Workers read all partitions of a global topic, so this works."""
    (line,) = lines(cluster({names.WORKSPACES: found(BY_NAME[names.WORKSPACES], partitions=3)}))
    assert line.startswith("warning: here.platform.workspaces: it has 3 partitions in place of 1")


def test_an_installation_without_topics_about_a_person_compares() -> None:
    """Also a cluster without any topic gives a line for each, and no other error."""
    differences = missing_and_unequal(TOPICS, Cluster(3, {}), HERE)
    assert len(differences) == len(TOPICS)


def test_writes_configuration_as_kafka_does() -> None:
    """Truth values are small words, retention is in milliseconds, -1 is for ever."""
    topic = replace(BY_NAME[names.CONSENT], retention_hours=1, config={"a": True, "b": 0.5, "c": 3})
    expected = {"cleanup.policy": "delete", "retention.ms": "3600000", "a": "true", "b": "0.5", "c": "3"}
    assert topic.configuration == expected
    assert replace(topic, retention_hours=-1).configuration["retention.ms"] == "-1"


# ── without a broker ──


@pytest.fixture
def no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take away the settings that this shell may have, and give aiokafka its voice back after the test."""
    for name in ("KAFKA_BOOTSTRAP_SERVERS", "COMPLIANCE_TOPIC_PREFIX", "COMPLIANCE_PARTITIONS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(logging.getLogger("aiokafka"), "level", logging.NOTSET)


@pytest.mark.usefixtures("no_settings")
@pytest.mark.parametrize("verb", ["create", "check"])
def test_says_what_to_do_when_no_broker_answers(verb: str) -> None:
    """Without a broker a command ends with 1 and a remedy, without a traceback."""
    answer = CliRunner().invoke(command, [verb, "--bootstrap-servers", f"127.0.0.1:{free_port()}"])
    assert answer.exit_code == 1
    assert "can't be reached. Start it, or set KAFKA_BOOTSTRAP_SERVERS" in answer.output
    assert "Traceback" not in answer.output


@pytest.mark.usefixtures("no_settings")
def test_refuses_an_address_without_a_port_number() -> None:
    """A bootstrap address that can't be one is named."""
    answer = CliRunner().invoke(command, ["check", "--bootstrap-servers", "kafka:port"])
    assert (answer.exit_code, answer.output) == (
        1,
        "Error: KAFKA_BOOTSTRAP_SERVERS is 'kafka:port'. Give host:port, comma separated.\n",
    )


@pytest.mark.usefixtures("no_settings")
def test_names_a_misspelt_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    """A setting that does not exist is refused before any broker is asked."""
    monkeypatch.setenv("COMPLIANCE_PARTITION", "4")
    answer = CliRunner().invoke(command, ["create"])
    assert answer.exit_code == 1
    assert "unknown settings: COMPLIANCE_PARTITION;" in answer.output


async def refuse(address: str) -> str:
    """Give what a worker is told that wants to start with brokers at this address."""
    with pytest.raises(TopicsError) as refused:
        await require_topics(address, "", {"request_timeout_ms": 300})
    return str(refused.value)


@pytest.mark.parametrize("occupy", [lambda _: None, lambda listener: listener.listen()], ids=["closed", "silent"])
async def test_a_worker_is_told_when_no_broker_answers(occupy: Callable[[socket.socket], None]) -> None:
    """A closed port and a listener that says nothing both end in bounded time, with the remedy."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        occupy(listener)
        address = f"127.0.0.1:{listener.getsockname()[1]}"
        told = await asyncio.wait_for(refuse(address), 5)
    assert told.startswith(f"Kafka at {address} can't be reached. Start it")
