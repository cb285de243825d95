"""How the policy of a model reaches those who export: through the snapshot, or not at all."""

import json

import pytest

from pipeline.errors import PostureError
from pipeline.published.models import read_models
from pipeline.warehouse.public_models import ExportPolicy, public_models
from tests.small_warehouse import Warehouse

FACT = "fct_control_score_daily"


def declare(warehouse: Warehouse, **policies: dict[str, object] | str) -> None:
    """Rewrite the dbt manifest: these models declare these policies, all others none."""
    path = warehouse.home.dbt_target / "manifest.json"
    document = json.loads(path.read_text())
    for node in document["nodes"].values():
        node["config"]["meta"].pop("export", None)
        if policy := policies.get(node["name"]):
            node["config"]["meta"]["export"] = policy
    path.write_text(json.dumps(document))


def test_a_snapshot_says_of_its_models_what_dbt_said(warehouse):
    declare(warehouse, dim_tenant={"null_columns": ["tenant_name"]}, mart_posture_overview="never")
    snapshot = warehouse.publish()
    models = {model.name: model for model in read_models(snapshot.path)}
    assert tuple(models.values()) == public_models(warehouse.home)
    assert models["dim_tenant"].export == ExportPolicy("tenant", None, ("tenant_name",))
    assert models[FACT].export == ExportPolicy("tenant")
    assert models["mart_posture_overview"].export == ExportPolicy("never")


def test_models_built_before_policies_have_none(warehouse):
    declare(warehouse)
    assert {model.export for model in read_models(warehouse.publish().path)} == {None}


@pytest.mark.parametrize(
    "policy", ["all", {"rows": "all"}, {"rows": "where"}, {"condition": "true"}]
)
def test_a_policy_that_is_none_is_refused(warehouse, policy):
    declare(warehouse, dim_tenant=policy)
    with pytest.raises(PostureError, match=r"model dim_tenant: meta\.export\.rows is one of"):
        warehouse.publish()
