"""The command `compliance`. Each subcommand imports what it needs when it runs, so that all start quickly."""

import importlib
import sys
from pathlib import Path
from typing import IO, Any, ClassVar, cast

import click

from pipeline.apps.settings import SETTINGS, SettingsError, current_environment, read_environment


class _Lazy(click.Group):
    """A group whose further commands are imported when they are called for."""

    ELSEWHERE: ClassVar = {
        "topics": "pipeline.apps.topics_command:topics",
        "lists": "pipeline.apps.lists_command:lists",
        "consent": "pipeline.apps.consent_command:consent",
        "clauses": "pipeline.apps.clauses:clauses",
        "new-rule": "pipeline.apps.new_rule:new_rule",
        "bench": "pipeline.apps.bench:bench",
        "inspect-content": "pipeline.apps.inspect_content_command:inspect_content",
        "classify-replies": "pipeline.apps.classify_replies:classify_replies",
        "normalise": "pipeline.apps.normalise_command:normalise",
        "find-campaigns": "pipeline.apps.find_campaigns:find_campaigns",
    }

    def list_commands(self, ctx: click.Context) -> list[str]:
        """List all commands by name."""
        return sorted({*super().list_commands(ctx), *self.ELSEWHERE})

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401 - what click's own says
        """Run a command; a setting that can't be used ends it with a text instead of a traceback."""
        try:
            return super().invoke(ctx)
        except SettingsError as error:
            raise click.ClickException(str(error)) from error

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Find a command, importing it when it lies elsewhere."""
        if cmd_name not in self.ELSEWHERE:
            return super().get_command(ctx, cmd_name)
        module, _, name = self.ELSEWHERE[cmd_name].partition(":")
        command = getattr(importlib.import_module(module), name)
        return cast("click.Command", command)


@click.group(cls=_Lazy, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
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
@click.option("--recording", is_flag=True, help="FILE is what `compliance record` wrote: judge it again, to the byte.")
@click.option(
    "--lists", type=click.Path(exists=True, file_okay=False, path_type=Path), help="Suppression lists to use."
)
def inspect(  # noqa: PLR0913 - one for each option
    file: IO[str], policy: Path | None, partitions: int, lists: Path | None, *, drain: bool, recording: bool
) -> None:
    """Judge a FILE (or stdin) of events and print what comes out; no broker.

    Each line is {"at"?, "topic", "value"}; `at` sets the clock. What comes out has the same shape: verdicts,
    revocations, dead letters. A line that can't be read is answered {"id", "error"}, and the exit code is 1.
    """
    import asyncio

    from pipeline.apps.inspect_events import Inspection, inspect_lines
    from pipeline.apps.packaged import read_party_list, read_policy_file
    from pipeline.apps.suppression_files import ListDirectory, ListError
    from pipeline.domain.policies import PolicyError
    from pipeline.domain.sanctions import PartyListError
    from pipeline.domain.suppression_lists import NO_LISTS

    try:
        loaded = read_policy_file(policy)
        parties = read_party_list(current_environment().path("COMPLIANCE_SANCTIONS_LIST"))
    except (PolicyError, PartyListError) as error:
        raise click.ClickException(str(error)) from error
    if recording:
        from pipeline.apps.recording import print_judged_again

        sys.exit(print_judged_again(file, sys.stdout, loaded, partitions, parties))
    try:
        suppression = (ListDirectory(lists).changed() if lists else None) or NO_LISTS
    except ListError as error:
        raise click.ClickException(str(error)) from error
    inspection = Inspection(loaded, partitions, suppression, parties)
    sys.exit(asyncio.run(inspect_lines(file, sys.stdout, inspection, drain=drain)))


@main.command()
def record() -> None:
    """Print a recording of all that the workers have judged and that is still on the topics.

    `compliance inspect --recording --partitions N` judges it again and gives the same verdicts, byte for byte.
    """
    from pipeline.apps.recording import print_recording

    sys.exit(print_recording(read_environment(), sys.stdout))


@main.command(
    epilog="\b\nSettings (environment):\n" + "\n".join(f"  {s.name} [{s.default}]\n      {s.meaning}" for s in SETTINGS)
)
def worker() -> None:
    """Judge messages from Kafka until stopped by SIGTERM or SIGINT.

    Exit code 0: stopped, everything that was begun is committed. 1: it could not go on; the last lines say why.
    """
    from pipeline.apps.worker import main as run

    try:
        environment = read_environment()
    except SettingsError as error:
        raise click.ClickException(str(error)) from error
    sys.exit(run(environment))


@main.command(
    epilog="\b\nSettings (environment):\n" + "\n".join(f"  {s.name} [{s.default}]\n      {s.meaning}" for s in SETTINGS)
)
def patterns() -> None:
    """Put together what all workers saw of texts, senders, ranges ..., and tell them of bulk patterns, until stopped.

    Reads compliance.observations, writes compliance.signals. Several of these share the partitions; one is enough for
    some 1,000 observations a second, and while none runs workers act on their own counts alone, and say so. Needs
    faust-streaming: pip install 'message-compliance[patterns]'.

    http://127.0.0.1:6066/subjects/<name> shows the numbers of one subject, such as `workspace/<id>`,
    `sender/<type>:<id>`, `campaign/<min-hash key>`. Exit code 0: stopped by SIGTERM or SIGINT. 1: it could not go on.
    """
    from pipeline.apps.patterns import main as run

    sys.exit(run(read_environment()))


@main.command()
@click.option("--once", is_flag=True, help="End when the stream is judged.")
@click.option("--messages", type=click.IntRange(200), default=2_000, show_default=True, help="How many messages.")
@click.option("--rate", type=click.IntRange(1, 5_000), default=400, show_default=True, help="Messages a second.")
@click.option("--keep", is_flag=True, help="Keep the broker's data and the worker's state, and say where.")
def demo(messages: int, rate: int, *, once: bool, keep: bool) -> None:
    """See the whole at work: broker, topics, worker and a replayed stream of real messages."""
    from pipeline.apps.demo import run_demo

    sys.exit(run_demo(once=once, messages=messages, rate=rate, keep=keep))


@main.command()
@click.option("--port", default=9092, show_default=True, help="Where to listen, on 127.0.0.1.")
@click.option("--data", type=click.Path(path_type=Path), default=Path("var/broker"), show_default=True)
def broker(port: int, data: Path) -> None:
    """Run a real Apache Kafka for development, in the foreground: one node, no Docker, no Java to install."""
    from pipeline.apps.development_broker import run_in_foreground

    sys.exit(run_in_foreground(port, data))


if __name__ == "__main__":
    main()
