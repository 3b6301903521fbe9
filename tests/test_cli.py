"""The command line: what it writes, says, and how it ends."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import anndata
import numpy as np
import pytest
from anndata import AnnData

import genept
from genept import GeneEmbeddings
from tests.conftest import RunGenept


@pytest.fixture
def data(tmp_path: Path, counts: AnnData) -> Path:
    counts.write_h5ad(tmp_path / "data.h5ad")
    return tmp_path / "data.h5ad"


@pytest.fixture
def genes_file(tmp_path: Path, lsa_genes: GeneEmbeddings) -> Path:
    genept.write_embeddings(lsa_genes, tmp_path / "genes.h5ad")
    return tmp_path / "genes.h5ad"


def test_genes_embed_then_info(tmp_path: Path, run_genept: RunGenept) -> None:
    done = run_genept("genes", "embed", "--texts", "starter", "--encoder", "lsa", "-o", "genes.h5ad")
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    assert "genes x 256 dimensions written to genes.h5ad" in done.stderr
    info = run_genept("genes", "info", "genes.h5ad", "--json")
    report = json.loads(info.stdout)
    assert report["dimensions"] == 256
    assert report["n_genes"] >= 1_200
    assert report["provenance"]["encoder"]["name"] == "lsa"
    assert "language model" in report["provenance"]["texts"]["written_by"]
    lines = run_genept("genes", "info", "genes.h5ad").stdout.splitlines()
    assert "provenance.encoder.name: lsa" in lines
    assert f"provenance.encoder.fingerprint: {report['provenance']['encoder']['fingerprint']}" in lines


@pytest.mark.parametrize("method", ["w", "s"])
def test_cells_embed_equals_the_python_api(
    data: Path, genes_file: Path, counts: AnnData, run_genept: RunGenept, method: str
) -> None:
    done = run_genept(
        "cells", "embed", data, "--genes", genes_file, "--method", method, "-o", "out.h5ad", "--json"
    )
    assert done.returncode == 0, done.stderr
    key = f"X_genept_{method}"
    genept.tl.embed_cells(counts, genept.read_embeddings(genes_file), method=method)  # type: ignore[arg-type]
    written = anndata.read_h5ad(data.parent / "out.h5ad")
    np.testing.assert_array_equal(written.obsm[key], counts.obsm[key])
    assert written.X is None
    assert json.loads(done.stdout)["method"] == method
    assert key in done.stderr
    if method == "w":
        assert "measured genes have a vector" in done.stderr


def test_quiet_says_nothing(data: Path, genes_file: Path, run_genept: RunGenept) -> None:
    done = run_genept("-q", "cells", "embed", data, "--genes", genes_file, "-o", "out.h5ad")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_version_and_help(run_genept: RunGenept) -> None:
    assert run_genept("--version").stdout.strip() == genept.__version__
    for args in (["--help"], ["genes", "--help"], ["cells", "--help"], ["demo", "--help"]):
        done = run_genept(*args)
        assert (done.returncode, done.stderr) == (0, "")
        assert "Usage" in done.stdout


@pytest.mark.parametrize("args", [["cells", "embed"], ["genes", "embed", "--nonsense"], ["nothing"]])
def test_wrong_usage_exits_2(args: list[str], run_genept: RunGenept) -> None:
    assert run_genept(*args).returncode == 2


def test_an_interrupt_exits_130_and_leaves_nothing(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "from genept.cli import main; main()",
            "demo",
            "--encoder",
            "lsa",
            "-o",
            "demo",
        ],
        cwd=tmp_path,
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    assert process.stderr is not None
    line = process.stderr.readline()
    assert line.startswith("[1/")
    time.sleep(0.5)
    process.send_signal(signal.SIGINT)
    _, rest = process.communicate(timeout=60)
    assert process.returncode == 130, rest
    assert list((tmp_path / "demo").iterdir()) == []
