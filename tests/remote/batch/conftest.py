"""A server, an encoder and a job for each test, without the patience that real servers need."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from genept.encoders.openai import OpenAIEncoder
from genept.encoders.openai.batch import work as batch_work
from tests.remote.batch.jobs import QUICK
from tests.remote.batch.killable import MODEL
from tests.remote.embeddings_server import EmbeddingsServer, serving


@pytest.fixture(autouse=True)
def _no_settling(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch_work, "SETTLE_SECONDS", 0.01)


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
