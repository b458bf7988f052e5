"""Reading of decoded payloads: objects of unknown shape, looked at without ever failing on what is not there."""

from collections.abc import Iterable, Mapping
from typing import Final

Tree = Mapping[str, object]
_NOTHING: Final[Tree] = {}


def tree(value: object) -> Tree:
    """Take a value as an object; what is none has no fields."""
    return value if isinstance(value, dict) else _NOTHING


def trees(value: object) -> list[Tree]:
    """Take a value as a list of objects: those in a list, or the one object that it is."""
    if isinstance(value, dict):
        return [value]
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def dig(value: object, *path: str) -> object:
    """Follow a path through objects, taking the first element of each list on the way; `None` where it ends."""
    for name in path:
        if isinstance(value, list):
            value = value[0] if value else None
        value = value.get(name) if isinstance(value, dict) else None
    return value


def text_of(value: object) -> str | None:
    """Take a value as text without blanks at its ends; a number as it is written; empty and other values are `None`."""
    if isinstance(value, list):
        value = value[0] if len(value) == 1 else None
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    text = str(value).strip()
    return text or None


def first(source: Tree, names: Iterable[str]) -> str | None:
    """Give the text of the first of these fields that has one."""
    for name in names:
        if name in source and (text := text_of(source[name])) is not None:
            return text
    return None


def folded(source: Tree) -> dict[str, object]:
    """Fold the names of fields: lower case, letters and digits alone, so that `dlr-url` and `dlrUrl` meet."""
    return {"".join(filter(str.isalnum, name.lower())): value for name, value in source.items()}
