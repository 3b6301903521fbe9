"""A server of embeddings, and its clients: ours, without the patience that real servers need, and the SDK."""

import ssl
from collections.abc import Iterator

import openai
import pytest

from genept.encoders import remote_run
from genept.encoders.openai import OpenAIEncoder
from genept.remote import attempts
from tests.remote.embeddings_server import EmbeddingsServer, serving

KEY = "sk-test-0123456789abcdef"


@pytest.fixture(autouse=True)
def _own_cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GENEPT_CACHE", str(tmp_path_factory.mktemp("cache")))
    monkeypatch.setenv("OPENAI_API_KEY", KEY)


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remote_run, "FIRST_PATIENCE", 0.1)
    monkeypatch.setattr(attempts, "FIRST_WAIT", 0.002)
    monkeypatch.setattr(attempts, "LONGEST_WAIT", 0.02)


@pytest.fixture(autouse=True)
def _no_certificates(monkeypatch: pytest.MonkeyPatch) -> None:
    # Reading all certificates takes half of a test's time, and no test needs one.
    monkeypatch.setattr(ssl, "create_default_context", lambda **_: ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT))


@pytest.fixture
def server() -> Iterator[EmbeddingsServer]:
    with serving() as running:
        yield running


@pytest.fixture
def encoder(server: EmbeddingsServer) -> OpenAIEncoder:
    return OpenAIEncoder("small", base_url=server.url, batch_size=8, concurrency=4)


@pytest.fixture
def client(server: EmbeddingsServer) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(api_key=KEY, base_url=server.url, max_retries=0, timeout=5) as made:
        yield made
