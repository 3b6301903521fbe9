"""A server of embeddings, and the SDK as its client, which asks once."""

import ssl
from collections.abc import Iterator

import openai
import pytest

from tests.remote.embeddings_server import EmbeddingsServer, serving

KEY = "sk-test-0123456789abcdef"


@pytest.fixture
def server() -> Iterator[EmbeddingsServer]:
    with serving() as running:
        yield running


@pytest.fixture
def client(server: EmbeddingsServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[openai.OpenAI]:
    # Reading all certificates takes half of a test's time, and no test needs one.
    monkeypatch.setattr(ssl, "create_default_context", lambda **_: ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT))
    with openai.OpenAI(api_key=KEY, base_url=server.url, max_retries=0, timeout=5) as made:
        yield made
