"""AnnData files of others and of ours: where vectors may stand, and damaged HDF5."""

import struct
from pathlib import Path

import h5py
import numpy as np
import pandas as pd
import pytest
from anndata import AnnData
from scipy import sparse

import genept
from genept.embeddings import write_embeddings
from genept.embeddings.formats.anndata_file import AnnDataFile
from genept.errors import ArgumentError, EmbeddingsError, InputFileError
from tests.formats.test_tables import NAMES, VECTORS, check_example, genes_in_x, h5ad


class TestAnnData:
    def cells(self) -> AnnData:
        """Counts of four cells in five genes, and vectors of both kinds."""
        adata = AnnData(sparse.csr_matrix(np.ones((4, 5), "f4")))
        adata.obs_names = [f"AAACATACAACCAC-{i}" for i in range(4)]
        adata.var_names = list(NAMES)
        adata.obsm["X_pca"] = np.ones((4, 2))
        return adata

    def test_expression_is_never_taken_unasked(self, tmp_path: Path) -> None:
        path = h5ad(tmp_path, self.cells())
        assert AnnDataFile().recognises(path)
        with pytest.raises(InputFileError, match=r"holds no gene embeddings.*anndata:obsm/X_pca, anndata:X"):
            AnnDataFile().read(path)
        assert AnnDataFile("X").read(path).names == tuple(self.cells().obs_names)

    def test_one_varm_is_taken_and_two_are_asked_about(self, tmp_path: Path) -> None:
        adata = self.cells()
        adata.varm["PCs"] = VECTORS
        read = AnnDataFile().read(h5ad(tmp_path, adata))
        check_example(read)
        assert read.provenance == {"place": "varm/PCs"}
        adata.varm["emb"] = VECTORS + 1
        path = h5ad(tmp_path, adata)
        with pytest.raises(InputFileError, match=r"2 places.*anndata:varm/PCs, anndata:varm/emb"):
            AnnDataFile().read(path)
        check_example(AnnDataFile("varm/PCs").read(path))

    def test_genes_in_obs_with_vectors_in_obsm(self, tmp_path: Path) -> None:
        adata = AnnData(obs=pd.DataFrame(index=list(NAMES)), obsm={"X_emb": VECTORS})
        check_example(AnnDataFile().read(h5ad(tmp_path, adata)))
        both = AnnData(VECTORS, obs=pd.DataFrame(index=list(NAMES)), obsm={"X_umap": VECTORS[:, :2]})
        path = h5ad(tmp_path, both)
        with pytest.raises(InputFileError, match="2 places"):
            AnnDataFile().read(path)
        check_example(AnnDataFile("X").read(path))

    @pytest.mark.parametrize("names", [[f"AAACATACAACC{c}-1" for c in "ABCDE"], list("01234")])
    def test_vectors_of_cells_are_not_taken_for_genes(self, names: list[str], tmp_path: Path) -> None:
        path = h5ad(tmp_path, AnnData(VECTORS, obs=pd.DataFrame(index=names)))
        with pytest.raises(InputFileError, match="holds no gene embeddings"):
            AnnDataFile().read(path)

    def test_sparse_vectors_when_asked_for(self, tmp_path: Path) -> None:
        adata = AnnData(sparse.csc_matrix(VECTORS), obs=pd.DataFrame(index=list(NAMES)))
        check_example(AnnDataFile("X").read(h5ad(tmp_path, adata)))

    def test_our_own_file_is_not_theirs(self, tmp_path: Path, genes: genept.GeneEmbeddings) -> None:
        genept.embeddings.write_embeddings(genes, tmp_path / "ours.h5ad")
        assert not AnnDataFile().recognises(tmp_path / "ours.h5ad")

    def test_arguments(self, tmp_path: Path) -> None:
        for wrong in ("PCs", "layers/x", "varm/"):
            with pytest.raises(ArgumentError, match="obsm/KEY"):
                AnnDataFile(wrong)
        with pytest.raises(EmbeddingsError, match="no matrix varm/PCs"):
            AnnDataFile("varm/PCs").read(genes_in_x(tmp_path))

    def test_links_to_elsewhere_are_refused(self, tmp_path: Path) -> None:
        """Neither another HDF5 file nor the bytes of any file at all come in as vectors."""
        secret = tmp_path / "secret.bin"
        secret.write_bytes(bytes(200))
        other = genes_in_x(tmp_path).rename(tmp_path / "other.h5ad")
        for kind in ("external link", "soft link", "external bytes", "virtual"):
            path = genes_in_x(tmp_path)
            with h5py.File(path, "a") as file:
                del file["X"]
                if kind == "external link":
                    file["X"] = h5py.ExternalLink(str(other), "/X")
                elif kind == "soft link":
                    file["X"] = h5py.SoftLink("/obs/_index")
                elif kind == "external bytes":
                    file.create_dataset("X", shape=(5, 6), dtype="f4", external=[(str(secret), 0, 120)])
                else:
                    layout = h5py.VirtualLayout(shape=(5, 6), dtype="f4")
                    layout[:] = h5py.VirtualSource(str(other), "X", shape=(5, 6))
                    file.create_virtual_dataset("X", layout)
            with pytest.raises(InputFileError, match="another"):
                AnnDataFile("X").read(path)

    def test_claims_beyond_the_file_are_refused(self, tmp_path: Path) -> None:
        """A matrix that was never written, and a sparse one that points beyond its shape."""
        path = genes_in_x(tmp_path)
        with h5py.File(path, "a") as file:
            del file["X"]
            file.create_dataset("X", shape=(100_000, 100_000), dtype="f4", chunks=(100, 100))
        with pytest.raises(InputFileError, match="unpacks to"):
            AnnDataFile("X").read(path)
        path = h5ad(tmp_path, AnnData(sparse.csr_matrix(VECTORS), obs=pd.DataFrame(index=list(NAMES))))
        with h5py.File(path, "a") as file:
            file["X/indices"][3] = 2_000_000_000
        with pytest.raises(InputFileError, match="indices"):
            AnnDataFile("X").read(path)

    def test_many_names_that_are_one_long_string_are_refused(self, tmp_path: Path) -> None:
        """Five thousand entries that point at the same 100 kB would be half a gigabyte."""
        path = genes_in_x(tmp_path)
        with h5py.File(path, "a") as file:
            del file["obs/_index"]
            names = file.create_dataset("obs/_index", shape=(5000,), dtype=h5py.string_dtype())
            names[:] = "a"
            names[0] = "x" * 100_000
            offset = names.id.get_offset()
        content = bytearray(path.read_bytes())
        content[offset : offset + 5000 * 16] = content[offset : offset + 16] * 5000
        path.write_bytes(content)
        with pytest.raises(InputFileError, match="unpacks to"):
            AnnDataFile("X").read(path)


def heap_objects(content: bytes | bytearray) -> list[int]:
    """Places of the sizes of strings in an HDF5 file's first list of them; the last is the rest."""
    place, found = content.index(b"GCOL") + 16, []
    while True:
        number, size = struct.unpack_from("<H6xQ", content, place)
        found.append(place + 8)
        if number == 0:
            return found
        place += 16 + (size + 7) // 8 * 8


@pytest.mark.parametrize("claim", [2**64 - 16, 2**63, 5000])
def test_strings_of_a_forged_size_are_refused(claim: int, tmp_path: Path) -> None:
    """libhdf5 turns in a circle for ever where a size comes to nothing when it is rounded up."""
    content = bytearray(genes_in_x(tmp_path).read_bytes())
    path = tmp_path / "forged.h5ad"
    for place in heap_objects(content)[:3]:
        path.write_bytes(content[:place] + struct.pack("<Q", claim) + content[place + 8 :])
        assert not AnnDataFile().recognises(path)
        for read in (AnnDataFile("X").read, genept.read_embeddings):
            with pytest.raises(InputFileError):
                read(path)


def test_a_list_of_strings_without_an_end_is_refused(tmp_path: Path) -> None:
    content = bytearray(genes_in_x(tmp_path).read_bytes())
    struct.pack_into("<Q", content, heap_objects(content)[-1], 0)
    path = tmp_path / "forged.h5ad"
    path.write_bytes(content)
    with pytest.raises(InputFileError, match="of a string in a place of"):
        AnnDataFile("X").read(path)


@pytest.mark.parametrize("part", [b"TREE", b"HEAP", b"SNOD", b"provenance", b"GCOL"])
def test_damaged_files_of_ours_are_refused(part: bytes, genes: genept.GeneEmbeddings, tmp_path: Path) -> None:
    path = tmp_path / "genes.h5ad"
    write_embeddings(genes, path)
    path.write_bytes(path.read_bytes().replace(part, b"\xff" * len(part)))
    with pytest.raises(InputFileError):
        genept.read_embeddings(path)
