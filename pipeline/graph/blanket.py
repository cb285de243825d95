"""Whether MFA is asked of everybody at every sign-in, as far as one look can tell for certain."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

import pyarrow as pa

_POLICIES = "conditional_access_policies"
# All that such a policy may say of whom and what it is for: one exception more, and it is not sure.
_EVERYBODY = {
    ("users.includeUsers", "all"),
    ("applications.includeApplications", "all"),
    ("clientAppTypes", "all"),
}
_STRENGTH = "authenticationStrength."
Leaves = dict[int, list[tuple[str, str]]]


def asks_everybody(tables: Mapping[str, pa.Table]) -> bool:
    """Security defaults are on, or one enabled policy asks everybody for MFA without exception.

    False wherever that is not plain to see: several policies may do the same together.
    """
    if any(row.get("is_enabled") is True for row in _rows(tables, "security_defaults")):
        return True
    conditions = _leaves(tables, f"{_POLICIES}_conditions")
    grants = _leaves(tables, f"{_POLICIES}_grant_controls")
    return any(
        row.get("state") == "enabled"
        and {(path, value.lower()) for path, value in conditions[row["record_index"]]} == _EVERYBODY
        and _always_asks(grants[row["record_index"]])
        for row in _rows(tables, _POLICIES)
    )


def _always_asks(leaves: list[tuple[str, str]]) -> bool:
    """MFA is one of the demands, and no other one will do instead; a block asks for nothing."""
    plain = {(path, value.lower()) for path, value in leaves if not path.startswith(_STRENGTH)}
    is_strong = (f"{_STRENGTH}requirementsSatisfied", "mfa") in leaves
    has_strength = any(path.startswith(_STRENGTH) for path, _ in leaves)
    demands = {one for one in plain if one[0] not in ("operator", "@odata.type")}
    if ("builtInControls", "block") in demands:
        return False
    is_whole = ("operator", "and") in plain or len(demands) + has_strength == 1
    return is_whole and (is_strong or ("builtInControls", "mfa") in demands)


def _leaves(tables: Mapping[str, pa.Table], name: str) -> Leaves:
    found: Leaves = defaultdict(list)
    for row in _rows(tables, name):
        found[row["record_index"]].append((row["path"], row["value"]))
    return found


def _rows(tables: Mapping[str, pa.Table], name: str) -> list[dict[str, Any]]:
    return tables[name].to_pylist() if name in tables else []
