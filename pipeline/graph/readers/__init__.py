"""How the feeds are read: each reader turns one feed of one tenant into rows, or a reason."""

from collections.abc import Mapping

from pipeline.graph.feed import Reader
from pipeline.graph.readers.applications import ApplicationPermissionReading
from pipeline.graph.readers.audits import DirectoryAuditReading
from pipeline.graph.readers.groups import GroupReading, GroupScheduleReading, MemberReading
from pipeline.graph.readers.lists import FeedReading
from pipeline.graph.readers.per_user_mfa import PerUserMfaReading
from pipeline.graph.readers.policies import PlanReading, PolicyReading, RiskDetectionReading
from pipeline.graph.readers.principals import ServicePrincipalReading, UserReading
from pipeline.graph.readers.recommendations import RecommendationReading
from pipeline.graph.readers.registration import RegistrationReading
from pipeline.graph.readers.role_rules import RoleRuleReading
from pipeline.graph.readers.scores import ScoreReading
from pipeline.graph.readers.task import Task

_READERS: Mapping[Reader, type[FeedReading]] = {
    Reader.LISTS: FeedReading,
    Reader.SCORES: ScoreReading,
    Reader.POLICIES: PolicyReading,
    Reader.RISK_DETECTIONS: RiskDetectionReading,
    Reader.GROUPS: GroupReading,
    Reader.GROUP_SCHEDULES: GroupScheduleReading,
    Reader.MEMBERS: MemberReading,
    Reader.USERS: UserReading,
    Reader.SERVICE_PRINCIPALS: ServicePrincipalReading,
    Reader.APPLICATION_PERMISSIONS: ApplicationPermissionReading,
    Reader.REGISTRATION: RegistrationReading,
    Reader.RECOMMENDATIONS: RecommendationReading,
    Reader.DIRECTORY_AUDITS: DirectoryAuditReading,
    Reader.ROLE_RULES: RoleRuleReading,
    Reader.PER_USER_MFA: PerUserMfaReading,
    Reader.PLANS: PlanReading,
}


def reader_of(task: Task) -> FeedReading:
    """The reader that a task's feed asks for."""
    return _READERS[task.feed.reader](task)
