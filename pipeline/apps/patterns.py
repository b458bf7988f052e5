"""`compliance patterns`: the pattern plane, which puts together what all workers saw, as a process."""

import asyncio
import logging
import signal
import sys
from typing import TYPE_CHECKING, Final

from pipeline.apps.packaged import read_policy_file
from pipeline.apps.policy_feed import follow_policies
from pipeline.apps.settings import Environment, SettingsError, kafka_settings
from pipeline.apps.topics import TopicsError, require_topics
from pipeline.topologies.names import OBSERVATIONS, PATTERNS_CHANGELOG

if TYPE_CHECKING:
    from pipeline.apps.pattern_app import PatternApp
    from pipeline.engine.kafka import KafkaSettings

log = logging.getLogger("compliance.patterns")

MISSING: Final = (
    "The pattern plane needs faust-streaming, which is not installed. Run: pip install 'message-compliance[patterns]'"
)
STOP_SECONDS_MAX: Final = 10.0
"""How long faust may take to write what it holds back and leave its group; about a second when all is well."""


async def run_patterns(environment: Environment) -> None:
    """Work until SIGTERM or SIGINT.

    :raises SettingsError, PolicyError, TopicsError: the operator can mend it; the text says how
    """
    settings = kafka_settings(environment)
    policy = read_policy_file(environment.path("COMPLIANCE_POLICY_FILE"))
    port = int(environment.number("COMPLIANCE_PATTERNS_PORT", 0, 65_535))
    try:
        from pipeline.apps.pattern_app import PatternApp
    except ModuleNotFoundError as error:
        if error.name not in ("faust", "mode"):
            raise
        raise SettingsError(MISSING) from None
    await require_topics(settings.bootstrap_servers, settings.prefix, settings.client)
    partitions = await _count_partitions(settings)
    bind = environment.text("COMPLIANCE_PATTERNS_BIND")
    patterns = PatternApp(settings, policy.document.patterns, partitions, bind, port)
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    if port:
        log.info("numbers of a subject: http://%s:%d/subjects/<name>", bind, port)
    following = asyncio.create_task(follow_policies(settings, policy, patterns.use_policy))
    following.add_done_callback(lambda _: stopping.set())
    try:
        await _until_stopped(patterns, stopping)
    finally:
        if following.done():
            following.result()
        following.cancel()
        await asyncio.gather(following, return_exceptions=True)


async def _count_partitions(settings: "KafkaSettings") -> int:
    """Count the partitions of the observations.

    :raises TopicsError: the changelog of what is made of them has another number
    """
    from aiokafka.admin import AIOKafkaAdminClient

    names = [settings.topic(OBSERVATIONS), settings.topic(PATTERNS_CHANGELOG)]
    admin = AIOKafkaAdminClient(bootstrap_servers=settings.bootstrap_servers, **settings.client)
    await admin.start()
    try:
        found = {entry["topic"]: len(entry["partitions"]) for entry in await admin.describe_topics(names)}
    finally:
        await admin.close()
    if found[names[0]] != found[names[1]]:
        message = (
            f"{names[0]} has {found[names[0]]} partitions and {names[1]} {found[names[1]]}; both need the same number. "
            "Delete the second, which follows from the first within a day, and create it with as many."
        )
        raise TopicsError(message)
    return found[names[0]]


async def _until_stopped(patterns: "PatternApp", stopping: asyncio.Event) -> None:
    """Run the app until it is to stop, or crashes.

    :raises BaseException: what it crashed with
    """
    running = asyncio.create_task(_run(patterns))
    stop = asyncio.create_task(stopping.wait())
    await asyncio.wait([running, stop], return_when=asyncio.FIRST_COMPLETED)
    stop.cancel()
    crash = patterns.app.crash_reason
    try:
        async with asyncio.timeout(STOP_SECONDS_MAX):
            await patterns.app.stop()
    finally:
        running.cancel()
        if crash is not None:
            raise crash
    if running.done() and not running.cancelled():
        running.result()
    log.info("stopped; what was taken is merged, told and kept")


async def _run(patterns: "PatternApp") -> None:
    await patterns.app.start()
    await patterns.app.wait()


def main(environment: Environment) -> int:
    """Run the pattern plane; gives the exit code: 0 after a signal, 1 when it could not go on."""
    from pipeline.apps.worker import is_bug, leaves, loop_factory

    logging.basicConfig(
        level=environment.text("COMPLIANCE_LOG_LEVEL"),
        format="%(asctime)s %(levelname)s %(name)s %(message)s",
        stream=sys.stderr,
    )
    for name in ("aiokafka", "faust", "mode", "pipeline.apps.pattern_app"):
        logging.getLogger(name).setLevel(logging.ERROR)
    failed = 0
    try:
        with asyncio.Runner(loop_factory=loop_factory()) as runner:
            runner.run(run_patterns(environment))
    except* Exception as group:
        failed = 1
        for error in leaves(group):
            log.error(  # noqa: TRY400 - an operator's error needs no traceback, a bug gets its own
                "%s: %s", type(error).__name__, error, exc_info=error if is_bug(error) else None
            )
    return failed
