"""``genept cells finetune`` and ``predict``, as a user runs them."""

import hashlib
import json
from pathlib import Path

import anndata
import numpy as np
import pytest
from anndata import AnnData

import genept
from genept import GeneEmbeddings
from genept.cells import FineTunedEmbedding
from tests.conftest import RunGenept


@pytest.fixture
def data(cells: AnnData, tmp_path: Path) -> Path:
    cells.write_h5ad(tmp_path / "data.h5ad")
    return tmp_path / "data.h5ad"


SMALL = ("--hidden", "6", "--max-epochs", "8")


def test_finetune_then_predict(data: Path, tmp_path: Path, call_genept: RunGenept) -> None:
    done = call_genept(
        "cells", "finetune", data, "--label-key", "condition", "--group-key", "patient",
        "--train-fraction", "0.5", "-o", "model", "--output-cells", "out.h5ad", *SMALL, "--json",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert set(report["held_out"]) == {"fine-tuned", "10-NN cosine", "logistic regression"}
    assert {"macro_f1", "roc_auc", "group_accuracy"} <= set(report["held_out"]["fine-tuned"])
    assert len(report["groups"]["held out"]) == 6
    written = anndata.read_h5ad(tmp_path / "out.h5ad")
    assert written.obsm["X_genept_w_ft"].shape == (240, 6)
    predicted = call_genept("cells", "predict", data, "--model", "model", "-o", "again.h5ad", "--json")
    assert predicted.returncode == 0, predicted.stderr
    assert json.loads(predicted.stdout)["cells"] == 240
    again = anndata.read_h5ad(tmp_path / "again.h5ad")
    np.testing.assert_array_equal(again.obsm["X_genept_w_ft"], written.obsm["X_genept_w_ft"])
    assert (again.obs["genept_ft_label"] == written.obs["genept_ft_label"]).all()


def test_a_table_says_whether_it_helps(data: Path, call_genept: RunGenept) -> None:
    done = call_genept("cells", "finetune", data, "--label-key", "type", "-o", "model", *SMALL)
    assert done.returncode == 0, done.stderr
    head, *rows = done.stdout.splitlines()
    assert head.split() == ["fine-tuned", "10-NN", "cosine", "logistic", "regression"]
    assert [row[:9] for row in rows[:3]] == ["accuracy ", "balanced ", "macro F1 "]
    assert "On 48 held-out cells; learned from 192 cells" in done.stdout
    done = call_genept(
        "cells", "finetune", data, "--label-key", "type", "-o", "model", "--train-fraction", "1", *SMALL
    )
    assert done.stdout.startswith("No cell was held out")


def test_cells_are_embedded_from_gene_embeddings(
    tmp_path: Path, counts: AnnData, genes: GeneEmbeddings, call_genept: RunGenept
) -> None:
    counts = anndata.concat([counts] * 25, index_unique="-")
    counts.obs["type"] = np.where(np.arange(150) % 6 < 3, "B", "T")
    counts.write_h5ad(tmp_path / "counts.h5ad")
    genept.write_embeddings(genes, tmp_path / "genes.h5ad")
    asked = ("counts.h5ad", "--genes", "genes.h5ad", "--label-key", "type", "-o", "model", *SMALL)
    done = call_genept("cells", "finetune", *asked)
    assert done.returncode == 0, done.stderr
    genept.tl.embed_cells(counts, genes)
    model = FineTunedEmbedding(n_hidden=6, max_epochs=8)
    ours = genept.tl.finetune(counts, "type", model=model)
    read = FineTunedEmbedding.load(tmp_path / "model")
    np.testing.assert_array_equal(read.network_.hidden_weights, ours.network_.hidden_weights)
    assert read.provenance_["gene_embeddings"]["texts"] == {"source": "test"}
    applied = call_genept(
        "cells", "predict", "counts.h5ad", "--genes", "genes.h5ad", "--model", "model", "-o", "out.h5ad"
    )
    assert applied.returncode == 0, applied.stderr


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("finetune", "--label-key", "no such", "-o", "model"), "no column 'no such' in obs"),
        (("finetune", "--label-key", "type", "-o", "nowhere/model"), "nowhere/model can't be written"),
        (("finetune", "--label-key", "type", "-o", "."), "is there, and isn't a model"),
        (("finetune", "--label-key", "type", "-o", "model", "--use-rep", "X_pca"), "no obsm['X_pca'] in"),
        (
            ("finetune", "--label-key", "type", "-o", "m", "--use-rep", "X_pca", "--genes", "g.h5ad"),
            "--genes and --use-rep together",
        ),
        (("finetune", "--label-key", "type", "-o", "m", "--output-cells", "data.h5ad"), "is also an input"),
        (("finetune", "--label-key", "type", "-o", "m", "--train-fraction", "2"), "train_fraction=2.0"),
        (("predict", "--model", "no such", "-o", "out.h5ad"), "model.safetensors can't be read"),
        (("predict", "--model", "no such", "-o", "data.h5ad"), "is also an input"),
    ],
)
def test_bad_input_ends_in_a_plain_paragraph(
    data: Path, call_genept: RunGenept, arguments: tuple[str, ...], says: str
) -> None:
    before = hashlib.sha256(data.read_bytes()).digest()
    verb, *rest = arguments
    done = call_genept("cells", verb, data, *rest)
    assert (done.returncode, done.stdout) == (1, "")
    assert says in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert hashlib.sha256(data.read_bytes()).digest() == before
    assert [path.name for path in data.parent.iterdir()] == ["data.h5ad"]
