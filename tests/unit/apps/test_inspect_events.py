"""Keys of events in a file, as their producers would set them."""

import msgspec
import pytest

from pipeline.apps.inspect_events import Line, key_of
from pipeline.testing.builders import (
    build_asset_event,
    build_command,
    build_consent,
    build_inbound,
    build_message,
    build_record,
)
from pipeline.topologies import names
from pipeline.wire import encode
from tests.unit.topologies.hosting import Happening
from tests.unit.topologies.hosting import key_of as producers_key_of

NUMBER = {"type": "whatsapp_number", "portfolio_id": "pf-1", "id": "+447700900222"}


@pytest.mark.parametrize(
    ("asset", "key"),
    [
        (build_asset_event(), b"template/pf-1/order_update/en"),
        (build_asset_event(asset=NUMBER), b"whatsapp_number/pf-1/+447700900222"),
        (build_asset_event(asset={"type": "portfolio", "id": "pf-1"}), b"portfolio//pf-1"),
    ],
)
def test_keys_an_asset_event_by_its_asset(asset: object, key: bytes) -> None:
    """As the topic's description has it, so that the newest state replaces the one before."""
    assert key_of(Line(names.ASSETS, msgspec.Raw(encode(asset)))) == key


@pytest.mark.parametrize(
    ("topic", "event"),
    [
        (names.WORKSPACES, build_record()),
        (names.CONSENT, build_consent()),
        (names.INBOUND, build_inbound()),
        (names.OUTBOUND, build_message()),
        (names.COMMANDS, build_command()),
    ],
)
def test_keys_other_events_as_their_producers_do(topic: str, event: Happening) -> None:
    """By workspace or recipient."""
    assert key_of(Line(topic, msgspec.Raw(encode(event)))) == producers_key_of(event).encode()


@pytest.mark.parametrize("value", [b"{", b"{}", b"[]", b'{"asset": {"type": "template"}}', b'{"asset": 7}'])
def test_leaves_an_event_that_names_nothing_without_a_key(value: bytes) -> None:
    """It becomes a dead letter, not an error."""
    assert key_of(Line(names.ASSETS, msgspec.Raw(value))) == b""
