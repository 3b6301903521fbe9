"""What the README says has been run as it stands there."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import anndata
import pandas as pd
import pytest

import genept
from genept.datasets import DATASETS
from tests.conftest import ROOT, RunGenept
from tests.file_server import serving
from tests.remote.embeddings_server import serving as embeddings
from tests.upstream import FILES

README = (ROOT / "README.md").read_text()


def block(name: str) -> str:
    found = re.search(rf"<!-- {name} -->\n```\w+\n(.*?)```", README, flags=re.DOTALL)
    assert found is not None, f"no block {name!r} in the README"
    return found[1]


@pytest.mark.parametrize("name", ["demo", "test"])
def test_the_two_commands_are_single_lines(name: str) -> None:
    assert len(block(name).strip().splitlines()) == 1


@pytest.mark.slow
def test_python_block(tmp_path: Path) -> None:
    check = "\nassert adata.obsm['X_genept_w'].shape == adata.obsm['X_genept_s'].shape == (700, 384)\n"
    subprocess.run([sys.executable, "-c", block("python") + check], check=True, cwd=tmp_path)


@pytest.mark.slow
def test_shell_block(tmp_path: Path, run_genept: RunGenept) -> None:
    adata = genept.datasets.pbmc68k_reduced()[:50].copy()
    adata.write_h5ad(tmp_path / "data.h5ad")
    for line in block("shell").strip().splitlines():
        program, *args = shlex.split(line)
        assert program == "genept"
        done = run_genept(*args)
        assert done.returncode == 0, done.stderr
    for name, key in (("out_w.h5ad", "X_genept_w"), ("out_s.h5ad", "X_genept_s")):
        assert anndata.read_h5ad(tmp_path / name).obsm[key].shape == (50, 384)


@pytest.mark.slow
def test_stream_block(tmp_path: Path, run_genept: RunGenept) -> None:
    genept.datasets.pbmc68k_reduced()[:50].copy().write_h5ad(tmp_path / "data.h5ad")
    genept.write_embeddings(genept.embed_genes(encoder="lsa"), tmp_path / "genes.h5ad")
    for line in block("stream").strip().splitlines():
        done = run_genept(*shlex.split(line)[1:])
        assert done.returncode == 0, done.stderr
        assert anndata.read_zarr(tmp_path / "out.zarr").obsm["X_genept_w"].shape == (50, 256)


@pytest.mark.slow
def test_upstream_block(tmp_path: Path, run_genept: RunGenept, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GENEPT_CACHE", str(tmp_path / "cache"))
    with serving(FILES) as server:
        monkeypatch.setenv("GENEPT_MIRROR", server.url)
        for line in block("upstream").strip().splitlines():
            done = run_genept(*shlex.split(line)[1:])
            assert done.returncode == 0, done.stderr
    assert len(genept.read_embeddings(tmp_path / "genes.h5ad").genes) == 5
    assert genept.read_embeddings(tmp_path / "refseq.h5ad").genes.symbols == ("LYZ", "NA")
    assert "MACROH2A1" in done.stdout


@pytest.mark.slow
@pytest.mark.realdata
def test_benchmark_block(
    tmp_path: Path, run_genept: RunGenept, monkeypatch: pytest.MonkeyPatch, realdata: Path
) -> None:
    monkeypatch.setenv("GENEPT_CACHE", str(tmp_path / "cache"))
    genept.write_embeddings(genept.embed_genes(encoder="lsa"), tmp_path / "genes.h5ad")
    labels = DATASETS["task_dosage_sensitivity"].path
    # Ensembl ids: without the lists of genes nobody knows who they are.
    lists = [DATASETS[name].path for name in ("ncbi_gene_info_human", "hgnc_complete_set")]
    files = {f"/{path}": (realdata / "mirror" / path).read_bytes() for path in lists}
    with serving(files | {f"/{labels}": (realdata / labels).read_bytes()}) as server:
        monkeypatch.setenv("GENEPT_MIRROR", server.url)
        assert run_genept("data", "fetch", "ncbi_gene_info_human", "hgnc_complete_set").returncode == 0
        for line in block("benchmark").strip().splitlines():
            done = run_genept(*shlex.split(line)[1:])
            assert done.returncode == 0, done.stderr
    summary = pd.read_csv(tmp_path / "worth" / "summary.csv").set_index(["embedding", "classifier"])["mean"]
    assert summary["genes", "logistic_regression"] > summary["random vectors", "logistic_regression"]
    assert "dosage" in (tmp_path / "worth" / "report.html").read_text(encoding="utf-8")
    assert len(pd.read_csv(tmp_path / "programs.csv")) > 100


@pytest.mark.slow
def test_cells_block(tmp_path: Path, run_genept: RunGenept) -> None:
    adata = genept.datasets.pbmc68k_reduced()
    adata[:500].copy().write_h5ad(tmp_path / "data.h5ad")
    adata[500:].copy().write_h5ad(tmp_path / "new.h5ad")
    genept.write_embeddings(genept.embed_genes(encoder="lsa"), tmp_path / "genes.h5ad")
    (tmp_path / "types.txt").write_text("B cell\nT cell\nmonocyte\ndendritic cell\n", encoding="utf-8")
    for line in block("cells").strip().splitlines():
        done = run_genept(*shlex.split(line)[1:])
        assert done.returncode == 0, done.stderr
    assert anndata.read_h5ad(tmp_path / "predicted.h5ad").obsm["X_genept_w_ft"].shape[0] == 200
    for name in ("labelled", "named"):
        assert anndata.read_h5ad(tmp_path / f"{name}.h5ad").obs["genept_cell_type"].nunique() > 1
    summary = pd.read_csv(tmp_path / "cells_worth" / "summary.csv")
    assert {"GenePT-w (genes)", "PCA", "random gene vectors"} <= set(summary["representation"])
    assert "PCA" in (tmp_path / "cells_worth" / "report.html").read_text(encoding="utf-8")


def test_every_file_that_is_linked_is_there() -> None:
    for name in ("README.md", "ARCHITECTURE.md", "CONTRIBUTING.md"):
        for target in re.findall(r"\]\(([^)#]+)\)", (ROOT / name).read_text()):
            if "://" not in target:
                assert (ROOT / target).exists(), f"{name} links to {target}"


@pytest.mark.slow
def test_server_block(tmp_path: Path, run_genept: RunGenept, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GENEPT_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("OPENAI_API_KEY", "sk-for-the-test")
    genept.datasets.pbmc68k_reduced()[:50].copy().write_h5ad(tmp_path / "data.h5ad")
    with embeddings(width=1536) as server:
        # A price makes the highest cost mean something; OpenAI's own is known only at OpenAI's address.
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        for line in block("server").strip().splitlines():
            priced = ["--price", "0.02"] if "--max-cost" in line and "genes embed" in line else []
            done = run_genept(*shlex.split(line)[1:], *priced)
            assert done.returncode == 0, done.stderr
    assert anndata.read_h5ad(tmp_path / "out_s.h5ad").obsm["X_genept_s"].shape == (50, 1536)
    assert "openai:" in done.stdout
