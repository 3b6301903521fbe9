"""A real HTTP server of files on loopback, with faults that are asked for one by one."""

import hashlib
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread


class FileServer(ThreadingHTTPServer):
    """Serves ``files``; each request first takes the next of ``faults``, if there is one."""

    daemon_threads = True

    def __init__(self, files: dict[str, bytes]) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.files = files
        self.faults: deque[str] = deque()
        self.requests: list[tuple[str, str | None]] = []
        self.sent = 0
        self.resumable = True

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def handle_error(self, request: object, client_address: object) -> None:
        """Clients that go away are part of the tests."""


class _Handler(BaseHTTPRequestHandler):
    server: FileServer

    def do_GET(self) -> None:
        fault = self.server.faults.popleft() if self.server.faults else ""
        asked = self.headers.get("Range")
        self.server.requests.append((self.path, asked))
        content = self.server.files.get(self.path)
        if fault.isdigit():
            self.send_response(int(fault))
            self.send_header("Retry-After", "0")
            self.send_header("Content-Length", "0")
            self.end_headers()
        elif fault == "silent":
            time.sleep(2)
            self.close_connection = True
        elif fault == "gone":
            self.close_connection = True
        elif fault == "html":
            self._send(200, b"<!DOCTYPE html><html><body>Please log in</body></html>")
        elif content is None:
            self.send_error(404)
        else:
            self._file(content, asked, half=fault == "half")

    def _file(self, content: bytes, asked: str | None, *, half: bool) -> None:
        tag = f'"{hashlib.md5(content, usedforsecurity=False).hexdigest()}"'
        start, status = 0, 200
        if asked and self.server.resumable and self.headers.get("If-Range") == tag:
            start, status = int(asked.removeprefix("bytes=").rstrip("-")), 206
            if start >= len(content):
                self.send_error(416)
                return
        self._send(status, content[start:], tag=tag, half=half)

    def _send(self, status: int, body: bytes, *, tag: str = "", half: bool = False) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        if tag:
            self.send_header("ETag", tag)
        self.end_headers()
        sent = body[: len(body) // 2] if half else body
        self.wfile.write(sent)
        self.server.sent += len(sent)
        self.close_connection = half

    def log_message(self, *args: object) -> None:
        """Say nothing."""


@contextmanager
def serving(files: dict[str, bytes]) -> Iterator[FileServer]:
    server = FileServer(files)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
