"""Assets of all portfolios: found by what a message names, whatever the provider calls them."""

import pytest

from pipeline.domain.events import AssetEvent
from pipeline.state.assets import UNREADABLE
from pipeline.testing.builders import HOUR, NOW, WHATSAPP_SENDER, build_asset_event, instant
from pipeline.topologies.asset_board import AssetBoard, AssetId, read_asset_event
from pipeline.wire import Undecodable, encode

TEMPLATE = AssetId("template", "order_update", "pf-1", "en")


def board_with(*events: AssetEvent) -> AssetBoard:
    """Build a board that has read statements, each under the key `k-<number>`."""
    board = AssetBoard()
    for number, event in enumerate(events):
        board.absorb(f"k-{number}", encode(event))
    return board


def about(asset_type: str, **account: object) -> AssetEvent:
    """Build a statement about a number, account or portfolio of the portfolio `pf-1`."""
    ids = {"whatsapp_number": WHATSAPP_SENDER, "account": "waba-1", "portfolio": "pf-1"}
    asset = {"type": asset_type, "portfolio_id": "pf-1", "id": ids.get(asset_type, "x")}
    return build_asset_event(asset=asset, template=None, account=account)


def states(board: AssetBoard, portfolio_id: str = "pf-1") -> list[str]:
    """List the states of a WhatsApp number and of what it belongs to."""
    return [account.state for account in board.states_of("whatsapp_number", WHATSAPP_SENDER, portfolio_id)]


def test_finds_a_template_in_its_languages() -> None:
    """By portfolio and name."""
    german = build_asset_event(
        asset={"type": "template", "portfolio_id": "pf-1", "name": "order_update", "language": "de_DE"}
    )
    board = board_with(build_asset_event(), german)
    assert sorted(board.languages_of("pf-1", "order_update")) == ["de-de", "en"]


@pytest.mark.parametrize(("portfolio_id", "name"), [("pf-2", "order_update"), ("pf-1", "promo"), ("", "order_update")])
def test_finds_no_template_of_another_name_or_portfolio(portfolio_id: str, name: str) -> None:
    """Two portfolios may give two templates one name."""
    assert board_with(build_asset_event()).languages_of(portfolio_id, name) == {}


def test_merges_what_is_said_of_a_template() -> None:
    """Under whatever keys the statements came, and in whatever order."""
    paused = build_asset_event(asset_event_id="a-2", occurred_at=instant(), template={"status": "PAUSED"})
    assert board_with(paused, build_asset_event()).languages_of("pf-1", "order_update")["en"].status == "PAUSED"


def test_lists_a_sender_with_what_it_belongs_to() -> None:
    """The number first, then its accounts, then its portfolio."""
    events = (about("portfolio", state="C"), about("account", state="B"), about("whatsapp_number", state="A"))
    assert states(board_with(*events)) == ["A", "B", "C"]


def test_lists_nothing_of_another_portfolio() -> None:
    """Another portfolio's ban stops nobody here."""
    events = (about("portfolio", state="C"), about("account", state="B"))
    assert states(board_with(*events), "pf-2") == []


def test_finds_a_number_that_is_written_without_plus() -> None:
    """Meta writes numbers so."""
    event = build_asset_event(
        asset={"type": "whatsapp_number", "id": WHATSAPP_SENDER.lstrip("+")}, template=None, account={"state": "A"}
    )
    assert states(board_with(event)) == ["A"]


def test_keeps_numbers_of_different_kinds_apart() -> None:
    """What WhatsApp bans may still send text messages."""
    board = board_with(about("whatsapp_number", state="BANNED"))
    assert board.states_of("phone_number", WHATSAPP_SENDER, "pf-1") == ()


@pytest.mark.parametrize(
    ("event", "limit"), [(about("portfolio", messaging_limit="TIER_2K"), 2_000), (about("account"), None)]
)
def test_gives_the_limit_of_a_portfolio(event: AssetEvent, limit: int | None) -> None:
    """As the provider states it, if it does."""
    assert board_with(event).limit_of("pf-1") == limit


@pytest.mark.parametrize("value", [b"{", b"[]", encode(about("dance_floor"))])
def test_knows_an_asset_no_more_whose_record_can_not_be_read(value: bytes) -> None:
    """It may have been a ban, so it must not pass for what was said before; the next good record counts again."""
    board = board_with(build_asset_event(), about("whatsapp_number", state="CONNECTED"))
    for key in ("k-0", "k-1"):
        with pytest.raises(Undecodable):
            board.absorb(key, value)
    template = board.languages_of("pf-1", "order_update")["en"]
    assert (template.status, states(board)) == (UNREADABLE, [UNREADABLE])
    board.absorb("k-0", encode(build_asset_event(occurred_at=instant(-HOUR))))
    assert board.languages_of("pf-1", "order_update")["en"].status == "APPROVED"


def test_forgets_what_is_removed() -> None:
    """A record without data removes what its key named last."""
    board = board_with(build_asset_event(), about("whatsapp_number", state="A"), about("account", state="B"))
    for key in ("k-0", "k-1", "k-2", "k-never"):
        board.absorb(key, None)
    assert (board.languages_of("pf-1", "order_update"), states(board)) == ({}, [])


def test_says_which_asset_a_key_named() -> None:
    """Also after it was removed, so that what relied on it can be withdrawn."""
    board = board_with(build_asset_event())
    board.absorb("k-0", None)
    assert (board.asset_of("k-0"), board.asset_of("k-1")) == (TEMPLATE, None)


@pytest.mark.parametrize(
    ("event", "is_stopped"),
    [
        (build_asset_event(), False),
        (build_asset_event(template={"status": "PAUSED"}), True),
        (build_asset_event(template={"status": "PAUSED", "pause_until": instant()}), False),
        (about("account", state="DISABLED"), True),
        (about("portfolio", state="APPROVED"), False),
        (about("whatsapp_number", restrictions=[{"type": "RESTRICTED_BIZ_INITIATED_MESSAGING"}]), True),
    ],
)
def test_tells_whether_an_asset_stops_messages(event: AssetEvent, *, is_stopped: bool) -> None:
    """Only then there is anything to withdraw."""
    asset, _ = read_asset_event(encode(event))
    assert board_with(event).is_stopped(asset, NOW) == is_stopped


def test_takes_a_template_that_was_removed_for_stopped() -> None:
    """Nothing is known of it any more."""
    assert (AssetBoard().is_stopped(TEMPLATE, NOW), AssetBoard().is_stopped(AssetId("account", "a", "p"), NOW)) == (
        True,
        False,
    )


@pytest.mark.parametrize(
    ("asset", "field"),
    [
        ({"type": "dance_floor", "id": "x"}, "$.asset.type"),
        ({"type": "template", "portfolio_id": "pf-1", "name": "n"}, "$.asset"),
        ({"type": "template", "name": "n", "language": "en"}, "$.asset"),
        ({"type": "template", "portfolio_id": "pf-1", "language": "en"}, "$.asset"),
        ({"type": "whatsapp_number", "portfolio_id": "pf-1"}, "$.asset.id"),
        ({"type": "account"}, "$.asset.id"),
        ({"type": "account", "id": "waba-1"}, "$.asset.portfolio_id"),
        ({"type": "portfolio"}, "$.asset.id"),
    ],
)
def test_refuses_what_names_no_asset(asset: dict[str, str], field: str) -> None:
    """Its producer is told which part is missing."""
    with pytest.raises(Undecodable) as caught:
        read_asset_event(encode(build_asset_event(asset=asset)))
    assert caught.value.field == field


@pytest.mark.parametrize("asset", [{"type": "portfolio", "id": "pf-1"}, {"type": "portfolio", "portfolio_id": "pf-1"}])
def test_names_a_portfolio_by_its_id(asset: dict[str, str]) -> None:
    """In whichever of the two fields it stands."""
    assert read_asset_event(encode(build_asset_event(asset=asset)))[0] == AssetId("portfolio", "pf-1")


def test_takes_an_account_without_id_for_the_one_of_its_portfolio() -> None:
    """A provider that knows one account need not name it."""
    asset = {"type": "account", "portfolio_id": "pf-1"}
    assert states(board_with(build_asset_event(asset=asset, template=None, account={"state": "B"}))) == ["B"]
