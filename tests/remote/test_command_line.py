"""Embedding through a server from the terminal: estimate, run, and a plain paragraph for each failure."""

import json
import os
import subprocess
import sys
from collections import deque
from pathlib import Path

import numpy as np
import pytest
from anndata import AnnData

import genept
from genept.encoders.vectors_file import vectors_path
from tests.conftest import RunGenept
from tests.remote.conftest import KEY
from tests.remote.embeddings_server import EmbeddingsServer, vector_of

EMBED = ("genes", "embed", "--only", "genes.txt", "--encoder", "openai:small")


@pytest.fixture(autouse=True)
def _genes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("genes.txt").write_text("LYZ\nCD3E\nNKG7\nMS4A1\n")


def test_estimate_run_and_estimate_again(server: EmbeddingsServer, call_genept: RunGenept) -> None:
    at = ("--base-url", server.url, "--price", "2")
    estimate = json.loads(call_genept(*EMBED, *at, "--dry-run", "--json").stdout)
    assert (estimate["n_texts"], estimate["n_cached"]) == (4, 0)
    assert estimate["usd"] == estimate["n_tokens"] * 2e-6 > 0
    assert not server.requests
    assert not vectors_path().exists()
    done = call_genept(*EMBED, *at, "--set", "batch_size=3", "--dimensions", "9", "-o", "genes.h5ad")
    assert done.returncode == 0, done.stderr
    assert sorted(len(request.texts) for request in server.requests) == [1, 3]
    genes = genept.read_embeddings("genes.h5ad")
    assert genes.dimensions == 9
    assert genes.provenance["encoder"]["base_url"] == server.url
    text = next(t for request in server.requests for t in request.texts if "MS4A1" in t)
    row = genes.genes.symbols.index("MS4A1")
    np.testing.assert_array_equal(genes.vectors[row], vector_of(text, "small", 9))
    shown = call_genept(*EMBED, *at, "--dimensions", "9", "--dry-run").stdout
    assert "cached: 4, to be embedded: 0" in shown
    assert "0.0000 USD" in shown or "none" in shown


def test_cells_are_embedded_by_the_encoder_of_the_genes(
    server: EmbeddingsServer, call_genept: RunGenept, counts: AnnData, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file of the genes names model, server and width; the key it doesn't."""
    counts.write_h5ad("data.h5ad")
    done = call_genept(*EMBED, "--base-url", server.url, "--dimensions", "9", "-o", "genes.h5ad")
    assert done.returncode == 0, done.stderr
    assert KEY.encode() not in Path("genes.h5ad").read_bytes()
    cells = ("cells", "embed", "data.h5ad", "--genes", "genes.h5ad", "--method", "s")
    refused = call_genept(*cells, "-o", "cells.h5ad")
    assert refused.returncode == 1
    assert f"--encoder openai:small --base-url {server.url}" in refused.stderr
    monkeypatch.setenv("OPENAI_BASE_URL", server.url)
    assert "different ones: 6" in call_genept(*cells, "--dry-run").stdout
    done = call_genept(*cells, "-o", "cells.h5ad")
    assert done.returncode == 0, done.stderr
    assert [request.options["dimensions"] for request in server.requests] == [9] * len(server.requests)
    assert any("A cell with genes ranked" in text for text in server.billed)


FAILURES = {
    "wrong key": (["401"], {}, "OPENAI_API_KEY"),
    "unknown model": (["404"], {}, "name of the model"),
    "no credit": (["429-quota"], {}, "credit of your account"),
    "no key": ([], {"OPENAI_API_KEY": "", "OPENAI_BASE_URL": ""}, "set OPENAI_API_KEY"),
    "unreachable": (
        [],
        {"OPENAI_BASE_URL": "http://127.0.0.1:9/v1"},
        "no connection to http://127.0.0.1:9/v1",
    ),
    "no network": ([], {"OPENAI_BASE_URL": "http://nowhere.invalid/v1"}, "no connection to"),
    "no address": ([], {"OPENAI_BASE_URL": "localhost:80"}, "http://localhost:8000/v1"),
}


@pytest.mark.parametrize("failure", FAILURES)
def test_failures_are_one_plain_paragraph(
    failure: str, server: EmbeddingsServer, call_genept: RunGenept, monkeypatch: pytest.MonkeyPatch
) -> None:
    faults, variables, words = FAILURES[failure]
    server.faults = deque(faults)
    for name, value in ({"OPENAI_BASE_URL": server.url} | variables).items():
        monkeypatch.setenv(name, value)
    done = call_genept(*EMBED, "-o", "genes.h5ad")
    assert done.returncode == 1
    assert words in done.stderr
    (line,) = (line for line in done.stderr.splitlines() if line.startswith("genept: "))
    assert "Found:" in line and "Expected:" in line and "Do:" in line  # noqa: PT018
    assert "Traceback" not in done.stderr
    assert KEY not in done.stderr
    assert not Path("genes.h5ad").exists()


def test_a_read_only_cache_is_found_out_before_anything_is_paid(
    server: EmbeddingsServer, tmp_path: Path
) -> None:
    folder = tmp_path / "closed"
    folder.mkdir()
    command = [sys.executable, "-c", "from genept.cli import main; main()", *EMBED, "-o", "genes.h5ad"]
    if os.geteuid() == 0:
        # Root may write anywhere, but not into the kernel's own folders.
        folder = Path("/proc")
    else:
        folder.chmod(0o500)
    variables = os.environ | {"GENEPT_CACHE": str(folder), "OPENAI_BASE_URL": server.url}
    done = subprocess.run(command, env=variables, capture_output=True, text=True)
    assert done.returncode == 1
    assert "set GENEPT_CACHE to another folder" in done.stderr
    assert "Traceback" not in done.stderr
    assert not server.requests


@pytest.mark.slow
def test_a_full_disk_keeps_what_was_paid_for(server: EmbeddingsServer, tmp_path: Path) -> None:
    """A limit on the size of files stands for the disk."""
    names = genept.embed_genes(encoder="random").genes.symbols[:400]
    Path("genes.txt").write_text("\n".join(names))
    code = (
        "import resource, signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (2_000_000, 2_000_000))\n"
        "from genept.cli import main; main()"
    )
    server.width = 1536
    at = ("--base-url", server.url, "--set", "batch_size=20", "--set", "concurrency=2")
    done = subprocess.run(
        [sys.executable, "-c", code, *EMBED, *at, "-o", "genes.h5ad"], capture_output=True, text=True
    )
    assert done.returncode == 1, done.stderr
    assert "room on the disk" in done.stderr
    assert "Traceback" not in done.stderr
    paid = sum(server.billed.values())
    assert 0 < paid < 400
    done = subprocess.run(
        [sys.executable, "-c", "from genept.cli import main; main()", *EMBED, *at, "-o", "genes.h5ad"],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    # Two batches were under way when the disk was full.
    assert sum(server.billed.values()) <= 400 + 2 * 20


def test_a_batch_is_submitted_and_collected_by_the_same_command(
    server: EmbeddingsServer, call_genept: RunGenept, counts: AnnData
) -> None:
    at = ("--base-url", server.url, "--price", "2", "--batch")
    estimate = json.loads(call_genept(*EMBED, *at, "--dry-run", "--json").stdout)
    assert estimate["usd"] == pytest.approx(estimate["n_tokens"] * 1e-6)
    first = call_genept(*EMBED, *at, "-o", "genes.h5ad")
    assert first.returncode == 0, first.stderr
    assert "Run the same command again" in first.stderr
    assert Path("genes.h5ad.batch.json").exists()
    assert not Path("genes.h5ad").exists()
    for _ in range(10):
        again = call_genept(*EMBED, *at, "-o", "genes.h5ad")
        assert again.returncode == 0, again.stderr
        if Path("genes.h5ad").exists():
            break
    genes = genept.read_embeddings("genes.h5ad")
    assert len(genes.genes) == 4
    assert set(server.billed.values()) == {1}
    assert not Path("genes.h5ad.batch.json").exists()
    counts.write_h5ad("data.h5ad")
    cells = ("cells", "embed", "data.h5ad", "--encoder", "openai:small", *at, "--method", "s")
    for _ in range(10):
        done = call_genept(*cells, "-o", "c.h5ad")
        assert done.returncode == 0, done.stderr
        if Path("c.h5ad").exists():
            break
    assert Path("c.h5ad").exists()
    assert not [request for request in server.requests if request.path == "/v1/embeddings"]
    for wrong in (("--method", "w", "--genes", "genes.h5ad", "--batch"), ("--method", "s", "--wait")):
        refused = call_genept("cells", "embed", "data.h5ad", *wrong, "-o", "x.h5ad")
        assert refused.returncode == 1
    refused = call_genept("genes", "embed", "--encoder", "random", "--batch", "-o", "x.h5ad")
    assert "--batch with the encoder 'random'" in refused.stderr
