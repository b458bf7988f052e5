"""The rule `harassment`: patterns of clause 5.4 decide, whatever their words are."""

from pipeline.rules.harassment import RULE
from tests.unit.rules.wordings import WordingLaws


class TestHarassment(WordingLaws):
    """What every rule on a clause's patterns does."""

    rule = RULE
    code = "harassment"
    category = "debt_abuse"
    others = "threats"
    others_clause = "4.4"
