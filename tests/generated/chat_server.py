"""A real server of chat completions on loopback, with faults that are asked for gene by gene.

It is asked about genes (``Symbol: ...``) or clusters (``Markers: ...``, known by the first of them).
"""

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
    Names each cluster after its first marker.

    ``faults`` are taken one by one by requests about a gene; ``always`` comes when there is none left. A
    server that ``lives_for`` so many answers is gone after them. ``refuses_form`` is the status with which
    requests for a form of answers are refused.
    """

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.lives_for: int | None = None
        self.refuses_form = 0
        self.faults: dict[str, list[str]] = {}
        self.always = ""
        self.delay = 0.0
        self.requests: list[Request] = []
        self.answered = 0
        self.hanging = 0
        self.lock = Lock()
        self.closing = Event()

    def die(self) -> None:
        """Take no further connection."""
        self.shutdown()
        self.server_close()

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
        told = dict(line.split(": ", 1) for line in body["messages"][1]["content"].splitlines())
        gene = told.get("Symbol") or told["Markers"].split(", ")[0]
        authorization = self.headers.get("Authorization", "")
        with self.server.lock:
            self.server.requests.append(Request(gene, self.path, authorization, body, time.monotonic()))
            waiting = self.server.faults.get(gene)
            fault = waiting.pop(0) if waiting else self.server.always
        time.sleep(self.server.delay)
        if self.server.refuses_form and "response_format" in body:
            error = {"message": "json_schema isn't supported", "param": "response_format"}
            self._send(self.server.refuses_form, json.dumps({"error": error}).encode())
        elif fault == "silent":
            with self.server.lock:
                self.server.hanging += 1
            self.server.closing.wait(60)
        elif fault == "gone":
            self.close_connection = True
        elif fault == "cut":
            self._send(200, b'{"model": "small", "choices": [{"mess', length=500)
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
            self._answer(gene, fault, body["model"], markers=told.get("Markers", ""))

    def _answer(self, gene: str, fault: str, model: str, *, markers: str) -> None:
        with self.server.lock:
            self.server.answered += 1
            number = self.server.answered
        text = f" {gene} encodes\n\tprotein number {number}. "
        text = "UNKNOWN." if gene.startswith("NOPE") else text
        text = cell_type(gene, markers=markers.split(", "), number=number) if markers else text
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
        if number == self.server.lives_for:
            # From another thread, since it waits for the loop that called this.
            Thread(target=self.server.die).start()
            self.close_connection = True

    def _send(
        self, status: int, body: bytes, *, kind: str = "application/json", wait: str = "", length: int = 0
    ) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(length or len(body)))
        if wait:
            self.send_header("Retry-After", wait)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        """Say nothing."""


def cell_type(gene: str, *, markers: list[str], number: int = 0, **more: Any) -> str:
    said = {
        "cell_type": f"{gene} cell",
        "cell_ontology_id": None,
        "confidence": "high",
        "markers": markers[:2],
        "reason": f"Reason number {number}.",
    }
    return json.dumps(said | more)


@contextmanager
def chatting(port: int = 0) -> Iterator[ChatServer]:
    server = ChatServer(port)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        server.closing.set()
        server.shutdown()
        thread.join()
        server.server_close()
