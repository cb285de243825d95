"""Nothing but GET reaches Graph, only declared paths, whatever goes wrong."""

import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest

import pipeline

from .breakages import BREAKAGES
from .conftest import Lab, NewLab
from .test_privacy import pseudonymise
from .wire import table_of

VERSIONS = ("/v1.0", "/beta")


def drive(lab: Lab) -> None:
    """Broken in twenty ways, again, mended, the next day, some feeds only, with pseudonyms."""
    for tenant, breakage in zip(lab.ids, BREAKAGES, strict=True):
        breakage.do(lab.sandbox, tenant)
    lab.collect()
    lab.collect()
    lab.sandbox.faults.clear()
    lab.sandbox.edits.clear()
    lab.collect()
    lab.sandbox.advance()
    lab.collect(tenants=lab.ids[-4:])
    lab.beside("some").collect(tenants=lab.ids[-4:], feeds=["users", "group_members"])
    pseudonymise(lab)
    lab.beside("names").collect(tenants=lab.ids[-2:])


@pytest.mark.usefixtures("short_lists")
def test_whatever_happens_nothing_but_declared_gets_reaches_graph(
    new_lab: NewLab,
) -> None:
    with new_lab(tenants=len(BREAKAGES), days=3, shapes=["p2"], users=8) as lab:
        drive(lab)
        calls = lab.graph_calls()
        logins = [one for one in lab.sandbox.requests if not one.path.startswith(VERSIONS)]
    assert len(calls) > 1_000
    assert {one.status for one in calls} >= {200, 401, 403, 429, 503}
    assert {one.method for one in calls} == {"GET"}
    for path in {urlsplit(one.path).path for one in calls}:
        # Fails for a path that no feed declares; $batch is one.
        assert table_of(path)
        assert "$batch" not in path
    for one in logins:
        assert not one.has_authorization
        assert re.search(r"/oauth2/v2.0/token$|/\.well-known/openid-configuration$", one.path)
        assert one.method == ("POST" if one.path.endswith("/token") else "GET")


def test_the_client_has_no_other_method_in_its_source() -> None:
    root = Path(pipeline.__file__).parent
    sources = [*root.glob("*.py"), *(root / "graph").rglob("*.py")]
    text = "\n".join(path.read_text() for path in sources)
    assert set(re.findall(r"\bMethod\.(\w+)", text)) == {"GET"}
    assert not re.findall(r"\.(?:post|patch|put|delete)\(", text)
    assert "$batch" not in text
