"""``genept cells annotate``: what it writes, says and refuses."""

import json
import shutil
from pathlib import Path

import anndata
import pandas as pd
import pytest

import genept
from genept import GeneEmbeddings
from tests.annotation.blood import TYPES, blood
from tests.annotation.small_ontology import OBO
from tests.conftest import RunGenept

KEY = "genept_cell_type"


@pytest.fixture(scope="module")
def made(lsa_genes: GeneEmbeddings, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with gene embeddings, cells that are embedded and cells that aren't, and cell types."""
    folder = tmp_path_factory.mktemp("made")
    genept.write_embeddings(lsa_genes, folder / "genes.h5ad")
    blood(lsa_genes, 0).write_h5ad(folder / "reference.h5ad")
    cells = blood(lsa_genes, 1, n=60)
    del cells.obsm["X_genept_w"], cells.uns["genept"]
    cells.write_h5ad(folder / "cells.h5ad")
    (folder / "cl.obo").write_text(OBO)
    (folder / "types.txt").write_text("\n".join(TYPES.names))
    lines = [f"{name}\t{text}\n" for name, text in zip(TYPES.names, TYPES.definitions, strict=True)]
    (folder / "types.tsv").write_text("name\tdefinition\n" + "".join(lines))
    return folder


@pytest.fixture
def files(made: Path, tmp_path: Path) -> Path:
    shutil.copytree(made, tmp_path, dirs_exist_ok=True)
    return tmp_path


def test_by_reference_equals_the_python_api(
    files: Path, call_genept: RunGenept, lsa_genes: GeneEmbeddings
) -> None:
    done = call_genept(
        *("cells", "annotate", "cells.h5ad", "--genes", "genes.h5ad", "--reference", "reference.h5ad"),
        *("--label-key", "type", "-o", "out.h5ad", "--json"),
    )
    assert done.returncode == 0, done.stderr
    written = anndata.read_h5ad(files / "out.h5ad")
    cells = blood(lsa_genes, 1, n=60)
    genept.tl.annotate(cells, reference=blood(lsa_genes, 0), label_key="type")
    assert written.obs[KEY].tolist() == cells.obs[KEY].tolist()
    assert written.obsm["X_genept_w"].shape == (60, 256)
    report = json.loads(done.stdout)
    assert report["by"] == "reference"
    assert sum(report["n_cells"]) == 60
    assert "of held-out cells got their label" in done.stderr


def test_by_the_ontology_to_a_table(files: Path, call_genept: RunGenept) -> None:
    before = (files / "cells.h5ad").read_bytes()
    done = call_genept(
        *("cells", "annotate", "cells.h5ad", "--genes", "genes.h5ad", "--cell-types", "cl.obo"),
        *("--root", "CL:0000988", "--among", "CL:0000542", "--among", "CL:0000576", "-o", "labels.csv"),
    )
    assert done.returncode == 0, done.stderr
    table = pd.read_csv(files / "labels.csv")
    assert list(table.columns) == ["cell", KEY, f"{KEY}_confidence"]
    assert set(table[KEY]) == {"lymphocyte", "monocyte"}
    assert len(table) == 60
    assert (files / "cells.h5ad").read_bytes() == before


def test_clusters_by_a_table(files: Path, call_genept: RunGenept) -> None:
    done = call_genept(
        *("cells", "annotate", "cells.h5ad", "--genes", "genes.h5ad", "--cell-types", "types.tsv"),
        *("--groupby", "type", "--n-common", "0", "-o", "labels.csv", "--json"),
    )
    assert done.returncode == 0, done.stderr
    clusters = json.loads(done.stdout)["clusters"]
    assert clusters["labels"] == clusters["names"] == sorted(TYPES.names)


def test_a_dry_run_says_what_would_be_embedded_and_writes_nothing(
    files: Path, call_genept: RunGenept
) -> None:
    there = sorted(files.iterdir())
    common = ("cells", "annotate", "cells.h5ad", "--genes", "genes.h5ad", "--dry-run", "--json")
    done = call_genept(*common, "--cell-types", "cl.obo", "--root", "CL:0000542")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["n_texts"] == 3
    done = call_genept(*common, "--reference", "reference.h5ad", "--label-key", "type")
    assert done.returncode == 1
    assert "--dry-run with --reference" in done.stderr
    assert sorted(files.iterdir()) == there


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ((), "none of --reference, --cell-types and --chat"),
        (("--reference", "reference.h5ad", "--cell-types", "types.txt"), "--reference and --cell-types"),
        (("--reference", "reference.h5ad"), "reference without label_key"),
        (("--reference", "reference.h5ad", "--label-key", "kind"), "no column 'kind'"),
        (("--reference", "cl.obo", "--label-key", "type"), "cl.obo can't be read as .h5ad"),
        (("--cell-types", "cl.obo", "--root", "CL:1"), "no cell type with the id 'CL:1'"),
        (("--cell-types", "genes.obo"), "genes.obo can't be read"),
        (("--cell-types", "types.txt", "--describe", "name", "--groupby", "leiden"), "no column 'leiden'"),
    ],
)
def test_what_cannot_be_done_is_one_paragraph_and_no_file(
    files: Path, call_genept: RunGenept, options: tuple[str, ...], said: str
) -> None:
    there = sorted(files.iterdir())
    done = call_genept("cells", "annotate", "cells.h5ad", "--genes", "genes.h5ad", "-o", "out.h5ad", *options)
    assert done.returncode == 1
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert sorted(files.iterdir()) == there


def test_cells_without_vectors_need_genes(files: Path, call_genept: RunGenept) -> None:
    done = call_genept(
        *("cells", "annotate", "cells.h5ad", "--reference", "reference.h5ad", "--label-key", "type"),
        *("-o", "out.csv"),
    )
    assert done.returncode == 1
    assert "no obsm['X_genept_w'] in the data" in done.stderr
    done = call_genept(*("cells", "annotate", "cells.h5ad", "--cell-types", "types.txt", "-o", "cells.h5ad"))
    assert done.returncode == 1
    assert "cells.h5ad is also an input" in done.stderr
