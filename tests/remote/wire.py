"""How answers leave: whole, in halves, in drops or never."""

import json
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from threading import Event
from typing import Any

_PIECES = 10
_SLOW_SECONDS = 0.2


@dataclass(frozen=True)
class Reply:
    """An answer; ``texts`` are those whose good vectors it carries."""

    status: int
    body: bytes
    kind: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)
    texts: tuple[str, ...] = ()


def as_json(status: int, body: Any, headers: dict[str, str] | None = None) -> Reply:
    return Reply(status, json.dumps(body).encode(), headers=headers or {})


HTML = Reply(200, b"<!DOCTYPE html><html><body>Please log in</body></html>", "text/html")


class Wire(BaseHTTPRequestHandler):
    """A handler that knows when the last byte of an answer goes, and whether it went."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    closing: Event

    def last_byte(self, reply: Reply) -> None:
        """Called before the last byte of a whole answer is written."""

    def lost(self, reply: Reply) -> None:
        """Called when the last byte could not be written."""

    def received(self) -> bytes | None:
        """The body of the request; None if the client vanished while sending it."""
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length)
        if len(body) == length:
            return body
        self.close_connection = True
        return None

    def send(self, reply: Reply, *, slowly: bool = False) -> None:
        try:
            self._head(reply)
            self._dribble(reply.body[:-1]) if slowly else self.wfile.write(reply.body[:-1])
            self.wfile.flush()
        except OSError:
            self.close_connection = True
            return
        self.last_byte(reply)
        try:
            self.wfile.write(reply.body[-1:])
            self.wfile.flush()
        except OSError:
            self.close_connection = True
            self.lost(reply)

    def send_half(self, reply: Reply) -> None:
        """Promise all, send half and hang up."""
        self.close_connection = True
        self._head(reply)
        self.wfile.write(reply.body[: len(reply.body) // 2])
        self.wfile.flush()

    def hang_up(self) -> None:
        self.close_connection = True

    def hang(self) -> None:
        """Say nothing until the server closes or the client has had enough."""
        self.close_connection = True
        with suppress(OSError):
            self.connection.recv(1)

    def _head(self, reply: Reply) -> None:
        self.send_response(reply.status)
        self.send_header("Content-Type", reply.kind)
        self.send_header("Content-Length", str(len(reply.body)))
        for name, value in reply.headers.items():
            self.send_header(name, value)
        self.end_headers()

    def _dribble(self, content: bytes) -> None:
        step = max(1, -(-len(content) // _PIECES))
        for start in range(0, len(content), step):
            self.wfile.write(content[start : start + step])
            self.wfile.flush()
            self.closing.wait(_SLOW_SECONDS / _PIECES)

    def log_message(self, *args: object) -> None:
        """Say nothing."""
