"""`compliance topics`: make the topics that `schemas/topics/*.yaml` describes, and compare what is there."""

import asyncio
import logging
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from pipeline.apps.packaged import topics_directory

if TYPE_CHECKING:
    from pipeline.apps.topics import Installation

_Command = TypeVar("_Command", bound=Callable[..., None])


@click.group()
def topics() -> None:
    """Make the topics that schemas/topics/*.yaml describes, and check them."""
    logging.getLogger("aiokafka").setLevel(logging.ERROR)  # it names the cause when no broker can be reached


def _with_installation(command: _Command) -> _Command:
    """Add the options that say which brokers and which topics."""
    for option in (
        click.option(
            "--directory",
            type=click.Path(exists=True, file_okay=False, path_type=Path),
            help="Folder of topic descriptions; the packaged one if not given.",
        ),
        click.option(
            "--partitions",
            type=click.IntRange(1, 10_000),
            envvar="COMPLIANCE_PARTITIONS",
            show_envvar=True,
            help="Of each topic about a person; as described if not given.",
        ),
        click.option("--prefix", envvar="COMPLIANCE_TOPIC_PREFIX", show_envvar=True, help="In front of every name."),
        click.option(
            "--bootstrap-servers",
            envvar="KAFKA_BOOTSTRAP_SERVERS",
            show_envvar=True,
            help="Brokers to begin with, comma separated; 127.0.0.1:9092 if not given.",
        ),
    ):
        command = option(command)
    return command


@topics.command()
@_with_installation
def create(bootstrap_servers: str | None, prefix: str | None, partitions: int | None, directory: Path | None) -> None:
    """Make the topics that do not exist yet; may be repeated.

    Topics that exist are left as they are and compared. Prints a line for each topic and one for each difference;
    the exit code is 1 when a worker could not start on them.
    """
    from pipeline.apps.topics import create_topics, read_topics

    with _plain_errors():
        installation = _installation(bootstrap_servers, prefix, partitions)
        creation = asyncio.run(create_topics(read_topics(directory or topics_directory()), installation))
    for line in creation.lines:
        click.echo(line)
    for difference in creation.differences:
        click.echo(difference, err=True)
    sys.exit(0 if creation.is_right else 1)


@topics.command()
@_with_installation
def check(bootstrap_servers: str | None, prefix: str | None, partitions: int | None, directory: Path | None) -> None:
    """Compare the topics on the brokers with their descriptions.

    Prints a line with the remedy for each difference; the exit code is 1 when one of them is an error.
    """
    from pipeline.apps.topics import check_topics, read_topics

    with _plain_errors():
        installation = _installation(bootstrap_servers, prefix, partitions)
        described = read_topics(directory or topics_directory())
        differences = asyncio.run(check_topics(described, installation))
    for difference in differences:
        click.echo(difference)
    errors = sum(difference.is_error for difference in differences)
    click.echo(f"{len(described)} topics described, {errors} errors, {len(differences) - errors} warnings")
    sys.exit(1 if errors else 0)


@contextmanager
def _plain_errors() -> Iterator[None]:
    """Tell the operator what to mend, without a traceback, and exit with 1."""
    from pipeline.apps.settings import SettingsError
    from pipeline.apps.topics import TopicsError

    try:
        yield
    except (SettingsError, TopicsError) as error:
        raise click.ClickException(str(error)) from error


def _installation(bootstrap_servers: str | None, prefix: str | None, partitions: int | None) -> "Installation":
    """Take the settings of this process, and what the command line says in place of them."""
    from pipeline.apps.settings import Environment, client_options, read_environment
    from pipeline.apps.topics import Installation

    given = {"KAFKA_BOOTSTRAP_SERVERS": bootstrap_servers, "COMPLIANCE_TOPIC_PREFIX": prefix}
    told = {name: value for name, value in given.items() if value is not None}
    environment = Environment({**read_environment().values, **told})
    return Installation(
        bootstrap_servers=environment.text("KAFKA_BOOTSTRAP_SERVERS"),
        prefix=environment.text("COMPLIANCE_TOPIC_PREFIX"),
        partitions=partitions,
        client=client_options(environment),
    )
