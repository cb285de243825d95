"""A process that kills itself at its n-th step on disk, as a power cut would."""

import os
import signal
from collections.abc import Callable, Iterable
from typing import Any


class Steps:
    """Counts the calls of functions that change the disk; the fatal one is never made."""

    def __init__(self, fatal: int, places: Iterable[tuple[Any, str]]) -> None:
        """`places`: the owner of each function, and its name there."""
        self.taken = 0
        self._fatal = fatal
        for owner, name in places:
            setattr(owner, name, self._counted(getattr(owner, name)))

    def _counted(self, function: Callable[..., Any]) -> Callable[..., Any]:
        def step(*arguments: Any, **options: Any) -> Any:
            self.taken += 1
            if self.taken == self._fatal:
                os.kill(os.getpid(), signal.SIGKILL)
            return function(*arguments, **options)

        return step
