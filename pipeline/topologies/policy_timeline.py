"""Which policy is in force: of those published and effective the newest, else the packaged one.

Delivery: the newest publication under a key stands, so reading the topic again ends in the same.
"""

from msgspec import Struct

from pipeline.domain.policies import Policy, PolicyError, parse_policy
from pipeline.domain.verdicts import Degraded
from pipeline.rules import check_policy
from pipeline.wire import Undecodable, decode_policy_publication


def read_policy(value: bytes) -> Policy:
    """Read a published policy.

    :raises Undecodable: the publication or the document in it can't be used; its author can mend it
    """
    try:
        policy = parse_policy(decode_policy_publication(value).document)
        check_policy(policy)
    except PolicyError as error:
        raise Undecodable("$.document", str(error)) from None
    except RecursionError:
        raise Undecodable("$.document", "nested too deeply") from None
    return policy


class PolicyInForce(Struct, frozen=True):
    """A policy with the offset at which it was published (-1: packaged with this version)."""

    policy: Policy
    position: int


class PolicyTimeline:
    """All policies that are known."""

    def __init__(self, packaged: Policy) -> None:
        """Begin with the packaged policy, which is in force as long as none is published."""
        self.degraded: tuple[Degraded, ...] = ()
        """Policies that were published and can't be used."""
        self._packaged = PolicyInForce(packaged, -1)
        self._published: dict[str, PolicyInForce] = {}
        self._unusable: set[str] = set()
        self._timeline: list[PolicyInForce] = []

    def at(self, now_milliseconds: int) -> PolicyInForce:
        """Give the policy in force."""
        for candidate in self._timeline:
            if candidate.policy.effective_milliseconds <= now_milliseconds:
                return candidate
        return self._packaged

    def absorb(self, key: str, value: bytes | None, offset: int) -> None:
        """Take in a publication, or its end.

        :raises Undecodable: it can't be used; its author can mend it
        """
        self._published.pop(key, None)
        self._unusable.discard(key)
        try:
            if value is not None:
                self._published[key] = PolicyInForce(read_policy(value), offset)
        except Undecodable:
            self._unusable.add(key)
            raise
        finally:
            order = sorted(
                self._published.items(), key=lambda p: (p[1].policy.effective_milliseconds, p[1].position, p[0])
            )
            self._timeline = [in_force for _, in_force in order[::-1]]
            self.degraded = tuple(
                Degraded("policy", f"policy {unusable[:64]} was published and can't be used")
                for unusable in sorted(self._unusable)
            )
