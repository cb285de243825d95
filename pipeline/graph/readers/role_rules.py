"""Reading what PIM asks of whoever activates a role, of the roles that somebody holds."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from pipeline.graph.feed import Request
from pipeline.graph.outcomes import FeedError
from pipeline.graph.readers.checks import refuse_without_pim
from pipeline.graph.readers.gathered import Gathered
from pipeline.graph.readers.lists import FeedReading
from pipeline.graph.readers.pages import Record

# A tenant in which nobody ever used PIM has no provider of rules, and so no rules.
_NEVER_USED = "MissingProvider"
_MAIL = "notification_"


@dataclass
class RoleRuleReading(FeedReading):
    """Reads the rules of all roles in one list, and keeps those of the roles held here."""

    async def read(self) -> Gathered:
        refuse_without_pim(self.task)
        try:
            return await super().read()
        except FeedError as error:
            if error.error_code != _NEVER_USED:
                raise
            self.gathered = Gathered(remarks=["PIM was never used here"])
            return self.gathered

    def select(
        self, request: Request, records: list[Record], hashes: list[str] | None
    ) -> Iterable[int]:
        held = self.task.upstream.roster.roles
        ids = [str(record.get("roleDefinitionId")).lower() for record in records]
        return [row for row, identifier in enumerate(ids) if identifier in held]

    def hide(self, request: Request, records: list[Record]) -> None:
        """Leave out who gets mail and who approves, and what a rule's id says already."""
        for record in records:
            policy = record.get("policy")
            rules = policy.get("rules") if isinstance(policy, dict) else None
            if isinstance(policy, dict) and isinstance(rules, list):
                policy["rules"] = [_pruned(rule) for rule in rules if not _is_mail(rule)]
        super().hide(request, records)


def _is_mail(rule: Any) -> bool:
    return isinstance(rule, dict) and str(rule.get("id")).lower().startswith(_MAIL)


def _pruned(rule: Any) -> Any:
    if not isinstance(rule, dict):
        return rule
    kept = {name: value for name, value in rule.items() if name != "target"}
    setting = kept.get("setting")
    if isinstance(setting, dict):
        kept["setting"] = {n: value for n, value in setting.items() if n != "approvalStages"}
    return kept
