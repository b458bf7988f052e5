"""Block or hold what goes to a sanctioned place, or comes from a workspace in one."""

from pipeline.domain.events import OutboundMessage
from pipeline.domain.outcomes import Outcome
from pipeline.domain.policies import Policy
from pipeline.domain.sanctioned_places import SanctionedPlace
from pipeline.domain.verdicts import Finding
from pipeline.reading.content import Reading
from pipeline.rules.facts import Facts
from pipeline.rules.rule import Rule, finding

RULE_ID = "sanctions"
_CODES = {Outcome.BLOCK: "sanctioned_destination", Outcome.HOLD: "sanctions_review"}


def check(message: OutboundMessage, _reading: Reading, facts: Facts, policy: Policy) -> Finding | None:
    """Object by the recipient's number, the country that the sender states, and the workspace's country.

    Prefixes decide about numbers: those of the occupied territories count as Russian elsewhere. Of several rows the
    strictest stands; a row that says `hold` is for a human to look at.
    """
    places = policy.sanctioned_places
    if facts.workspace is not None:
        home = places.of_place(facts.workspace.record.country)
        if home is not None:
            return finding(RULE_ID, "2.2", home.strictness, "sanctioned_workspace", _values(home))
    row = places.of_number(facts.number) if facts.number is not None else None
    if facts.place is not None:
        row = _stricter(row, places.of_place(facts.place.country))
    if message.recipient is not None:
        row = _stricter(row, places.of_place(message.recipient.country))
    if row is None:
        return None
    return finding(RULE_ID, "2.2", row.strictness, _CODES[row.strictness], _values(row))


def _stricter(first: SanctionedPlace | None, second: SanctionedPlace | None) -> SanctionedPlace | None:
    if first is None or second is None:
        return first or second
    return second if first.strictness < second.strictness else first


def _values(row: SanctionedPlace) -> dict[str, str]:
    """State the row that decided; a place is no personal data."""
    return {"place": row.name, "regime": row.regime, "source": row.source, "confidence": row.confidence}


RULE = Rule(
    rule_id=RULE_ID,
    clauses=("2.2",),
    hard=True,
    source="31 CFR 510, 515, 560; EO 13685; EO 14065; EO 14312; Regulation (EU) 2022/263",
    check=check,
)
