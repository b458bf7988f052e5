"""Honest notices of businesses, made up in 18 languages: what the content rules may not do to them."""

from pathlib import Path

import pytest

from pipeline.apps.content_inspector import ContentInspector
from pipeline.apps.lexicon_store import packaged_reader
from pipeline.apps.model_rows import read_all_wordings
from pipeline.apps.packaged import read_policy_file
from pipeline.domain.outcomes import Outcome
from pipeline.reading.links import find_links

NOTICES = [each for each in read_all_wordings(Path(__file__).parents[3] / "bench" / "wordings") if not each.is_fraud]
INSPECTOR = ContentInspector(packaged_reader(), read_policy_file(None))


def own_domains(text: str) -> tuple[str, ...]:
    """List the domains that a text links to."""
    return tuple({link.registered_domain or link.host for link in find_links(text) if link.host})


@pytest.mark.parametrize("language", sorted({each.language for each in NOTICES}))
def test_none_is_blocked_or_flagged_by_the_model(language: str) -> None:
    """Workspaces have their domains on record. `bench/notices.py --errors` lists what patterns flag."""
    found = [
        (each.pattern, INSPECTOR.inspect(each.text, own_domains(each.text)))
        for each in NOTICES
        if each.language == language
    ]
    assert [pattern for pattern, inspected in found if inspected.outcome is Outcome.BLOCK] == []
    assert [
        pattern for pattern, inspected in found if any(each.code == "fraud_alike" for each in inspected.findings)
    ] == []
