"""Clusters named by a chat model: what is sent, what is kept, what it costs."""

import hashlib
import json
import sqlite3
import sys

import pytest

from genept.annotation.chat import ClusterNaming, prompt
from genept.annotation.chat.answers import answers_path
from genept.errors import ArgumentError, CostError, MissingDependencyError
from genept.remote.chat import tokens_of
from tests.chat.conftest import MANY, MARKERS, Make
from tests.generated.chat_server import ChatServer
from tests.generated.conftest import KEY


def kept() -> int:
    connection = sqlite3.connect(answers_path())
    try:
        return int(connection.execute("SELECT count(*) FROM answers").fetchone()[0])
    finally:
        connection.close()


def test_each_cluster_gets_its_own_answer(make: Make) -> None:
    named = make().name()
    assert list(named) == list(MARKERS)
    for cluster, one in named.items():
        assert one.markers == MARKERS[cluster]
        assert one.verdict.cell_type == f"{MARKERS[cluster][0]} cell"
        assert one.verdict.markers == MARKERS[cluster][:2]
        assert (one.answer.model_served, one.answer.prompt_tokens) == ("small-2026-01-01", 200)


def test_what_is_sent(server: ChatServer, make: Make) -> None:
    make({"my patient's cluster": ["LYZ", "S100A8"]}, species="Homo sapiens", tissue=" blood\n").name()
    (request,) = server.requests
    assert request.authorization == f"Bearer {KEY}"
    assert request.body == {
        "model": "small",
        "messages": prompt.messages_for(["LYZ", "S100A8"], species="Homo sapiens", tissue="blood"),
        "temperature": 0.0,
        "max_tokens": 600,
        "response_format": prompt.MANNER.response_format,
    }
    assert request.body["messages"][1]["content"] == (
        "Species: Homo sapiens\nTissue: blood\nMarkers: LYZ, S100A8"
    )
    # The name of a cluster is the user's own affair.
    assert "patient" not in json.dumps(request.body)


def test_the_prompt_and_its_version_change_together() -> None:
    asked = [prompt.messages_for(["LYZ"], species="s", tissue="t"), prompt.messages_for(["LYZ"])]
    content = json.dumps([asked, prompt.TEMPERATURE, prompt.MAX_TOKENS, prompt.MANNER.response_format])
    known = {"1": "3114cf66d9cc6611279a6aeef13956fdfd17af893a6d8bea7faee782d1438823"}
    assert known[prompt.PROMPT_VERSION] == hashlib.sha256(content.encode()).hexdigest()


def test_nothing_is_asked_twice(server: ChatServer, make: Make) -> None:
    first = make().name()
    assert make().name() == first
    assert len(server.requests) == 3
    # The same markers under another name are the same question; others of them, and another tissue, aren't.
    make({"B": MARKERS["0"]}).name()
    assert len(server.requests) == 3
    make({"0": MARKERS["0"][:2]}).name()
    make(tissue="blood").name()
    make(model="large").name()
    make(base_url=server.url.removesuffix("/v1") + "/v2/v1").name()
    assert len(server.requests) == 3 + 1 + 3 + 3 + 3


def test_two_clusters_with_the_same_markers(server: ChatServer, make: Make) -> None:
    named = make({"a": ["LYZ"], "b": ["LYZ"], "c": []}).name()
    assert len(server.requests) == 1
    assert list(named) == ["a", "b"]
    assert named["a"].verdict == named["b"].verdict


def test_without_the_sdk(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only asking needs it."""
    named = make().name()
    monkeypatch.setitem(sys.modules, "openai", None)
    monkeypatch.delenv("OPENAI_API_KEY")
    assert make().name() == named
    with pytest.raises(MissingDependencyError, match=r"annotation by a chat model .*genept\[openai\]"):
        make(MANY).name()


# What it would cost


def test_an_estimate_sends_nothing(server: ChatServer, make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY")
    before = make({**MARKERS, "3": []}).estimate()
    assert (before.n_clusters, before.n_unassigned, before.n_cached, before.n_requests) == (4, 1, 0, 3)
    assert (before.usd, before.price) == (None, "not known")
    assert before.prompt_tokens == sum(tokens_of(prompt.messages_for(m)) for m in MARKERS.values())
    assert not server.requests
    assert not answers_path().exists()
    make({"0": MARKERS["0"]}).name()
    after = make(price=(2.0, 8.0)).estimate()
    assert (after.n_cached, after.n_requests) == (1, 2)
    assert after.usd == pytest.approx((after.prompt_tokens * 2 + 400 * 8) / 1e6)
    assert after.price == "as said"


def test_prices_of_openai() -> None:
    naming = ClusterNaming(MARKERS, model="gpt-4o-mini", price=None)
    estimate = naming.estimate()
    assert estimate.usd == pytest.approx((estimate.prompt_tokens * 0.15 + 600 * 0.60) / 1e6)
    assert estimate.price.startswith("OpenAI's of 20")
    # The same name elsewhere costs what that server asks.
    assert ClusterNaming(MARKERS, model="gpt-4o-mini", base_url="http://host/v1").estimate().usd is None


def test_a_run_says_first_what_it_costs(make: Make, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", logger="genept")
    make(price=(1.0, 10.0)).name()
    (said,) = [record.getMessage() for record in caplog.records if record.name.startswith("genept")]
    assert said.startswith("asking small about 3 clusters for about 0.00")
    caplog.clear()
    make(price=(1.0, 10.0)).name()
    assert not [record for record in caplog.records if record.name.startswith("genept")]


def test_the_highest_cost(server: ChatServer, make: Make) -> None:
    """A run stops before the question that could pass it, counting what the server counts."""
    price = (1000.0, 1000.0)
    # An answer costs 0.30 by the server's count (200 + 100 tokens), and 0.60 and its question at most.
    naming = make(MANY, price=price, concurrency=1)
    with pytest.raises(CostError, match=r"spent, and a next question .*--max-cost"):
        naming.name(max_cost=3.0)
    assert 3 <= len(server.requests) <= 7
    assert kept() == len(server.requests)
    assert 0.3 * kept() <= 3.0
    had = kept()
    with pytest.raises(CostError):
        naming.name(max_cost=3.0)
    assert kept() == 2 * had
    assert len(set(server.asked)) == len(server.asked)


def test_answers_that_are_no_use_count_in_full(server: ChatServer, make: Make) -> None:
    server.always = "length"
    with pytest.raises(CostError):
        make(MANY, price=(0.0, 1000.0), concurrency=1).name(max_cost=2.0)
    # 600 tokens at most for each.
    assert len(server.requests) == 3


@pytest.mark.parametrize(
    ("more", "max_cost", "found"),
    [
        ({}, 1.0, "no price of the chat model"),
        ({"price": (1.0, 1.0)}, 0.0, "a highest cost of 0.0"),
        ({"price": (1.0, 1.0)}, float("nan"), "a highest cost of nan"),
        ({"price": (-1.0, 1.0)}, None, "a price of -1.0"),
        ({"model": " "}, None, "an empty model"),
        ({"concurrency": 0}, None, "a concurrency of 0"),
        ({"base_url": "localhost"}, None, "base_url"),
    ],
)
def test_arguments_that_mean_nothing(
    server: ChatServer, make: Make, more: dict[str, object], max_cost: float | None, found: str
) -> None:
    with pytest.raises(ArgumentError, match=found):
        make(**more).name(max_cost=max_cost)
    assert not server.requests
