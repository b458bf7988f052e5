"""Recipients are named by their number, or by their business-scoped id within a portfolio."""

import pytest

from pipeline.domain.events import BusinessScopedId, InboundOrigin
from pipeline.domain.recipients import origin_keys, recipient_key
from pipeline.testing.builders import RECIPIENT


def test_names_a_recipient_by_the_number_as_given() -> None:
    """A number is its own key."""
    assert recipient_key(RECIPIENT) == RECIPIENT


def test_names_a_recipient_without_number_by_portfolio_and_id() -> None:
    """A business-scoped id is unique only within its portfolio, so the key holds both."""
    assert recipient_key(BusinessScopedId("US.1", "pf-1")) == "wa:pf-1:US.1"


@pytest.mark.parametrize(
    ("origin", "keys"),
    [
        (RECIPIENT, (RECIPIENT,)),
        (InboundOrigin(e164=RECIPIENT), (RECIPIENT,)),
        (InboundOrigin(bsuid="US.1", portfolio_id="pf-1"), ("wa:pf-1:US.1",)),
        (InboundOrigin(e164=RECIPIENT, bsuid="US.1", portfolio_id="pf-1"), (RECIPIENT, "wa:pf-1:US.1")),
        (InboundOrigin(e164=RECIPIENT, bsuid="US.1"), (RECIPIENT,)),
        (InboundOrigin(bsuid="US.1"), ()),
        (InboundOrigin(username="someone"), ()),
    ],
)
def test_names_the_writer_of_a_reply_by_every_complete_name(origin: str | InboundOrigin, keys: tuple[str, ...]) -> None:
    """Every name that can be a key is given, the number first; an id without its portfolio names nobody."""
    assert origin_keys(origin) == keys
