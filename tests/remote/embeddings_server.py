"""A real server of embeddings on loopback, with faults that are asked for one by one or come by chance.

In a process of its own: ``python -m tests.remote.embeddings_server --state FILE`` prints its address. It ends
with the process that started it.
"""

import socket
import sys
import time
from collections import Counter, deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import ThreadingHTTPServer
from pathlib import Path
from random import Random
from threading import Event, Lock, Thread
from typing import Any, TypedDict, Unpack

from tests.remote.batch_api import BatchApi
from tests.remote.batch_plan import BatchPlan
from tests.remote.books import Books, Request, read_books
from tests.remote.faults import KINDS, FaultSchedule, random_for
from tests.remote.handler import RATE_LIMIT, Handler
from tests.remote.vectors import MODEL, WIDTH, tokens_of, vector_of

__all__ = [
    "KINDS",
    "MODEL",
    "WIDTH",
    "BatchApi",
    "BatchPlan",
    "EmbeddingsServer",
    "FaultSchedule",
    "Request",
    "read_books",
    "serving",
    "tokens_of",
    "vector_of",
]

# How far above the permitted rate a burst may go.
_BURST_SECONDS = 0.1


class Options(TypedDict, total=False):
    """How a server is set up; seconds, and vectors' numbers."""

    port: int
    width: int
    delay: float
    requests_per_second: float
    schedule: FaultSchedule | None
    seed: int
    state: Path | None


class EmbeddingsServer(ThreadingHTTPServer):
    """Gives each text its own vector, ``vector_of(text, model, width)``.

    A request takes the next of ``faults``; where there is none, ``schedule`` chooses. Above
    ``requests_per_second``, unless that is zero, all are told to come back later (``rate-limit`` in the
    books) and use up no fault. ``delay`` is waited for before each answer. All of these may be set
    while it runs. Files and batches are behind ``batch_api``.
    """

    daemon_threads = True
    request_queue_size = 256

    def __init__(self, **options: Unpack[Options]) -> None:
        self.connections: set[socket.socket] = set()
        super().__init__(("127.0.0.1", options.get("port", 0)), Handler)
        self.width = options.get("width", WIDTH)
        self.delay = options.get("delay", 0.0)
        self.requests_per_second = options.get("requests_per_second", 0.0)
        self.schedule = options.get("schedule")
        self.seed = options.get("seed", 0)
        self.books = Books(options.get("state"))
        self.batch_api = BatchApi(self.books, self.width)
        self.faults: deque[str] = deque()
        self.in_flight = 0
        self.max_in_flight = 0
        self.lock = Lock()
        self.closing = Event()
        self._attempts: Counter[tuple[str, ...]] = Counter()
        self._chance = Random(self.seed)
        self._due = 0.0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/v1"

    @property
    def requests(self) -> list[Request]:
        return self.books.requests

    @property
    def billed(self) -> Counter[str]:
        return self.books.billed

    @property
    def delivered(self) -> Counter[str]:
        return self.books.delivered

    def enter(self, texts: tuple[str, ...]) -> tuple[str, Random]:
        """Count a request as under way; say what goes wrong with it, and by which chance."""
        with self.lock:
            self.in_flight += 1
            self.max_in_flight = max(self.max_in_flight, self.in_flight)
            attempt = self._attempts[texts]
            self._attempts[texts] += 1
            return self._fault(texts, attempt), random_for(self.seed, attempt, texts)

    def leave(self) -> None:
        with self.lock:
            self.in_flight -= 1

    def _fault(self, texts: tuple[str, ...], attempt: int) -> str:
        if self.requests_per_second and self._too_many():
            return RATE_LIMIT
        if self.faults:
            return self.faults.popleft()
        return self.schedule.choose(texts, attempt) if self.schedule else ""

    def _too_many(self) -> bool:
        now = time.monotonic()
        start = max(self._due, now)
        if start - now > _BURST_SECONDS:
            return True
        self._due = start + 1 / self.requests_per_second
        return False

    def patience(self) -> str:
        """For how long a client above the rate should wait, in seconds."""
        with self.lock:
            return f"{self._chance.uniform(0.05, 0.2):.3f}"

    def get_request(self) -> tuple[socket.socket, Any]:
        connection, address = super().get_request()
        with self.lock:
            self.connections.add(connection)
        return connection, address

    def shutdown_request(self, request: Any) -> None:
        with self.lock:
            self.connections.discard(request)
        super().shutdown_request(request)

    def hang_up_on_all(self) -> None:
        self.closing.set()
        with self.lock:
            for connection in self.connections:
                with suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients that go away are part of the tests; anything else is a mistake here, or in a test."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)


@contextmanager
def serving(**options: Unpack[Options]) -> Iterator[EmbeddingsServer]:
    server = EmbeddingsServer(**options)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        server.hang_up_on_all()
        server.shutdown()
        thread.join()
        server.hang_up_on_all()
        server.server_close()
        server.books.close()


if __name__ == "__main__":
    from tests.remote.apart import main

    main()
