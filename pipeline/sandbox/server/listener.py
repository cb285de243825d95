"""HTTPS on 127.0.0.1 from a thread of its own."""

import asyncio
import ssl
import threading

from aiohttp import web

from pipeline.sandbox.server.handler import Handler


class Listener:
    """Serves a handler between `start` and `stop`."""

    def __init__(self, handler: Handler) -> None:
        self._handler = handler
        self._port = 0
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None

    def start(self, port: int, context: ssl.SSLContext) -> int:
        """Listen on the port (0: a free one) and say which. Raises what the system refuses."""
        self._port = port
        started: threading.Event = threading.Event()
        failure: list[BaseException] = []
        self._thread = threading.Thread(
            target=self._serve, args=(context, started, failure), name="sandbox", daemon=True
        )
        self._thread.start()
        started.wait()
        if failure:
            self._thread.join()
            raise failure[0]
        return self._port

    def stop(self) -> None:
        """End what is under way and wait for the thread; nothing where none was started."""
        if self._loop and self._thread:
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()
            self._loop = None

    def _serve(
        self, context: ssl.SSLContext, started: threading.Event, failure: list[BaseException]
    ) -> None:
        loop = self._loop = asyncio.new_event_loop()
        asyncio.set_event_loop(loop)
        try:
            runner = loop.run_until_complete(self._listen(context))
        except BaseException as error:
            failure.append(error)
            loop.close()
            started.set()
            return
        started.set()
        loop.run_forever()
        loop.run_until_complete(runner.cleanup())
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.close()

    async def _listen(self, context: ssl.SSLContext) -> web.ServerRunner:
        runner = web.ServerRunner(web.Server(self._handler, access_log=None))
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", self._port, ssl_context=context, shutdown_timeout=1)
        await site.start()
        self._port = runner.addresses[0][1]
        return runner
