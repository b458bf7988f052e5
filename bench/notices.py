"""What the content clauses make of the made-up wordings in bench/wordings: notices that none may flag, and frauds.

    python bench/notices.py [--errors]

Notices come from a workspace whose domains are those in the text, frauds from one of another domain; then both from
workspaces without domains on record. Counted by language, in percent of the messages. `--errors` prints each pattern of
a notice that was flagged or worse, with the reasons.
"""

import argparse
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from pipeline.apps.content_inspector import ContentInspector
from pipeline.apps.lexicon_store import packaged_reader
from pipeline.apps.model_rows import read_all_wordings
from pipeline.apps.model_wordings import Wording
from pipeline.apps.packaged import read_policy_file
from pipeline.domain.outcomes import Outcome
from pipeline.reading.links import find_links

OTHER_DOMAIN = "sunnybakery.example"
COUNTED = (Outcome.FLAG, Outcome.HOLD, Outcome.BLOCK)


def own_domains(text: str) -> tuple[str, ...]:
    """List the domains that a text links to."""
    return tuple({link.registered_domain or link.host for link in find_links(text) if link.host})


def domains_of(wording: Wording, *, is_known: bool) -> tuple[str, ...] | None:
    """Give the domains of the workspace that sends it."""
    if not is_known:
        return None
    return (OTHER_DOMAIN,) if wording.is_fraud else own_domains(wording.text)


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--errors", action="store_true", help="print the patterns of notices that were flagged")
    arguments = parser.parse_args()
    wordings = read_all_wordings(Path(__file__).resolve().parent / "wordings")
    inspector = ContentInspector(packaged_reader(), read_policy_file(None))
    for is_known in (True, False):
        counts: dict[tuple[str, bool], Counter[Outcome]] = {}
        errors: dict[str, Any] = {}
        for each in wordings:
            found = inspector.inspect(each.text, domains_of(each, is_known=is_known))
            counts.setdefault((each.language, each.is_fraud), Counter())[found.outcome] += 1
            if not each.is_fraud and found.outcome is not Outcome.ALLOW:
                hits = ", ".join(hit.id for hit in found.reading.hits)
                errors.setdefault(each.pattern, [found.outcome.value, *(one.rule_id for one in found.findings), hits])
        sys.stdout.write(f"\n{'with' if is_known else 'without'} domains on record: flag+ hold+ block, percent\n")
        for (language, is_fraud), found_outcomes in sorted(counts.items(), key=lambda each: (each[0][1], each[0][0])):
            sys.stdout.write(f"{language} {'frauds ' if is_fraud else 'notices'} {shares(found_outcomes)}\n")
        if arguments.errors:
            sys.stdout.writelines(f"{pattern} | {' | '.join(why)}\n" for pattern, why in errors.items())


def shares(counts: Counter[Outcome]) -> str:
    """Give the shares of what is at least flagged, held and blocked."""

    def at_least(least: Outcome, given: Iterable[tuple[Outcome, int]]) -> int:
        return sum(count for outcome, count in given if outcome >= least)

    return " ".join(f"{100 * at_least(least, counts.items()) / counts.total():6.1f}" for least in COUNTED)


if __name__ == "__main__":
    main()
