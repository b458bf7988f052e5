"""Signs of fraud in a reading, by kind, with the policy's weights. Of signs of one kind the heaviest counts.

Kinds: `wording` (fraud lexicons), `link` (leads away from the workspace's domains), `link form` (shortened, disguised),
`imitation` (looks like a brand's), `brand` (names one that is not the workspace's), and, which count beside another one
only, `urgency`, `money`, `contact`, `wallet`. What a model finds is in `model_sign.py`.
"""

from typing import Final

from pipeline.domain.content_settings import ContentSettings, EvidenceWeights
from pipeline.domain.policies import Policy
from pipeline.reading.brands import PACKAGED_BRANDS
from pipeline.reading.content import Reading
from pipeline.reading.links import Link
from pipeline.rules.counterfeit_and_impersonation import CLOSE_KINDS, foreign_imitations
from pipeline.rules.facts import Facts
from pipeline.rules.standing import is_authorised_for, is_own, knows_domains

_DISGUISES: Final = frozenset(("defanged", "split", "disguised", "userinfo", "punycode"))
_HIDING: Final = frozenset(("shortener", "redirector", "target"))
FRAUD: Final = "fraud"


def signs_of_fraud(reading: Reading, facts: Facts, policy: Policy) -> dict[str, float]:
    """List the signs and what each counts, heaviest kinds not first but in the order above; empty without any."""
    settings = policy.document.content
    weights = settings.weights
    signs = _links(reading, facts, settings) if reading.links else {}
    wording = max((_wording(hit.severity, weights) for hit in reading.hits if hit.family == FRAUD), default=0.0)
    if wording and reading.links and all(is_own(link, facts) or _is_of_brand(link, settings) for link in reading.links):
        wording -= weights.own_links_discount
    if wording > 0:
        signs = {"wording": wording, **signs}
    if not signs:
        return signs
    is_led_away = signs.get("link", 0.0) > weights.link_public or not reading.links
    if reading.brands and is_led_away and any(not is_authorised_for(brand, facts) for brand in reading.brands):
        signs["brand"] = weights.brand_named
    features = reading.features
    if "urgency" in features:
        signs["urgency"] = weights.urgency
    if "money" in features:
        signs["money"] = weights.money
    if "phone" in features or any("chat" in link.flags for link in reading.links):
        signs["contact"] = weights.contact
    if any(each.kind == "crypto_wallet" for each in reading.sensitive):
        signs["wallet"] = weights.wallet
    return signs


def _wording(severity: str, weights: EvidenceWeights) -> float:
    if severity in ("severe", "certain"):
        return weights.wording_certain
    return weights.wording_strong if severity == "strong" else weights.wording_weak


def _links(reading: Reading, facts: Facts, settings: ContentSettings) -> dict[str, float]:
    """Weigh the links that are not the workspace's own."""
    foreign = [link for link in reading.links if not is_own(link, facts)]
    if not foreign:
        return {}
    weights = settings.weights
    is_known = knows_domains(facts)
    signs = {"link": max(_leads_away(link, settings, is_known=is_known) for link in foreign)}
    flags = frozenset[str]().union(*[link.flags for link in foreign])
    form = weights.link_disguised if not _DISGUISES.isdisjoint(flags) else 0.0
    form = form or (0.0 if _HIDING.isdisjoint(flags) else weights.link_shortened)
    if form:
        signs["link form"] = form
    kinds = {imitation.kind for imitation in foreign_imitations(reading, facts)}
    if kinds:
        is_close = not kinds.isdisjoint(CLOSE_KINDS)
        signs["imitation"] = weights.imitation_close if is_close else weights.imitation_loose
    return signs


def _leads_away(link: Link, settings: ContentSettings, *, is_known: bool) -> float:
    weights = settings.weights
    domain = link.registered_domain or link.host
    if domain in settings.public_domains or _is_of_brand(link, settings):
        return weights.link_public
    return weights.link_outside if is_known else weights.link_unknown_owner


def _is_of_brand(link: Link, settings: ContentSettings) -> bool:
    """Tell whether a link leads to a protected brand's own domain, where nobody else can put pages."""
    domain = link.registered_domain
    return domain in PACKAGED_BRANDS.by_domain and domain not in settings.public_domains and not _HIDING & link.flags
