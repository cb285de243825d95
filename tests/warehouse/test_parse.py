"""dbt's parse, kept in the home, across versions of the project."""

import shutil
from pathlib import Path

import pytest

from pipeline.home import Home, dbt_project_dir
from pipeline.warehouse.dbt import parse_project

UNIT_TEST = """
  - name: {name}
    model: one
    given: [{{input: ref('zero'), rows: []}}]
    expect: {{rows: []}}
"""


def test_a_home_made_before_unit_tests_moved_to_a_second_file_still_parses(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = tmp_path / "project"
    models = project / "models"
    models.mkdir(parents=True)
    for folder in ("macros", "seeds", "tests"):
        (project / folder).mkdir()
    shutil.copy(dbt_project_dir() / "profiles.yml", project)
    (project / "dbt_project.yml").write_text(
        "{name: identity_posture, version: 1.0.0, profile: identity_posture,"
        " models: {identity_posture: {+group: posture}}}"
    )
    (models / "groups.yml").write_text("groups: [{name: posture, owner: {name: posture}}]")
    (models / "one.sql").write_text("select * from {{ ref('zero') }}")
    (models / "zero.sql").write_text("select 1 as number")
    (models / "zero.yml").write_text("models: [{name: zero, description: One row.}]")
    stays, moves = (UNIT_TEST.format(name=name) for name in ("stays", "moves"))
    first = models / "one__unit_tests.yml"
    first.write_text(f"unit_tests:{moves}{stays}")
    monkeypatch.setenv("POSTURE_DBT_PROJECT_DIR", str(project))
    home = Home(tmp_path / "home")
    parse_project(home)

    # Below a model whose text changed dbt parses unit tests anew, from the files it knew.
    (models / "zero.yml").write_text("models: [{name: zero, description: One number.}]")
    first.write_text(f"unit_tests:{stays}")
    (models / "one__unit_tests_more.yml").write_text(f"unit_tests:{moves}")

    assert "one__unit_tests_more.yml" in parse_project(home).read_text()
