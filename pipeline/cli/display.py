"""Progress of a run: a bar on a terminal, plain lines elsewhere; always on stderr."""

import sys
import time
from types import TracebackType
from typing import TYPE_CHECKING, Self

from pipeline.errors import PostureError
from pipeline.text import printable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.progress import Progress, TaskID

    from pipeline.collection.collect import CollectProgress, CollectResult
    from pipeline.warehouse.nodes import NodeResult

STAGES = {"collect": "collecting", "build": "building", "publish": "publishing"}
LINE_EVERY_SECONDS = 10.0


class Display:
    """Follows collect, build and publish, and keeps what the collection gave."""

    def __init__(self, *, title: str = "") -> None:
        self._title = f"{title} " if title else ""
        self._bar: Progress | None = None
        self._task: TaskID | None = None
        self._stage = ""
        self._nodes = 0
        self._started = self._last_line = 0.0
        self._collected: CollectResult | None = None
        self.damage: list[str] = []
        self.kept_small: list[str] = []

    def __enter__(self) -> Self:
        if sys.stderr.isatty():
            from rich.console import Console
            from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

            self._bar = Progress(
                TextColumn("{task.description}", markup=False),
                BarColumn(),
                TextColumn("{task.fields[detail]}", markup=False),
                TimeElapsedColumn(),
                console=Console(stderr=True),
                transient=True,
            )
            self._bar.start()
            self._task = self._bar.add_task(f"{self._title}starting", total=None, detail="")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._bar is not None:
            self._bar.stop()
        if error is None:
            self._end_stage()

    @property
    def collected(self) -> "CollectResult":
        """What the collection of this run gave."""
        if self._collected is None:
            raise PostureError("the run ended without collecting; run it again with --debug")
        return self._collected

    def on_stage(self, name: str) -> None:
        """A stage begins, and the one before it is done."""
        self._end_stage()
        self._stage = name
        self._started = self._last_line = time.monotonic()
        text = f"{self._title}{STAGES[name]}"
        if self._bar is not None:
            if self._task is not None:
                self._bar.remove_task(self._task)
            self._task = self._bar.add_task(text, total=None, detail="")
        else:
            self._say(f"{text} ...")

    def on_progress(self, progress: "CollectProgress") -> None:
        """One feed of one tenant has ended."""
        name = printable(progress.tenant_name or progress.tenant_id)
        self._show(progress.done, progress.total, f"{name} {progress.feed}")

    def on_collected(self, result: "CollectResult") -> None:
        """The collection has ended."""
        self._collected = result

    def on_damage(self, lines: "Sequence[str]") -> None:
        """The build has looked at the lake."""
        self.damage = list(lines)

    def on_kept_small(self, lines: "Sequence[str]") -> None:
        """Closed months of the lake were merged, but for these."""
        self.kept_small = list(lines)

    def on_note(self, line: str) -> None:
        """Something of the stage that is no progress."""
        if self._bar is not None:
            self._bar.console.print(line, markup=False, highlight=False)
        else:
            self._say(f"  {line}")

    def on_node(self, node: "NodeResult") -> None:
        """One dbt model or test has ended."""
        self._nodes += 1
        self._show(self._nodes, None, node.name)

    def _show(self, done: int, total: int | None, detail: str) -> None:
        if self._bar is not None and self._task is not None:
            count = f"{done}/{total}" if total else str(done)
            self._bar.update(self._task, completed=done, total=total, detail=f"{count} {detail}")
        elif time.monotonic() - self._last_line >= LINE_EVERY_SECONDS:
            self._last_line = time.monotonic()
            self._say(f"  {done}{f' of {total}' if total else ''}: {detail}")

    def _end_stage(self) -> None:
        if self._stage and self._bar is None:
            seconds = time.monotonic() - self._started
            self._say(f"{self._title}{STAGES[self._stage]} took {seconds:.1f} s")
        self._stage = ""

    @staticmethod
    def _say(text: str) -> None:
        print(text, file=sys.stderr, flush=True)
