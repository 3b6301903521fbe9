"""The server of embeddings under load: rates, chance, clients that vanish, and a process of its own."""

import http.client
import json
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.remote.apart import serving_apart
from tests.remote.embeddings_server import (
    KINDS,
    EmbeddingsServer,
    FaultSchedule,
    read_books,
    serving,
)
from tests.remote.faults import HARMLESS

# What tests the tests' own server.
pytestmark = pytest.mark.slow


def post(url: str, text: str) -> tuple[int, str]:
    """The status of an answer, and after how long to come back; a good answer is read to its end."""
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=5)
    try:
        connection.request("POST", "/v1/embeddings", json.dumps({"model": "m", "input": text}))
        answer = connection.getresponse()
        answer.read()
        return answer.status, answer.getheader("Retry-After", "")
    finally:
        connection.close()


def until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 5
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.002)


def vanishing(server: EmbeddingsServer, text: str) -> socket.socket:
    """A connection on which a request was sent and nothing is read."""
    body = json.dumps({"model": "m", "input": text})
    connection = socket.create_connection(("127.0.0.1", server.server_address[1]))
    connection.sendall(f"POST /v1/embeddings HTTP/1.1\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode())
    until(lambda: server.in_flight == 1)
    return connection


def test_what_a_client_has_is_in_the_books() -> None:
    with serving() as server, ThreadPoolExecutor(8) as pool:

        def known(text: str) -> bool:
            return post(server.url, text)[0] == 200 and server.delivered[text] == server.billed[text] == 1

        assert all(pool.map(known, map(str, range(200))))


def test_a_client_that_vanishes_is_billed_and_gets_nothing() -> None:
    with serving(delay=0.1) as server:
        vanishing(server, "lost").close()
        until(lambda: server.in_flight == 0)
        assert (server.billed, server.delivered) == (Counter(["lost"]), Counter())
        assert post(server.url, "another")[0] == 200


def test_half_a_request_is_none() -> None:
    with serving() as server:
        with socket.create_connection(("127.0.0.1", server.server_address[1])) as connection:
            connection.sendall(b'POST /v1/embeddings HTTP/1.1\r\nContent-Length: 100\r\n\r\n{"model":')
        assert post(server.url, "whole")[0] == 200
        assert [request.texts for request in server.requests] == [("whole",)]


@pytest.mark.parametrize("at_once", [1, 3, 8])
def test_requests_under_way_are_counted(at_once: int) -> None:
    with serving(delay=0.05) as server, ThreadPoolExecutor(at_once) as pool:
        list(pool.map(lambda text: post(server.url, text), map(str, range(4 * at_once))))
        assert server.max_in_flight == at_once
        assert server.in_flight == 0


def test_who_has_an_answer_is_no_longer_under_way() -> None:
    with serving() as server, ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda text: post(server.url, text), map(str, range(400))))
        assert server.max_in_flight <= 2


def test_storms_of_too_many_requests() -> None:
    with serving(requests_per_second=100) as server, ThreadPoolExecutor(4) as pool:
        server.faults.append("500")
        start = time.monotonic()
        answers = list(pool.map(lambda text: post(server.url, text), ["a"] * 150))
        taken = time.monotonic() - start
        admitted = sum(status != 429 for status, _ in answers)
        assert 10 <= admitted <= 100 * (taken + 0.1) + 2
        assert admitted < 150
        assert all(0.05 <= float(wait) <= 0.2 for status, wait in answers if status == 429)
        assert Counter(request.fault for request in server.requests) == {
            "rate-limit": 150 - admitted,
            "500": 1,
            "": admitted - 1,
        }


RATES = {"429 0.01": 0.3, "drop": 0.2, "nan": 0.1, "slow": 0.1}


def test_chance_is_the_same_for_the_same_seed() -> None:
    batches = [(f"text {i}", f"text {i + 1}") for i in range(2000)]
    one, other = FaultSchedule(1, RATES, in_a_row=99), FaultSchedule(1, RATES, in_a_row=99)
    chosen = {texts: one.choose(texts, 0) for texts in batches}
    assert chosen == {texts: other.choose(texts, 0) for texts in reversed(batches)}
    third = FaultSchedule(2, RATES, in_a_row=99)
    assert chosen != {texts: third.choose(texts, 0) for texts in batches}
    shares = Counter(chosen.values())
    assert all(abs(shares[fault] / 2000 - rate) < 0.05 for fault, rate in RATES.items())


@pytest.mark.parametrize("most", [0, 1, 3])
def test_no_text_suffers_for_ever(most: int) -> None:
    schedule = FaultSchedule(0, {"500": 0.5, "nan": 0.4}, in_a_row=most)
    faults = [schedule.choose(("a", "b" if attempt % 2 else "c"), attempt) for attempt in range(200)]
    runs = "".join("." if fault in HARMLESS else "x" for fault in faults).split(".")
    assert max(map(len, runs)) == most


def test_unknown_faults_are_a_mistake_of_the_test() -> None:
    with pytest.raises(ValueError, match="unknown fault '418'"):
        FaultSchedule(0, {"418": 1.0})


def test_all_faults_by_chance_end() -> None:
    """Every kind comes up, and whoever asks often enough gets an answer."""
    rates = {kind: 1 / len(KINDS) for kind in sorted(KINDS - {"silent"})}
    with serving(schedule=FaultSchedule(3, rates, in_a_row=2)) as server:
        for number in range(60):
            for _ in range(40):
                if server.delivered[str(number)]:
                    break
                try:
                    post(server.url, str(number))
                except (OSError, http.client.HTTPException):
                    continue
        assert all(server.delivered[str(number)] for number in range(60))
        assert {request.fault for request in server.requests} >= KINDS - {"silent", "empty"}


def test_it_closes_at_once_with_requests_that_hang() -> None:
    with serving() as server, ThreadPoolExecutor(4) as pool:
        server.faults.extend(["silent"] * 3)
        hanging = [pool.submit(post, server.url, str(number)) for number in range(3)]
        until(lambda: server.in_flight == 3)
        server.delay = 60
        hanging.append(pool.submit(post, server.url, "late"))
        until(lambda: server.in_flight == 4)
        start = time.monotonic()
        server.hang_up_on_all()
        assert all(one.exception(timeout=1) for one in hanging)
        assert time.monotonic() - start < 0.5


def test_a_process_of_its_own_outlives_its_clients(tmp_path: Path) -> None:
    state = tmp_path / "books.jsonl"
    with serving_apart(state, "--fault", "silent", "--fault", "429 0.1", "--width", "4") as apart:
        ask = f"import urllib.request as u; u.urlopen('{apart.url}/embeddings', b'{{\"input\": \"x\"}}')"
        with subprocess.Popen([sys.executable, "-c", ask]) as client:
            until(lambda: len(apart.books.requests) == 1)
            client.kill()
        assert post(apart.url, "räumt auf") == (429, "0.1")
        assert post(apart.url, "räumt auf")[0] == 200
        books = apart.books
        assert [request.fault for request in books.requests] == ["silent", "429 0.1", ""]
        assert books.requests[0].texts == ("x",)
        assert books.requests[2].keys == ("input", "model")
        assert books.billed == books.delivered == Counter(["räumt auf"])
    state.write_text(state.read_text() + '{"event": "bil')
    assert read_books(state).billed == books.billed
