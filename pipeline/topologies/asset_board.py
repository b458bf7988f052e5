"""What is known of all templates, senders, accounts and portfolios, found by what a message names.

Delivery: statements are merged by matter, the newest by the provider's clock, so `messaging.assets` can be read again,
or in another order. A record that can't be read leaves its asset unreadable until the next one that can.
"""

from typing import Final, NamedTuple

from pipeline.domain.events import AssetEvent, AssetName
from pipeline.state.asset_states import account_stop, template_stop
from pipeline.state.assets import (
    ACCOUNT,
    PORTFOLIO,
    SENDERS,
    TEMPLATE,
    TYPES,
    UNREADABLE,
    Account,
    Template,
    account_from,
    language_key,
    merge_accounts,
    merge_templates,
    sender_key,
    template_from,
)
from pipeline.wire import Undecodable, decode_asset_event


class AssetId(NamedTuple):
    """What tells one asset from another.

    `name` is a template's name, else the id; the portfolio tells templates and accounts apart (the numbers of senders
    are unique), the language templates.
    """

    type: str
    name: str
    portfolio_id: str = ""
    language: str = ""


def read_asset_event(value: bytes | None) -> tuple[AssetId, AssetEvent]:
    """Read a record of `messaging.assets`, and say which asset it is about.

    :raises Undecodable: its producer can mend it
    """
    event = decode_asset_event(value)
    return _id_of(event.asset), event


def _id_of(asset: AssetName) -> AssetId:
    if asset.type not in TYPES:
        raise Undecodable("$.asset.type", "no kind of asset that this version knows")
    if asset.type == TEMPLATE:
        if not (asset.name and asset.language and asset.portfolio_id):
            raise Undecodable("$.asset", "a template is told by portfolio_id, name and language")
        return AssetId(TEMPLATE, asset.name, asset.portfolio_id, language_key(asset.language))
    own_id = asset.id or (asset.portfolio_id if asset.type in (PORTFOLIO, ACCOUNT) else None)
    if not own_id:
        raise Undecodable("$.asset.id", "missing")
    if asset.type in SENDERS:
        return AssetId(asset.type, sender_key(own_id))
    if asset.type == ACCOUNT and not asset.portfolio_id:
        # Without it nobody could tell whose messages a ban of the account stops.
        raise Undecodable("$.asset.portfolio_id", "missing")
    return AssetId(asset.type, own_id, (asset.portfolio_id or "") if asset.type == ACCOUNT else "")


STATES_MAX: Final = 10_000
"""Senders whose states are remembered between two changes."""


class AssetBoard:
    """The assets of all portfolios."""

    def __init__(self) -> None:
        """Begin with nothing known."""
        self._templates: dict[tuple[str, str], dict[str, Template]] = {}
        self._accounts: dict[AssetId, Account] = {}
        self._accounts_of: dict[str, dict[AssetId, Account]] = {}
        self._id_by_key: dict[str, AssetId] = {}
        self._states: dict[tuple[str, str, str], tuple[Account, ...]] = {}
        """What was asked since an account last changed, and the answer."""

    def absorb(self, key: str, value: bytes | None) -> None:
        """Take in a record of `messaging.assets`; one without data removes what its key named last.

        :raises Undecodable: the record can't be read; its asset, if it was known, is unreadable from now on
        """
        if value is None:
            if key in self._id_by_key:
                self._forget(self._id_by_key[key])
            return
        try:
            asset, event = read_asset_event(value)
        except Undecodable:
            if key in self._id_by_key:
                self._put_anew(self._id_by_key[key])
            raise
        self._id_by_key[key] = asset
        if asset.type == TEMPLATE:
            languages = self._templates.setdefault((asset.portfolio_id, asset.name), {})
            known = languages.get(asset.language, Template())
            languages[asset.language] = merge_templates(known, template_from(event))
        else:
            self._put(asset, merge_accounts(self._accounts.get(asset, Account(asset.type)), account_from(event)))

    def asset_of(self, key: str) -> AssetId | None:
        """Say which asset a record's key named last."""
        return self._id_by_key.get(key)

    def is_stopped(self, asset: AssetId, now_milliseconds: int) -> bool:
        """Tell whether there may be messages that can't be sent because of an asset's state."""
        if asset.type == TEMPLATE:
            template = self.languages_of(asset.portfolio_id, asset.name).get(asset.language)
            return template is None or template_stop(template, now_milliseconds) is not None
        account = self._accounts.get(asset)
        return account is not None and account_stop(account, now_milliseconds, is_template=True) is not None

    def languages_of(self, portfolio_id: str, name: str) -> dict[str, Template]:
        """Give a template in all its languages, by `language_key`; empty when nothing is known of it."""
        return self._templates.get((portfolio_id, name), _NO_LANGUAGES)

    def states_of(self, sender_type: str, sender_id: str, portfolio_id: str) -> tuple[Account, ...]:
        """Give what is known of a sender and of what it belongs to, the sender first."""
        if not self._accounts:
            return ()
        asked = (sender_type, sender_id, portfolio_id)
        states = self._states.get(asked)
        if states is None:
            if len(self._states) >= STATES_MAX:
                self._states.clear()
            states = self._states[asked] = self._find_states(*asked)
        return states

    def _find_states(self, sender_type: str, sender_id: str, portfolio_id: str) -> tuple[Account, ...]:
        found = [self._accounts.get(AssetId(sender_type, sender_key(sender_id)))]
        if portfolio_id:
            found += [*self._accounts_of.get(portfolio_id, _NO_ACCOUNTS).values(), self._portfolio(portfolio_id)]
        return tuple(account for account in found if account is not None)

    def limit_of(self, portfolio_id: str) -> int | None:
        """Give a portfolio's messaging limit as its provider states it, `UNLIMITED` for none; `None`: not stated."""
        portfolio = self._portfolio(portfolio_id)
        return portfolio.messaging_limit if portfolio is not None else None

    def _portfolio(self, portfolio_id: str) -> Account | None:
        return self._accounts.get(AssetId(PORTFOLIO, portfolio_id))

    def _put(self, asset: AssetId, account: Account) -> None:
        self._states.clear()
        self._accounts[asset] = account
        if asset.type == ACCOUNT:
            self._accounts_of.setdefault(asset.portfolio_id, {})[asset] = account

    def _put_anew(self, asset: AssetId) -> None:
        """Know of an asset no more than that its record can't be read; whatever is stated next outranks that."""
        if asset.type == TEMPLATE:
            self._templates[asset.portfolio_id, asset.name][asset.language] = Template(status=UNREADABLE)
        else:
            self._put(asset, Account(asset.type, state=UNREADABLE))

    def _forget(self, asset: AssetId) -> None:
        if asset.type == TEMPLATE:
            self._templates.get((asset.portfolio_id, asset.name), {}).pop(asset.language, None)
        else:
            self._states.clear()
            self._accounts.pop(asset, None)
            self._accounts_of.get(asset.portfolio_id, {}).pop(asset, None)


_NO_LANGUAGES: Final[dict[str, Template]] = {}
_NO_ACCOUNTS: Final[dict[AssetId, Account]] = {}
