"""``genept genes programs``: what it writes, says and refuses."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from anndata import AnnData

import genept
from genept.genes import read_gene_sets
from tests.conftest import RunGenept
from tests.programs.planted import planted


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """A folder with gene embeddings, cells that express them, and gene sets."""
    genes = planted()
    genept.write_embeddings(genes, tmp_path / "genes.h5ad")
    counts = np.random.default_rng(0).poisson(4.0, size=(20, len(genes.genes))).astype(np.float32)
    adata = AnnData(counts, obs=pd.DataFrame({"type": ["T", "B"] * 10}, index=[f"c{i}" for i in range(20)]))
    adata.var_names = list(genes.genes.symbols)
    adata.var["highly_variable"] = ["G2" not in name for name in adata.var_names]
    adata.write_h5ad(tmp_path / "cells.h5ad")
    lines = [f"group {i}\t\t" + "\t".join(genes.genes.symbols[i * 12 : i * 12 + 10]) for i in range(3)]
    (tmp_path / "sets.gmt").write_text("\n".join(lines))
    (tmp_path / "other.gmt").write_text("other\t\tX1\tX2\n")
    return tmp_path


def test_programs_equal_the_python_api(files: Path, call_genept: RunGenept) -> None:
    done = call_genept(
        *("genes", "programs", files / "genes.h5ad", "-o", "programs.csv", "--threshold", "0.5"),
        *("--resolution", "1", "--sets", files / "sets.gmt", "--enrichment", "enrichment.csv", "--json"),
    )
    assert done.returncode == 0, done.stderr
    programs = genept.tl.gene_programs(planted(), threshold=0.5, resolution=1.0)
    written = pd.read_csv(files / "programs.csv")
    pd.testing.assert_frame_equal(written, programs.table, rtol=1e-5)
    enriched = genept.tl.enrichment(programs, read_gene_sets(files / "sets.gmt"))
    pd.testing.assert_frame_equal(pd.read_csv(files / "enrichment.csv"), enriched, rtol=1e-5)
    report = json.loads(done.stdout)
    assert (report["n_programs"], report["sizes"], report["n_genes"]) == (3, [14, 12, 11], 42)
    assert report["n_edges"] == 212
    assert len(report["enriched"]) == int((enriched["q_value"] < 0.05).sum()) > 0


def test_genes_of_data_and_a_figure(files: Path, call_genept: RunGenept) -> None:
    before = (files / "cells.h5ad").read_bytes()
    common = ("genes", "programs", files / "genes.h5ad", "-o", "programs.csv", "--data", files / "cells.h5ad")
    done = call_genept(
        *common, "--resolution", "1", "--threshold", "0.5", "--label-key", "type", "--figure", "p.png"
    )
    assert done.returncode == 0, done.stderr
    assert "31 highly variable genes of 42" in done.stderr
    assert set(pd.read_csv(files / "programs.csv")["gene"].str[:2]) == {"G0", "G1"}
    assert (files / "p.png").read_bytes()[:4] == b"\x89PNG"
    assert (files / "cells.h5ad").read_bytes() == before
    done = call_genept(*common, "--highly-variable", "25", "--method", "louvain", "--min-size", "2", "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["n_genes"] == 25


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--figure", "p.png"), "--figure without --data"),
        (("--figure", "p.png", "--data", "cells.h5ad"), "--figure without --label-key"),
        (("--label-key", "type", "--data", "cells.h5ad"), "--label-key without --figure"),
        (("--highly-variable", "5"), "--highly-variable without --data"),
        (("--sets", "sets.gmt"), "--sets without --enrichment"),
        (("--enrichment", "e.csv"), "--enrichment without --sets"),
        (("--sets", "genes.h5ad", "--enrichment", "e.csv"), "genes.h5ad can't be read"),
        (("--sets", "sets.gmt", "--enrichment", "programs.csv"), "programs.csv is also an input"),
        (
            ("--data", "cells.h5ad", "--label-key", "kind", "--figure", "p.png"),
            "no column 'kind' in obs",
        ),
        (
            (
                *("--sets", "other.gmt", "--enrichment", "e.csv", "--data", "cells.h5ad", "--label-key"),
                *("type", "--figure", "p.png", "--resolution", "1", "--threshold", "0.5"),
            ),
            "no gene set with at least 5",
        ),
        (("--threshold", "0.5", "--n-neighbors", "5"), "n_neighbors=5 and threshold=0.5"),
        (("--threshold", "0.9999"), "no gene in a program"),
    ],
)
def test_what_cannot_be_done_is_one_paragraph_and_no_file(
    files: Path, call_genept: RunGenept, options: tuple[str, ...], said: str
) -> None:
    there = sorted(files.iterdir())
    done = call_genept("genes", "programs", "genes.h5ad", "-o", "programs.csv", *options)
    assert done.returncode == 1
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert sorted(files.iterdir()) == there
