"""The topics as `schemas/topics/*.yaml` describes them: read, made on the brokers, and compared with what is there.

All topics about a person must have the same number of partitions, so that one worker owns a recipient's messages,
opt-outs and replies; a worker that starts with anything else would let an opt-out and a message race. Partitions are
never added to a topic that exists: keys would move, and the state about them would not.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Final, Literal

import msgspec
import yaml
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.conn import collect_hosts
from aiokafka.errors import KafkaConnectionError, KafkaError, TopicAlreadyExistsError, for_code
from msgspec import Meta, Struct
from yaml import CSafeLoader as _Loader

from pipeline.apps.packaged import topics_directory

ANSWER_SECONDS_MAX: Final = 30.0
"""How long making or comparing all topics may take; on one broker it takes about a second."""

REQUEST_SECONDS_MAX: Final = 10.0
"""How long one broker may take to answer."""

VISIBLE_SECONDS_MAX: Final = 10.0
"""How long a new topic may take until every broker knows it; milliseconds when all is well."""

HOUR_MILLISECONDS: Final = 3_600_000
FOREVER: Final = -1

Word = Annotated[str, Meta(min_length=1)]
Count = Annotated[int, Meta(ge=1)]


class TopicsError(Exception):
    """Topics that can't be used as they are, or brokers that do not answer; the text says who can mend it and how."""


class Key(Struct, frozen=True, forbid_unknown_fields=True):
    """What the key of a record names, and how it is written."""

    words: Word
    form: Word


class EventType(Struct, frozen=True, forbid_unknown_fields=True):
    """One type of event: its CloudEvents type, its schema file, its folder of examples, and which headers it has."""

    type: Word
    schema: Word
    examples: Word
    headers: Literal["cloudevents", "origin", "none"]


class Party(Struct, frozen=True, forbid_unknown_fields=True):
    """Who writes or reads a topic, and as which consumer group."""

    name: Word
    group: Word | None = None


class DataClass(Struct, frozen=True, forbid_unknown_fields=True):
    """Whether records hold personal data, and what they hold."""

    personal: bool
    holds: Word


class CrossReferences(Struct, frozen=True, forbid_unknown_fields=True):
    """Clauses that a topic serves, and topics to read about next."""

    clauses: tuple[Word, ...]
    topics: tuple[Word, ...]


Compatibility = Literal[
    "backward", "backward_transitive", "forward", "forward_transitive", "full", "full_transitive", "none"
]


class Topic(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One topic as its file describes it; `schemas/topics/messaging.outbound.yaml` shows every field."""

    topic: Word
    version: Count
    status: Literal["active", "planned"]
    owner: Word
    purpose: Word
    key: Key
    partitions: Count
    co_partitioned: bool
    replication_factor: Count
    cleanup: Literal["compact", "delete"]
    retention_hours: int | None = None
    config: dict[str, int | float | bool | str] = {}
    compatibility: Compatibility
    events: tuple[EventType, ...]
    producers: tuple[Party, ...]
    consumers: tuple[Party, ...]
    data: DataClass
    cross_references: CrossReferences

    def __post_init__(self) -> None:
        """Refuse what contradicts itself (msgspec turns this into an error that names the file)."""
        if (self.cleanup == "delete") != (self.retention_hours is not None):
            problem = "retention_hours belongs to cleanup: delete, and only there"
            raise ValueError(problem)
        if self.retention_hours is not None and self.retention_hours != FOREVER and self.retention_hours < 1:
            problem = "retention_hours must be at least 1, or -1 for ever"
            raise ValueError(problem)
        if {"cleanup.policy", "retention.ms"} & self.config.keys():
            problem = "config must not repeat cleanup and retention_hours"
            raise ValueError(problem)

    @property
    def configuration(self) -> dict[str, str]:
        """The topic's configuration as Kafka names and writes it."""
        told: dict[str, int | float | bool | str] = {"cleanup.policy": self.cleanup, **self.config}
        if self.retention_hours is not None:
            forever = self.retention_hours == FOREVER
            told["retention.ms"] = FOREVER if forever else self.retention_hours * HOUR_MILLISECONDS
        return {name: str(value).lower() if isinstance(value, bool) else str(value) for name, value in told.items()}


# ── reading the descriptions ──


def read_topics(directory: Path) -> tuple[Topic, ...]:
    """Read the description of every topic, sorted by name.

    :raises TopicsError: the folder or a file can't be used; the text names the file, the field and the remedy
    """
    paths = sorted(directory.glob("*.yaml"))
    if not paths:
        problem = f"{directory}: no topic is described here. Name the folder that holds messaging.outbound.yaml."
        raise TopicsError(problem)
    topics = tuple(sorted((_read_topic(path) for path in paths), key=lambda topic: topic.topic))
    counts = {topic.topic: topic.partitions for topic in topics if topic.co_partitioned}
    if len(set(counts.values())) > 1:
        problem = (
            f"{directory}: $.partitions differs between topics that are co_partitioned ({_listed(counts)}). "
            "Give all of them the same number."
        )
        raise TopicsError(problem)
    return topics


def _read_topic(path: Path) -> Topic:
    remedy = "Mend this field; messaging.outbound.yaml beside it shows all of them with their reasons."
    try:
        topic = msgspec.convert(yaml.load(path.read_text("utf-8"), _Loader), Topic)
    except (OSError, UnicodeError, yaml.YAMLError) as error:
        problem = f"{path}: $: {' '.join(str(error).split())}. Mend the file: it must be YAML in UTF-8."
        raise TopicsError(problem) from error
    except msgspec.ValidationError as error:
        said, _, place = str(error).partition(" - at `")
        problem = f"{path}: {place.rstrip('`') or '$'}: {said}. {remedy}"
        raise TopicsError(problem) from error
    if topic.topic != path.stem:
        problem = f"{path}: $.topic: it is {topic.topic}, and the file is named otherwise. Give both the same name."
        raise TopicsError(problem)
    return topic


def _listed(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name}: {count}" for name, count in sorted(counts.items()))


# ── what the brokers have ──


@dataclass(frozen=True)
class Installation:
    """Which brokers, under which names, with how many partitions for the topics about a person.

    `client` holds what a Kafka client needs besides (security), as aiokafka names it; `partitions` None: as many as
    the topics that exist have, else as many as the descriptions say.
    """

    bootstrap_servers: str
    prefix: str = ""
    partitions: int | None = None
    client: Mapping[str, Any] = field(default_factory=dict)

    def name(self, topic: Topic) -> str:
        """Give a topic's name in this installation."""
        return self.prefix + topic.topic


@dataclass(frozen=True)
class Found:
    """A topic as the brokers have it; `copies` is the smallest number of replicas of any partition."""

    partitions: int
    copies: int
    configuration: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Cluster:
    """What a look at the brokers showed: how many there are, and the topics by their name in this installation."""

    brokers: int
    topics: Mapping[str, Found]


@asynccontextmanager
async def _brokers(installation: Installation) -> AsyncIterator[AIOKafkaAdminClient]:
    """Connect to the brokers, for a bounded time; everything that can go wrong there becomes a `TopicsError`."""
    remedy = "Start it, or set KAFKA_BOOTSTRAP_SERVERS and the security settings to those of a broker that runs."
    try:
        collect_hosts(installation.bootstrap_servers)
    except ValueError as error:
        problem = f"KAFKA_BOOTSTRAP_SERVERS is {installation.bootstrap_servers!r}. Give host:port, comma separated."
        raise TopicsError(problem) from error
    options = {"request_timeout_ms": int(REQUEST_SECONDS_MAX * 1000), **installation.client}
    admin = AIOKafkaAdminClient(bootstrap_servers=installation.bootstrap_servers, **options)
    try:
        async with asyncio.timeout(ANSWER_SECONDS_MAX):
            await admin.start()
            yield admin
    except KafkaConnectionError as error:
        problem = f"Kafka at {installation.bootstrap_servers} can't be reached. {remedy}"
        raise TopicsError(problem) from error
    except (KafkaError, OSError, TimeoutError) as error:
        reason = str(error) or f"no answer within {ANSWER_SECONDS_MAX:g} s"
        problem = f"Kafka at {installation.bootstrap_servers} can't be used: {reason}. {remedy}"
        raise TopicsError(problem) from error
    finally:
        await admin.close()


async def _look(admin: AIOKafkaAdminClient, names: Sequence[str], *, with_configuration: bool) -> Cluster:
    """Look at the topics of these names. All topics are listed: asking for one by name makes it on some brokers."""
    brokers = len((await admin.describe_cluster())["brokers"])
    listed = {entry["topic"]: entry["partitions"] for entry in await admin.describe_topics()}
    present = [name for name in names if listed.get(name)]
    configurations = await _configurations(admin, present) if with_configuration and present else {}
    found = {
        name: Found(
            len(listed[name]),
            min(len(partition["replicas"]) for partition in listed[name]),
            configurations.get(name, {}),
        )
        for name in present
    }
    return Cluster(brokers, found)


async def _configurations(admin: AIOKafkaAdminClient, names: Sequence[str]) -> dict[str, dict[str, str]]:
    configurations = {}
    for answer in await admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, name) for name in names]):
        for error_code, error_message, _type, name, entries in answer.resources:
            if error_code:
                raise for_code(error_code)(error_message or f"configuration of {name}")
            configurations[name] = {entry[0]: entry[1] for entry in entries if entry[1] is not None}
    return configurations


# ── what differs ──


@dataclass(frozen=True)
class Difference:
    """What is other than described: where, how, and what to do about it. An error must be mended before work begins."""

    is_error: bool
    name: str
    text: str
    remedy: str

    def __str__(self) -> str:
        """Say it in one line."""
        return f"{'error' if self.is_error else 'warning'}: {self.name}: {self.text}. {self.remedy}"


CREATE_REMEDY: Final = "Run `compliance topics create`."
UNEQUAL_REMEDY: Final = (
    "Don't add partitions: keys would move away from their state. Delete the topic if nothing is in it yet and run "
    "`compliance topics create`, else create all topics anew under another COMPLIANCE_TOPIC_PREFIX."
)


def missing_and_unequal(topics: Sequence[Topic], cluster: Cluster, installation: Installation) -> list[Difference]:
    """List what keeps a worker from starting: topics that are missing, and unequal numbers of partitions."""
    differences = [
        Difference(topic.status == "active", installation.name(topic), "the topic does not exist", CREATE_REMEDY)
        for topic in topics
        if installation.name(topic) not in cluster.topics
    ]
    usual = _usual_partitions(topics, cluster, installation)
    for name, found in _co_partitioned(topics, cluster, installation).items():
        if found.partitions != usual:
            text = f"it has {found.partitions} partitions, and the other topics about a person have {usual}"
            differences.append(Difference(is_error=True, name=name, text=text, remedy=UNEQUAL_REMEDY))
    return differences


def _co_partitioned(topics: Sequence[Topic], cluster: Cluster, installation: Installation) -> dict[str, Found]:
    names = [installation.name(topic) for topic in topics if topic.co_partitioned]
    return {name: cluster.topics[name] for name in names if name in cluster.topics}


def _usual_partitions(topics: Sequence[Topic], cluster: Cluster, installation: Installation) -> int:
    """Say how many partitions most of the topics about a person have; as many as wanted when there are none."""
    counts = Counter(found.partitions for found in _co_partitioned(topics, cluster, installation).values())
    if not counts:
        described = max((topic.partitions for topic in topics if topic.co_partitioned), default=1)
        return installation.partitions or described
    return max(counts, key=lambda partitions: (counts[partitions], partitions))


def all_differences(topics: Sequence[Topic], cluster: Cluster, installation: Installation) -> list[Difference]:
    """List everything that is other than described, errors and warnings."""
    differences = missing_and_unequal(topics, cluster, installation)
    differences += _number_differences(topics, cluster, installation)
    wanted_copies = max(topic.replication_factor for topic in topics)
    if cluster.brokers < wanted_copies:
        text = f"{cluster.brokers} broker(s), so topics can't have the {wanted_copies} copies that are described"
        remedy = "Good enough for development; before real traffic add brokers and create the topics there."
        differences.append(Difference(is_error=False, name="brokers", text=text, remedy=remedy))
    for topic in topics:
        found = cluster.topics.get(installation.name(topic))
        if found is not None:
            name = installation.name(topic)
            differences += _global_differences(name, topic, found)
            differences += _copy_differences(name, topic, found, cluster.brokers)
            differences += _configuration_differences(name, topic, found)
    return differences


def _number_differences(topics: Sequence[Topic], cluster: Cluster, installation: Installation) -> list[Difference]:
    """Compare the number that the topics about a person have in common with the one that is wanted."""
    usual = _usual_partitions(topics, cluster, installation)
    wanted = installation.partitions or max(topic.partitions for topic in topics if topic.co_partitioned)
    if usual == wanted:
        return []
    text = f"they have {usual} partitions in place of {wanted}"
    remedy = f"Set COMPLIANCE_PARTITIONS={usual} to say that it is meant; partitions are never added later."
    return [Difference(is_error=False, name="topics about a person", text=text, remedy=remedy)]


def _global_differences(name: str, topic: Topic, found: Found) -> list[Difference]:
    if topic.co_partitioned or found.partitions == topic.partitions:
        return []
    text = f"it has {found.partitions} partitions in place of {topic.partitions}"
    remedy = "It works; create the topic anew when there is a reason to."
    return [Difference(is_error=False, name=name, text=text, remedy=remedy)]


def _copy_differences(name: str, topic: Topic, found: Found, brokers: int) -> list[Difference]:
    """Compare copies and how many of them must be there for a record to be acknowledged (min.insync.replicas)."""
    differences = []
    if found.copies < min(topic.replication_factor, brokers):
        text = f"it has {found.copies} copies in place of {topic.replication_factor}"
        remedy = "Add copies with kafka-reassign-partitions; an acknowledged record may be lost with a broker."
        differences.append(Difference(is_error=False, name=name, text=text, remedy=remedy))
    in_sync = int(found.configuration.get("min.insync.replicas", 1))
    wanted = _min_in_sync(topic, found.copies)
    if in_sync != wanted:
        if in_sync > found.copies:
            follows = "nothing can be written"
        elif in_sync > wanted:
            follows = "nothing can be written while a broker is away"
        else:
            follows = "an acknowledged record may be lost with a broker"
        text = f"min.insync.replicas is {in_sync} of {found.copies} copies, so {follows}"
        remedy = _alter("min.insync.replicas", wanted)
        differences.append(Difference(is_error=in_sync > found.copies, name=name, text=text, remedy=remedy))
    return differences


def _configuration_differences(name: str, topic: Topic, found: Found) -> list[Difference]:
    differences = []
    for option, wanted in topic.configuration.items():
        given = found.configuration.get(option)
        if option == "min.insync.replicas" or given is None or _is_same(given, wanted):
            continue
        text = f"{option} is {given} in place of {wanted}"
        is_error = _loses_records(option, given, wanted)
        differences.append(Difference(is_error=is_error, name=name, text=text, remedy=_alter(option, wanted)))
    return differences


def _is_same(given: str, wanted: str) -> bool:
    try:
        return float(given) == float(wanted)
    except ValueError:
        return given == wanted


def _loses_records(option: str, given: str, wanted: str) -> bool:
    """Tell whether a difference loses records that are needed, or keeps a worker from writing."""
    if option == "cleanup.policy":
        return True
    if option in ("retention.ms", "retention.bytes"):
        return int(wanted) == FOREVER
    return option == "max.message.bytes" and int(given) < int(wanted)


def _alter(option: str, value: object) -> str:
    return f"Set it with kafka-configs --alter --add-config {option}={value}."


# ── making them ──


@dataclass(frozen=True)
class Creation:
    """What came of making topics: a line for each, and what is other than described."""

    lines: tuple[str, ...]
    differences: tuple[Difference, ...]

    @property
    def is_right(self) -> bool:
        """Whether a worker may start."""
        return not any(difference.is_error for difference in self.differences)


def _min_in_sync(topic: Topic, copies: int) -> int:
    """As many copies as described must acknowledge, but never all of several: one broker may be away."""
    return min(int(topic.config.get("min.insync.replicas", 1)), max(1, copies - 1))


def plan_creation(topics: Sequence[Topic], cluster: Cluster, installation: Installation) -> list[NewTopic]:
    """Say which topics to make, and how.

    :raises TopicsError: what exists does not go together, or has another number of partitions than asked for
    """
    unequal = [
        difference
        for difference in missing_and_unequal(topics, cluster, installation)
        if difference.name in cluster.topics
    ]
    if unequal:
        raise TopicsError("\n".join(map(str, unequal)))
    usual = _usual_partitions(topics, cluster, installation)
    if installation.partitions not in (None, usual):
        problem = (
            f"The topics about a person have {usual} partitions, and {installation.partitions} are asked for. Set "
            f"COMPLIANCE_PARTITIONS={usual} or leave it unset, or choose another COMPLIANCE_TOPIC_PREFIX."
        )
        raise TopicsError(problem)
    return [
        _new_topic(topic, installation.name(topic), usual, cluster.brokers)
        for topic in topics
        if installation.name(topic) not in cluster.topics
    ]


def _new_topic(topic: Topic, name: str, usual_partitions: int, brokers: int) -> NewTopic:
    copies = min(topic.replication_factor, brokers)
    partitions = usual_partitions if topic.co_partitioned else topic.partitions
    configuration = {**topic.configuration, "min.insync.replicas": str(_min_in_sync(topic, copies))}
    return NewTopic(name, partitions, copies, topic_configs=configuration)


async def create_topics(topics: Sequence[Topic], installation: Installation) -> Creation:
    """Make the topics that do not exist, leave those that do, and compare all of them with their descriptions.

    :raises TopicsError: the brokers do not answer, refuse a topic, or have topics that do not go together; the
        operator can mend it. Topics that were made by then stay, and `create` can be repeated.
    """
    names = [installation.name(topic) for topic in topics]
    async with _brokers(installation) as admin:
        before = await _look(admin, names, with_configuration=False)
        new = plan_creation(topics, before, installation)
        made = await _make(admin, new)
        after = await _look_until_visible(admin, names)
    lines = [_line(topic, installation.name(topic), after, made) for topic in topics]
    return Creation(tuple(lines), tuple(all_differences(topics, after, installation)))


async def _make(admin: AIOKafkaAdminClient, new: Sequence[NewTopic]) -> set[str]:
    """Make topics; gives the names of those that somebody else has not made in the meantime."""
    if not new:
        return set()
    answer = await admin.create_topics(list(new))
    made, refused = set(), []
    for name, error_code, error_message in answer.topic_errors:
        if error_code == 0:
            made.add(name)
        elif error_code != TopicAlreadyExistsError.errno:
            refused.append(f"{name}: {error_message or for_code(error_code).__name__}")
    if refused:
        problem = (
            "The brokers refuse to make topics. Mend what they name (rights, the prefix, an option they do not know) "
            "and run `compliance topics create` again.\n" + "\n".join(refused)
        )
        raise TopicsError(problem)
    return made


async def _look_until_visible(admin: AIOKafkaAdminClient, names: Sequence[str]) -> Cluster:
    """Look at the topics once all are there: the broker that is asked may hear of a new one late."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + VISIBLE_SECONDS_MAX
    while True:
        cluster = await _look(admin, names, with_configuration=False)
        if len(cluster.topics) == len(names) or loop.time() > deadline:
            return await _look(admin, names, with_configuration=True)
        await asyncio.sleep(0.05)


def _line(topic: Topic, name: str, cluster: Cluster, made: set[str]) -> str:
    found = cluster.topics.get(name)
    if found is None:
        return f"missing  {name}"
    copies = f"copies {found.copies}"
    if found.copies < topic.replication_factor:
        copies += f" of {topic.replication_factor} (brokers: {cluster.brokers})"
    word = "created" if name in made else "exists "
    return f"{word}  {name}: partitions {found.partitions}, {copies}, {topic.cleanup}"


# ── comparing, and refusing to start ──


async def check_topics(topics: Sequence[Topic], installation: Installation) -> list[Difference]:
    """Compare the topics on the brokers with their descriptions.

    :raises TopicsError: the brokers do not answer; the operator can mend it
    """
    async with _brokers(installation) as admin:
        names = [installation.name(topic) for topic in topics]
        cluster = await _look(admin, names, with_configuration=True)
    return all_differences(topics, cluster, installation)


async def require_topics(bootstrap_servers: str, prefix: str = "", client: Mapping[str, Any] | None = None) -> None:
    """Let a worker start only on topics that exist and, where they are about a person, go together.

    :raises TopicsError: they do not, or the brokers do not answer; the text names each topic and the remedy
    """
    topics = read_topics(topics_directory())
    installation = Installation(bootstrap_servers, prefix, None, client or {})
    async with _brokers(installation) as admin:
        cluster = await _look(admin, [installation.name(topic) for topic in topics], with_configuration=False)
    errors = [problem for problem in missing_and_unequal(topics, cluster, installation) if problem.is_error]
    if errors:
        raise TopicsError("The topics can't be used:\n" + "\n".join(map(str, errors)))
