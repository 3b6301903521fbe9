"""Processes that are killed in the middle lose what is under way, and nothing else."""

import random
import signal
import subprocess
import sys
import time
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest

import genept
from genept.encoders.openai import OpenAIEncoder
from genept.encoders.vector_cache import open_vectors
from tests.remote.apart import Apart, serving_apart
from tests.remote.embeddings_server import vector_of

N, BATCH, CONCURRENCY = 400, 5, 3
TEXTS = [f"gene number {i} and what it does" for i in range(N)]
SCRIPT = f"""
import sys
import genept
from genept.encoders.openai import OpenAIEncoder
from genept.encoders.vector_cache import open_vectors
from genept.embeddings import write_embeddings
from genept.encoders.openai import OpenAIEncoder

texts = genept.GeneTexts(
    genept.GeneTable(tuple(f"G{{i}}" for i in range({N}))),
    tuple(f"gene number {{i}} and what it does" for i in range({N})),
    {{}},
)
encoder = OpenAIEncoder("small", base_url=sys.argv[1], batch_size={BATCH}, concurrency={CONCURRENCY})
write_embeddings(genept.embed_genes(texts, encoder), sys.argv[2])
"""


def start(server: Apart, output: Path) -> "subprocess.Popen[bytes]":
    return subprocess.Popen([sys.executable, "-c", SCRIPT, server.url, str(output)], stderr=subprocess.PIPE)


@pytest.mark.slow
def test_ctrl_c_ends_at_once_and_keeps_what_came(tmp_path: Path) -> None:
    with serving_apart(tmp_path / "books.jsonl", "--delay", "0.3") as server:
        with start(server, tmp_path / "genes.h5ad") as process:
            while sum(server.books.billed.values()) < 2 * BATCH * CONCURRENCY:
                time.sleep(0.01)
            stopped = time.monotonic()
            process.send_signal(signal.SIGINT)
            process.wait(timeout=20)
        assert time.monotonic() - stopped < 5
        assert process.returncode == -signal.SIGINT
        paid = sum(server.books.billed.values())
        # One of the first rounds is in the cache, whose sender went on to ask for more.
        with open_vectors(OpenAIEncoder("small", base_url=server.url).fingerprint) as cache:
            missing = cache.missing([sha256(text.encode()).digest() for text in TEXTS])
    assert paid - CONCURRENCY * BATCH <= N - len(missing) <= paid


@pytest.mark.slow
def test_two_runs_side_by_side_seldom_pay_for_the_same_text(tmp_path: Path) -> None:
    with serving_apart(tmp_path / "books.jsonl", "--delay", "0.02") as server:
        both = [start(server, tmp_path / f"{i}.h5ad") for i in range(2)]
        for process in both:
            _, said = process.communicate(timeout=60)
            assert process.returncode == 0, said.decode()
        assert N <= sum(server.books.billed.values()) < 1.25 * N
    first, second = (genept.read_embeddings(tmp_path / f"{i}.h5ad") for i in range(2))
    np.testing.assert_array_equal(first.vectors, second.vectors)


def run_and_kill(server: Apart, output: Path, *, kills: int) -> int:
    """Kill runs when the server has done a random amount of work for them; say how many were killed."""
    killed = 0
    for turn in range(kills):
        before = sum(server.books.billed.values())
        enough = random.Random(turn).randint(0, 3 * BATCH)
        with start(server, output) as process:
            while process.poll() is None and sum(server.books.billed.values()) < before + enough:
                time.sleep(0.005)
            process.send_signal(signal.SIGKILL)
        killed += process.returncode == -signal.SIGKILL
        assert not output.exists() or process.returncode == 0
    return killed


@pytest.mark.slow
@pytest.mark.parametrize("kills", [50])
def test_kill_and_resume(kills: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    output = tmp_path / "genes.h5ad"
    with serving_apart(tmp_path / "books.jsonl", "--delay", "0.02") as server:
        killed = run_and_kill(server, output, kills=kills)
        with start(server, output) as last:
            _, said = last.communicate(timeout=60)
        assert last.returncode == 0, said.decode()
        billed = server.books.billed
    assert killed >= min(kills, 2)
    assert set(billed) == set(TEXTS)
    # What was under way when the process died is asked for again, and nothing else.
    assert sum(billed.values()) - N <= killed * CONCURRENCY * BATCH
    assert max(billed.values()) <= 1 + killed
    monkeypatch.setenv("GENEPT_CACHE", str(tmp_path / "another cache"))
    with serving_apart(tmp_path / "other books.jsonl") as server:
        with start(server, tmp_path / "at once.h5ad") as whole:
            _, said = whole.communicate(timeout=60)
        assert whole.returncode == 0, said.decode()
        assert sum(server.books.billed.values()) == N
    resumed, at_once = genept.read_embeddings(output), genept.read_embeddings(tmp_path / "at once.h5ad")
    np.testing.assert_array_equal(resumed.vectors, at_once.vectors)
    assert resumed.genes == at_once.genes
    assert resumed.text_sha256 == at_once.text_sha256
    np.testing.assert_array_equal(resumed.vectors[7], vector_of(TEXTS[7], "small", resumed.dimensions))
