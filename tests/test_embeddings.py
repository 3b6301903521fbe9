"""Gene embeddings: the value object, its file, and making them."""

import hashlib
import subprocess
import sys
from pathlib import Path

import anndata
import h5py
import numpy as np
import pytest
from numpy.typing import NDArray

import genept
from genept import GeneEmbeddings, GeneTable, GeneTexts
from genept.embeddings import encoder_of
from genept.encoders.random_control import RandomControl
from genept.errors import EmbeddingsError, EncoderError, GeneNamesError, InputFileError, OutputError

TEXTS = GeneTexts(
    GeneTable(("LYZ", "CD3E"), aliases=(("LZM",), ())),
    ("an enzyme of macrophages", "a chain of the T-cell receptor"),
    provenance={"source": "two texts"},
)


def test_embed_genes_from_texts_of_the_caller() -> None:
    genes = genept.embed_genes(TEXTS, "random")
    assert genes.genes == TEXTS.genes
    assert genes.provenance["texts"] == {"source": "two texts"}
    assert genes.provenance["encoder"]["name"] == "random"
    assert genes.text_sha256 == tuple(hashlib.sha256(t.encode()).hexdigest() for t in TEXTS.texts)
    np.testing.assert_array_equal(genes.vectors, RandomControl().encode(TEXTS.texts))


def test_vectors_are_frozen() -> None:
    given = np.ones((2, 3), dtype=np.float32)
    genes = GeneEmbeddings(TEXTS.genes, given)
    given[0, 0] = 5
    assert genes.vectors[0, 0] == 1
    with pytest.raises(ValueError, match="read-only"):
        genes.vectors[0, 0] = 2


@pytest.mark.parametrize(
    ("vectors", "message"),
    [
        (np.ones((3, 2)), "shape"),
        (np.ones(2), "shape"),
        (np.ones((2, 0)), "shape"),
        (np.array([[1.0, np.nan], [1, 1]]), "isn't finite: LYZ"),
        (np.array([[1.0, 2.0], [0, 0]]), "zeros: CD3E"),
    ],
)
def test_broken_vectors_are_refused(vectors: NDArray[np.float32], message: str) -> None:
    with pytest.raises(EmbeddingsError, match=message):
        GeneEmbeddings(TEXTS.genes, vectors)


def test_two_rows_of_one_gene_are_refused() -> None:
    twice = GeneTable(("LYZ", "LYZ"))
    with pytest.raises(GeneNamesError, match="more than once: LYZ"):
        GeneEmbeddings(twice, np.ones((2, 2), dtype=np.float32))
    with pytest.raises(GeneNamesError, match="more than once: LYZ"):
        GeneTexts(twice, ("a", "b"))


def test_no_genes_are_refused() -> None:
    with pytest.raises(EmbeddingsError, match="shape"):
        GeneEmbeddings(GeneTable(()), np.empty((0, 4), dtype=np.float32))


def test_the_file_gives_back_what_went_in(tmp_path: Path) -> None:
    genes = genept.embed_genes(TEXTS, "random")
    genept.write_embeddings(genes, tmp_path / "genes.h5ad")
    again = genept.read_embeddings(tmp_path / "genes.h5ad")
    np.testing.assert_array_equal(again.vectors, genes.vectors)
    assert again.genes == genes.genes
    assert again.text_sha256 == genes.text_sha256
    assert again.provenance == genes.provenance


def test_the_file_is_an_anndata_as_promised(tmp_path: Path) -> None:
    genept.write_embeddings(genept.embed_genes(TEXTS, "random"), tmp_path / "genes.h5ad")
    adata = anndata.read_h5ad(tmp_path / "genes.h5ad")
    assert list(adata.obs_names) == ["LYZ", "CD3E"]
    assert adata.obs_names.name == "symbol"
    assert adata.X.dtype == np.float32
    assert adata.uns["genept"]["schema_version"] == 2
    assert {"texts", "encoder", "created", "genept"} <= set(adata.uns["genept"]["provenance"])


def test_a_fitted_encoder_comes_back_with_the_file(tmp_path: Path, lsa_genes: GeneEmbeddings) -> None:
    genept.write_embeddings(lsa_genes, tmp_path / "genes.h5ad")
    encoder = encoder_of(genept.read_embeddings(tmp_path / "genes.h5ad"))
    assert encoder.fingerprint == lsa_genes.provenance["encoder"]["fingerprint"]


def test_an_unknown_origin_has_no_encoder(genes: GeneEmbeddings) -> None:
    with pytest.raises(EncoderError, match="don't say which encoder"):
        encoder_of(genes)


def test_other_files_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.h5ad"
    with pytest.raises(InputFileError, match="not there"):
        genept.read_embeddings(path)
    path.write_text("no hdf5")
    with pytest.raises(InputFileError, match=r"can't be read as \.h5ad"):
        genept.read_embeddings(path)
    anndata.AnnData(np.ones((2, 2))).write_h5ad(path)
    with pytest.raises(InputFileError, match="holds no gene embeddings"):
        genept.read_embeddings(path)
    genept.write_embeddings(genept.embed_genes(TEXTS, "random"), path)
    with h5py.File(path, "r+") as file:
        file["uns/genept/schema_version"][()] = 7
    with pytest.raises(InputFileError, match="schema version 7"):
        genept.read_embeddings(path)


@pytest.mark.parametrize("part", ["obs/aliases", "uns/genept/provenance", "uns/genept/schema_version"])
def test_a_damaged_file_is_refused(tmp_path: Path, part: str) -> None:
    path = tmp_path / "genes.h5ad"
    genept.write_embeddings(genept.embed_genes(TEXTS, "random"), path)
    with h5py.File(path, "r+") as file:
        del file[part]
        if part.startswith("obs"):
            file["obs"].attrs["column-order"] = ["text_sha256"]
    with pytest.raises(InputFileError):
        genept.read_embeddings(path)


def test_what_a_file_can_not_hold_is_refused_whole(tmp_path: Path) -> None:
    vectors = np.ones((2, 3), dtype=np.float32)
    genes = GeneEmbeddings(TEXTS.genes, vectors, provenance={"date": object()})
    with pytest.raises(OutputError, match="can't be written"):
        genept.write_embeddings(genes, tmp_path / "genes.h5ad")
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(EmbeddingsError, match="a dict of strings"):
        GeneEmbeddings(TEXTS.genes, vectors, provenance={"encoder": "minilm"})


def test_a_truncated_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "genes.h5ad"
    genept.write_embeddings(genept.embed_genes(TEXTS, "random"), path)
    path.write_bytes(path.read_bytes()[:-5_000])
    with pytest.raises(InputFileError):
        genept.read_embeddings(path)


@pytest.mark.slow
def test_a_full_disk_leaves_the_old_file_as_it_was(tmp_path: Path) -> None:
    """A limit on the size of files stands for the full disk: the write fails half-way, for real."""
    path = tmp_path / "genes.h5ad"
    path.write_text("old")
    code = (
        "import sys, genept, resource, signal\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "genes = genept.embed_genes('starter', 'random')\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))\n"
        "from genept.errors import OutputError\n"
        "try: genept.write_embeddings(genes, sys.argv[1])\n"
        "except OutputError as error: print(error)\n"
    )
    done = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True)
    assert "can't be written" in done.stdout
    assert path.read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["genes.h5ad"]


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="can't be written"):
        genept.write_embeddings(genept.embed_genes(TEXTS, "random"), tmp_path / "no" / "genes.h5ad")


@pytest.mark.parametrize("name", ["link", "bomb"])
def test_a_file_that_says_it_is_ours_is_looked_at_first(tmp_path: Path, name: str) -> None:
    """It could point into another file, or claim what no memory holds."""
    for file_name in ("other.h5ad", "x.h5ad"):
        genept.write_embeddings(genept.embed_genes(TEXTS, "random"), tmp_path / file_name)
    with h5py.File(tmp_path / "x.h5ad", "r+") as file:
        del file["X"]
        if name == "link":
            file["X"] = h5py.ExternalLink(str(tmp_path / "other.h5ad"), "/X")
        if name == "bomb":
            file.create_dataset("X", shape=(400_000, 2_000), dtype="f4", compression="gzip")
    with pytest.raises(InputFileError):
        genept.read_embeddings(tmp_path / "x.h5ad")
