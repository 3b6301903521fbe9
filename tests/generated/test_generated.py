"""Generated texts: what is asked, what comes back, what it would cost."""

import asyncio
import hashlib
import json
import sys
import time
from pathlib import Path

import pytest

from genept.errors import MissingDependencyError
from genept.genes import GeneTable
from genept.testing import TextSourceConformance
from genept.texts import GeneTexts, get_texts
from genept.texts.generated import GeneratedTexts, prompt
from tests.conftest import RunGenept
from tests.file_server import serving
from tests.generated.chat_server import ChatServer
from tests.generated.conftest import FEW, KEY, MANY, Make
from tests.upstream import FILES


def test_texts_in_order_with_their_provenance(server: ChatServer, make: Make) -> None:
    genes = GeneTable(("NKG7", "NOPE1", "LYZ", "CD3E"), aliases=((), (), ("LZM",), ()))
    texts = make(genes, concurrency=2).load()
    assert texts.genes == GeneTable(("NKG7", "LYZ", "CD3E"), aliases=((), ("LZM",), ()))
    for symbol, text in zip(texts.genes.symbols, texts.texts, strict=True):
        assert text.startswith(f"{symbol} encodes protein number "), text
    assert texts.provenance == {
        "source": "generated",
        "taxon": "9606",
        "model": "small",
        "model_served": "small-2026-01-01",
        "base_url": server.url,
        "prompt_version": "1",
        "n_unknown": "1",
        "date": time.strftime("%Y-%m-%d", time.gmtime()),
        "written_by": "a language model; not curated, not for clinical use",
    }


def test_what_is_sent(server: ChatServer, make: Make) -> None:
    make(GeneTable(("LYZ",), full_names=("lysozyme",))).load()
    (request,) = server.requests
    assert request.path == "/v1/chat/completions"
    assert request.authorization == f"Bearer {KEY}"
    assert request.body == {
        "model": "small",
        "messages": prompt.messages_for("LYZ", "lysozyme"),
        "temperature": 0.0,
        "max_tokens": 400,
    }


def test_the_prompt_and_its_version_change_together() -> None:
    asked = [prompt.messages_for("LYZ", "lysozyme"), prompt.messages_for("LYZ")]
    content = json.dumps([asked, prompt.TEMPERATURE, prompt.MAX_TOKENS])
    known = {"1": "3b02986fcb8ab1e23f105ccc9d1027f273ee38784f0b47d23576db0de3a73df6"}
    assert known[prompt.PROMPT_VERSION] == hashlib.sha256(content.encode()).hexdigest()


def test_nothing_is_asked_twice(server: ChatServer, make: Make) -> None:
    unknown = GeneTable((*FEW.symbols, "NOPE1"), full_names=(*FEW.full_names, ""))
    first = make(unknown).load()
    assert make(unknown).load() == first
    assert sorted(server.asked) == sorted(unknown.symbols)
    # Another model, another server of the same model and another name are other questions.
    make(model="large").load()
    make(base_url=server.url.removesuffix("/v1") + "/v2/v1").load()
    make(GeneTable(("LYZ",))).load()
    assert len(server.requests) == 4 + 3 + 3 + 1


def test_the_same_messages_are_sent_once(server: ChatServer, make: Make) -> None:
    texts = make(GeneTable(("LYZ", "LYZ "))).load().texts
    assert len(server.requests) == 1
    assert texts[0] == texts[1]


def test_it_works_where_an_event_loop_runs(make: Make) -> None:
    async def notebook() -> GeneTexts:
        return make().load()

    assert asyncio.run(notebook()).genes == FEW


class TestConformance(TextSourceConformance):
    @pytest.fixture(autouse=True)
    def _use(self, make: Make) -> None:
        self._make = make

    def make(self) -> GeneratedTexts:
        return self._make()


# What it would cost


def test_an_estimate_sends_nothing_and_needs_no_key(
    server: ChatServer, make: Make, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("OPENAI_API_KEY")
    before = make().estimate()
    assert (before.n_genes, before.n_cached, before.n_requests) == (3, 0, 3)
    # More than the characters of the prompt by four, less than by two.
    characters = sum(len(m["content"]) for name in FEW.full_names for m in prompt.messages_for("LYZ", name))
    assert characters / 4 < before.prompt_tokens < characters / 2
    assert 3 * 80 < before.completion_tokens < 3 * prompt.MAX_TOKENS
    assert not server.requests
    assert not (tmp_path / "cache").exists()
    make(FEW.take([0])).load()
    after = make().estimate()
    assert (after.n_genes, after.n_cached, after.n_requests) == (3, 1, 2)
    assert after.completion_tokens == before.completion_tokens * 2 / 3
    assert server.asked == ["LYZ"]


def test_without_the_sdk(server: ChatServer, make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only asking needs it."""
    texts = make().load()
    monkeypatch.setitem(sys.modules, "openai", None)
    monkeypatch.delenv("OPENAI_API_KEY")
    assert make().load() == texts
    assert make(MANY).estimate().n_requests == 40
    with pytest.raises(MissingDependencyError, match=r"genept\[openai\]"):
        make(MANY).load()


def test_on_the_command_line(server: ChatServer, call_genept: RunGenept, tmp_path: Path) -> None:
    (tmp_path / "genes.txt").write_text("H2AFY\nLYZ\nENSG00000090382\nnothing\n")
    build = ("texts", "build", "--source", "generated:small", "--base-url", server.url, "--only", "genes.txt")
    with pytest.MonkeyPatch.context() as patch, serving(FILES) as lists:
        patch.setenv("GENEPT_MIRROR", lists.url)
        done = call_genept(*build, "--dry-run", "--json")
        assert done.returncode == 0, done.stderr
        estimate = json.loads(done.stdout)
        assert (estimate["n_genes"], estimate["n_requests"], server.asked) == (2, 2, [])
        assert "n_requests: 2" in call_genept(*build, "--dry-run").stdout
        done = call_genept(*build, "-o", "texts.parquet")
        assert done.returncode == 0, done.stderr
        assert sorted(server.asked) == ["LYZ", "MACROH2A1"]
        done = call_genept(*build, "--dry-run", "--json")
        assert json.loads(done.stdout)["n_requests"] == 0
    texts = get_texts(str(tmp_path / "texts.parquet"))
    assert texts.genes.symbols == ("LYZ", "MACROH2A1")
    assert texts.texts[0].startswith("LYZ encodes protein number")
    assert (texts.provenance["sources"], texts.provenance["model"]) == ("generated", "small")
    assert texts.provenance["prompt_version"] == "1"
    assert KEY not in (tmp_path / "texts.parquet").read_bytes().decode(errors="replace")
