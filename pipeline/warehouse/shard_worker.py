"""A worker process: builds the shards it is given, one after the other, and tells each result.

It ends with the process above it, however that ends, and leaves Ctrl-C to it.
"""

import queue

from pipeline.warehouse.shard_build import ShardTask, build_shard
from pipeline.workers.inside import leave, listen, own_pipes, told
from pipeline.workers.pipes import send


def main() -> None:
    """Build what comes on standard input; its results, or the error that ends it, go out."""
    inbox, outbox = own_pipes()
    tasks: queue.SimpleQueue[ShardTask] = queue.SimpleQueue()
    listen(inbox, tasks.put)
    try:
        while True:
            send(outbox, build_shard(tasks.get()))
    except BrokenPipeError:
        leave()
    except BaseException as raised:
        send(outbox, told(raised))
    finally:
        leave()
