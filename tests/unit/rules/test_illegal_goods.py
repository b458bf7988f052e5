"""The rule `illegal_goods`: patterns of clause 4.1 decide, whatever their words are."""

from pipeline.rules.illegal_goods import RULE
from tests.unit.rules.wordings import WordingLaws


class TestIllegalGoods(WordingLaws):
    """What every rule on a clause's patterns does."""

    rule = RULE
    code = "illegal_goods"
    category = "drugs"
    others = "threats"
    others_clause = "4.4"
