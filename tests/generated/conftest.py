"""What tests of generated texts share: a cache of their own, a key, a server, and sources that use it."""

import sqlite3
import ssl
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from genept.genes import GeneTable
from genept.texts.generated import GeneratedTexts
from genept.texts.generated.answers import answers_path
from tests.generated.chat_server import ChatServer, chatting

KEY = "sk-test-0123456789abcdef"
MANY = GeneTable(tuple(f"GENE{i}" for i in range(40)))
FEW = GeneTable(("LYZ", "CD3E", "NKG7"), full_names=("lysozyme", "CD3 epsilon", ""))

Make = Callable[..., GeneratedTexts]


@pytest.fixture(autouse=True)
def setting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GENEPT_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)
    monkeypatch.setattr("openai._base_client.INITIAL_RETRY_DELAY", 0.01)
    # Reading all certificates takes half of a test's time, and no test needs one.
    monkeypatch.setattr(ssl, "create_default_context", lambda **_: ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT))


@pytest.fixture
def server() -> Iterator[ChatServer]:
    with chatting() as running:
        yield running


@pytest.fixture
def make(server: ChatServer) -> Make:
    def make_one(genes: GeneTable = FEW, **more: object) -> GeneratedTexts:
        return GeneratedTexts(genes, **{"model": "small", "base_url": server.url} | more)  # type: ignore[arg-type]

    return make_one


def kept() -> int:
    connection = sqlite3.connect(answers_path())
    try:
        return int(connection.execute("SELECT count(*) FROM answers").fetchone()[0])
    finally:
        connection.close()
