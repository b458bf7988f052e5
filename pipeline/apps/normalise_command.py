"""`compliance normalise`: providers' own payloads to our events, line by line."""

import sys
from collections.abc import Iterable
from typing import IO, Any

import click
import msgspec

from pipeline.providers.normalise import normalise as normalise_payload

LINE_CHARACTERS_MAX = 4_000_000
"""Meta's largest webhook body is 3 MB."""


class Line(msgspec.Struct, frozen=True):
    """One payload to read; `id` comes back as it was given."""

    provider: str
    content_type: str
    payload: Any
    id: str | int | None = None


_decode = msgspec.json.Decoder(Line).decode
_decode_id = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_encode = msgspec.json.Encoder().encode


def answer_line(text: str, number: int) -> tuple[dict[str, Any], bool]:
    """Answer one line, and tell whether it could be read; the answer to one that could not names no value of it.

    :param number: of the line, from 1; stands for the id of a line that gives none
    """
    try:
        if len(text) > LINE_CHARACTERS_MAX:
            return {"id": number, "error": "the line is too long"}, False
        line = _decode(text.encode("utf-8", "surrogatepass"))
    except RecursionError:
        return {"id": number, "error": "the line nests too deeply"}, False
    except (msgspec.DecodeError, UnicodeError) as error:
        return {"id": _id_in(text, number), "error": _plain(error)}, False
    answer = normalise_payload(line.provider, line.content_type, line.payload)
    answered: dict[str, Any] = {"id": line.id if line.id is not None else number, "kind": answer.kind}
    answered["events"] = answer.events
    if answer.reason is not None:
        answered["reason"] = answer.reason
    return answered, True


def _id_in(text: str, number: int) -> str | int:
    """Find the id of a line that can't be used otherwise."""
    try:
        return msgspec.json.decode(_decode_id(text.encode())["id"], type=str | int)
    except (msgspec.DecodeError, UnicodeError, RecursionError, KeyError):
        return number


def _plain(error: Exception) -> str:
    """Word an error; msgspec quotes only names of fields and types, unless a text is no UTF-8."""
    return "the line is not UTF-8" if isinstance(error, UnicodeError) else str(error).splitlines()[0][:200]


def run_normalise(lines: Iterable[str], out: IO[str], progress: IO[str] | None = None) -> int:
    """Answer every line that is not blank, in order, as it comes; gives 1 when one could not be read, else 0."""
    failed = 0
    number = 0
    for number, text in enumerate(lines, start=1):
        if not text.strip():
            continue
        answered, could_be_read = answer_line(text, number)
        failed |= not could_be_read
        out.write(_encode(answered).decode() + "\n")
        if progress is not None and number % 10_000 == 0:
            progress.write(f"\r{number:,} lines")
    if progress is not None and number:
        progress.write(f"\r{number:,} lines\n")
    return failed


@click.command()
@click.argument("file", type=click.File("r", encoding="utf-8", errors="surrogateescape"), default="-")
def normalise(file: IO[str]) -> None:
    """Turn providers' own payloads in a FILE (or stdin) into events.

    Each line is {"id", "provider", "content_type", "payload"}; content_type is json, form, query, xml or smpp. Each is
    answered {"id", "kind", "events"}; an event has topic and value, and in `missing` what its publisher must still add.
    What nothing can be made of has the kind `rejected` and a `reason`. A line that can't be read is answered
    {"id", "error"}, and the exit code is 1.
    """
    is_seen = sys.stderr.isatty() and not sys.stdout.isatty()
    sys.exit(run_normalise(file, sys.stdout, sys.stderr if is_seen else None))
