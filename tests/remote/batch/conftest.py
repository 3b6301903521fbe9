"""A server, an encoder and a job for each test, without the patience that real servers need."""

import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest

from genept.encoders.openai import OpenAIEncoder, batch_work
from genept.remote import attempts
from tests.remote.batch.jobs import KEY, QUICK
from tests.remote.batch.killable import MODEL
from tests.remote.embeddings_server import EmbeddingsServer, serving


@pytest.fixture(autouse=True)
def _quiet(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GENEPT_CACHE", str(tmp_path_factory.mktemp("cache")))
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.setattr(attempts, "FIRST_WAIT", 0.002)
    monkeypatch.setattr(attempts, "LONGEST_WAIT", 0.01)
    monkeypatch.setattr(batch_work, "SETTLE_SECONDS", 0.01)
    # Reading all certificates takes half of a test's time, and no test needs one.
    monkeypatch.setattr(ssl, "create_default_context", lambda **_: ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT))


@pytest.fixture
def server() -> Iterator[EmbeddingsServer]:
    with serving() as running:
        running.batch_api.plan = QUICK
        yield running


@pytest.fixture
def encoder(server: EmbeddingsServer) -> OpenAIEncoder:
    return OpenAIEncoder(MODEL, base_url=server.url, price=2.0, timeout=5)


@pytest.fixture
def job(tmp_path: Path) -> Path:
    return tmp_path / "genes.h5ad.batch.json"
