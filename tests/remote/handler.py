"""What the server does with one request after another on a connection."""

import time
from random import Random
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from tests.remote.answers import Wanted, answer_object, refusal, wanted_from_bytes
from tests.remote.books import Request
from tests.remote.faults import ERRORS, UNBILLED, error_object, error_of, kind_of
from tests.remote.wire import HTML, Reply, Wire, as_json

if TYPE_CHECKING:
    from tests.remote.embeddings_server import EmbeddingsServer

RATE_LIMIT = "rate-limit"


class Handler(Wire):
    server: "EmbeddingsServer"
    _under_way = False

    def setup(self) -> None:
        super().setup()
        self.closing = self.server.closing

    def do_POST(self) -> None:  # noqa: N802
        body = self.received()
        if body is None:
            return
        if urlsplit(self.path).path == "/v1/embeddings":
            self._embed(wanted_from_bytes(body, self.server.width))
        else:
            self._elsewhere()

    def do_GET(self) -> None:  # noqa: N802
        self._elsewhere()

    def _elsewhere(self) -> None:
        self.server.books.enter(Request(self.command, self.path, self._authorization, time=time.monotonic()))
        self.send(as_json(404, error_object(f"Invalid URL ({self.command} {self.path})")))

    @property
    def _authorization(self) -> str:
        return self.headers.get("Authorization", "")

    def _embed(self, wanted: Wanted) -> None:
        server = self.server
        fault, chance = server.enter(wanted.texts)
        self._under_way = True
        server.books.enter(
            Request(
                self.command, self.path, self._authorization, fault,
                wanted.texts, wanted.keys, wanted.options, time.monotonic(),
            )
        )  # fmt: skip
        try:
            server.closing.wait(server.delay)
            self._answer(wanted, fault, chance)
        finally:
            self._done()

    def _answer(self, wanted: Wanted, fault: str, chance: Random) -> None:
        if fault == RATE_LIMIT:
            fault = f"429 {self.server.patience()}"
        kind = kind_of(fault)
        if kind == "silent":
            self.hang()
        elif kind == "drop":
            self.hang_up()
        elif kind in ERRORS:
            self.send(as_json(*error_of(fault, self._authorization)))
        elif kind == "html":
            self.send(HTML)
        elif wanted.refused:
            self.send(refusal(wanted))
        else:
            self._vectors(wanted, kind, chance)

    def _vectors(self, wanted: Wanted, kind: str, chance: Random) -> None:
        body, good = answer_object(wanted, kind, chance)
        whole = as_json(200, body)
        if kind not in UNBILLED:
            self.server.books.bill(wanted.texts)
        if kind == "half":
            self.send_half(whole)
        elif kind == "half-json":
            self.send(Reply(200, whole.body[: len(whole.body) // 2]))
        else:
            self.send(Reply(200, whole.body, texts=good), slowly=kind == "slow")

    def _done(self) -> None:
        if self._under_way:
            self._under_way = False
            self.server.leave()

    def last_byte(self, reply: Reply) -> None:
        # Before the client can know: else its next request would be counted beside this one.
        self._done()
        self.server.books.deliver(reply.texts)

    def lost(self, reply: Reply) -> None:
        self.server.books.strike(reply.texts)
