"""A published snapshot with one tenant to plan for, made without a build."""

import json
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from pipeline.home import Home
from pipeline.published.publish import publish
from tests.hand_made import hand_made

TENANT = "11111111-1111-4111-8111-111111111111"
DAY = date(2026, 6, 30)
COLUMNS = {
    "dim_tenant": ("core", "tenant_id varchar, tenant_name varchar"),
    "fct_tenant_score_daily": (
        "core",
        "tenant_id varchar, score_date date, scope varchar, score_points double, "
        "max_points double, unknown_max_count bigint",
    ),
    "fct_control_score_daily": (
        "core",
        "tenant_id varchar, score_date date, control_id varchar, control_category varchar, "
        "service varchar, score_points double, max_points double, counts_in_maximum boolean",
    ),
    "mart_recommended_actions": (
        "marts",
        "tenant_id varchar, control_id varchar, title varchar, action_group varchar, "
        "part_of_action_id varchar, action_rank integer, score_points double, gain_points double, "
        "effort_weight double, "
        "is_effort_judged boolean, effective_cost varchar, effective_user_impact varchar, "
        "has_user_impact boolean, required_licence varchar, is_licence_owned boolean, "
        "missing_seat_count bigint, owner varchar, ticket varchar, control_category varchar, "
        "service varchar, is_identity_secure_score boolean",
    ),
}
KEYS = {
    "dim_tenant": ["tenant_id"],
    "fct_tenant_score_daily": ["tenant_id", "scope"],
    "fct_control_score_daily": ["tenant_id", "control_id"],
    "mart_recommended_actions": ["tenant_id", "control_id"],
}


@dataclass
class Snapshot:
    """Rows by model, then `publish`."""

    home: Home
    rows: dict[str, list[dict[str, object]]] = field(default_factory=dict)

    def add(self, model: str, **row: object) -> None:
        self.rows.setdefault(model, []).append({"tenant_id": TENANT, **row})

    def tenant(self, name: str, tenant_id: str = TENANT) -> None:
        self.add("dim_tenant", tenant_id=tenant_id, tenant_name=name)

    def score(self, points: float, maximum: float | None, scope: str = "overall") -> None:
        self.add(
            "fct_tenant_score_daily", score_date=DAY, scope=scope, score_points=points,
            max_points=maximum, unknown_max_count=0 if maximum else 1,
        )  # fmt: skip

    def action(self, control: str, gain: float, effort: float = 1.0, **row: object) -> None:
        """An owned action, after those added before it, unless the row says otherwise."""
        number = len(self.rows.get("mart_recommended_actions", [])) + 1
        standard = {
            "control_id": control, "title": f"Title of {control}", "action_group": "ranked",
            "action_rank": number, "score_points": 0.0, "gain_points": gain,
            "effort_weight": effort, "is_effort_judged": False, "effective_cost": "low",
            "effective_user_impact": "low", "has_user_impact": True, "is_licence_owned": True,
            "control_category": "Identity", "service": "AzureAD",
            "is_identity_secure_score": False,
        }  # fmt: skip
        self.add("mart_recommended_actions", **(standard | row))

    def beyond(self, gain: float, **row: object) -> None:
        """What else is missing, under a licence that nobody sells."""
        dear = {"action_group": "unlicensed", "is_licence_owned": False, "action_rank": 99}
        self.action("beyond", gain, required_licence="e9", **(dear | row))

    def publish(self) -> None:
        self.home.dbt_target.mkdir(parents=True, exist_ok=True)
        nodes = {f"model.posture.{name}": _node(name) for name in COLUMNS}
        (self.home.dbt_target / "manifest.json").write_text(json.dumps({"nodes": nodes}))
        with hand_made(self.home) as connection:
            for model, (schema, columns) in COLUMNS.items():
                connection.execute(f"create table {schema}.{model} ({columns})")
                for row in self.rows.get(model, []):
                    names, marks = ", ".join(row), ", ".join("?" * len(row))
                    connection.execute(
                        f"insert into {schema}.{model} ({names}) values ({marks})", [*row.values()]
                    )
        publish(self.home, run_date=DAY, published_at=datetime(2026, 6, 30, 6, tzinfo=UTC))


def _node(name: str) -> dict[str, object]:
    return {
        "name": name,
        "resource_type": "model",
        "access": "public",
        "schema": COLUMNS[name][0],
        "description": "One row per key.",
        "config": {"meta": {"key": KEYS[name]}},
        "columns": {},
    }
