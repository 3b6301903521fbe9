"""Where a result may be put, and where not, before any work."""

import os
from pathlib import Path

import pytest
import zarr
from anndata import AnnData

from genept.errors import OutputError
from genept.stream.result.partial import PartialOutput
from tests.stream.small_result import OBS, begin


def test_a_folder_of_somebody_else(tmp_path: Path) -> None:
    output = tmp_path / "x.zarr"
    folder = output.with_name("x.zarr.partial")
    folder.mkdir()
    (folder / "thesis.txt").write_text("")
    for resume in (True, False):
        with pytest.raises(OutputError, match="isn't what a run of genept leaves"):
            begin(output, resume=resume)
    (folder / "thesis.txt").rename(folder.with_name("thesis"))
    folder.rmdir()
    folder.write_text("")
    with pytest.raises(OutputError, match="isn't what a run of genept leaves"):
        begin(output)


def test_places_that_cannot_be_taken(tmp_path: Path) -> None:
    (tmp_path / "folder.h5ad").mkdir()
    (tmp_path / "folder.zarr").mkdir()
    (tmp_path / "file.zarr").write_text("")
    zarr.open_group(tmp_path / "other.zarr", mode="w", zarr_format=2)
    for name, said in {
        "x.csv": "ends in .h5ad or .zarr",
        "x": "ends in .h5ad or .zarr",
        "folder.h5ad": "it is a folder",
        "folder.zarr": "is no AnnData",
        "file.zarr": "is no AnnData",
        "other.zarr": "is no AnnData",
        "no/x.zarr": "No such file",
        "file.zarr/x.h5ad": "Not a directory",
    }.items():
        before = sorted(tmp_path.iterdir())
        with pytest.raises(OutputError, match=said):
            begin(tmp_path / name)
        assert sorted(tmp_path.iterdir()) == before


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="permissions don't hold for root")
def test_places_that_are_protected(tmp_path: Path) -> None:
    (tmp_path / "x.h5ad").write_text("")
    (tmp_path / "x.h5ad").chmod(0o444)
    AnnData(obs=OBS).write_zarr(tmp_path / "x.zarr")
    (tmp_path / "x.zarr").chmod(0o555)
    for name in ("x.h5ad", "x.zarr"):
        with pytest.raises(OutputError, match="protected"):
            begin(tmp_path / name)
    (tmp_path / "locked").mkdir(mode=0o555)
    with pytest.raises(OutputError, match="Permission denied"):
        begin(tmp_path / "locked" / "x.zarr")


def test_a_link_is_followed(tmp_path: Path) -> None:
    (tmp_path / "disk").mkdir()
    (tmp_path / "x.zarr").symlink_to(tmp_path / "disk" / "big.zarr")
    with begin(tmp_path / "x.zarr") as partial:
        assert partial.folder == (tmp_path / "disk" / "big.zarr.partial").resolve()
        assert isinstance(partial, PartialOutput)
