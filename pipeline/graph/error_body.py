"""The code and message of an error of Graph, in the three shapes that it comes in."""

import re
from typing import Any

import orjson


def error_of(body: bytes) -> tuple[str | None, str, bool]:
    """Code, message and whether the body is Graph's at all."""
    try:
        document = orjson.loads(body)
    except ValueError:
        return None, "", False
    error = document.get("error") if isinstance(document, dict) else None
    if isinstance(error, str):
        return _code(error), "", True
    if not isinstance(error, dict):
        error = document if isinstance(document, dict) and "errorCode" in document else None
    if error is None:
        return None, "", False
    message = error.get("message")
    text = message if isinstance(message, str) else ""
    inner = _inner(text)
    code = inner.get("errorCode") or error.get("code") or error.get("errorCode")
    return _code(code), str(inner.get("message") or text), True


def _inner(message: str) -> dict[str, Any]:
    """The JSON document that PIM puts inside its message."""
    if not message.startswith("{"):
        return {}
    try:
        document = orjson.loads(message)
    except ValueError:
        return {}
    return document if isinstance(document, dict) else {}


def error_code_of(document: dict[str, Any]) -> str | None:
    """The code of an error that came in a 200."""
    error = document.get("error")
    return _code(error.get("code") if isinstance(error, dict) else error)


def _code(value: object) -> str | None:
    # A code is a word; anything longer is text that does not belong into a log or a note.
    return value if isinstance(value, str) and re.fullmatch(r"[\w.\-]{1,80}", value) else None
