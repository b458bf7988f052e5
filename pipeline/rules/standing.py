"""What a workspace may link to, call itself and deal with: its domains, brands and recorded authorities.

Known gap: a brand is taken for the workspace's own when its name stands in the workspace's; that the name is right is
for whoever registers workspaces to check.
"""

import functools
from typing import Final

from pipeline.domain.workspaces import Workspace
from pipeline.reading.brands import PACKAGED_BRANDS
from pipeline.reading.domains import registered_domain
from pipeline.reading.links import Link
from pipeline.reading.normalise import normalise
from pipeline.rules.facts import Facts

_WORKSPACES_CACHED: Final = 8_192


def knows_domains(facts: Facts) -> bool:
    """Tell whether the workspace has any domain on record; without one no link can be told to be foreign."""
    return facts.workspace is not None and bool(facts.workspace.own_domains)


def is_own(link: Link, facts: Facts) -> bool:
    """Tell whether a link leads to a domain of the workspace, or below the one that it registered."""
    workspace = facts.workspace
    if workspace is None or not workspace.own_domains:
        return False
    return link.host in workspace.own_domains or link.registered_domain in _registered(workspace.own_domains)


def is_authorised_for(brand: str, facts: Facts) -> bool:
    """Tell whether a protected brand is the workspace's: by its name or brands, or by a domain of the brand."""
    workspace = facts.workspace
    return workspace is not None and brand in _brands_of(workspace.own_names, workspace.own_domains)


def has_authority(category: str, workspace: Workspace | None) -> bool:
    """Tell whether an authority is on record for a category (`gambling.online`), its family, or all regulated goods."""
    if workspace is None or not workspace.record.authorities:
        return False
    wanted = (category, category.partition(".")[0], "regulated_goods")
    return any(authority in wanted for authority in workspace.record.authorities)


@functools.lru_cache(maxsize=_WORKSPACES_CACHED)
def _registered(domains: frozenset[str]) -> frozenset[str | None]:
    return frozenset(registered_domain(domain) or domain for domain in domains)


@functools.lru_cache(maxsize=_WORKSPACES_CACHED)
def _brands_of(names: frozenset[str], domains: frozenset[str]) -> frozenset[str]:
    """List the protected brands that a workspace of these names and domains may use."""
    spaced = [normalise(name) for name in names]
    keys = {name.replace(" ", "") for name in spaced}
    by_name = {
        brand.name
        for key, brand in PACKAGED_BRANDS.by_key.items()
        if key in keys or any(f" {' '.join(brand.words)} " in name for name in spaced)
    }
    by_domain = [
        PACKAGED_BRANDS.by_domain.get(domain or "", frozenset()) for domain in (*domains, *_registered(domains))
    ]
    return frozenset(by_name.union(*by_domain))
