"""Bad input through the command line: one plain paragraph, exit 1, nothing written, input untouched."""

import hashlib
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from anndata import AnnData
from scipy import sparse

import genept
from genept import GeneEmbeddings
from tests.conftest import RunGenept

if TYPE_CHECKING:
    from subprocess import CompletedProcess


@pytest.fixture
def genes_file(tmp_path: Path, lsa_genes: GeneEmbeddings) -> Path:
    genept.write_embeddings(lsa_genes, tmp_path / "genes.h5ad")
    return tmp_path / "genes.h5ad"


def good() -> AnnData:
    adata = AnnData(sparse.csr_matrix(np.array([[1.0, 2, 0], [0, 3, 1], [2, 0, 4]])))
    adata.var_names = ["LYZ", "CD3E", "NKG7"]
    adata.obs_names = ["cell1", "cell2", "cell3"]
    return adata


def changed(**changes: object) -> AnnData:
    adata = good()
    for name, value in changes.items():
        setattr(adata, name, value)
    return adata


def with_value(value: float) -> AnnData:
    adata = good()
    adata.X[1, 1] = value
    return adata


def with_an_empty_cell() -> AnnData:
    adata = good()
    adata.X = sparse.csr_matrix(np.array([[1.0, 2, 0], [0, 0, 0], [2, 0, 4]]))
    return adata


ENSEMBL = ["ENSG00000090382", "ENSG00000198851", "ENSG00000105374"]

BAD_DATA: dict[str, tuple[Callable[[], AnnData], str]] = {
    "empty": (lambda: AnnData(np.empty((0, 3), dtype=np.float32)), "0 cells and 3 genes"),
    "no genes": (lambda: AnnData(np.empty((3, 0), dtype=np.float32)), "3 cells and 0 genes"),
    "no matrix": (lambda: AnnData(obs=good().obs, var=good().var), "X is missing"),
    "no gene in common": (lambda: changed(var_names=["a", "b", "c"]), "none of the 3 measured genes"),
    "negative": (lambda: with_value(-1), "negative values in X"),
    "NaN": (lambda: with_value(np.nan), "missing (NaN)"),
    "infinite": (lambda: with_value(np.inf), "infinite"),
    "duplicated names": (lambda: changed(var_names=["LYZ", "LYZ", "CD3E"]), "more than once: LYZ"),
    "ids that are not symbols": (lambda: changed(var_names=ENSEMBL), "Ensembl ids such as ENSG"),
    "cells without counts": (with_an_empty_cell, "1 of 3 cells without counts in X: cell2"),
    "no counts at all": (lambda: AnnData(np.zeros((3, 3)), var=good().var), "3 of 3 cells without counts"),
}


def check(done: "CompletedProcess[str]", message: str, folder: Path, before: dict[str, str]) -> None:
    assert done.returncode == 1, done
    error = done.stderr
    paragraph = error.strip().splitlines()[-1]
    assert message in paragraph
    for word in ("Found:", "Expected:", "Do:"):
        assert word in paragraph
    assert "Traceback" not in error
    assert done.stdout == ""
    assert digest(folder) == before


def digest(folder: Path) -> dict[str, str]:
    return {
        str(p.relative_to(folder)): hashlib.sha256(p.read_bytes()).hexdigest() if p.is_file() else "folder"
        for p in folder.rglob("*")
    }


# A sentence needs no gene in common with anything.
@pytest.mark.parametrize(
    ("name", "method"), [(n, m) for n in BAD_DATA for m in "ws" if (n, m) != ("no gene in common", "s")]
)
def test_bad_data(name: str, method: str, tmp_path: Path, genes_file: Path, call_genept: RunGenept) -> None:
    make, message = BAD_DATA[name]
    make().write_h5ad(tmp_path / "data.h5ad")
    before = digest(tmp_path)
    done = call_genept(
        "cells", "embed", "data.h5ad", "--genes", genes_file, "--method", method, "-o", "out.h5ad"
    )
    if method == "s" and name == "ids that are not symbols":
        message = "gene names that are Ensembl ids"
    check(done, message, tmp_path, before)


def test_cells_without_counts_can_be_allowed(
    tmp_path: Path, genes_file: Path, call_genept: RunGenept
) -> None:
    with_an_empty_cell().write_h5ad(tmp_path / "data.h5ad")
    done = call_genept(
        "cells", "embed", "data.h5ad", "--genes", genes_file, "--allow-empty-cells", "-o", "out.h5ad"
    )
    assert done.returncode == 0
    assert "Warning: 1 of 3 cells" in done.stderr


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "is not there"),
        (b"cell,gene\n1,2\n", "can't be read as .h5ad"),
        (b"", "can't be read as .h5ad"),
    ],
)
def test_files_that_are_no_data(
    content: bytes | None, message: str, tmp_path: Path, genes_file: Path, call_genept: RunGenept
) -> None:
    if content is not None:
        (tmp_path / "data.h5ad").write_bytes(content)
    before = digest(tmp_path)
    done = call_genept("cells", "embed", "data.h5ad", "--genes", genes_file, "-o", "out.h5ad")
    check(done, message, tmp_path, before)


def test_a_truncated_file(tmp_path: Path, genes_file: Path, call_genept: RunGenept) -> None:
    good().write_h5ad(tmp_path / "data.h5ad")
    whole = (tmp_path / "data.h5ad").read_bytes()
    (tmp_path / "data.h5ad").write_bytes(whole[: len(whole) // 2])
    before = digest(tmp_path)
    done = call_genept("cells", "embed", "data.h5ad", "--genes", genes_file, "-o", "out.h5ad")
    check(done, "can't be read as .h5ad", tmp_path, before)


def test_an_hdf5_file_that_is_no_anndata(tmp_path: Path, genes_file: Path, call_genept: RunGenept) -> None:
    import h5py

    with h5py.File(tmp_path / "data.h5ad", "w") as file:
        file["matrix/data"] = np.ones(3)
    before = digest(tmp_path)
    done = call_genept("cells", "embed", "data.h5ad", "--genes", genes_file, "-o", "out.h5ad")
    check(done, "data.h5ad", tmp_path, before)


def test_cells_in_place_of_genes(tmp_path: Path, call_genept: RunGenept) -> None:
    good().write_h5ad(tmp_path / "data.h5ad")
    before = digest(tmp_path)
    done = call_genept("cells", "embed", "data.h5ad", "--genes", "data.h5ad", "-o", "out.h5ad")
    check(done, "holds no gene embeddings", tmp_path, before)


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["genes", "embed", "--encoder", "bert", "-o", "g.h5ad"], "no text encoder named 'bert'"),
        (["genes", "embed", "--texts", "wiki", "-o", "g.h5ad"], "no text source named 'wiki'"),
        (["cells", "embed", "data.h5ad", "--method", "s", "--encoder", "bert", "-o", "o.h5ad"], "'bert'"),
        (["cells", "embed", "data.h5ad", "--method", "s", "-o", "o.h5ad"], "no text encoder"),
        (["cells", "embed", "data.h5ad", "-o", "o.h5ad"], "no gene embeddings"),
        (["cells", "embed", "data.h5ad", "--layer", "counts", "-o", "o.h5ad"], "no gene embeddings"),
        (["demo", "--encoder", "bert", "-o", "a/demo"], "no text encoder named 'bert'"),
    ],
)
def test_names_that_are_not_known(
    args: list[str], message: str, tmp_path: Path, call_genept: RunGenept
) -> None:
    good().write_h5ad(tmp_path / "data.h5ad")
    before = digest(tmp_path)
    check(call_genept(*args), message, tmp_path, before)


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["genes", "embed", "--encoder", "random", "-o", "no/genes.h5ad"], "No such file or directory"),
        (["genes", "embed", "--encoder", "random", "-o", "data.h5ad/genes.h5ad"], "Not a directory"),
        (["genes", "embed", "--encoder", "random", "-o", "/proc/genes.h5ad"], "can't be written"),
        (["genes", "embed", "--encoder", "random", "-o", "genes.csv"], "doesn't end in .h5ad"),
        (["genes", "embed", "--encoder", "random", "-o", "."], "doesn't end in .h5ad"),
        (["genes", "embed", "--encoder", "random", "-o", f"{'a' * 300}.h5ad"], "File name too long"),
        (["genes", "info", f"{'a' * 300}.h5ad"], "File name too long"),
        (["cells", "embed", "data.h5ad", "--genes", "data.h5ad", "-o", "data.h5ad"], "also an input"),
        (["cells", "embed", "data.h5ad", "--genes", "x.h5ad", "-o", "/proc/out.h5ad"], "can't be written"),
        (["demo", "-o", "data.h5ad"], "can't be made"),
        (["demo", "-o", "/proc/demo"], "can't be made"),
    ],
)
def test_outputs_that_can_not_be_written(
    args: list[str], message: str, tmp_path: Path, call_genept: RunGenept
) -> None:
    good().write_h5ad(tmp_path / "data.h5ad")
    before = digest(tmp_path)
    check(call_genept(*args), message, tmp_path, before)


def test_folders_that_may_not_be_entered(tmp_path: Path) -> None:
    """As a user without rights: for root, every folder is open."""
    if os.geteuid() != 0:
        pytest.skip("only root can become a user without rights")
    private = tmp_path / "private"
    private.mkdir(mode=0o700)
    good().write_h5ad(private / "data.h5ad")
    # All is imported before rights are dropped: that user may not be able to read this Python.
    code = (
        "import os, sys\n"
        "from genept.atomic import check_writable\n"
        "from genept.errors import InputFileError, OutputError\n"
        "from genept.h5ad import read_h5ad\n"
        "os.setgroups([]); os.setuid(65534)\n"
        "for run, name in ((read_h5ad, 'data.h5ad'), (check_writable, 'out.h5ad')):\n"
        "    try: run(f'{sys.argv[1]}/{name}')\n"
        "    except (InputFileError, OutputError) as error: print(error)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, private], capture_output=True, text=True, check=True, cwd="/"
    )
    assert done.stdout.count("Permission denied") == 2
