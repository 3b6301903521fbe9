"""Encoders that ask a server on loopback, without the patience that real servers need."""

from collections.abc import Iterator

import pytest

from genept.encoders import remote_run
from genept.encoders.openai import OpenAIEncoder
from tests.remote.embeddings_server import EmbeddingsServer, serving


@pytest.fixture(autouse=True)
def _own_cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GENEPT_CACHE", str(tmp_path_factory.mktemp("cache")))
    monkeypatch.setenv("OPENAI_API_KEY", "sk-a-key-for-tests-1234")


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remote_run, "FIRST_WAIT", 0.002)
    monkeypatch.setattr(remote_run, "LONGEST_WAIT", 0.02)


@pytest.fixture
def server() -> Iterator[EmbeddingsServer]:
    with serving() as running:
        yield running


@pytest.fixture
def encoder(server: EmbeddingsServer) -> OpenAIEncoder:
    return OpenAIEncoder("small", base_url=server.url, batch_size=8, concurrency=4)
