"""``scbert``: the gene embeddings that scBERT starts from, named by a list of genes.

``gene2vec_16906.npy`` has Gene2vec's vectors for 16,906 genes, without names; their order is that of the
genes in the authors' ``panglao_10000.h5ad``. A checkpoint keeps them as ``pos_emb.emb.weight``, with a row of
zeros appended.
"""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from genept.embeddings.formats.checkpoint import find_weights, load_tensor, mentions, need_weights
from genept.embeddings.formats.named_vectors import NamedVectors
from genept.embeddings.formats.vocabulary import genes_of, names_by_row
from genept.errors import EmbeddingsError, InputFileError, name_some

WEIGHTS = ("gene2vec_16906.npy", "panglao_pretrain.pth")
KEYS = ("pos_emb.emb.weight", "pos_emb.weight")
LISTS = (".txt", ".csv", ".tsv")


class ScBERT:
    """scBERT's ``gene2vec_16906.npy`` or a checkpoint of it, with a list of genes.

    Parameters
    ----------
    argument
        Path of the list of genes, one name a line, without a header; by default the only ``.txt``,
        ``.csv`` or ``.tsv`` file in the folder.
    """

    name = "scbert"
    title = "scBERT's gene embeddings: gene2vec_16906.npy, or a checkpoint, with a list of genes"
    origin = (
        "https://github.com/TencentAILabHealthcare/scBERT; Yang et al. 2022, doi:10.1038/s42256-022-00534-z"
    )
    licence = "GPL-3.0, code and weights"

    def __init__(self, argument: str = "") -> None:
        self._list = Path(argument) if argument else None

    def recognises(self, path: Path) -> bool:
        """Whether it is the array of that name, or a checkpoint of a performer with ``pos_emb``."""
        weights = find_weights(path, WEIGHTS)
        if weights is None:
            return False
        if weights.name == WEIGHTS[0]:
            return _has_matrix(weights)
        return mentions(weights, KEYS[0]) and mentions(weights, "performer.")

    def read(self, path: Path) -> NamedVectors:
        """Read the genes' vectors; names are those of the list.

        Raises
        ------
        EmbeddingsError
            If there are neither as many rows as genes, nor one more, of zeros.
        """
        weights = need_weights(path, WEIGHTS)
        vectors = np.array(_map_array(weights)) if weights.suffix == ".npy" else load_tensor(weights, KEYS)
        genes = self._list or _only_list(weights.parent)
        names = names_by_row(((name, row) for row, name in enumerate(_read_lines(genes))), genes)
        # A header in the list would shift every gene by one, and be made up for by the row of zeros.
        appended = len(vectors) > 0 and not vectors[-1].any()
        if len(vectors) != len(names) + appended:
            raise EmbeddingsError(
                f"{genes} has {len(names):,} names, and {weights} {len(vectors):,} rows",
                expected="one name for each row, but for a last row of zeros",
                do="write the genes in the order of panglao_10000.h5ad, one a line, without a header",
            )
        read = genes_of(names, vectors[: len(names)], special=(), files=(weights, genes))
        left_out = {f"row {len(names)}": "appended zeros, no gene"} if appended else {}
        return NamedVectors(read.names, read.vectors, read.files, left_out=left_out)


def _has_matrix(path: Path) -> bool:
    try:
        _map_array(path)
    except InputFileError:
        return False
    return True


def _map_array(path: Path) -> NDArray[np.floating[Any]]:
    try:
        # Mapped first: a header that claims more than the file holds is refused before memory is taken.
        mapped = np.load(path, mmap_mode="r", allow_pickle=False)
    except Exception as error:  # NumPy raises many kinds for a broken file
        raise _no_array(path, f"can't be read ({error})") from error
    if not isinstance(mapped, np.ndarray) or mapped.ndim != 2 or mapped.dtype.kind != "f":
        raise _no_array(path, "holds no matrix of floats")
    return mapped


def _no_array(path: Path, what: str) -> InputFileError:
    return InputFileError(
        f"{path} {what}",
        expected="a .npy file with a matrix of floats, a row for each gene",
        do="get the file from its source again",
    )


def _only_list(folder: Path) -> Path:
    found = sorted(file for file in folder.iterdir() if file.suffix in LISTS)
    if len(found) != 1:
        raise InputFileError(
            f"{len(found)} lists of genes in {folder}: {name_some(file.name for file in found) or 'none'}",
            expected="one, in the order of the rows; scBERT's files don't hold the names",
            do="write the var_names of the authors' panglao_10000.h5ad to a file; --format scbert:FILE",
        )
    return found[0]


def _read_lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError) as error:
        raise InputFileError(
            f"{path} can't be read ({error})",
            expected="a text file with the name of a gene on each line",
            do="check the path, and write the file as UTF-8",
        ) from error
