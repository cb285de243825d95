"""What attacks came to: attempts, losses, leaks."""

from collections import defaultdict
from dataclasses import dataclass, field

from tests.commands import Ended

LONGEST_LINE = 1_000


@dataclass
class Tally:
    """Counts by kind of attack; each loss and leak in a sentence."""

    attempts: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    losses: list[str] = field(default_factory=list)
    leaks: list[str] = field(default_factory=list)

    def count(self, kind: str, name: str, *, loss: str = "", leak: str = "") -> None:
        """Note one attempt, and what was lost or leaked by it."""
        self.attempts[kind] += 1
        if loss:
            self.losses.append(f"{kind}, {name}: {loss}")
        if leak:
            self.leaks.append(f"{kind}, {name}: {leak}")

    def __str__(self) -> str:
        rows = [f"{kind:<24} {count:>5} attempts" for kind, count in self.attempts.items()]
        rows.append(
            f"{'all':<24} {sum(self.attempts.values()):>5} attempts, "
            f"{len(self.losses)} losses, {len(self.leaks)} leaks"
        )
        return "\n".join([*rows, *self.losses, *self.leaks])


def ill_told(ended: Ended) -> str:
    """What is wrong with the way a command ended; nothing where it is well told."""
    if ended.code not in (0, 1, 2, 3):
        return f"exit code {ended.code}"
    if "Traceback" in ended.err:
        return "a traceback"
    errors = [line for line in ended.err.splitlines() if line.startswith("posture")]
    if ended.code in (1, 2) and len(errors) != 1:
        return f"exit {ended.code} with {len(errors)} lines of error: {ended.err[-300:]!r}"
    if any(len(line) > LONGEST_LINE for line in errors):
        return "a line of error that nobody reads"
    return ""


def secrets_in(text: str, secrets: tuple[str, ...]) -> str:
    """Which secret stands in a text, if any does."""
    return next(("a secret was told" for secret in secrets if secret and secret in text), "")
