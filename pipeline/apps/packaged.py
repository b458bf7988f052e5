"""Files shipped with the package: the policy and the schemas. In a checkout they lie in `deploy/` and `schemas/`."""

from importlib import resources
from pathlib import Path

from pipeline.domain.policies import Policy, parse_policy
from pipeline.rules import check_policy

_CHECKOUT = Path(__file__).resolve().parents[2]


def packaged_path(in_checkout: str, in_package: str) -> Path:
    """Find a shipped file or folder: in the installed package, else in the checkout."""
    installed = Path(str(resources.files("pipeline"))) / "_packaged" / in_package
    return installed if installed.exists() else _CHECKOUT / in_checkout


def read_policy_file(path: Path | None) -> Policy:
    """Read a policy document, the packaged one when no path is given.

    :raises PolicyError: it can't be used, or weakens a hard clause; its author can mend it
    :raises OSError: it can't be read
    """
    policy = parse_policy((path or packaged_path("deploy/policy.toml", "policy.toml")).read_text("utf-8"))
    check_policy(policy)
    return policy


def topics_directory() -> Path:
    """Find the folder of topic descriptions."""
    return packaged_path("schemas", "schemas") / "topics"
