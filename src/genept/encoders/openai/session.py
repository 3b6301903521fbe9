"""Requests to an embeddings server through OpenAI's SDK, one attempt each."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from genept.encoders.openai.reply import read_reply
from genept.encoders.protocol import Reply
from genept.remote.client import async_client
from genept.remote.endpoint import Endpoint
from genept.remote.refusal import Refusal, explain
from genept.remote.secret import Secrets

if TYPE_CHECKING:
    import openai


class Session:
    """A model on a server.

    Parameters
    ----------
    client
        The SDK's.
    model
        The model's name there.
    dimensions
        Fewer dimensions than the model's own; ``None`` for all.
    url
        The server's address, as it may be shown.
    secrets
        What is struck out of errors.
    timeout
        For how long an answer is waited for, in seconds.
    """

    def __init__(
        self,
        client: "openai.AsyncOpenAI",
        model: str,
        *,
        dimensions: int | None,
        url: str,
        secrets: Secrets,
        timeout: float,
    ) -> None:
        self._client = client
        self._model = model
        self._dimensions = dimensions
        self._url = url
        self._secrets = secrets
        self._timeout = timeout

    async def ask(self, texts: Sequence[str]) -> Reply | Refusal:
        """Send one request, once.

        A failure is returned as words: an exception would drag along what the server said, which
        may repeat the key, into the traceback.
        """
        import openai

        try:
            narrowed: dict[str, Any] = {} if self._dimensions is None else {"dimensions": self._dimensions}
            response = await self._client.embeddings.with_raw_response.create(
                model=self._model,
                input=list(texts),
                # A third of the size of numbers in digits; servers that don't know it answer with numbers.
                encoding_format="base64",
                **narrowed,
            )
            return read_reply(response.content, len(texts))
        except openai.OpenAIError as error:
            return explain(error, url=self._url, secrets=self._secrets, patience=self._timeout)
        except Exception as error:  # of the libraries below: an address that can't be used, say
            return Refusal(f"the SDK failed with {type(error).__name__}", "connection", was_sent=False)


@asynccontextmanager
async def open_session(
    endpoint: Endpoint, model: str, *, dimensions: int | None, timeout: float
) -> AsyncIterator[Session]:
    """Open connections to a server.

    Raises
    ------
    MissingDependencyError
        If the SDK isn't installed.
    ArgumentError
        If the server needs a key and there is none.
    """
    client, secrets = async_client(endpoint, needed_by="the encoder 'openai'", timeout=timeout)
    async with client:
        yield Session(
            client, model, dimensions=dimensions, url=endpoint.url, secrets=secrets, timeout=timeout
        )
