"""Files shipped with the package: the policy and the schemas. In a checkout they lie in `deploy/` and `schemas/`."""

from importlib import resources
from pathlib import Path

from pipeline.domain.policies import Policy, parse_policy
from pipeline.domain.sanctions import PartyList, PartyListError, parse_party_list
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


_CHUNK_BYTES = 1 << 20


def read_party_list(path: Path | None) -> PartyList:
    """Read the list of sanctioned parties, the packaged sample when no path is given.

    :raises PartyListError: it can't be read or used; whoever provides the file can mend it
    """
    place = path or packaged_path("deploy/sanctions-sample.xml", "sanctions-sample.xml")
    try:
        with place.open("rb") as file:
            return parse_party_list(iter(lambda: file.read(_CHUNK_BYTES), b""), is_sample=path is None)
    except OSError as error:
        message = f"the sanctions list {place} can't be read: {error.strerror}"
        raise PartyListError(message) from error


def topics_directory() -> Path:
    """Find the folder of topic descriptions."""
    return packaged_path("schemas", "schemas") / "topics"
