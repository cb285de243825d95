"""House rules of the dbt project, and the paths that documents name."""

import csv
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from pipeline.graph.readers.method_classes import METHOD_CLASSES
from pipeline.home import Home, dbt_project_dir
from pipeline.warehouse.dbt import parse_project
from pipeline.warehouse.model_docs import models_document
from pipeline.warehouse.public_models import ROWS

ROOT = Path(__file__).parents[2]
TYPES_BY_NAME = [
    (r"_count$", {"bigint", "integer"}),
    (r"_(points|ratio)$", {"double"}),
    (r"_at$", {"timestamp"}),
    (r"_date$", {"date"}),
    (r"^(is|has)_", {"boolean"}),
]
# Compared with Python's own calendar in test_dbt_unit_tests.py; a year of rows is no reading.
TESTED_IN_PYTHON = {"dim_date"}
# What is known to go wrong with these data, numbered: gotcha_07_…, test_gotcha_11_….
GOTCHAS = 31
CLOCK = (
    r"\b(current_date|current_time|current_timestamp|today|now|get_current_\w+|run_started_at)\b"
)
PATHS = r"(?<![\w/.:-])((?:docs|dbt_project|pipeline|tests|data)/[\w./-]*\w)"
# What a run makes is not in the checkout.
MADE_BY_A_RUN = ("data/lake", "data/warehouse", "data/published", "data/dagster", "data/demo")

# Microsoft's averages over its tenants are no client's; deciles are what a copy may tell.
AMONG_OTHERS = (
    r"^(?!.*(_decile$|all_tenants_))"
    r".*(portfolio|percentile|tenant_count|tenants|segment_|tier_|cohort|peer)"
)

Node = dict[str, Any]


@pytest.fixture(scope="module")
def manifest_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return parse_project(Home(tmp_path_factory.mktemp("home")))


@pytest.fixture(scope="module")
def manifest(manifest_path: Path) -> Node:
    return json.loads(manifest_path.read_text())


@pytest.fixture(scope="module")
def public(manifest: Node) -> list[Node]:
    nodes = [node for node in manifest["nodes"].values() if node.get("access") == "public"]
    assert nodes
    return nodes


def export_policy(node: Node) -> Node:
    declared = node["config"]["meta"].get("export", {})
    return {"rows": declared} if isinstance(declared, str) else declared


def columns(nodes: list[Node]) -> Iterator[tuple[str, str, str]]:
    for node in nodes:
        for column in node["columns"].values():
            yield f"{node['name']}.{column['name']}", column["data_type"], column["description"]


def test_every_public_model_says_its_grain_and_enforces_its_contract(public: list[Node]) -> None:
    silent = [n["name"] for n in public if not n["description"].startswith("One row per")]
    loose = [n["name"] for n in public if not n["config"]["contract"]["enforced"]]
    assert (silent, loose) == ([], [])


def test_only_core_and_marts_are_public(manifest: Node) -> None:
    models = [n for n in manifest["nodes"].values() if n["resource_type"] == "model"]
    wrong = [
        n["name"] for n in models if (n["access"] == "public") != (n["fqn"][1] in ("core", "marts"))
    ]
    assert wrong == []


def test_every_public_column_is_described_and_typed(public: list[Node]) -> None:
    wrong = [
        name
        for name, data_type, description in columns(public)
        if not data_type or not re.match(r"\S.{2,}[.]$", description.strip(), re.DOTALL)
    ]
    assert wrong == []


def test_every_public_model_has_two_example_questions(public: list[Node]) -> None:
    wrong = []
    for node in public:
        found = node["config"]["meta"].get("examples", [])
        asked = {example["question"] for example in found}
        is_said = all(q.endswith("?") for q in asked) and all(e["sql"].strip() for e in found)
        about_it = all(node["name"] in example["sql"] for example in found)
        if len(asked) < 2 or not is_said or not about_it:
            wrong.append(node["name"])
    assert wrong == []


def test_the_page_of_models_is_what_the_models_say(manifest_path: Path) -> None:
    written = (ROOT / "docs" / "models.md").read_text()
    assert written == models_document(manifest_path), "run `make docs`"


def test_names_of_columns_tell_their_type(public: list[Node]) -> None:
    wrong = [
        f"{name} is {data_type}"
        for name, data_type, _ in columns(public)
        for pattern, allowed in TYPES_BY_NAME
        if re.search(pattern, name.split(".")[1]) and data_type not in allowed
    ]
    assert wrong == []


def test_every_public_model_has_a_key_that_a_test_holds(manifest: Node, public: list[Node]) -> None:
    held = {
        node["attached_node"]: node["test_metadata"]["kwargs"]["columns"]
        for node in manifest["nodes"].values()
        if node["resource_type"] == "test"
        and (node.get("test_metadata") or {}).get("name") == "primary_key"
    }
    wrong = [
        node["name"]
        for node in public
        if not (key := node["config"]["meta"].get("key"))
        or held.get(node["unique_id"]) != key
        or not set(key) <= set(node["columns"])
    ]
    assert wrong == []


def test_every_public_model_says_what_of_it_goes_into_a_clients_copy(public: list[Node]) -> None:
    """One whose rows are no tenant's own says so itself, and a key is never left out."""
    wrong = []
    for node in public:
        policy = export_policy(node)
        names, key = set(node["columns"]), set(node["config"]["meta"]["key"])
        is_tenants = "tenant_id" in names
        says_rows = policy.get("rows", "tenant" if is_tenants else None) in ROWS
        left_out = set(policy.get("null_columns", ()))
        if not says_rows or is_tenants != ("tenant_id" in key) or not left_out <= names - key:
            wrong.append(node["name"])
    assert wrong == []


def test_no_column_of_a_clients_copy_places_it_among_other_clients(public: list[Node]) -> None:
    """By name: what the models really say of a tenant is compared byte for byte elsewhere."""
    wrong = []
    for node in public:
        policy = export_policy(node)
        if policy.get("rows") == "never":
            continue
        shown = set(node["columns"]) - set(policy.get("null_columns", ()))
        wrong += [f"{node['name']}.{name}" for name in shown if re.search(AMONG_OTHERS, name)]
    assert wrong == []


def test_every_public_model_has_a_unit_test(manifest: Node, public: list[Node]) -> None:
    tested = {test["model"] for test in manifest["unit_tests"].values()} | TESTED_IN_PYTHON
    assert {node["name"] for node in public} - tested == set()


def test_unit_tests_stand_beside_the_model_they_are_named_after() -> None:
    wrong = []
    for path in (dbt_project_dir() / "models").rglob("*__unit_tests*.yml"):
        # A model's second file adds its topic: `fct_risk_daily__unit_tests_holders.yml`.
        model = path.name.split("__unit_tests")[0]
        tests = yaml.safe_load(path.read_text())["unit_tests"]
        if not path.with_name(f"{model}.sql").exists() or {t["model"] for t in tests} != {model}:
            wrong.append(path.name)
    assert wrong == []


def test_every_gotcha_of_the_sources_has_a_test_named_after_it(manifest: Node) -> None:
    named = [test["name"] for test in manifest["unit_tests"].values()]
    for path in (ROOT / "tests").rglob("test_*.py"):
        named += re.findall(r"^def (test_gotcha_\w+)", path.read_text(), re.MULTILINE)
    held = {
        int(number) for name in named for number in re.findall(r"^(?:test_)?gotcha_(\d\d)_", name)
    }
    assert set(range(1, GOTCHAS + 1)) - held == set()


@pytest.mark.parametrize(("kind", "most"), [("sql", 120), ("yml", 150)])
def test_a_long_file_says_why_it_is_one(kind: str, most: int) -> None:
    project = dbt_project_dir()
    files = [
        path
        for folder in ("models", "macros", "seeds", "tests")
        for path in (project / folder).rglob(f"*.{kind}")
    ]
    texts = {path.name: path.read_text().splitlines() for path in files}
    assert len(texts) > 20
    assert [
        name
        for name, lines in texts.items()
        if len(lines) > most and "Long:" not in "".join(lines[:3])
    ] == []


def test_no_model_reads_the_clock() -> None:
    project = dbt_project_dir()
    files = [*(project / "models").rglob("*.sql"), *(project / "macros").rglob("*.sql")]
    reading = [
        f"{path.name}: {line.strip()}"
        for path in files
        for line in path.read_text().splitlines()
        if not line.lstrip().startswith("--") and re.search(CLOCK, line, re.IGNORECASE)
    ]
    assert files
    assert reading == []


def test_only_staging_reads_sources(manifest: Node) -> None:
    wrong = [
        node["name"]
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model"
        and node["fqn"][1] != "staging"
        and any(one.startswith("source.") for one in node["depends_on"]["nodes"])
    ]
    assert wrong == []


def test_every_seed_names_its_source(manifest: Node) -> None:
    seeds = [n for n in manifest["nodes"].values() if n["resource_type"] == "seed"]
    wrong = []
    for seed in seeds:
        with (dbt_project_dir() / seed["original_file_path"]).open(newline="") as file:
            rows = list(csv.DictReader(file))
        has_source_column = all(row.get("source") for row in rows)
        if not seed["description"] or not (has_source_column or "Source" in seed["description"]):
            wrong.append(seed["name"])
    assert seeds
    assert wrong == []


def test_the_seed_calls_the_methods_phishing_resistant_that_the_report_is_counted_by() -> None:
    with (dbt_project_dir() / "seeds" / "authentication_methods.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    resistant = {row["method"] for row in rows if row["is_phishing_resistant"] == "true"}
    assert resistant == METHOD_CLASSES["phishing_resistant"]
    assert {row["method"] for row in rows} >= set().union(*METHOD_CLASSES.values())


def test_every_path_that_a_document_quotes_exists() -> None:
    missing = []
    at_the_root = [ROOT / "README.md", ROOT / "CONTRIBUTING.md"]
    for document in [*at_the_root, *sorted((ROOT / "docs").rglob("*.md"))]:
        for path in re.findall(PATHS, document.read_text()):
            if not path.startswith(MADE_BY_A_RUN) and not (ROOT / path).exists():
                missing.append(f"{document.relative_to(ROOT)}: {path}")
    assert missing == []
