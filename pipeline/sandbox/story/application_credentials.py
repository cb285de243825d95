"""Secrets and certificates of planned applications."""

import base64
from datetime import timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from pipeline.sandbox.story.application_plans import Planned
from pipeline.sandbox.story.identity import Tenant

if TYPE_CHECKING:
    from pipeline.sandbox.story.estate import Story

_SHOWN_BEFORE = 30  # days that an ended credential stays before somebody tidies it away


def secrets(story: "Story", plan: Planned, day: int) -> list[dict[str, Any]]:
    """passwordCredentials of a day."""
    return [
        {
            "customKeyIdentifier": None,
            "displayName": f"secret {number}" if number else None,
            "endDateTime": stamp(story, start + life),
            "hint": "aB~",
            "keyId": story.tenant.uuid("secret", plan.key, start),
            "secretText": None,
            "startDateTime": stamp(story, start),
        }
        for number, (start, life) in enumerate(plan.secrets)
        if start <= day < start + life + _SHOWN_BEFORE
    ]


def certificates(story: "Story", plan: Planned, day: int) -> list[dict[str, Any]]:
    """keyCredentials of a day."""
    return [
        {
            "customKeyIdentifier": opaque(story.tenant, "thumbprint", plan.key, start)[:28],
            "displayName": f"CN={plan.key}",
            "endDateTime": stamp(story, start + life),
            "key": None,
            "keyId": story.tenant.uuid("certificate", plan.key, start),
            "startDateTime": stamp(story, start),
            "type": "AsymmetricX509Cert",
            "usage": "Verify",
        }
        for start, life in plan.certificates
        if start <= day < start + life + _SHOWN_BEFORE
    ]


def opaque(tenant: Tenant, *parts: object) -> str:
    """An id that says nothing, decided by the parts."""
    digest = sha256(tenant.uuid(*parts).encode()).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def stamp(story: "Story", day: int) -> str:
    """A moment of a day of the story."""
    return f"{(story.born + timedelta(days=day)).isoformat()}T14:22:08Z"
