"""The clauses of the acceptable use policy: ids, short texts, and which of them nobody can switch off."""

from typing import NamedTuple


class Clause(NamedTuple):
    """One clause as `clauses.md` numbers it. A hard clause can't be switched off, weakened or overridden (12.3)."""

    id: str
    text: str
    is_hard: bool


CLAUSES = tuple(
    Clause(id_, text, hard)
    for id_, text, hard in (
        ("1.1", "applies to all users, members, administrators, integrations", True),
        ("1.2", "violations lead to suspension, termination, content removal or legal action", True),
        ("2.1", "laws and industry rules of every jurisdiction", False),
        ("2.2", "sanctions and export control", True),
        ("2.3", "no surveillance, fraud, money laundering, trafficking, exploitation", True),
        ("3.1", "secure credentials, least privilege", True),
        ("3.2", "review membership, revoke departed personnel", True),
        ("3.3", "monitor activity", False),
        ("3.4", "notify of unauthorised access", True),
        ("4.1", "illegal content", True),
        ("4.2", "infringes intellectual property or privacy", False),
        ("4.3", "malware", True),
        ("4.4", "harm to individuals or groups", True),
        ("4.5", "rights and consents for lists, records, templates", False),
        ("5.1", "unauthorised access, probing, scanning", False),
        ("5.2", "interfering with integrity or performance", False),
        ("5.3", "spam or unsolicited bulk messages", False),
        ("5.4", "harassing, threatening, defrauding others", True),
        ("5.5", "circumventing usage limits or billing", False),
        ("5.6", "reselling without permission", False),
        ("5.7", "scraping or crawling that overloads", False),
        ("6.1", "WhatsApp's own terms", True),
        ("6.2", "consent requirements", True),
        ("6.3", "opt-out obligations", True),
        ("6.4", "carriers' messaging policies", False),
        ("6.5", "third-party blocks and enforcement", False),
        ("7.1", "lawful basis, notices", False),
        ("7.2", "data-subject rights", True),
        ("7.3", "records required by law", True),
        ("7.4", "special categories of sensitive data", True),
        ("8.1", "excessive consumption, harm to others' performance", False),
        ("8.2", "evading plan restrictions", False),
        ("8.3", "throttle, rate-limit, suspend", True),
        ("9.1", "monitoring within the law", True),
        ("9.2", "investigate complaints, cooperate with authorities", False),
        ("9.3", "refer serious violations", False),
        ("10.1", "reports with URLs, workspace ids, timestamps, description", False),
        ("10.2", "ask for more information", False),
        ("10.3", "false or malicious reports are violations", False),
        ("11.1", "suspend or terminate at once", True),
        ("11.2", "export before termination where access remains", False),
        ("11.3", "lawful handling after termination", True),
        ("12.1", "updated policy takes effect when posted unless stated", True),
        ("12.2", "continued use is acceptance", False),
        ("12.3", "mandatory rights cannot be waived", True),
    )
)

CLAUSE_BY_ID = {clause.id: clause for clause in CLAUSES}
