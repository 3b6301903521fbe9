"""Files that hold no cells, or damaged ones: found, expected, do; never a crash, never zeros in silence."""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
import zarr
from anndata import AnnData
from scipy import sparse

from genept.errors import ArgumentError, GeneptError, InputFileError, UnknownNameError, ValuesError
from genept.stream.reading.open_cells import open_cells
from tests.stream.files import (
    KINDS,
    Kind,
    damaging,
    digest,
    of_matrix,
    replace_vector,
    write,
    write_element,
    write_with,
)

MATRIX: Any = sparse.csr_matrix(1 + np.arange(60, dtype=np.float32).reshape(12, 5) % 7)


def read_all(path: Path, **asked: Any) -> None:
    cells = open_cells(path, **asked)
    cells.most_stored(4)
    for start in range(0, cells.shape[0], 4):
        cells.rows(start, min(start + 4, cells.shape[0]))
    cells.names(slice(None))


def dense_rows(path: Path, start: int, stop: int) -> Any:
    return sparse.csr_matrix(open_cells(path).rows(start, stop)).toarray()


def refused(path: Path, *said: str, kind: type[GeneptError] = InputFileError, **asked: Any) -> str:
    """Open and read all; an InputFileError must name the file, and the file must stay as it was."""
    before = digest(path)
    with pytest.raises(kind) as caught:
        read_all(path, **asked)
    message = str(caught.value)
    for part in (*said, *([str(path)] if kind is InputFileError else [])):
        assert part in message
    assert digest(path) == before
    return message


@pytest.mark.parametrize("name", ["no.h5ad", "no.zarr", "no/cells.h5ad", "a" * 300])
def test_a_file_that_is_not_there(name: str, tmp_path: Path) -> None:
    refused(tmp_path / name, "is not there" if len(name) < 300 else "File name too long", "check the path")


@pytest.mark.parametrize("content", [b"", b"cell,gene\n1,2\n"])
def test_a_file_that_is_no_hdf5(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "cells.h5ad").write_bytes(content)
    refused(tmp_path / "cells.h5ad", "can't be read as .h5ad")


def test_a_folder_that_is_no_zarr(tmp_path: Path) -> None:
    (tmp_path / "cells.zarr").mkdir()
    refused(tmp_path / "cells.zarr", "can't be read as .zarr", "write_zarr")


def test_hdf5_that_is_no_anndata(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "tenx.h5", "w") as file:
        file["matrix/data"] = np.ones(3)
    refused(tmp_path / "tenx.h5", "is no AnnData: it holds matrix", "read_10x_h5")


def test_zarr_that_is_no_anndata(tmp_path: Path) -> None:
    zarr.open_group(tmp_path / "cells.zarr", mode="w")
    refused(tmp_path / "cells.zarr", "is no AnnData: it holds nothing")
    zarr.create_array(tmp_path / "array.zarr", shape=(3,), dtype="f4")
    refused(tmp_path / "array.zarr", "can't be read as .zarr")


@pytest.mark.parametrize("share", [0.1, 0.5, 0.95])
def test_a_truncated_file(share: float, tmp_path: Path) -> None:
    path = write(of_matrix(MATRIX), tmp_path)
    os.truncate(path, int(path.stat().st_size * share))
    refused(path, "can't be read as .h5ad")


def test_what_may_not_be_read() -> None:
    """As a user without rights: for root, everything is open."""
    if os.geteuid() != 0:
        pytest.skip("only root can become a user without rights")
    folder = Path(tempfile.mkdtemp())
    (folder / "private").mkdir()
    paths = [
        write(of_matrix(MATRIX), folder),
        write(of_matrix(MATRIX), folder, "zarr3"),
        write(of_matrix(MATRIX), folder / "private"),
    ]
    folder.chmod(0o755)
    for path in (*paths, folder / "private"):
        path.chmod(0o700)
    code = (
        "import os, sys\n"
        "from genept.errors import InputFileError\n"
        "from genept.stream.reading.open_cells import open_cells\n"
        "os.setgroups([]); os.setuid(65534)\n"
        "for path in sys.argv[1:]:\n"
        "    try: open_cells(path)\n"
        "    except InputFileError as error: print(error)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *paths], capture_output=True, text=True, check=True, cwd="/"
    )
    shutil.rmtree(folder)
    assert done.stdout.count("can't be opened (Permission denied)") == 3


@pytest.mark.parametrize("kind", KINDS)
def test_matrices_that_are_not_there(kind: Kind, tmp_path: Path) -> None:
    adata = of_matrix(MATRIX)
    adata.layers["counts"] = MATRIX
    path = write(adata, tmp_path, kind)
    refused(path, "no layer 'c'", "one of: counts", kind=UnknownNameError, layer="c")
    refused(path, "no raw", kind=UnknownNameError, use_raw=True)
    refused(path, "both layer='counts'", kind=ArgumentError, layer="counts", use_raw=True)


@pytest.mark.parametrize("kind", KINDS)
def test_no_matrix_at_all(kind: Kind, tmp_path: Path) -> None:
    adata = AnnData(obs=of_matrix(MATRIX).obs, var=of_matrix(MATRIX).var)
    path = write(adata, tmp_path, kind)
    refused(path, "X is missing", "set adata.X")
    refused(path, "none, there are no layers", kind=UnknownNameError, layer="c")
    adata.layers["counts"] = MATRIX
    shutil.rmtree(path) if path.is_dir() else path.unlink()
    refused(write(adata, tmp_path, kind), "X is missing", "use layers['counts']")


@pytest.mark.parametrize("form", ["csr", "csc", "dense"])
@pytest.mark.parametrize("kind", ["h5ad", "zarr3"])
def test_values_that_are_no_real_numbers(kind: Kind, form: str, tmp_path: Path) -> None:
    matrix = MATRIX.astype(np.complex64)
    path = write_with(matrix.toarray() if form == "dense" else matrix.asformat(form), "X", tmp_path, kind)
    refused(path, "X of type complex64", "real numbers", kind=ValuesError)


@pytest.mark.parametrize("form", ["csr", "csc", "dense"])
@pytest.mark.parametrize("kind", ["h5ad", "zarr3"])
def test_a_matrix_of_another_shape(kind: Kind, form: str, tmp_path: Path) -> None:
    matrix = MATRIX.toarray() if form == "dense" else MATRIX.asformat(form)
    path = write_with(matrix, "X", tmp_path, kind)
    write_element(of_matrix(MATRIX).obs[:11], "obs", path)
    refused(path, "X has the shape (12, 5)", "(11, 5)", "11 cells in obs")


INDPTR = MATRIX.indptr.tolist()

DAMAGE: dict[str, tuple[str, Any, str]] = {
    "falls": ("X/indptr", [*INDPTR[:6], 4, *INDPTR[7:]], "doesn't ascend"),
    "rises above the end and falls": ("X/indptr", [*INDPTR[:6], 400, *INDPTR[7:]], "doesn't ascend"),
    "does not begin at 0": ("X/indptr", [1, *INDPTR[1:]], "goes from 1 to 60"),
    "does not end at the end": ("X/indptr", [*INDPTR[:-1], 59], "goes from 0 to 59"),
    "too short": ("X/indptr", INDPTR[1:], "has the shape (12,)"),
    "no whole numbers": ("X/indptr", np.array(INDPTR, dtype=float), "the type float64"),
    "an index too large": (
        "X/indices",
        [*MATRIX.indices[:-1], 5],
        "X of cells 8 to 11 has indices from 0 to 5",
    ),
    "a negative index": ("X/indices", [*MATRIX.indices[:-1], -1], "X of cells 8 to 11 has indices from -1"),
    "an index that wraps around": ("X/indices", [*MATRIX.indices[:-1], 2**32], "to 4294967296"),
    "indices that are no numbers": ("X/indices", np.full(60, b"a"), "X has data of the shape (60,)"),
    "fewer indices than values": ("X/indices", MATRIX.indices[:-1], "indices of the shape (59,)"),
    "fewer values than indices": ("X/data", MATRIX.data[:-1], "data of the shape (59,)"),
    "names in a table": ("obs/_index", np.zeros((12, 2)), "obs/_index has the shape (12, 2)"),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_vectors_that_do_not_fit(damage: str, tmp_path: Path) -> None:
    path = write(of_matrix(MATRIX), tmp_path)
    name, values, said = DAMAGE[damage]
    replace_vector(path, name, values)
    refused(path, said, "copy the file again")


@pytest.mark.parametrize("name", ["X/data", "X/indices", "X/indptr", "obs/_index", "var/_index"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_part_that_is_not_there(kind: Kind, name: str, tmp_path: Path) -> None:
    path = write(of_matrix(MATRIX), tmp_path, kind)
    if kind == "h5ad":
        with damaging(path) as file:
            del file[name]
    else:
        shutil.rmtree(path / name)
    refused(path)


def test_a_matrix_of_a_kind_that_is_not_known(tmp_path: Path) -> None:
    path = write(of_matrix(MATRIX), tmp_path)
    with damaging(path) as file:
        file["X"].attrs["encoding-type"] = "bsr_matrix"
    refused(path, "X is stored as 'bsr_matrix'")


def test_genes_that_are_no_table(tmp_path: Path) -> None:
    path = write(of_matrix(MATRIX), tmp_path)
    with damaging(path) as file:
        file["var"].attrs["encoding-type"] = "dict"
        file["var"].attrs["encoding-version"] = "0.1.0"
    refused(path, "var is a dict")


def chunks_of(path: Path, name: str) -> list[Path]:
    return sorted(p for p in (path / name).rglob("*") if p.is_file() and p.name.isdigit())


@pytest.mark.parametrize("name", ["X/data", "X/indices", "X/indptr"])
@pytest.mark.parametrize("form", ["csr", "csc"])
@pytest.mark.parametrize("kind", ["zarr2", "zarr3"])
def test_a_lost_chunk(kind: Kind, form: str, name: str, tmp_path: Path) -> None:
    """zarr reads it as zeros; here it is refused by name, and what lies in other chunks is still read."""
    path = write_with(MATRIX.asformat(form), "X", tmp_path, kind, chunks=(7,))
    lost = chunks_of(path, name)[0]
    lost.unlink()
    refused(path, f"the chunk {lost.relative_to(path).as_posix()} is not there")
    if form == "csr" and name != "X/indptr":
        assert np.array_equal(dense_rows(path, 8, 12), MATRIX[8:].toarray())


def test_a_lost_shard(tmp_path: Path) -> None:
    path = write_with(MATRIX, "X", tmp_path, "zarr3", chunks=(5,), shards=(20,))
    assert np.array_equal(dense_rows(path, 0, 12), MATRIX.toarray())
    lost = chunks_of(path, "X/data")[1]
    lost.unlink()
    refused(path, "the chunk X/data/c/1 is not there")


@pytest.mark.parametrize("content", ["half", "nothing", "noise"])
@pytest.mark.parametrize("name", ["X/data", "X/indices", "X/indptr"])
@pytest.mark.parametrize("kind", ["zarr2", "zarr3"])
def test_a_damaged_chunk(kind: Kind, name: str, content: str, tmp_path: Path) -> None:
    path = write_with(MATRIX, "X", tmp_path, kind)
    (chunk,) = chunks_of(path, name)
    whole = chunk.read_bytes()
    half = whole[: len(whole) // 2]
    chunk.write_bytes({"half": half, "nothing": b"", "noise": half + bytes(reversed(half))}[content])
    refused(path)


def test_damaged_bytes_of_an_h5ad(tmp_path: Path) -> None:
    path = write_with(MATRIX, "X", tmp_path, compression="gzip")
    with h5py.File(path) as file:
        chunk = file["X/data"].id.get_chunk_info(0)
    with path.open("r+b") as raw:
        raw.seek(chunk.byte_offset)
        raw.write(b"\xff" * chunk.size)
    refused(path, "X of cells 0 to 3 can't be read", "copy the file again")


@pytest.mark.parametrize("kind", ["zarr2", "zarr3"])
def test_chunks_of_zeros_that_are_none_lost(kind: Kind, tmp_path: Path) -> None:
    """zarr writes no chunk of nothing but zeros: cells with the first gene alone, or with none."""
    first_alone = sparse.csr_matrix(np.pad(np.ones((8, 1), dtype=np.float32), ((0, 4), (0, 2))))
    for matrix in (first_alone, first_alone[:, :1], first_alone[8:]):
        path = write_with(sparse.csr_matrix(matrix), "X", tmp_path, kind)
        assert not chunks_of(path, "X/indices")
        assert np.array_equal(dense_rows(path, 0, matrix.shape[0]), matrix.toarray())
        shutil.rmtree(path)


@pytest.mark.parametrize("kind", ["zarr2", "zarr3"])
def test_stored_zeros_alone_are_refused_with_a_way_out(kind: Kind, tmp_path: Path) -> None:
    zeros = MATRIX.copy()
    zeros.data[:] = 0
    refused(write_with(zeros, "X", tmp_path, kind), "eliminate_zeros()")
