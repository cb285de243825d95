"""What is installed is what was tested: every pin names its wheels by checksum."""

import re
from pathlib import Path

import pytest
from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
LOCK, SBOM_LOCK, BENCH_LOCK = (
    (ROOT / name).read_text()
    for name in ("requirements.lock", "requirements-sbom.lock", "requirements-bench.lock")
)
ENTRIES, SBOM_ENTRIES, BENCH_ENTRIES = (
    [entry.split() for entry in lock.replace(" \\\n", " ").splitlines()]
    for lock in (LOCK, SBOM_LOCK, BENCH_LOCK)
)
# They are compiled for each Python: three of them on four platforms at least.
COMPILED = ("aiohttp", "duckdb", "orjson", "pandas", "pyarrow")


def pinned(entry: list[str]) -> Requirement:
    return Requirement(" ".join(word for word in entry if not word.startswith("--hash=")))


def hashes(entry: list[str]) -> list[str]:
    return [word for word in entry if word.startswith("--hash=")]


def test_every_line_of_the_lock_is_one_version_and_its_checksums() -> None:
    assert len(ENTRIES) > 200
    for entry in ENTRIES + SBOM_ENTRIES + BENCH_ENTRIES:
        assert re.fullmatch(r"==[^*,]+", str(pinned(entry).specifier)), entry
        found = hashes(entry)
        assert found, entry
        assert all(re.fullmatch(r"--hash=sha256:[0-9a-f]{64}", one) for one in found), entry
        assert len(set(found)) == len(found)


def test_the_lock_names_no_place_to_fetch_from() -> None:
    assert not re.search(r"://|@ |--(?!hash=sha256:)\w", LOCK + SBOM_LOCK + BENCH_LOCK)


def test_importing_dbt_is_not_made_slow_by_a_tool_of_releases() -> None:
    assert "rfc3987-syntax" not in {pinned(entry).name for entry in ENTRIES}


@pytest.mark.parametrize("name", COMPILED)
def test_a_compiled_package_is_pinned_for_every_python_and_platform(name: str) -> None:
    [entry] = [one for one in ENTRIES if pinned(one).name == name]
    assert len(hashes(entry)) >= 12


@pytest.mark.parametrize("python", ["3.11", "3.12", "3.13"])
@pytest.mark.parametrize("platform", ["linux", "darwin", "win32"])
def test_whatever_the_project_asks_for_is_in_the_lock_once(python: str, platform: str) -> None:
    import tomllib

    environment = {
        "python_version": python,
        "python_full_version": f"{python}.0",
        "sys_platform": platform,
        "platform_system": {"linux": "Linux", "darwin": "Darwin", "win32": "Windows"}[platform],
        "os_name": "nt" if platform == "win32" else "posix",
    }
    found: dict[str, str] = {}
    for requirement in map(pinned, ENTRIES):
        marker: Marker | None = requirement.marker
        if marker is None or marker.evaluate(environment):
            assert canonicalize_name(requirement.name) not in found, requirement
            found[canonicalize_name(requirement.name)] = str(requirement.specifier)[2:]
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"]
    asked = [*project["dependencies"], *extras["notebooks"], *extras["dev"]]
    for requirement in map(Requirement, asked):
        if requirement.name != "identity-posture":
            assert requirement.specifier.contains(found[canonicalize_name(requirement.name)])


def test_setup_installs_by_checksum_alone() -> None:
    makefile = (ROOT / "Makefile").read_text().replace("\\\n", " ")
    for name in ("INSTALL", "BY_CHECKSUM"):
        [value] = re.findall(rf"^{name} := (.*)$", makefile, re.M)
        makefile = makefile.replace(f"$({name})", value)
    commands = [line for line in makefile.splitlines() if ":=" not in line]
    installs = [line for line in commands if "pip install" in line]
    assert len(installs) == 4
    for line in installs:
        by_checksum = "--require-hashes" in line and "--only-binary :all:" in line
        assert by_checksum or ("--no-deps" in line and "--no-build-isolation" in line), line
