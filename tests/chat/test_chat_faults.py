"""A server that fails: what may pass is tried again, what came is kept, and nothing is ever made up."""

import logging
import traceback

import pytest

from genept.annotation.chat.answers import answers_path
from genept.errors import ArgumentError, FetchError
from genept.remote.chat import asking, chat
from tests.chat.conftest import MANY, MARKERS, Make
from tests.chat.test_naming import kept
from tests.generated.chat_server import ChatServer, cell_type, chatting
from tests.generated.conftest import KEY


@pytest.mark.parametrize("faults", [["500"], ["429 0", "503"], ["gone"], ["cut"], ["cut", "408", "gone"]])
def test_faults_that_pass(server: ChatServer, make: Make, faults: list[str]) -> None:
    server.faults["NKG7"] = list(faults)
    assert make().name()["1"].verdict.cell_type == "NKG7 cell"
    assert server.asked.count("NKG7") == len(faults) + 1


ELSE = cell_type("T", markers=["CD3E", "CD3D"])


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        ("json", "no chat completion"),
        ("html", "no chat completion"),
        ("length", "finish_reason 'length'"),
        ("null", "is empty"),
        ("say ", "is empty"),
        ("refusal", "refused"),
        ("say NK cell", "no JSON"),
        ("say I'm sorry, but I can't help with that.", "no JSON"),
        ("say <think>Hm.</think>{}", "thoughts"),
        ('say {"cell_type": "NK cell"}', "has no confidence, markers, reason"),
        (f"say {ELSE}", "none of the markers that were given"),
        (f"say {ELSE[:-1]}, " + ELSE[1:], "a key twice"),
        (f"say {cell_type('NK', markers=['NKG7'], confidence=KEY)}", "repeats the API key"),
        ("400", "status 400"),
    ],
)
def test_answers_that_are_none(server: ChatServer, make: Make, fault: str, reason: str) -> None:
    server.faults["NKG7"] = [fault] * 2
    with pytest.raises(FetchError, match=f"1 of 3 clusters got no cell type: 1; of 1: .*{reason}"):
        make().name()
    assert kept() == 2
    server.faults.clear()
    server.requests.clear()
    # Running again asks what is missing, and that alone.
    assert list(make().name()) == list(MARKERS)
    assert server.asked == ["NKG7"]


@pytest.mark.parametrize("fence", ["```json\n{}\n```", "{}"])
def test_answers_in_a_fence_are_answers(server: ChatServer, make: Make, fence: str) -> None:
    said = cell_type("natural killer", markers=["GNLY", "CD3E"], cell_ontology_id="CL:0000623")
    server.faults["NKG7"] = ["say " + fence.replace("{}", said)]
    verdict = make().name()["1"].verdict
    assert (verdict.cell_type, verdict.cell_ontology_id) == ("natural killer cell", "CL:0000623")
    assert (verdict.markers, verdict.not_given) == (("GNLY",), ("CD3E",))


@pytest.mark.parametrize("status", [400, 422, 500])
def test_a_server_that_refuses_the_form(
    server: ChatServer, make: Make, monkeypatch: pytest.MonkeyPatch, status: int
) -> None:
    """The parameter is left out, from the first answer on; the words of the prompt ask for JSON as well."""
    monkeypatch.setattr(chat, "RETRIES", 1)
    server.refuses_form = status
    named = make(MANY, concurrency=1).name()
    assert named["c7"].verdict.cell_type == "GENE7 cell"
    forms = ["response_format" in request.body for request in server.requests]
    assert forms == [True] * (2 if status == 500 else 1) + [False] * 30


def test_a_server_that_refuses_something_else_keeps_the_form(
    server: ChatServer, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "shuffle", lambda _: None)
    server.faults["CD79A"] = ["400", "400"]
    with pytest.raises(FetchError, match=r"1 of 3 clusters got no cell type: 0; of 0: .*status 400"):
        make(concurrency=1).name()
    forms = ["response_format" in request.body for request in server.requests]
    assert forms == [True, False, True, True]


def test_a_server_that_dies_halfway(make: Make) -> None:
    """What came is kept, and another run, once it is back, asks only the rest: nothing is asked twice."""
    with chatting() as dying:
        dying.lives_for = 11
        address, port = dying.url, dying.server_address[1]
        with pytest.raises(FetchError, match=r"3 questions in a row failed.*no connection"):
            make(MANY, base_url=address, concurrency=1).name()
    assert dying.answered == kept() == 11
    with chatting(port) as again:
        assert list(make(MANY, base_url=address).name()) == list(MANY)
    assert len(again.requests) == 19
    assert sorted(again.asked + dying.asked) == sorted(genes[0] for genes in MANY.values())


@pytest.mark.parametrize(
    ("fault", "advice"),
    [("401", "OPENAI_API_KEY"), ("404", "name of the model"), ("429 0 insufficient_quota", "credit")],
)
def test_a_hopeless_run_stops_at_once(
    server: ChatServer, make: Make, monkeypatch: pytest.MonkeyPatch, fault: str, advice: str
) -> None:
    monkeypatch.setattr(chat, "RETRIES", 0)
    server.always = fault
    with pytest.raises(FetchError, match=f"status {fault[:3]}.*{advice}"):
        make(MANY, concurrency=4).name()
    assert len(server.requests) <= 4


@pytest.mark.parametrize(
    "fault", ["401", "400", f"say Your key is {KEY}.", f"say {cell_type(KEY, markers=[])}"]
)
def test_the_key_is_never_repeated(
    server: ChatServer, make: Make, caplog: pytest.LogCaptureFixture, fault: str
) -> None:
    caplog.set_level(logging.DEBUG)
    server.faults["NKG7"] = [fault] * 5
    naming = make()
    with pytest.raises(FetchError) as caught:
        naming.name()
    files = [p.read_bytes().decode(errors="replace") for p in answers_path().parent.rglob("*") if p.is_file()]
    said = "".join([repr(caught.value), *traceback.format_exception(caught.value), caplog.text, *files])
    assert "chat" in said
    assert KEY[:12] not in said + repr(vars(naming))


def test_who_needs_a_key(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY")
    with pytest.raises(ArgumentError, match="no OPENAI_API_KEY"):
        make(base_url=None).name()
    assert len(make().name()) == 3
