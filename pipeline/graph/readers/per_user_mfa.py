"""Reading the per-user MFA state of who holds a role, one by one: Graph lists it nowhere."""

from dataclasses import dataclass

from pipeline.graph.outcomes import FeedError
from pipeline.graph.readers.gathered import Gathered
from pipeline.graph.readers.lists import FeedReading
from pipeline.graph.roster import USER

_GONE = "Request_ResourceNotFound"


@dataclass
class PerUserMfaReading(FeedReading):
    """Asks of every enabled user who holds a role; of nobody where MFA is asked of all anyway."""

    async def read(self) -> Gathered:
        [request] = self.task.feed.requests
        roster = self.task.upstream.roster
        if roster.is_blanket:
            return self.gathered
        for user in sorted(roster.holders_of(USER, "") & roster.enabled):
            url = request.url(self.task.graph_url, id=user)
            try:
                await self.read_list(request, url, parent=user)
            except FeedError as error:
                if error.error_code != _GONE:
                    raise
                self.gathered.remarks.append(f"the user {user} no longer exists")
        return self.gathered
