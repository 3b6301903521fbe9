"""Generated texts from a real server with real faults, and with keys that nobody is to see."""

import logging
import traceback

import pytest

from genept.errors import ArgumentError, FetchError, GeneNamesError
from genept.genes import GeneTable
from genept.remote.chat import asking, chat
from genept.texts.generated.answers import answers_path
from tests.generated.chat_server import ChatServer
from tests.generated.conftest import FEW, KEY, MANY, Make, kept


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
    monkeypatch.setattr(asking, "shuffle", lambda _: None)
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
