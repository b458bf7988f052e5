"""Bytes as a provider sent them, decoded by their content type into objects, lists and texts."""

import json
import re
from typing import Final
from urllib.parse import parse_qsl
from xml.etree import ElementTree as ET

from pipeline.providers.answers import Rejected
from pipeline.providers.smpp_wire import read_smpp

CONTENT_TYPES: Final = ("json", "form", "query", "xml", "smpp")
_CHARACTERS_MAX: Final = 1_000_000
"""A provider's body has a few KB; Meta's largest allowed is 3 MB and holds a thousand changes, which it never sends."""
_FIELDS_MAX: Final = 1_000
_DEPTH_MAX: Final = 64
_DECLARATION: Final = re.compile(r"<!(DOCTYPE|ENTITY)", re.IGNORECASE)


def read_payload(content_type: str, payload: object) -> object:
    """Decode a payload.

    :param content_type: one of `CONTENT_TYPES`, or a MIME type that names one, such as `application/json`
    :param payload: the raw text, or what a JSON text was decoded to
    :raises Rejected: it can't be decoded; the reason says as what
    """
    if not isinstance(payload, str):
        if isinstance(payload, dict | list):
            return _checked(payload)
        raise Rejected("payload", "is neither an object, a list nor text")
    if len(payload) > _CHARACTERS_MAX:
        raise Rejected("payload", "is too long")
    form = _form_of(content_type)
    if form == "json":
        return _read_json(payload)
    if form == "xml":
        return _read_xml(payload)
    if form == "smpp":
        return read_smpp(payload)
    return _read_form(payload)


def _form_of(content_type: str) -> str:
    name = content_type.lower()
    for form in CONTENT_TYPES:
        if form in name:
            return form
    raise Rejected("content_type", "is none of json, form, query, xml, smpp")


def _read_json(payload: str) -> object:
    try:
        value = json.loads(payload)
    except (ValueError, RecursionError):
        raise Rejected("payload", "is not JSON") from None
    if not isinstance(value, dict | list):
        raise Rejected("payload", "is JSON, but neither an object nor a list")
    return _checked(value)


def _checked(value: object) -> object:
    """Refuse what nests so deeply that reading it would exhaust the stack; no provider comes near."""
    level = [value]
    for _ in range(_DEPTH_MAX):
        inner: list[object] = []
        for each in level:
            parts = each.values() if isinstance(each, dict) else each if isinstance(each, list) else ()
            inner.extend(part for part in parts if isinstance(part, dict | list))
        if not inner:
            return value
        level = inner
    raise Rejected("payload", "nests too deeply")


def _read_form(payload: str) -> object:
    try:
        pairs = _pairs(payload.strip().lstrip("?"))
    except ValueError:
        raise Rejected("payload", "is no list of form fields") from None
    fields: dict[str, object] = {}
    for name, value in pairs:
        known = fields.get(name)
        if known is None:
            fields[name] = value
        elif isinstance(known, list):
            known.append(value)
        else:
            fields[name] = [known, value]
    if not fields:
        raise Rejected("payload", "has no form fields")
    return fields


def _pairs(text: str) -> list[tuple[str, str]]:
    """Take a form apart. Older gateways escape Latin-1; what is no UTF-8 is that."""
    try:
        return parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=_FIELDS_MAX)
    except UnicodeDecodeError:
        return parse_qsl(text, keep_blank_values=True, encoding="latin-1", max_num_fields=_FIELDS_MAX)


def _read_xml(payload: str) -> object:
    if _DECLARATION.search(payload):
        raise Rejected("payload", "declares entities or a document type")
    try:
        root = ET.fromstring(payload.strip())  # noqa: S314 - entities are refused above; expat loads nothing from outside
    except (ET.ParseError, ValueError):
        raise Rejected("payload", "is not XML") from None
    return {_name(root): _element(root, _DEPTH_MAX)}


def _name(element: ET.Element) -> str:
    return element.tag.rpartition("}")[2]


def _element(element: ET.Element, depth: int) -> object:
    """Take an element as an object of its attributes and children; a leaf without attributes is its text."""
    if depth == 0:
        raise Rejected("payload", "nests too deeply")
    text = (element.text or "").strip()
    if not len(element) and not element.attrib:
        return text
    fields: dict[str, object] = dict(element.attrib)
    if text:
        fields["text"] = text
    for child in element:
        name, value = _name(child), _element(child, depth - 1)
        known = fields.get(name)
        if known is None:
            fields[name] = value
        elif isinstance(known, list):
            known.append(value)
        else:
            fields[name] = [known, value]
    return fields
