"""Where one control stands on one day, the points that follow, and the text that says so."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import orjson

from pipeline.sandbox.story.catalogue import Control

COUNTED = ("users", "admins", "devices")
DEFAULT_UPDATE = {
    "assignedTo": None,
    "comment": None,
    "state": "Default",
    "updatedBy": None,
    "updatedDateTime": None,
}


@dataclass(frozen=True)
class Standing:
    """One control on one day: `met` of `total` where it counts, else on (1 of 1) or off.

    `count` is a number that stands without a total (administrators). Days on which nothing
    changed share one instance, and with it everything that is worked out here.
    """

    control: Control
    met: int
    total: int
    maximum: int
    state: str
    count: int = 0

    @property
    def counts_in_maximum(self) -> bool:
        return self.state != "Ignored"

    @cached_property
    def ratio(self) -> float:
        if self.state == "Ignored":
            return 0.0
        if self.state == "ThirdParty":
            return 1.0
        return self.met / self.total if self.total else 0.0

    @cached_property
    def score(self) -> float:
        return round(self.maximum * self.ratio, 2)

    @cached_property
    def percentage(self) -> float:
        return round(100 * self.ratio, 2)

    @cached_property
    def thin(self) -> bytes:
        """The controlScore that history keeps, as JSON."""
        return orjson.dumps(self.member(None, self.status(rich=False)))

    def member(self, description: str | None, status: str) -> dict[str, Any]:
        """The members that every controlScore has, in the order of the wire."""
        return {
            "controlCategory": self.control.category,
            "controlName": self.control.name_in_scores,
            "description": description,
            "score": self.score,
            "implementationStatus": status,
            "scoreInPercentage": self.percentage,
        }

    def status(self, *, rich: bool) -> str:
        """The text of the day; history re-renders it with its counts zeroed or blank."""
        control, shows_counts = self.control, rich and self.control.kind in COUNTED
        if control.contradicts and not self.met:
            return control.contradicts
        return control.status.format(
            unmet=self.total - self.met if shows_counts else 0,
            total=self.total if shows_counts else 0,
            count=self.count if rich else "",
            state="On" if self.met else "Off",
            article="no" if self.met else "a",
        )
