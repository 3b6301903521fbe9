"""What a server was asked, what it would bill and what arrived: in memory, and in a file that stays."""

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from threading import Lock
from typing import Any, TextIO


@dataclass(frozen=True)
class Request:
    """One request as it came in; ``path`` has the query, ``options`` are the body's without ``input``."""

    method: str
    path: str
    authorization: str
    fault: str = ""
    texts: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()
    options: dict[str, Any] = field(default_factory=dict)
    time: float = 0.0


class Books:
    """Books of one server, safe to write from many threads.

    ``billed`` counts texts that were computed and whose answer was sent, even if it was broken off: what a
    provider would ask money for. ``delivered`` counts texts whose good vector was written whole. It is
    entered just before the last byte leaves, so that no client has an answer that isn't in the books, and
    struck out where that byte found no taker.
    """

    def __init__(self, state: Path | None = None) -> None:
        self._lock = Lock()
        self._requests: list[Request] = []
        self._counts: dict[str, Counter[str]] = {"billed": Counter(), "delivered": Counter()}
        self._file: TextIO | None = state.open("a", encoding="utf-8") if state else None

    @property
    def requests(self) -> list[Request]:
        """Requests so far, of every kind, in the order of their arrival."""
        with self._lock:
            return list(self._requests)

    @property
    def billed(self) -> Counter[str]:
        return self._copy("billed")

    @property
    def delivered(self) -> Counter[str]:
        return self._copy("delivered")

    def _copy(self, book: str) -> Counter[str]:
        with self._lock:
            return Counter(dict(self._counts[book].items()))

    def enter(self, request: Request) -> None:
        with self._lock:
            self._requests.append(request)
            self._write({"event": "request", **asdict(request)})

    def bill(self, texts: Iterable[str]) -> None:
        self._count("billed", texts)

    def deliver(self, texts: Iterable[str]) -> None:
        self._count("delivered", texts)

    def strike(self, texts: Iterable[str]) -> None:
        """These were entered as delivered, and didn't arrive."""
        self._count("delivered", texts, sign=-1)

    def _count(self, book: str, texts: Iterable[str], *, sign: int = 1) -> None:
        listed = list(texts)
        with self._lock:
            for text in listed:
                self._counts[book][text] += sign
                if not self._counts[book][text]:
                    del self._counts[book][text]
            if listed:
                self._write({"event": book, "sign": sign, "texts": listed})

    def _write(self, event: dict[str, Any]) -> None:
        if self._file:
            self._file.write(json.dumps(event) + "\n")
            self._file.flush()

    def close(self) -> None:
        with self._lock:
            if self._file:
                self._file.close()
                self._file = None


def read_books(state: Path) -> Books:
    """Read the file of a server that may still be running; a line that isn't written whole is left out."""
    books = Books()
    for line in state.read_text(encoding="utf-8").splitlines(keepends=True) if state.exists() else []:
        if not line.endswith("\n"):
            break
        event = json.loads(line)
        if event.pop("event") == "request":
            books.enter(Request(**{**event, "texts": tuple(event["texts"]), "keys": tuple(event["keys"])}))
        else:
            books._count(json.loads(line)["event"], event["texts"], sign=event["sign"])
    return books
