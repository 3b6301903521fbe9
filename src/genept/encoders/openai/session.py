"""Requests to an embeddings server through OpenAI's SDK, one attempt each."""

from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from typing import TYPE_CHECKING, Any

from genept.encoders.openai.reply import read_reply
from genept.encoders.protocol import Reply
from genept.errors import FetchError, MissingDependencyError
from genept.remote.endpoint import Endpoint
from genept.remote.refusal import Refusal, explain
from genept.remote.secret import Secrets

if TYPE_CHECKING:
    import openai

CONNECT_SECONDS = 10.0


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
    async with open_client(endpoint, timeout=timeout) as (client, secrets):
        yield Session(
            client, model, dimensions=dimensions, url=endpoint.url, secrets=secrets, timeout=timeout
        )


@asynccontextmanager
async def open_client(
    endpoint: Endpoint, *, timeout: float
) -> AsyncIterator[tuple["openai.AsyncOpenAI", Secrets]]:
    """Open the SDK's client, which tries nothing again by itself, and name what it must not show.

    Raises
    ------
    MissingDependencyError, ArgumentError
        As :func:`open_session`.
    """
    settings, secrets = client_settings(endpoint, timeout=timeout)
    import openai

    with usable_environment():
        # A redirect would take headers to a server that nobody named.
        settings["http_client"] = openai.DefaultAsyncHttpxClient(follow_redirects=False)
        client = openai.AsyncOpenAI(**settings)
    async with client:
        yield client, secrets


@contextmanager
def usable_environment() -> Iterator[None]:
    """Turn what a client says of proxies and certificates into an error that says what to do.

    Raises
    ------
    FetchError
        In place of any error.
    """
    try:
        yield
    except (ImportError, OSError, ValueError) as error:
        raise FetchError(
            f"a connection can't be prepared ({type(error).__name__})",
            expected="usable settings of proxies and certificates",
            do="check HTTP_PROXY, HTTPS_PROXY, ALL_PROXY and SSL_CERT_FILE in the environment",
        ) from None


def client_settings(endpoint: Endpoint, *, timeout: float) -> tuple[dict[str, Any], Secrets]:
    """Give the arguments of the SDK's clients, and what must not be shown.

    Raises
    ------
    MissingDependencyError, ArgumentError
        As :func:`open_session`.
    """
    try:
        import openai
    except ImportError as error:
        raise MissingDependencyError(
            f"the encoder 'openai' needs {error.name}, which isn't installed",
            expected="the OpenAI SDK, which talks to any server of this protocol",
            do="pip install 'genept[openai]'",
        ) from error
    key = endpoint.read_key()
    settings = {
        # The SDK insists on one; servers that need none look away.
        "api_key": key or "none",
        "base_url": endpoint.url,
        "default_headers": endpoint.headers_with(key),
        "default_query": endpoint.query,
        # What is to be tried again is decided elsewhere.
        "max_retries": 0,
        "timeout": openai.Timeout(timeout, connect=CONNECT_SECONDS),
    }
    return settings, Secrets((key, *endpoint.secrets))
