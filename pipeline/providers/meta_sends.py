"""Messages as they are given to WhatsApp's Cloud API, to its on-premises forerunner, and to those who copy the shape.

The body names neither the sender (that is the `phone_number_id` in the address) nor the category (that belongs to the
template), and of a template only the parameters; so the publisher has to add them.
"""

from typing import Final

from pipeline.providers.meta_assets import language_tag
from pipeline.providers.persons import person_of
from pipeline.providers.said import Nothing, Said, Send
from pipeline.providers.trees import Tree, first, text_of, tree, trees

_TYPES: Final = (
    *("text", "template", "interactive", "image", "video", "audio", "document", "sticker", "location", "contacts"),
    *("reaction", "hsm"),
)
_MEDIA: Final = ("image", "video", "audio", "document", "sticker")
PARAMETERS_MAX: Final = 64


def read_meta_send(body: object, _provider: str) -> list[Said] | None:
    """Read a body for `POST /messages`, or say by `None` that it has another shape."""
    source = tree(body)
    kind = first(source, ("type",))
    is_cloud = source.get("messaging_product") == "whatsapp"
    if is_cloud and "to" not in source and "recipient" not in source:
        # A read receipt or typing indicator goes to nobody: no verdict is due.
        is_receipt = "status" in source or "typing_indicator" in source or "message_id" in source
        return [Nothing(kind="send_request")] if is_receipt else None
    if not is_cloud and not _is_on_premises(source, kind):
        return None
    return [_send(source, kind or "text")]


def _is_on_premises(source: Tree, kind: str | None) -> bool:
    """Tell the older shape, which names no product: a recipient, a type, and an object under the type's name."""
    is_content = kind in _TYPES and isinstance(source.get(kind or ""), dict | list)
    return "to" in source and is_content and "message_type" not in source and "channelId" not in source


def _send(source: Tree, kind: str) -> Send:
    content = tree(source.get(kind))
    return Send(
        person=person_of(source.get("to"), source.get("recipient")),
        channel="whatsapp",
        text=_text(content, kind),
        type=kind,
        template=template_in(content) if kind == "template" else None,
        media=_media(source, kind),
        reference=first(source, ("biz_opaque_callback_data",)),
    )


def _text(content: Tree, kind: str) -> str | None:
    if kind == "interactive":
        parts = [first(tree(content.get(part)), ("text",)) for part in ("header", "body", "footer")]
        return "\n".join(part for part in parts if part) or None
    if kind == "template":
        return None
    return first(content, ("body", "caption"))


def template_in(content: Tree) -> dict[str, object]:
    """Write a template's name, language and parameters as in our message event."""
    found: dict[str, object] = {}
    if name := first(content, ("name",)):
        found["name"] = name[:256]
    language = text_of(tree(content.get("language")).get("code"))
    if language:
        found["language"] = language_tag(language)
    parameters = [
        text
        for component in trees(content.get("components"))
        for parameter in trees(component.get("parameters"))
        if (text := first(parameter, ("text", "payload", "fallback_value"))) is not None
    ]
    found["parameters"] = parameters[:PARAMETERS_MAX]
    return found


def _media(source: Tree, kind: str) -> tuple[dict[str, object], ...]:
    if kind not in _MEDIA:
        return ()
    link = first(tree(source.get(kind)), ("link",))
    return ({"url": link[:4096]},) if link else ()
