"""Where attacks take place: a sandbox of two tenants, and a home built and published."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pipeline.config.settings import load_config
from pipeline.home import Home
from pipeline.published.publish import publish
from pipeline.sandbox import Sandbox
from pipeline.warehouse.build import build
from tests.collection.conftest import QUICK, TODAY, Lab


@dataclass(frozen=True)
class Scene:
    """A lab whose home is `whole`: two days of both tenants, built and published."""

    lab: Lab
    config: Path
    root: Path
    secrets: tuple[str, ...]

    @property
    def whole(self) -> Home:
        return self.lab.home

    @classmethod
    @contextmanager
    def made(cls, root: Path) -> Iterator["Scene"]:
        """Collect, build and publish for real."""
        shapes = ["regulated", "regulated"]
        options = QUICK | {"days": 6, "users": 40, "log_requests": False, "shapes": shapes}
        with Sandbox(**options) as sandbox:
            config = sandbox.write_config(root / "tenants.yaml")
            lab = Lab(sandbox, load_config(config), Home(root / "whole"))
            with lab.home.lock():
                for back in (1, 0):
                    sandbox.set_today(TODAY - timedelta(days=back))
                    lab.collect()
                result = build(lab.home)
                assert result.ok, result.failed
                at = datetime.combine(TODAY, datetime.min.time(), UTC)
                publish(lab.home, run_date=TODAY, published_at=at)
            secrets = tuple(tenant.client_secret for tenant in sandbox.tenants)
            yield cls(lab, config, root, secrets)
