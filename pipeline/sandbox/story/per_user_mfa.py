"""Per-user MFA, the old way: left on for a few where Conditional Access does the work."""

from pipeline.sandbox.story.identity import Tenant

_ENFORCED, _ENABLED = 0.03, 0.06


def per_user_mfa_state(tenant: Tenant, user: str) -> str:
    """`disabled` of nearly everybody, and of everybody under security defaults."""
    share = tenant.fraction("per-user MFA", user)
    if tenant.segment == "small_business" or share >= _ENABLED:
        return "disabled"
    return "enforced" if share < _ENFORCED else "enabled"
