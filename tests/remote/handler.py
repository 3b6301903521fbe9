"""What the server does with one request after another on a connection."""

import time
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from tests.remote.answers import Wanted, answer_object, refusal, wanted_from_bytes
from tests.remote.books import Request
from tests.remote.faults import ERRORS, UNBILLED, error_of, kind_of
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
            self._batch(body)

    def do_GET(self) -> None:  # noqa: N802
        self._batch(b"")

    def do_DELETE(self) -> None:  # noqa: N802
        self._batch(b"")

    def _embed(self, wanted: Wanted) -> None:
        server = self.server
        fault, chance = server.enter(wanted.texts)
        self._under_way = True
        self._note(fault, wanted)
        try:
            server.closing.wait(server.delay)
            if fault == RATE_LIMIT:
                fault = f"429 {server.patience()}"
            kind = kind_of(fault)
            if self._refuses(fault):
                pass
            elif wanted.refused:
                self.send(refusal(wanted))
            else:
                body, good = answer_object(wanted, kind, chance)
                if kind not in UNBILLED:
                    server.books.bill(wanted.texts)
                self._send_as(kind, replace(as_json(200, body), texts=good))
        finally:
            self._done()

    def _batch(self, body: bytes) -> None:
        """Files and batches: the fault comes before the work is done, or after it."""
        api = self.server.batch_api
        planned = api.next_fault(self.command, self.path)
        self._note(planned, wanted_from_bytes(body, 0))
        self.server.closing.wait(self.server.delay)
        fault = planned.replace("-after", "")
        if fault == planned and self._refuses(fault):
            return
        reply = api.reply(self.command, self.path, body, content_type=self.headers.get("Content-Type", ""))
        if not self._refuses(fault):
            self._send_as(kind_of(fault), reply)

    def _note(self, fault: str, wanted: Wanted) -> None:
        authorization = self.headers.get("Authorization", "")
        self.server.books.enter(
            Request(
                method=self.command,
                path=self.path,
                authorization=authorization,
                fault=fault,
                texts=wanted.texts,
                keys=wanted.keys,
                options=wanted.options,
                time=time.monotonic(),
            )
        )

    def _refuses(self, fault: str) -> bool:
        """Fail, where the fault is one that needs nothing of the answer."""
        kind = kind_of(fault)
        if kind == "silent":
            self.hang()
        elif kind == "drop":
            self.hang_up()
        elif kind == "html":
            self.send(HTML)
        elif kind in ERRORS:
            self.send(as_json(*error_of(fault, self.headers.get("Authorization", ""))))
        else:
            return False
        return True

    def _send_as(self, kind: str, reply: Reply) -> None:
        if kind == "half":
            self.send_half(reply)
        elif kind == "half-json":
            self.send(replace(reply, body=reply.body[: len(reply.body) // 2], texts=()))
        else:
            self.send(reply, slowly=kind == "slow")

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
