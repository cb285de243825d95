"""A worker for the tests: says how long its first message was, then never stops talking."""

from pipeline.workers.inside import own_pipes
from pipeline.workers.pipes import receive, send

MUCH = 4_000_000


def main() -> None:
    """Talk, more than a pipe holds."""
    inbox, outbox = own_pipes()
    send(outbox, len(receive(inbox)))
    print("what is printed is no message", flush=True)
    while True:
        send(outbox, bytes(MUCH))
