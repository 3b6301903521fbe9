"""The OpenAI SDK's clients, for every room that asks a server."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from genept.errors import FetchError, MissingDependencyError
from genept.remote.endpoint import Endpoint
from genept.remote.secret import Secrets

if TYPE_CHECKING:
    import openai

_CONNECT_SECONDS = 10.0


def async_client(
    endpoint: Endpoint, *, needed_by: str, timeout: float, retries: int = 0
) -> "tuple[openai.AsyncOpenAI, Secrets]":
    """Make the SDK's asynchronous client, and name what it must not show.

    Parameters
    ----------
    endpoint
        The server.
    needed_by
        What asks, in words, for the error where the SDK is missing.
    timeout
        For how long an answer is waited for, in seconds.
    retries
        What the SDK tries again by itself; by default nothing.

    Raises
    ------
    MissingDependencyError
        If the SDK isn't installed.
    ArgumentError
        If the server needs a key and there is none.
    FetchError
        If the environment's proxies or certificates can't be used.
    """
    settings, secrets = _settings(endpoint, needed_by=needed_by, timeout=timeout, retries=retries)
    import openai

    with _usable_environment():
        # A redirect would take headers to a server that nobody named.
        http_client = openai.DefaultAsyncHttpxClient(follow_redirects=False)
        return openai.AsyncOpenAI(**settings, http_client=http_client), secrets


def sync_client(endpoint: Endpoint, *, needed_by: str, timeout: float) -> "tuple[openai.OpenAI, Secrets]":
    """Make the SDK's other client, which tries nothing again by itself.

    Parameters
    ----------
    endpoint, needed_by, timeout
        As for :func:`async_client`.

    Raises
    ------
    MissingDependencyError, ArgumentError, FetchError
        As :func:`async_client`.
    """
    settings, secrets = _settings(endpoint, needed_by=needed_by, timeout=timeout, retries=0)
    import openai

    with _usable_environment():
        http_client = openai.DefaultHttpxClient(follow_redirects=False)
        return openai.OpenAI(**settings, http_client=http_client), secrets


def _settings(
    endpoint: Endpoint, *, needed_by: str, timeout: float, retries: int
) -> tuple[dict[str, Any], Secrets]:
    """Give the arguments of both clients, and what must not be shown."""
    try:
        import openai
    except ImportError as error:
        raise MissingDependencyError(
            f"{needed_by} needs {error.name}, which isn't installed",
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
        "max_retries": retries,
        "timeout": openai.Timeout(timeout, connect=_CONNECT_SECONDS),
    }
    return settings, Secrets((key, *endpoint.secrets))


@contextmanager
def _usable_environment() -> Iterator[None]:
    """Turn what a client says of proxies and certificates, when it is made, into what to do."""
    try:
        yield
    except (ImportError, OSError, ValueError) as error:
        raise FetchError(
            f"a connection can't be prepared ({type(error).__name__})",
            expected="usable settings of proxies and certificates",
            do="check HTTP_PROXY, HTTPS_PROXY, ALL_PROXY and SSL_CERT_FILE in the environment",
        ) from None
