"""Generated texts: asked of a real server with real faults, each answer paid for once."""

import asyncio
import hashlib
import json
import logging
import os
import signal
import sqlite3
import ssl
import subprocess
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from genept.errors import ArgumentError, FetchError, GeneNamesError, MissingDependencyError, OutputError
from genept.genes import GeneTable
from genept.testing import TextSourceConformance
from genept.texts import GeneTexts
from genept.texts.generated import GeneratedTexts, ask, cache_file, chat, prompt
from genept.texts.generated.cache_file import answers_path, open_file
from tests.chat_server import ChatServer, chatting

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


def start(url: str, genes: GeneTable = MANY) -> "subprocess.Popen[str]":
    """Load texts in a process of its own, which prints them."""
    code = (
        "from genept.genes import GeneTable\n"
        "from genept.texts.generated import GeneratedTexts\n"
        f"genes = GeneTable({genes.symbols!r})\n"
        f"print(GeneratedTexts(genes, model='small', base_url={url!r}, concurrency=2).load().texts)\n"
    )
    return subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def wait_until(condition: Callable[[], bool]) -> None:
    for _ in range(2000):
        if condition():
            return
        time.sleep(0.01)
    raise AssertionError("it didn't come about")


# What comes back


def test_texts_in_order_with_their_provenance(server: ChatServer, make: Make) -> None:
    genes = GeneTable(("NKG7", "NOPE1", "LYZ", "CD3E"), aliases=((), (), ("LZM",), ()))
    texts = make(genes, concurrency=2).load()
    assert texts.genes == GeneTable(("NKG7", "LYZ", "CD3E"), aliases=((), ("LZM",), ()))
    for symbol, text in zip(texts.genes.symbols, texts.texts, strict=True):
        assert text.startswith(f"{symbol} encodes protein number "), text
    assert texts.provenance == {
        "source": "generated",
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


# Faults


@pytest.mark.parametrize("faults", [["500"], ["429 0", "503"], ["gone"], ["gone", "500", "408", "409"]])
def test_faults_that_pass(server: ChatServer, make: Make, faults: list[str]) -> None:
    server.faults["CD3E"] = list(faults)
    assert make().load().genes == FEW
    assert server.asked.count("CD3E") == len(faults) + 1


def test_the_server_says_how_long_to_wait(server: ChatServer, make: Make) -> None:
    server.faults["LYZ"] = ["429 1"]
    make().load()
    first, second = (request.time for request in server.requests if request.gene == "LYZ")
    assert second - first >= 1.0


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        ("json", "no chat completion"),
        ("html", "no chat completion"),
        ("length", "finish_reason 'length'"),
        ("say ", "is empty"),
        ("say  \n\u200b", "is empty"),
        ("null", "is empty"),
        ("refusal", "refused"),
        ("say I'm sorry, but I can't help with that.", "refused"),
        ("say <think>A gene.</think> LYZ is", "thoughts"),
        ("400", "status 400"),
    ],
)
def test_answers_that_are_none(server: ChatServer, make: Make, fault: str, reason: str) -> None:
    server.faults["CD3E"] = [fault]
    with pytest.raises(FetchError, match=f"1 of 3 genes got no text: CD3E; .*{reason}"):
        make().load()
    assert kept() == 2


def test_some_genes_fail(server: ChatServer, make: Make) -> None:
    """The others are finished first and kept; running again sends what is missing."""
    server.faults = {gene: ["length"] for gene in MANY.symbols[3:10]}
    with pytest.raises(FetchError, match=r"7 of 40 genes got no text: GENE3, GENE4, .* and 2 more"):
        make(MANY).load()
    server.requests.clear()
    assert make(MANY).load().genes == MANY
    assert sorted(server.asked) == sorted(MANY.symbols[3:10])


def test_unknown_genes_have_no_text(server: ChatServer, make: Make) -> None:
    ways = ["UNKNOWN", "unknown", '"UNKNOWN".', "**UNKNOWN**", "UNKNOWN - no such gene."]
    server.faults = {gene: [f"say {way}"] for gene, way in zip(MANY.symbols, ways, strict=False)}
    texts = make(MANY.take(range(7))).load()
    assert texts.genes == MANY.take([5, 6])
    assert texts.provenance["n_unknown"] == "5"


def test_no_gene_is_known(make: Make) -> None:
    texts = make(GeneTable(("NOPE1", "NOPE2"))).load()
    assert len(texts.genes) == 0
    assert all(texts.provenance.values())
    assert all(make(GeneTable(())).load().provenance.values())


@pytest.mark.parametrize(
    ("fault", "advice"),
    [
        ("401", "OPENAI_API_KEY"),
        ("403", "model"),
        ("404", "base_url"),
        ("429 0 insufficient_quota", "credit"),
        ("400 0 unsupported_parameter max_tokens", "reasoning models"),
    ],
)
def test_a_hopeless_run_stops_at_once(
    server: ChatServer, make: Make, monkeypatch: pytest.MonkeyPatch, fault: str, advice: str
) -> None:
    monkeypatch.setattr(chat, "RETRIES", 0)
    server.always = fault
    with pytest.raises(FetchError, match=f"status {fault[:3]}.*{advice}"):
        make(MANY, concurrency=4).load()
    assert len(server.requests) <= 4


def test_what_is_paid_for_before_a_stop_is_kept(server: ChatServer, make: Make) -> None:
    server.delay = 0.05
    server.faults["CD3E"] = ["401"]
    with pytest.raises(FetchError, match="401"):
        make(GeneTable((*MANY.symbols, "CD3E")), concurrency=4).load()
    assert kept() == server.answered == len(server.requests) - 1


def test_a_server_that_keeps_failing(server: ChatServer, make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chat, "RETRIES", 1)
    server.always = "500"
    with pytest.raises(FetchError, match="20 questions in a row failed"):
        make(MANY, concurrency=2).load()
    assert len(server.requests) <= (20 + 1) * 2


def test_failures_between_answers_stop_nothing(
    server: ChatServer, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chat, "RETRIES", 0)
    monkeypatch.setattr(ask, "shuffle", lambda _: None)
    server.faults = {gene: ["gone"] for gene in MANY.symbols[:10:2]}
    with pytest.raises(FetchError, match=r"5 of 40 genes got no text: GENE0, GENE2.*no connection"):
        make(MANY, concurrency=1).load()
    assert kept() == 35


def test_no_server(make: Make) -> None:
    with pytest.raises(
        FetchError, match=r"3 questions in a row failed.*no connection to http://127\.0\.0\.1:9/v1"
    ):
        make(MANY, base_url="http://127.0.0.1:9/v1").load()


# Keys


def everything_said(error: BaseException, log: pytest.LogCaptureFixture) -> str:
    files = [p.read_bytes().decode(errors="replace") for p in answers_path().parent.rglob("*") if p.is_file()]
    return "".join([repr(error), *traceback.format_exception(error), log.text, *files])


@pytest.mark.parametrize("fault", ["401", "403", "400", "404", "500", f"say Your key is {KEY}."])
def test_the_key_is_never_repeated(
    server: ChatServer, make: Make, caplog: pytest.LogCaptureFixture, fault: str
) -> None:
    caplog.set_level(logging.DEBUG)
    server.faults["CD3E"] = [fault] * 5
    source = make()
    with pytest.raises(FetchError) as caught:
        source.load()
    said = everything_said(caught.value, caplog)
    assert "chat" in said
    assert KEY[:12] not in said + repr(source) + repr(vars(source))


def test_credentials_in_the_address(server: ChatServer, make: Make, caplog: pytest.LogCaptureFixture) -> None:
    """They are sent, and appear nowhere else."""
    caplog.set_level(logging.DEBUG)
    address = server.url.replace("http://", "http://me:pass1word@") + "/?token=tick3t"
    source = make(base_url=address)
    assert source.load().provenance["base_url"] == server.url
    assert {request.path for request in server.requests} == {"/v1/chat/completions?token=tick3t"}
    assert {request.authorization for request in server.requests} == {"Basic bWU6cGFzczF3b3Jk"}
    server.always = "404"
    with pytest.raises(FetchError) as caught:
        make(MANY, base_url=address).load()
    said = everything_said(caught.value, caplog) + repr(source) + repr(vars(source))
    assert not [secret for secret in ("pass1word", "bWU6cGFz", "tick3t") if secret in said]
    with pytest.raises(ArgumentError) as refused:
        make(base_url="ftp://me:pass1word@host")
    assert "pass1word" not in str(refused.value)


def test_who_needs_a_key(server: ChatServer, make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "")
    for base_url in (None, "https://api.openai.com/v1/"):
        with pytest.raises(ArgumentError, match="no OPENAI_API_KEY"):
            make(base_url=base_url).load()
    assert make().load().genes == FEW
    monkeypatch.setenv("OPENAI_BASE_URL", server.url)
    assert make(base_url=None).load().provenance["base_url"] == server.url
    monkeypatch.setenv("OPENAI_API_KEY", f"{KEY}\u2013")
    with pytest.raises(ArgumentError, match="characters that can't be sent") as caught:
        make(MANY).load()
    assert KEY not in str(caught.value)
    assert len(server.requests) == 3


@pytest.mark.parametrize("base_url", ["localhost:8000", "/v1", "http://", "http://host:port", "file:///v1"])
def test_addresses_that_are_none(make: Make, base_url: str) -> None:
    with pytest.raises(ArgumentError, match="base_url"):
        make(base_url=base_url)


def test_arguments_that_mean_nothing(make: Make) -> None:
    for more in ({"model": " "}, {"concurrency": 0}):
        with pytest.raises(ArgumentError):
            make(**more)
    with pytest.raises(GeneNamesError):
        make(GeneTable(("LYZ", "LYZ")))


# Processes


def test_a_killed_process_goes_on_where_it_was(server: ChatServer, make: Make) -> None:
    server.delay = 0.05
    process = start(server.url)
    wait_until(lambda: server.answered >= 15)
    process.kill()
    process.communicate()
    # At most the two that were under way are lost.
    had = kept()
    assert 0 <= server.answered - had <= 2
    assert had >= 13
    server.requests.clear()
    server.delay = 0.0
    assert make(MANY).load().genes == MANY
    assert len(server.requests) == 40 - had


def test_ctrl_c(server: ChatServer, make: Make) -> None:
    """It ends at once, though a server hangs, and what arrived is kept."""
    server.faults = {gene: ["silent"] for gene in MANY.symbols[20:]}
    process = start(server.url)
    # Both of the requests that may be under way hang.
    wait_until(lambda: len(server.requests) - server.answered == 2)
    wait_until(lambda: kept() == server.answered)
    started = time.monotonic()
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=20)
    assert time.monotonic() - started < 5
    assert said.rstrip().endswith("KeyboardInterrupt")
    assert kept() == server.answered


def test_two_processes_share_the_answers(server: ChatServer) -> None:
    server.delay = 0.02
    processes = [start(server.url), start(server.url)]
    said = [process.communicate(timeout=60) for process in processes]
    assert [process.returncode for process in processes] == [0, 0], said
    # No two answers of this server are the same.
    assert said[0] == said[1]
    assert kept() == 40
    assert len(server.requests) < 60


# The file


def garbage(path: Path) -> None:
    path.write_bytes(os.urandom(5000))


def half(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def another_word(path: Path) -> None:
    content = path.read_bytes()
    assert content.count(b"GENE7 encodes") == 1
    path.write_bytes(content.replace(b"GENE7 encodes", b"GENE7 destroy"))


def broken_letter(path: Path) -> None:
    path.write_bytes(path.read_bytes().replace(b"GENE7 encodes", b"GENE7 enc\xffdes"))


@pytest.mark.parametrize("damage", [garbage, half, another_word, broken_letter])
def test_a_damaged_file_is_set_aside(
    server: ChatServer, make: Make, caplog: pytest.LogCaptureFixture, damage: Callable[[Path], None]
) -> None:
    genes = MANY.take(range(12))
    make(genes).load()
    path = answers_path()
    damage(path)
    content = path.read_bytes()
    server.requests.clear()
    texts = make(genes).load()
    assert len(server.requests) == 12
    (aside,) = path.parent.glob("generated.damaged-*.sqlite")
    assert aside.read_bytes() == content
    (record,) = (r for r in caplog.records if r.levelno == logging.WARNING)
    assert str(aside) in record.getMessage()
    assert make(genes).load() == texts
    assert len(server.requests) == 12


def test_many_find_the_damage_at_once(make: Make) -> None:
    """Only the first sets the file aside: the others take what it has begun."""
    path = answers_path()
    path.parent.mkdir(parents=True)
    garbage(path)
    barrier = Barrier(6)

    def use() -> None:
        barrier.wait()
        with open_file(path) as connection:
            connection.execute("SELECT count(*) FROM answers").fetchone()

    with ThreadPoolExecutor(6) as pool:
        for future in [pool.submit(use) for _ in range(6)]:
            future.result()
    assert len(list(path.parent.glob("generated.damaged-*.sqlite"))) == 1


def test_a_full_disk(server: ChatServer, make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    make().load()
    connect = cache_file._connect

    def connect_to_little(path: Path) -> sqlite3.Connection | None:
        connection = connect(path)
        assert connection is not None
        connection.execute("PRAGMA max_page_count = 4")
        return connection

    monkeypatch.setattr(cache_file, "_connect", connect_to_little)
    with pytest.raises(OutputError, match=r"full.*GENEPT_CACHE"):
        make(MANY, concurrency=2).load()
    assert 3 < kept() < 43
    assert server.answered <= kept() + 2
    monkeypatch.undo()


def test_no_place_for_the_file(
    server: ChatServer, make: Make, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Found out before anything is paid for."""
    (tmp_path / "file").touch()
    monkeypatch.setenv("GENEPT_CACHE", str(tmp_path / "file" / "cache"))
    with pytest.raises(OutputError, match="GENEPT_CACHE"):
        make().load()
    monkeypatch.setenv("GENEPT_CACHE", str(tmp_path))
    (tmp_path / "generated.sqlite").mkdir()
    for call in (make().load, make().estimate):
        with pytest.raises(OutputError, match="GENEPT_CACHE"):
            call()
    assert not server.requests


def test_a_file_of_a_later_version_is_left_alone(make: Make) -> None:
    make().load()
    connection = sqlite3.connect(answers_path())
    connection.execute("PRAGMA user_version = 2")
    connection.close()
    with pytest.raises(OutputError, match="a later version of genept"):
        make().load()
    assert not list(answers_path().parent.glob("*damaged*"))
