"""Files and batches of embeddings as OpenAI has them; batches move on when they are asked after."""

import json
import re
import secrets
import time
from collections import Counter, defaultdict, deque
from threading import RLock
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.remote.batch_life import Batch, batch_object, usage_object
from tests.remote.batch_lines import ENDPOINT, lines_of, result_of
from tests.remote.batch_plan import FINAL, BatchPlan
from tests.remote.books import Books
from tests.remote.faults import error_object
from tests.remote.files_api import StoredFile, form_parts, page_of
from tests.remote.wire import Reply, as_json

_OPERATIONS = {
    "upload": r"POST /v1/files",
    "files": r"GET /v1/files",
    "file": r"GET /v1/files/([^/]+)",
    "content": r"GET /v1/files/([^/]+)/content",
    "delete": r"DELETE /v1/files/([^/]+)",
    "create": r"POST /v1/batches",
    "list": r"GET /v1/batches",
    "retrieve": r"GET /v1/batches/([^/]+)",
    "cancel": r"POST /v1/batches/([^/]+)/cancel",
}


class BatchApi:
    """What is behind ``/v1/files`` and ``/v1/batches``.

    ``plans`` are taken one by one by new batches, then ``plan`` holds. ``faults`` has a queue for each
    operation: ``upload``, ``files``, ``file``, ``content``, ``delete``, ``create``, ``list``, ``retrieve``,
    ``cancel``. Its kinds are those of embeddings that need no vectors; with ``-after`` behind them
    (``500-after``, ``drop-after``), the work is done first.
    """

    def __init__(self, books: Books, width: int) -> None:
        self.plan = BatchPlan()
        self.plans: deque[BatchPlan] = deque()
        self.faults: defaultdict[str, deque[str]] = defaultdict(deque)
        self.files: dict[str, StoredFile] = {}
        self.batches: dict[str, Batch] = {}
        self.lock = RLock()
        self._books = books
        self._width = width
        self._made: Counter[str] = Counter()
        self._failed: Counter[tuple[str, ...]] = Counter()
        # No other server, not even one at the same address later, gives the same names.
        self._tag = secrets.token_hex(4)

    def next_fault(self, method: str, path: str) -> str:
        operation, _ = _operation(method, path)
        with self.lock:
            waiting = self.faults[operation]
            return waiting.popleft() if waiting else ""

    def forget(self, file_id: str) -> None:
        """Let a file expire."""
        with self.lock:
            self.files.pop(file_id, None)

    def reply(self, method: str, path: str, body: bytes, *, content_type: str) -> Reply:
        """Do what a request asks for."""
        operation, name = _operation(method, path)
        with self.lock:
            if operation == "upload":
                return self._upload(content_type, body)
            if operation == "create":
                return self._create(body)
            if operation in ("file", "content", "delete"):
                return self._file(operation, name)
            if operation in ("retrieve", "cancel"):
                return self._batch(operation, name)
            if operation == "files":
                return _page([file.as_object() for file in self.files.values()], path, 10_000)
            if operation == "list":
                return _page([batch.shown for batch in self.batches.values()], path, 20)
        return _refused(404, f"Invalid URL ({method} {path})")

    def _upload(self, content_type: str, body: bytes) -> Reply:
        parts = form_parts(content_type, body)
        if not {"file", "purpose"} <= set(parts):
            return _refused(400, "a form with 'purpose' and 'file' is expected")
        given = parts["file"]
        return as_json(200, self._store(given.content, given.filename, parts["purpose"].content.decode()))

    def _store(
        self, content: bytes, filename: str, purpose: str, texts: tuple[str, ...] = ()
    ) -> dict[str, Any]:
        stored = StoredFile(self._name("file-"), content, filename, purpose, texts)
        self.files[stored.id] = stored
        return stored.as_object()

    def _file(self, operation: str, name: str) -> Reply:
        stored = self.files.get(name)
        if stored is None:
            return _refused(404, f"No such File object: {name}", "id")
        if operation == "content":
            return Reply(200, stored.content, "application/octet-stream", texts=stored.texts)
        if operation == "delete":
            del self.files[name]
            return as_json(200, {"id": name, "object": "file", "deleted": True})
        return as_json(200, stored.as_object())

    def _create(self, body: bytes) -> Reply:
        try:
            asked = json.loads(body)
        except ValueError:
            return _refused(400, "could not parse the JSON body of the request")
        stored = self.files.get(asked.get("input_file_id", ""))
        if stored is None or stored.purpose != "batch":
            return _refused(400, "there is no such file with the purpose 'batch'", "input_file_id")
        if asked.get("endpoint") != ENDPOINT or asked.get("completion_window") != "24h":
            return _refused(400, f"endpoint must be {ENDPOINT!r} and completion_window '24h'")
        metadata = asked.get("metadata") or {}
        if len(metadata) > 16 or any(len(str(value)) > 512 for value in metadata.values()):
            return _refused(400, "at most 16 entries of at most 512 characters", "metadata")
        plan = self.plans.popleft() if self.plans else self.plan
        lines, wrong = lines_of(stored.content, self._width)
        shown = batch_object(self._name("batch_"), stored.id, metadata)
        batch = Batch(shown, plan, lines, deque(plan.statuses), wrong)
        self.batches[batch.shown["id"]] = batch
        self._step(batch)
        return as_json(200, batch.shown)

    def _batch(self, operation: str, name: str) -> Reply:
        batch = self.batches.get(name)
        if batch is None:
            return _refused(404, f"No batch found with id '{name}'.", "id")
        if operation == "cancel":
            if batch.status in FINAL:
                return _refused(409, f"Cannot cancel a batch with status '{batch.status}'.")
            started = batch.status != "validating"
            batch.lines = batch.lines if started else []
            batch.ahead = deque(["cancelling", "cancelled"])
            self._step(batch)
            return as_json(200, batch.shown)
        batch.polls += 1
        if batch.polls >= batch.plan.polls:
            self._step(batch)
        return as_json(200, batch.shown)

    def _step(self, batch: Batch) -> None:
        batch.polls = 0
        if not batch.ahead:
            return
        status = batch.ahead.popleft()
        if batch.wrong and status != "validating":
            status, batch.ahead = "failed", deque()
        batch.shown["status"] = status
        if status == "validating":
            return
        batch.shown[f"{status}_at"] = int(time.time())
        batch.shown["request_counts"] = batch.shown["request_counts"] | {"total": len(batch.lines)}
        if status == "failed":
            planned = [
                {"code": code, "message": words, "line": None, "param": None}
                for code, words in batch.plan.errors
            ]
            batch.shown["errors"] = {"object": "list", "data": batch.wrong or planned}
        elif status in FINAL:
            self._finish(batch, status)

    def _finish(self, batch: Batch, end: str) -> None:
        done = 1.0 if end == "completed" else batch.plan.done
        result = result_of(batch.lines, batch.plan, end=end, done=done, failed=self._failed)
        self._books.bill(result.billed)
        shown, name = batch.shown, batch.shown["id"]
        if result.output:
            stored = self._store(result.output, f"{name}_output.jsonl", "batch_output", result.texts)
            shown["output_file_id"] = stored["id"]
        if result.errors:
            stored = self._store(result.errors, f"{name}_error.jsonl", "batch_output")
            shown["error_file_id"] = stored["id"]
        if "gone" in batch.plan.spoils:
            self.forget(shown["output_file_id"])
        shown["request_counts"] = {
            "total": len(batch.lines),
            "completed": result.completed,
            "failed": result.failed,
        }
        shown["usage"] = usage_object(result.tokens)

    def _name(self, prefix: str) -> str:
        self._made[prefix] += 1
        return f"{prefix}{self._tag}{self._made[prefix]:06d}"


def _operation(method: str, path: str) -> tuple[str, str]:
    """What a request is about, and the id in its path."""
    asked = f"{method} {urlsplit(path).path}"
    for operation, pattern in _OPERATIONS.items():
        if found := re.fullmatch(pattern, asked):
            return operation, found[1] if found.groups() else ""
    return "", ""


def _page(objects: list[dict[str, Any]], path: str, limit: int) -> Reply:
    asked = parse_qs(urlsplit(path).query)
    page = page_of(objects, asked.get("after", [""])[0], int(asked.get("limit", [str(limit)])[0]))
    return as_json(200, page) if page else _refused(400, "there is nothing with this id", "after")


def _refused(status: int, message: str, param: str | None = None) -> Reply:
    return as_json(status, error_object(message, None, param))
