"""A server's files and batches through OpenAI's SDK, tried again where a failure may pass."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any, BinaryIO, NoReturn, TypeVar

from genept.encoders.openai.batch.remote_batch import RemoteBatch, batch_of
from genept.errors import FetchError
from genept.remote.attempts import steadily
from genept.remote.client import sync_client
from genept.remote.endpoint import Endpoint
from genept.remote.refusal import Refusal, explain
from genept.remote.secret import Secrets

if TYPE_CHECKING:
    import openai

# The key of a batch's metadata under which its part of the job is found again.
MARK = "genept_part"
_ABSENT = 404
_PAGE = 100
_T = TypeVar("_T")


class BatchServer:
    """Files and batches of one account.

    Every method raises FetchError, in words without secrets, where the server fails after all attempts.

    Parameters
    ----------
    client
        The SDK's.
    url
        The server's address, as it may be shown.
    secrets
        What is struck out of errors.
    timeout
        For how long an answer is waited for, in seconds.
    """

    def __init__(self, client: "openai.OpenAI", *, url: str, secrets: Secrets, timeout: float) -> None:
        self._client = client
        self._url = url
        self._timeout = timeout
        self.secrets = secrets

    def upload(self, lines: BinaryIO) -> str:
        """Upload the input of a batch, and give the file's id; failed attempts may leave files behind."""

        def attempt() -> Any:
            lines.seek(0)
            file = ("genept.jsonl", lines)
            return self._client.files.with_raw_response.create(file=file, purpose="batch")

        return str(self._sure(steadily(lambda: self._asked(attempt, _id_of))))

    def create(self, file: str, key: str) -> RemoteBatch:
        """Create a batch, once: after a failure, it is looked for before it is created again."""

        def attempt() -> RemoteBatch | Refusal:
            return self._asked(
                lambda: self._client.batches.with_raw_response.create(
                    completion_window="24h",
                    endpoint="/v1/embeddings",
                    input_file_id=file,
                    metadata={MARK: key},
                ),
                batch_of,
            )

        first = attempt()
        if not isinstance(first, Refusal):
            return first
        return self._sure(steadily(lambda: self.find(key) or attempt(), failed=first))

    def retrieve(self, batch: str) -> RemoteBatch | None:
        """Ask after a batch; ``None`` where the account has none of that id."""
        answer = steadily(
            lambda: self._asked(lambda: self._client.batches.with_raw_response.retrieve(batch), batch_of)
        )
        return None if _is_absent(answer) else self._sure(answer)

    def find(self, key: str) -> RemoteBatch | None:
        """Look through all batches of the account for the one of a part."""
        after: dict[str, object] = {}
        while True:
            page = self._sure(steadily(partial(self._page, after)))
            batches = [batch for entry in page["data"] if (batch := batch_of(entry)) is not None]
            found = next((batch for batch in batches if batch.metadata.get(MARK) == key), None)
            if found is not None or not batches or not page.get("has_more"):
                return found
            after = {"after": batches[-1].id}

    def _page(self, after: dict[str, object]) -> dict[str, Any] | Refusal:
        return self._asked(
            lambda: self._client.batches.with_raw_response.list(limit=_PAGE, extra_query=after),
            lambda body: body if isinstance(body.get("data"), list) else None,
        )

    def download(self, file: str, into: BinaryIO) -> bool:
        """Write the content of a file, whole; whether there still is such a file."""
        size = steadily(
            lambda: self._asked(lambda: self._client.files.with_raw_response.retrieve(file), _size_of)
        )
        if _is_absent(size):
            return False
        expected = self._sure(size)
        answer = steadily(lambda: self._streamed(file, into, expected))
        if _is_absent(answer):
            return False
        self._sure(answer)
        return True

    def _streamed(self, file: str, into: BinaryIO, expected: int) -> int | Refusal:
        import openai

        into.seek(0)
        into.truncate()
        try:
            with self._client.files.with_streaming_response.content(file) as response:
                for piece in response.iter_bytes():
                    into.write(piece)
        except openai.OpenAIError as error:
            return self._explained(error)
        except _broken_off():
            return Refusal(f"{self._url} hung up in the middle of a file", "connection")
        size = into.tell()
        into.seek(0)
        return size if size == expected else Refusal(f"{self._url} sent {size:,} of {expected:,} bytes")

    def _asked(self, send: Callable[[], Any], read: Callable[[dict[str, Any]], _T | None]) -> _T | Refusal:
        """Send one request, once. A failure is returned as words: what the server said may repeat the key."""
        import openai

        try:
            body = json.loads(send().content)
            answer = read(body) if isinstance(body, dict) else None
        except openai.OpenAIError as error:
            return self._explained(error)
        except (ValueError, RecursionError):
            answer = None
        return Refusal(f"{self._url} gave an answer of no use") if answer is None else answer

    def _explained(self, error: "openai.OpenAIError") -> Refusal:
        return explain(error, url=self._url, secrets=self.secrets, patience=self._timeout)

    def _sure(self, answer: _T | Refusal) -> _T:
        if isinstance(answer, Refusal):
            refuse(answer)
        return answer


def refuse(refusal: Refusal) -> NoReturn:
    """Raise what a refusal means.

    Raises
    ------
    FetchError
        Always.
    """
    raise FetchError(
        refusal.told,
        expected="a server with OpenAI's Batch API: /files and /batches",
        do=f"{refusal.advice or 'check the server and base_url'}, and run again, which goes on where this "
        "run ended; or embed without batches",
    )


@contextmanager
def open_batch_server(endpoint: Endpoint, *, timeout: float) -> Iterator[BatchServer]:
    """Open connections to a server.

    Raises
    ------
    MissingDependencyError
        If the SDK isn't installed.
    ArgumentError
        If the server needs a key and there is none.
    """
    client, secrets = sync_client(endpoint, needed_by="the Batch API", timeout=timeout)
    with client:
        yield BatchServer(client, url=endpoint.url, secrets=secrets, timeout=timeout)


def _id_of(body: dict[str, Any]) -> str | None:
    return body["id"] if isinstance(body.get("id"), str) and body["id"] else None


def _size_of(body: dict[str, Any]) -> int | None:
    return body["bytes"] if type(body.get("bytes")) is int else None


def _is_absent(answer: object) -> bool:
    return isinstance(answer, Refusal) and answer.status == _ABSENT


def _broken_off() -> tuple[type[Exception], ...]:
    """Errors that the SDK lets through; its versions have one HTTP library or the other."""
    libraries = [sys.modules[name] for name in ("httpx", "httpx2") if name in sys.modules]
    return tuple(library.HTTPError for library in libraries)
