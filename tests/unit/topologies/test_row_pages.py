"""What is kept of the rows that a watch has seen."""

from pipeline.topologies.row_pages import Page, pack_page
from tests.unit.patterns.builders import build_row


def test_rows_hold_no_number_and_no_text() -> None:
    """They lie in the state until they are told of; the sender's own number is the tenant's, not a person's."""
    kept = pack_page(Page(0, (build_row(recipient="+447700900123", sender="alphanumeric:SHOP"),), (b"",)))
    assert b"447700900123" not in kept
    assert b"parcel" not in kept
