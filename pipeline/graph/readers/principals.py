"""Reading users and service principals by name: those who hold something, and no one else."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from pipeline.graph.feed import Request, Workload
from pipeline.graph.outcomes import NO_SIGN_IN_ACTIVITY, NON_PREMIUM, FeedError
from pipeline.graph.readers.by_name import urls_by_name
from pipeline.graph.readers.gathered import Gathered
from pipeline.graph.readers.lists import FeedReading
from pipeline.graph.readers.pages import Record
from pipeline.graph.roster import SERVICE_PRINCIPAL, is_id


@dataclass
class UserReading(FeedReading):
    """Reads the people who are kept, with their sign-in activity where Graph shows it."""

    async def read(self) -> Gathered:
        [request] = self.task.feed.requests
        people = self.task.upstream.roster.people
        shows_sign_ins = self.task.client.is_premium is not False
        if people and not shows_sign_ins:
            self._without_sign_ins(NON_PREMIUM, "the tenant owns no Microsoft Entra ID P1")
        full = request.query.replace("$select=", "$select=signInActivity,")
        plain_urls = urls_by_name(request, self.task.graph_url, member="id", values=people)
        full_urls = urls_by_name(
            request, self.task.graph_url, member="id", values=people, select=full
        )
        for plain, url in zip(plain_urls, full_urls, strict=True):
            if shows_sign_ins:
                shows_sign_ins = await self._with_sign_ins(request, url)
            if not shows_sign_ins:
                await self.read_list(request, plain)
        return self.gathered

    async def _with_sign_ins(self, request: Request, url: str) -> bool:
        """Read one list with sign-in activity; False where Graph does not show it."""
        try:
            await self.read_list(request, url, workload=Workload.REPORTS)
        except FeedError as error:
            code, is_premium = error.error_code, self.task.client.is_premium
            if code not in NO_SIGN_IN_ACTIVITY or (code == NON_PREMIUM and is_premium):
                raise
            self._without_sign_ins(code, str(error))
            return False
        return True

    def _without_sign_ins(self, code: str, reason: str) -> None:
        self.gathered.remarks.append(f"without signInActivity: {reason}")
        self.gathered.refused = code


@dataclass
class ServicePrincipalReading(FeedReading):
    """Reads the service principals that hold a role or a Graph permission, and the applications
    behind those of the tenant's own, which is where their secrets are."""

    own: set[str] = field(default_factory=set)

    async def read(self) -> Gathered:
        principals, applications = self.task.feed.requests
        roster, graph_url = self.task.upstream.roster, self.task.graph_url
        wanted = roster.holders_of(SERVICE_PRINCIPAL, "") | roster.clients
        for url in urls_by_name(principals, graph_url, member="id", values=wanted):
            await self.read_list(principals, url)
        for url in urls_by_name(applications, graph_url, member="appId", values=self.own):
            if not self.gathered.refused:
                await self.read_request(applications, url)
        return self.gathered

    def select(
        self, request: Request, records: list[Record], hashes: list[str] | None
    ) -> Iterable[int]:
        for record in records:
            owner, app_id = record.get("appOwnerOrganizationId"), record.get("appId")
            is_own = isinstance(owner, str) and owner.lower() == self.task.tenant_id
            if is_own and is_id(app_id):
                self.own.add(str(app_id).lower())
        return range(len(records))
