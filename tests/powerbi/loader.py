"""Microsoft's own TMDL loader, where it is installed: an MCP server on stdio."""

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass
class Loader:
    """A running loader; it keeps the models it has opened."""

    process: subprocess.Popen[str]
    asked: int = field(default=0)

    def call(self, method: str, params: dict[str, Any]) -> dict[str, Any]:
        """One request of the protocol, and its result."""
        self.asked += 1
        self._send({"id": self.asked, "method": method, "params": params})
        assert self.process.stdout is not None
        for line in self.process.stdout:
            answer = json.loads(line)
            if answer.get("id") == self.asked:
                assert "error" not in answer, answer["error"]
                return dict(answer["result"])
        raise AssertionError("the loader ended before it answered")

    def _send(self, message: dict[str, Any]) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps({"jsonrpc": "2.0", **message}) + "\n")
        self.process.stdin.flush()

    def tool(self, name: str, **request: Any) -> dict[str, Any]:
        """What a tool answers to a request."""
        result = self.call("tools/call", {"name": name, "arguments": {"request": request}})
        answer: dict[str, Any] = json.loads(result["content"][0]["text"])
        return answer

    def begin(self) -> None:
        about = {"name": "posture-tests", "version": "1"}
        params = {"protocolVersion": "2025-03-26", "capabilities": {}, "clientInfo": about}
        self.call("initialize", params)
        self._send({"method": "notifications/initialized"})


@contextmanager
def loader(binary: Path) -> Iterator[Loader]:
    """The loader, running; ended after."""
    process = subprocess.Popen(
        [str(binary), "--start", "--skipconfirmation"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    try:
        found = Loader(process)
        found.begin()
        yield found
    finally:
        process.kill()
        process.wait()
