"""`Sandbox`: the local Microsoft Graph and login authority, served from a thread."""

import shutil
import tempfile
from collections.abc import Collection, Sequence
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from types import TracebackType

from pipeline.sandbox.protocol.certificates import server_trust
from pipeline.sandbox.protocol.clock import OPENING_HOUR, Clock
from pipeline.sandbox.protocol.tokens import TokenIssuer
from pipeline.sandbox.server.configuration import write_config, write_register
from pipeline.sandbox.server.faults import Edits, Faults
from pipeline.sandbox.server.handler import Handler
from pipeline.sandbox.server.listener import Listener
from pipeline.sandbox.server.paging import Links
from pipeline.sandbox.server.request_log import RequestLog
from pipeline.sandbox.server.throttle import Throttle
from pipeline.sandbox.server.world import World
from pipeline.sandbox.story.estate import Estate
from pipeline.sandbox.story.identity import Tenant
from pipeline.sandbox.story.permissions import GRANTED


class Sandbox:
    """A context manager: real HTTPS on 127.0.0.1 while inside, nothing left behind after.

    `days` is the life before and with `today`. Bodies are decided by tenants, days, seed and date.
    `shapes` gives the tenants' shapes in turn (small_business, mid_size, regulated, or by licence
    tier free, p1, p2); `users` how many each has; `china` the indexes of those in China's cloud,
    `plans` of those with a Conditional Access plan, where they have P1. `lifelike` is for people to
    look at: little changes by itself, and what tenants leave undone is what many do; without it
    there is trouble of every kind in every month.
    """

    def __init__(
        self,
        *,
        tenants: int = 3,
        days: int = 90,
        seed: int = 7,
        port: int = 0,
        today: date | None = None,
        tls_dir: Path | None = None,
        page_size: int = 100,
        throttling: bool = True,
        latency: float = 0.002,
        log_requests: bool = True,
        shapes: Sequence[str] = (),
        users: int | None = None,
        china: Collection[int] = (),
        plans: Collection[int] = (),
        lifelike: bool = False,
        token_lifetime: int = 3599,
    ) -> None:
        today = today or datetime.now(UTC).date()
        self._port, self._tls_dir, self._scratch = port, tls_dir, None if tls_dir else _scratch()
        self._world = World(
            estate=Estate(
                tenants=tenants,
                days=days,
                seed=seed,
                today=today,
                shapes=shapes,
                users=users,
                china=china,
                plans=plans,
                lifelike=lifelike,
            ),
            clock=Clock(today),
            links=Links(seed),
            throttle=Throttle(enabled=throttling),
            requests=RequestLog(enabled=log_requests),
            page_size=page_size,
            latency=latency,
            tokens=TokenIssuer(token_lifetime),
        )
        self._trust = server_trust(tls_dir or Path(str(self._scratch)))
        self._listener = Listener(Handler(self._world))

    def __enter__(self) -> "Sandbox":
        try:
            self._port = self._listener.start(self._port, self._trust.context())
        except BaseException:
            self._tidy()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._listener.stop()
        self._tidy()

    def _tidy(self) -> None:
        if self._scratch:
            shutil.rmtree(self._scratch, ignore_errors=True)

    @property
    def url(self) -> str:
        """Root of Graph and of the login authority."""
        return f"https://localhost:{self._port}"

    @property
    def ca_bundle(self) -> Path:
        return self._trust.ca_bundle

    @property
    def tenants(self) -> Sequence[Tenant]:
        return self._world.estate

    @property
    def client_certificate(self) -> bytes:
        """Key and certificate that the application may sign in with, as PEM."""
        return self._world.estate.application.certificate

    @property
    def expired_secret(self) -> str:
        """A secret of the application that is past its end (AADSTS7000222)."""
        return self._world.estate.application.expired_secret

    @property
    def today(self) -> date:
        return self._world.clock.today

    def set_today(self, today: date, at: time = OPENING_HOUR) -> None:
        """Move the clock; the `Date` header follows, and the limits are unspent."""
        self._world.clock.set(today, at)
        self._world.throttle.forget()

    def advance(self, days: int = 1) -> None:
        self.set_today(self.today + timedelta(days=days))

    @property
    def faults(self) -> Faults:
        return self._world.faults

    @property
    def edits(self) -> Edits:
        return self._world.edits

    @property
    def requests(self) -> RequestLog:
        return self._world.requests

    @property
    def stories_kept(self) -> int:
        """How many tenants are in memory with their story."""
        return self._world.estate.stories_kept

    def deny(self, tenant_id: str, permission: str) -> None:
        """Take an application permission away in one tenant, tokens already out included."""
        self._world.denied.add((tenant_id.lower(), permission))
        self._world.extra.discard((tenant_id.lower(), permission))

    def grant(self, tenant_id: str, permission: str) -> None:
        """Give a permission, denied before or new; tokens minted from now on carry it."""
        self._world.denied.discard((tenant_id.lower(), permission))
        if permission not in GRANTED:
            self._world.extra.add((tenant_id.lower(), permission))

    def refuse_sign_in(self, tenant_id: str, code: int) -> None:
        """Sign-ins to the tenant fail with AADSTS 700016 (application not consented to), 7000112
        (disabled) or 53003 (blocked by Conditional Access)."""
        self._world.refused[tenant_id.lower()] = code

    def expire_tokens(self) -> None:
        """Every token out is expired from now on."""
        self._world.tokens.expire_all()

    def challenge(self, tenant_id: str) -> None:
        """Graph refuses every token of the tenant with a claims challenge (401); a sign-in that
        carries those claims gives a good one."""
        self._world.tokens.challenge(tenant_id.lower())

    def write_register(self, path: Path) -> Path:
        """Write a register.yaml that declares the emergency accounts of one tenant."""
        return write_register(path, self.tenants)

    def write_config(self, path: Path, *, certificate: bool = False) -> Path:
        """Write a tenants.yaml for all tenants, with its credential and ca.pem beside it."""
        return write_config(
            path,
            url=self.url,
            ca_bundle=self.ca_bundle,
            application=self._world.estate.application,
            tenants=self.tenants,
            certificate=certificate,
        )


def _scratch() -> str:
    return tempfile.mkdtemp(prefix="posture-sandbox-")
