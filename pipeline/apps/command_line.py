"""The command `compliance`. Each subcommand imports what it needs when it runs, so that all start quickly."""

import sys
from pathlib import Path
from typing import IO

import click

from pipeline.apps.settings import SETTINGS, read_environment


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(package_name="message-compliance")
def main() -> None:
    """Give every outbound message one verdict against the acceptable use policy.

    Start with `compliance demo`. Settings come from the environment (KAFKA_BOOTSTRAP_SERVERS, COMPLIANCE_*);
    `compliance worker --help` lists them.
    """


@main.command()
@click.argument("file", type=click.File("r", encoding="utf-8", errors="surrogateescape"), default="-")
@click.option("--policy", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="A policy to try.")
@click.option("--partitions", default=1, show_default=True, help="As many as the topics had, to repeat a recording.")
@click.option("--drain", is_flag=True, help="After the last event, go on until no deferred message is left.")
def inspect(file: IO[str], policy: Path | None, partitions: int, *, drain: bool) -> None:
    """Judge a FILE (or stdin) of events and print what comes out; no broker.

    Each line is {"at"?, "topic", "value"}; `at` sets the clock. What comes out has the same shape: verdicts,
    revocations, dead letters. A line that can't be read is answered {"id", "error"}, and the exit code is 1.
    """
    from pipeline.apps.inspect_events import run_inspection
    from pipeline.apps.packaged import read_policy_file

    sys.exit(run_inspection(file, sys.stdout, read_policy_file(policy), partitions, drain=drain))


@main.command()
def worker() -> None:
    """Judge messages from Kafka until stopped. Settings come from the environment; see below."""
    from pipeline.apps.worker import main as run

    sys.exit(run(read_environment()))


@main.command()
@click.option("--port", default=9092, show_default=True, help="Where to listen, on 127.0.0.1.")
@click.option("--data", type=click.Path(path_type=Path), default=Path("var/broker"), show_default=True)
def broker(port: int, data: Path) -> None:
    """Run a real Apache Kafka for development, in the foreground: one node, no Docker, no Java to install."""
    from pipeline.apps.development_broker import run_in_foreground

    sys.exit(run_in_foreground(port, data))


if __name__ == "__main__":
    main()
