"""All rules, in the order in which their findings are listed. One rule, one module, one page, one test.

Every rule runs on every message, also after another has objected: an auditor asks for every reason.
"""

from pipeline.domain.clauses import CLAUSE_BY_ID
from pipeline.domain.content_settings import EvidenceWeights
from pipeline.domain.outcomes import Outcome
from pipeline.domain.policies import ConsentSettings, Policy, PolicyError
from pipeline.rules.actor_and_workspace import RULE as ACTOR_AND_WORKSPACE
from pipeline.rules.advertising_mark import RULE as ADVERTISING_MARK
from pipeline.rules.bought_list import RULE as BOUGHT_LIST
from pipeline.rules.bulk_spam import RULE as BULK_SPAM
from pipeline.rules.carrier_content import RULE as CARRIER_CONTENT
from pipeline.rules.code_flood import RULE as CODE_FLOOD
from pipeline.rules.consent import RULE as CONSENT
from pipeline.rules.counterfeit_and_impersonation import RULE as COUNTERFEIT_AND_IMPERSONATION
from pipeline.rules.credential_takeover import RULE as CREDENTIAL_TAKEOVER
from pipeline.rules.daily_segments import RULE as DAILY_SEGMENTS
from pipeline.rules.data_subject_rights import RULE as DATA_SUBJECT_RIGHTS
from pipeline.rules.exploitation_and_laundering import RULE as EXPLOITATION_AND_LAUNDERING
from pipeline.rules.fraud_evidence import RULE as FRAUD_EVIDENCE
from pipeline.rules.frequency_cap import RULE as FREQUENCY_CAP
from pipeline.rules.harassment import RULE as HARASSMENT
from pipeline.rules.harm import RULE as HARM
from pipeline.rules.harvested_recipients import RULE as HARVESTED_RECIPIENTS
from pipeline.rules.identity_wording import RULE as IDENTITY_WORDING
from pipeline.rules.illegal_goods import RULE as ILLEGAL_GOODS
from pipeline.rules.incident import RULE as INCIDENT
from pipeline.rules.india_dlt import RULE as INDIA_DLT
from pipeline.rules.jurisdiction import RULE as JURISDICTION
from pipeline.rules.lawful_basis import RULE as LAWFUL_BASIS
from pipeline.rules.malware_links import RULE as MALWARE_LINKS
from pipeline.rules.membership import RULE as MEMBERSHIP
from pipeline.rules.message_loop import RULE as MESSAGE_LOOP
from pipeline.rules.number_enumeration import RULE as NUMBER_ENUMERATION
from pipeline.rules.number_pumping import RULE as NUMBER_PUMPING
from pipeline.rules.number_type import RULE as NUMBER_TYPE
from pipeline.rules.opt_out import RULE as OPT_OUT
from pipeline.rules.opt_out_wording import RULE as OPT_OUT_WORDING
from pipeline.rules.party_screening import RULE as PARTY_SCREENING
from pipeline.rules.plan_countries import RULE as PLAN_COUNTRIES
from pipeline.rules.plan_rate import RULE as PLAN_RATE
from pipeline.rules.provider_refusal import RULE as PROVIDER_REFUSAL
from pipeline.rules.public_shortener import RULE as PUBLIC_SHORTENER
from pipeline.rules.purpose_audit import RULE as PURPOSE_AUDIT
from pipeline.rules.quiet_hours import RULE as QUIET_HOURS
from pipeline.rules.reselling import RULE as RESELLING
from pipeline.rules.rule import Rule
from pipeline.rules.sanctions import RULE as SANCTIONS
from pipeline.rules.scopes import RULE as SCOPES
from pipeline.rules.sender_name import RULE as SENDER_NAME
from pipeline.rules.sender_state import RULE as SENDER_STATE
from pipeline.rules.sensitive_data import RULE as SENSITIVE_DATA
from pipeline.rules.suppression_list import RULE as SUPPRESSION_LIST
from pipeline.rules.suspension import RULE as SUSPENSION
from pipeline.rules.targeted_repetition import RULE as TARGETED_REPETITION
from pipeline.rules.ten_dlc import RULE as TEN_DLC
from pipeline.rules.termination import RULE as TERMINATION
from pipeline.rules.toll_free import RULE as TOLL_FREE
from pipeline.rules.usage_splitting import RULE as USAGE_SPLITTING
from pipeline.rules.whatsapp_pair_rate import RULE as WHATSAPP_PAIR_RATE
from pipeline.rules.whatsapp_portfolio_limit import RULE as WHATSAPP_PORTFOLIO_LIMIT
from pipeline.rules.whatsapp_restricted_goods import RULE as WHATSAPP_RESTRICTED_GOODS
from pipeline.rules.whatsapp_template import RULE as WHATSAPP_TEMPLATE
from pipeline.rules.whatsapp_template_category import RULE as WHATSAPP_TEMPLATE_CATEGORY
from pipeline.rules.whatsapp_us_marketing import RULE as WHATSAPP_US_MARKETING
from pipeline.rules.whatsapp_window import RULE as WHATSAPP_WINDOW

RULES: tuple[Rule, ...] = (
    TERMINATION,
    SUSPENSION,
    INCIDENT,
    ACTOR_AND_WORKSPACE,
    MEMBERSHIP,
    SCOPES,
    OPT_OUT,
    CONSENT,
    PROVIDER_REFUSAL,
    DATA_SUBJECT_RIGHTS,
    LAWFUL_BASIS,
    SUPPRESSION_LIST,
    JURISDICTION,
    QUIET_HOURS,
    FREQUENCY_CAP,
    SENDER_STATE,
    WHATSAPP_WINDOW,
    WHATSAPP_TEMPLATE,
    WHATSAPP_TEMPLATE_CATEGORY,
    WHATSAPP_US_MARKETING,
    WHATSAPP_PAIR_RATE,
    WHATSAPP_PORTFOLIO_LIMIT,
    PLAN_RATE,
    PLAN_COUNTRIES,
    SANCTIONS,
    PARTY_SCREENING,
    NUMBER_TYPE,
    TEN_DLC,
    DAILY_SEGMENTS,
    TOLL_FREE,
    SENDER_NAME,
    INDIA_DLT,
    PUBLIC_SHORTENER,
    OPT_OUT_WORDING,
    IDENTITY_WORDING,
    ADVERTISING_MARK,
    EXPLOITATION_AND_LAUNDERING,
    FRAUD_EVIDENCE,
    ILLEGAL_GOODS,
    COUNTERFEIT_AND_IMPERSONATION,
    MALWARE_LINKS,
    HARM,
    HARASSMENT,
    SENSITIVE_DATA,
    PURPOSE_AUDIT,
    CARRIER_CONTENT,
    WHATSAPP_RESTRICTED_GOODS,
    TARGETED_REPETITION,
    BULK_SPAM,
    NUMBER_ENUMERATION,
    CODE_FLOOD,
    NUMBER_PUMPING,
    MESSAGE_LOOP,
    CREDENTIAL_TAKEOVER,
    BOUGHT_LIST,
    RESELLING,
    USAGE_SPLITTING,
    HARVESTED_RECIPIENTS,
)

CONTENT_RULES: tuple[Rule, ...] = (
    EXPLOITATION_AND_LAUNDERING,
    FRAUD_EVIDENCE,
    ILLEGAL_GOODS,
    COUNTERFEIT_AND_IMPERSONATION,
    MALWARE_LINKS,
    HARM,
    HARASSMENT,
    SENSITIVE_DATA,
    CARRIER_CONTENT,
    WHATSAPP_RESTRICTED_GOODS,
)
"""Rules that look at what a message says and at whose domains and brands it names, and at nothing else."""


def is_hard(rule: Rule) -> bool:
    """Tell whether nobody may switch a rule off: it says so itself, or one of its clauses is hard."""
    return rule.hard or any(CLAUSE_BY_ID[clause].is_hard for clause in rule.clauses)


def check_policy(policy: Policy) -> None:
    """Refuse a policy that names a rule that doesn't exist or weakens a hard clause (12.3).

    :raises PolicyError: the policy's author can mend it; the text names the rule or setting
    """
    _check_consent(policy)
    _check_content(policy)
    known = {rule.rule_id: rule for rule in RULES}
    for rule_id, setting in policy.document.rules.items():
        if rule_id not in known:
            message = f"the policy sets rules.{rule_id}, which does not exist; the rules are {', '.join(sorted(known))}"
            raise PolicyError(message)
        if setting.mode != "enforce" and is_hard(known[rule_id]):
            clauses = ", ".join(known[rule_id].clauses)
            message = (
                f"the policy sets rules.{rule_id} to {setting.mode}, but clause {clauses} is hard; remove that line"
            )
            raise PolicyError(message)


def _check_consent(policy: Policy) -> None:
    """Refuse a table of clause 6.2 that asks for consent for fewer purposes than the packaged one, or less strictly."""
    needed_for = policy.document.consent.needed_for
    for purpose, least in ConsentSettings().needed_for.items():
        given = needed_for.get(purpose)
        if given is None or Outcome(given) < Outcome(least):
            message = f"the policy sets consent.needed_for without {purpose} = {least}, but clause 6.2 is hard; add it"
            raise PolicyError(message)


def _check_content(policy: Policy) -> None:
    """Refuse weights of signs of fraud below half of the packaged ones: they would switch hard clauses off."""
    weights = policy.document.content.weights
    for name in weights.__struct_fields__:
        if name in ("own_links_discount", "model", "model_some"):  # neither is a sign that a text shows
            continue
        least = getattr(EvidenceWeights(), name) / 2
        if getattr(weights, name) < least:
            message = f"the policy sets content.weights.{name} below {least:g}, but clause 2.3 is hard; raise it"
            raise PolicyError(message)
