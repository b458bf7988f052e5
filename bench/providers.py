"""How well providers' payloads are recognised: per provider and per kind, on a directory of collected payloads.

Run `python bench/providers.py DIRECTORY [--wrong]`; the directory holds `*.jsonl` or `*.jsonl.gz` with the fields
`provider`, `kind`, `content_type`, `payload` and, of negative cases, `expect` = `reject`. The kind is compared, never
given. `--wrong` lists what was not recognised, by id; texts and numbers are not printed.
"""

import argparse
import gzip
import json
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pipeline.providers.normalise import normalise


def say(*parts: object) -> None:
    """Print a line."""
    sys.stdout.write(" ".join(map(str, parts)) + "\n")


def rows_in(directory: Path) -> Iterator[dict[str, Any]]:
    """Give all rows of all files."""
    for path in sorted(directory.iterdir()):
        if path.name.endswith((".jsonl", ".jsonl.gz")):
            text = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
            yield from map(json.loads, text.decode().splitlines())


def table(title: str, right: Counter[str], all_of: Counter[str]) -> None:
    """Print shares, the worst first."""
    say(f"\n{title:24} right   of  share")
    for name in sorted(all_of, key=lambda each: (right[each] / all_of[each], each)):
        say(f"{name:24} {right[name]:5} {all_of[name]:4} {right[name] / all_of[name]:6.1%}")


def main() -> None:
    """Measure."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("directory", type=Path)
    arguments.add_argument("--wrong", action="store_true")
    given = arguments.parse_args()
    right: dict[str, Counter[str]] = {"provider": Counter(), "kind": Counter()}
    all_of: dict[str, Counter[str]] = {"provider": Counter(), "kind": Counter()}
    seconds, count = 0.0, 0
    for row in rows_in(given.directory):
        begun = time.perf_counter()
        answer = normalise(row["provider"], row["content_type"], row["payload"])
        seconds += time.perf_counter() - begun
        count += 1
        # A negative case whose kind is right counts: what makes it one may lie outside the payload (in an account).
        wanted = "rejected" if row.get("expect") == "reject" and answer.kind != row["kind"] else row["kind"]
        for group, name in (("provider", row["provider"]), ("kind", wanted)):
            all_of[group][name] += 1
            right[group][name] += answer.kind == wanted
        if given.wrong and answer.kind != wanted:
            reason = answer.reason or ""
            say(row["id"], row["provider"], row["content_type"], f"{wanted} -> {answer.kind} {reason}", row["subkind"])
    if not count:
        sys.exit("no rows")
    table("provider", right["provider"], all_of["provider"])
    table("kind", right["kind"], all_of["kind"])
    total = sum(right["kind"].values())
    say(f"\n{total} of {count} right ({total / count:.1%}), {seconds / count * 1e6:.0f} us each")


if __name__ == "__main__":
    main()
