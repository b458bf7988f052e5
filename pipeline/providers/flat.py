"""A payload of any nesting as a flat list of named texts, shallow ones first: for shapes that nobody wrote down.

Names are folded (`dlr-url` and `dlrUrl` are `dlrurl`). A number inside an object counts under the object's name too, as
in `{"from": {"phone_number": "..."}}`.
"""

from collections import deque
from collections.abc import Iterable
from typing import Final

from pipeline.providers.times import instant_of
from pipeline.providers.trees import folded, text_of

_NODES_MAX: Final = 2_000
_INNER_NAMES: Final = ("phonenumber", "number", "phone", "msisdn", "identity", "endpoint")


class Flat:
    """The texts of a payload by folded name."""

    def __init__(self, source: object) -> None:
        """Walk the payload, at most `_NODES_MAX` values of it."""
        self.fields: dict[str, list[str]] = {}
        self.names: set[str] = set()
        self.objects: set[str] = set()
        self.lists: set[str] = set()
        waiting: deque[tuple[str, object]] = deque([("", source)])
        for _ in range(_NODES_MAX):
            if not waiting:
                break
            name, value = waiting.popleft()
            self._take(name, value, waiting)

    def _take(self, name: str, value: object, waiting: deque[tuple[str, object]]) -> None:
        if isinstance(value, dict):
            inner = folded({key: each for key, each in value.items() if isinstance(key, str)})
            for key, each in inner.items():
                (self.objects if isinstance(each, dict) else self.names).add(key)
                waiting.append((key, each))
                if name and key in _INNER_NAMES and text_of(each) is not None:
                    waiting.append((name, each))
        elif isinstance(value, list):
            if name:
                self.lists.add(name)
            waiting.extend((name, each) for each in value)
        elif name and (text := text_of(value)) is not None:
            self.fields.setdefault(name, []).append(text)

    def first(self, names: Iterable[str]) -> str | None:
        """Give the first text of the first of these names that has one."""
        for name in names:
            if name in self.fields:
                return self.fields[name][0]
        return None

    def instant(self, names: Iterable[str]) -> str | None:
        """Give the first of these fields that names an instant; a time without zone yields to one that has it."""
        for name in names:
            for text in self.fields.get(name, ()):
                if (instant := instant_of(text)) is not None:
                    return instant
        return None

    def all(self, names: Iterable[str]) -> list[str]:
        """Give all texts of the first of these names that has one."""
        for name in names:
            if name in self.fields:
                return self.fields[name]
        return []

    def has(self, names: frozenset[str]) -> bool:
        """Tell whether one of these names occurs, with a value, without one or with a list, but not with an object."""
        return not names.isdisjoint(self.names)

    def filled(self, names: frozenset[str]) -> bool:
        """Tell whether one of these names has a value."""
        return not names.isdisjoint(self.fields)
