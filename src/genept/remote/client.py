"""Arguments of the OpenAI SDK's clients, for every room that asks a server."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from genept.errors import FetchError, MissingDependencyError
from genept.remote.endpoint import Endpoint
from genept.remote.secret import Secrets

_CONNECT_SECONDS = 10.0


def client_settings(
    endpoint: Endpoint, *, needed_by: str, timeout: float, retries: int = 0
) -> tuple[dict[str, Any], Secrets]:
    """Give the arguments of the SDK's clients, and what must not be shown.

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
    """
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
def usable_environment() -> Iterator[None]:
    """Turn what a client says of proxies and certificates, when it is made, into what to do.

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
