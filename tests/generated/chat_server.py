"""A real server of chat completions on loopback, with faults that are asked for gene by gene."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Lock, Thread
from typing import Any


@dataclass(frozen=True)
class Request:
    gene: str
    path: str
    authorization: str
    body: dict[str, Any]
    time: float


class ChatServer(ThreadingHTTPServer):
    """Writes a sentence about each gene; no two answers are the same, and a symbol in ``NOPE...`` is unknown.

    ``faults`` are taken one by one by requests about a gene; ``always`` comes when there is none left.
    """

    daemon_threads = True
    request_queue_size = 64

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.faults: dict[str, list[str]] = {}
        self.always = ""
        self.delay = 0.0
        self.requests: list[Request] = []
        self.answered = 0
        self.hanging = 0
        self.lock = Lock()
        self.closing = Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/v1"

    @property
    def asked(self) -> list[str]:
        return [request.gene for request in self.requests]

    def handle_error(self, request: object, client_address: object) -> None:
        """Clients that go away are part of the tests."""


class _Handler(BaseHTTPRequestHandler):
    server: ChatServer
    protocol_version = "HTTP/1.1"
    wbufsize = -1

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        gene = body["messages"][1]["content"].splitlines()[0].removeprefix("Symbol: ")
        authorization = self.headers.get("Authorization", "")
        with self.server.lock:
            self.server.requests.append(Request(gene, self.path, authorization, body, time.monotonic()))
            waiting = self.server.faults.get(gene)
            fault = waiting.pop(0) if waiting else self.server.always
        time.sleep(self.server.delay)
        if fault == "silent":
            with self.server.lock:
                self.server.hanging += 1
            self.server.closing.wait(60)
        elif fault == "gone":
            self.close_connection = True
        elif fault == "json":
            self._send(200, b'{"choices": [{"mess')
        elif fault == "html":
            self._send(200, b"<!DOCTYPE html><html>Please log in</html>", kind="text/html")
        elif fault[:3].isdigit():
            status, wait, code, param = (*fault.split(), "", "", "")[:4]
            message = f"Incorrect API key provided: {authorization} in {self.path}."
            error = {"message": message, "code": code, "param": param}
            self._send(int(status), json.dumps({"error": error}).encode(), wait=wait)
        else:
            self._answer(gene, fault, body["model"])

    def _answer(self, gene: str, fault: str, model: str) -> None:
        with self.server.lock:
            self.server.answered += 1
            text = f" {gene} encodes\n\tprotein number {self.server.answered}. "
        text = "UNKNOWN." if gene.startswith("NOPE") else text
        message: dict[str, Any] = {"role": "assistant", "content": text}
        if fault == "refusal":
            message["refusal"] = "I won't."
        elif fault.startswith("say "):
            message["content"] = fault[4:]
        elif fault == "null":
            message["content"] = None
        completion = {
            "id": "1",
            "object": "chat.completion",
            "model": f"{model}-2026-01-01",
            "choices": [
                {"index": 0, "message": message, "finish_reason": "length" if fault == "length" else "stop"}
            ],
            "usage": {"prompt_tokens": 200, "completion_tokens": 100, "total_tokens": 300},
        }
        self._send(200, json.dumps(completion).encode())

    def _send(self, status: int, body: bytes, *, kind: str = "application/json", wait: str = "") -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        if wait:
            self.send_header("Retry-After", wait)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        """Say nothing."""


@contextmanager
def chatting() -> Iterator[ChatServer]:
    server = ChatServer()
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        server.closing.set()
        server.shutdown()
        thread.join()
        server.server_close()
