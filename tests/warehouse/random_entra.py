"""Random answers of the feeds about applications, risk and Entra's own recommendations."""

import random
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

GRAPH, GRAPH_ITSELF = "g0", "00000003-0000-0000-c000-000000000000"
APP_ROLES = ("Mail.Read", "Directory.Read.All", "RoleManagement.ReadWrite.Directory")
TYPES = ("adminMFAV2", "oneAdmin", "unknownFutureValue", "staleApps")
Records = list[dict[str, Any]]


@dataclass
class Entra:
    """What one tenant's Entra says; its own score is a series that is sometimes revised."""

    tenant_id: str
    chance: random.Random
    scores: dict[date, tuple[float, float | None]] = field(default_factory=dict)

    def answers(self, day: date) -> dict[str, Any]:
        return {
            "application_permissions": self._permissions(),
            "service_principals": self._principals(day),
            "risky_users": self._at_risk("id"),
            "risk_detections": [
                one | {"id": f"d{number}", "detectedDateTime": f"{self._before(day)}T08:00:00Z"}
                for number, one in enumerate(self._at_risk("userId"))
            ],
            "recommendations": self._recommendations(),
            "recommendation_tenant_scores": self._series(day),
        }

    def _permissions(self) -> dict[str, Records]:
        chance, roles = self.chance, [{"id": f"r{n}", "value": v} for n, v in enumerate(APP_ROLES)]
        holders = [f"sp{chance.randrange(4)}" for _ in range(chance.randrange(4))]
        clients = [f"sp{chance.randrange(5)}" for _ in range(chance.randrange(4))]
        return {
            "application_permissions_resource": [
                {"id": GRAPH, "appId": GRAPH_ITSELF, "appRoles": roles}
            ],
            "application_permissions": [
                {
                    "id": f"a{number}",
                    "principalId": None if chance.random() < 0.03 else holder,
                    "principalType": "ServicePrincipal",
                    "appRoleId": f"r{chance.randrange(4)}",
                    "resourceId": GRAPH,
                }
                for number, holder in enumerate(holders)
            ],
            "application_permissions_grants": [
                {
                    "id": f"c{number}",
                    "clientId": client,
                    "consentType": chance.choice(["AllPrincipals", "Principal"]),
                    "principalId": f"p{number}",
                    "resourceId": chance.choice([GRAPH, "other"]),
                    "scope": chance.choice([" Mail.Read  openid", "Mail.Read", ""]),
                }
                for number, client in enumerate(clients)
            ],
            "application_permissions_user_grants": [
                {"clientId": client, "resourceId": GRAPH, "scope": "Mail.Read", "count": 3}
                for client in set(clients[:1])
            ],
        }

    def _principals(self, day: date) -> dict[str, Records]:
        ends = f"{day + timedelta(days=self.chance.choice([-9, 0, 400]))}T08:00:00Z"
        return {
            "service_principals": [
                {
                    "id": f"sp{number}",
                    "appId": f"app{number}",
                    "displayName": f"App {number}",
                    "appOwnerOrganizationId": self.tenant_id if number < 2 else "publisher",
                    "passwordCredentials": [{"keyId": "k", "endDateTime": ends}],
                }
                for number in range(self.chance.choice([0, 3, 4]))
            ],
            "service_principals_applications": [
                {"id": "o0", "appId": "APP0", "keyCredentials": [{"endDateTime": ends}]}
            ],
        }

    def _at_risk(self, member: str) -> Records:
        return [
            {
                member: f"p{number}",
                "riskLevel": self.chance.choice(["low", "high", "hidden", None]),
                "riskState": self.chance.choice(["atRisk", "confirmedSafe"]),
            }
            for number in range(self.chance.randrange(5))
        ]

    def _before(self, day: date) -> date:
        return day - timedelta(days=self.chance.randrange(33))

    def _recommendations(self) -> Records:
        return [
            {
                "id": f"{self.tenant_id}_{one}",
                "recommendationType": one,
                "status": self.chance.choice(["active", "completedBySystem", "dismissed"]),
                "currentScore": 1.0,
                "maxScore": self.chance.choice([1.0, 10.0]),
                "impactedResources": [
                    {"id": f"i{number}", "subjectId": f"p{number}", "status": "active"}
                    for number in range(self.chance.randrange(3))
                ],
            }
            for one in self.chance.sample(TYPES, self.chance.randrange(len(TYPES)))
        ]

    def _series(self, day: date) -> Records:
        chance = self.chance
        for back in range(-1, 12):
            known = day - timedelta(days=back)
            if known not in self.scores or chance.random() < 0.03:
                self.scores[known] = (
                    float(chance.randrange(60)),
                    chance.choice([60.0, 61.0, None]),
                )
        shown = [one for one in self.scores if one <= day or chance.random() < 0.3]
        return [
            {
                "createDateTime": f"{one}T00:00:00Z",
                "tenantScore": self.scores[one][0],
                "tenantMaxScore": self.scores[one][1],
            }
            for one in sorted(shown, reverse=True)
            if chance.random() < 0.97
        ]
