"""The rule `harm`: patterns of clause 4.4 decide, whatever their words are."""

from pipeline.rules.harm import RULE
from pipeline.testing.readers import build_hit
from tests.unit.rules.wordings import WordingLaws


class TestHarm(WordingLaws):
    """What every rule on a clause's patterns does, and concern for somebody in danger."""

    rule = RULE
    code = "harm"
    category = "threats"
    others = "drugs"
    others_clause = "4.1"

    def test_flags_concern_and_delivers(self) -> None:
        """Somebody in danger from themselves is not silenced, and a human is told."""
        assert self.found_by(build_hit("self_harm.concern", "4.4", "certain")) == ("flag", "4.4", "self_harm_concern")

    def test_blocks_encouragement_beside_concern(self) -> None:
        """Concern does not cover what is forbidden."""
        hits = (build_hit("self_harm.concern", "4.4", "strong"), build_hit("self_harm", "4.4", "severe"))
        assert self.found_by(*hits) == ("block", "4.4", "harm")
