"""Where one control stands on one day, and the points that follow from it."""

from dataclasses import dataclass

from pipeline.sandbox.catalogue import Control

COUNTED = ("users", "admins", "devices")
DEFAULT_UPDATE = {
    "assignedTo": None,
    "comment": None,
    "state": "Default",
    "updatedBy": None,
    "updatedDateTime": None,
}


@dataclass(frozen=True, slots=True)
class Standing:
    """One control on one day: `met` of `total` where it counts, else on (1 of 1) or off.

    `count` is a number that stands without a total (administrators).
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

    @property
    def ratio(self) -> float:
        if self.state == "Ignored":
            return 0.0
        if self.state == "ThirdParty":
            return 1.0
        return self.met / self.total if self.total else 0.0

    @property
    def score(self) -> float:
        return round(self.maximum * self.ratio, 2)

    @property
    def percentage(self) -> float:
        return round(100 * self.ratio, 2)
