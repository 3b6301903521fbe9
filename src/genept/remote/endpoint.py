"""The server that is asked: an address that may be shown, and secrets that may not."""

import os
from base64 import b64encode
from dataclasses import dataclass, field

import httpx

from genept.errors import ArgumentError

_LAST_PORT = 65_535
OPENAI = "https://api.openai.com/v1"


@dataclass(frozen=True)
class Endpoint:
    """A server that speaks OpenAI's protocol.

    Parameters
    ----------
    url
        Its address without user name, password, query or trailing slash: what may be kept and shown.
    headers
        What to send for a user name and password in the address.
    query
        The query of the address.
    secrets
        What of the address nobody else is to see.
    """

    url: str
    headers: dict[str, str] = field(default_factory=dict, repr=False)
    query: dict[str, str] = field(default_factory=dict, repr=False)
    secrets: tuple[str, ...] = field(default=(), repr=False)

    def headers_with(self, key: str) -> dict[str, str]:
        """Give the headers of a request; Azure's older addresses take the key in one of their own."""
        azure = httpx.URL(self.url).host.endswith(".azure.com")
        return {**self.headers, "api-key": key} if azure and key else self.headers

    def read_key(self) -> str:
        """Read the key from ``OPENAI_API_KEY``; empty where the server may do without one.

        Raises
        ------
        ArgumentError
            If OpenAI itself is asked without a key, or the key can't be one.
        """
        key = os.environ.get("OPENAI_API_KEY", "").strip()
        if not key and self.url == OPENAI and not self.headers:
            raise ArgumentError(
                "no OPENAI_API_KEY in the environment, and no base_url of another server",
                expected="a key for api.openai.com, or a server that needs none",
                do="set OPENAI_API_KEY, or give the base_url of a server of your own",
            )
        if not (key.isascii() and key.isprintable()) or " " in key:
            raise ArgumentError(
                "an OPENAI_API_KEY with characters that can't be sent (it isn't shown here)",
                expected="letters, digits and marks, without spaces",
                do="copy the key again",
            )
        return key


def find_endpoint(base_url: str | None) -> Endpoint:
    """Take an address apart: ``base_url``, else ``OPENAI_BASE_URL``, else OpenAI's own.

    Raises
    ------
    ArgumentError
        If it is no address of a web server. The message doesn't repeat it: it may hold a password.

    Examples
    --------
    >>> find_endpoint("http://me:secret@LOCALHOST:8000/v1/?token=abc")
    Endpoint(url='http://localhost:8000/v1')
    """
    try:
        url = httpx.URL((base_url or os.environ.get("OPENAI_BASE_URL") or OPENAI).strip())
    except httpx.InvalidURL:
        url = httpx.URL("")
    if url.scheme not in ("http", "https") or not url.host or (url.port or 0) > _LAST_PORT:
        raise ArgumentError(
            "a base_url that is no address of a web server (it isn't shown here: it may hold a password)",
            expected="one like http://localhost:8000/v1",
            do="correct base_url, or OPENAI_BASE_URL where none is given",
        )
    # In a header, since the libraries below write whole addresses to their logs.
    basic = b64encode(f"{url.username}:{url.password}".encode()).decode() if url.userinfo else ""
    secrets = (basic, url.password, url.userinfo.decode(), url.query.decode(), *url.params.values())
    return Endpoint(
        url=str(url.copy_with(userinfo=b"", query=None, fragment=None)).rstrip("/"),
        headers={"Authorization": f"Basic {basic}"} if basic else {},
        query=dict(url.params),
        secrets=tuple(secret for secret in secrets if secret),
    )
