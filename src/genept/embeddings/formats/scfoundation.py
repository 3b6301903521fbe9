"""``scfoundation``: the gene name embeddings of scFoundation, ``pos_emb``, named by its index of genes.

``models.ckpt`` holds three models: ``gene``, ``cell`` and ``rde``. The authors take ``gene`` for embeddings
of genes (https://github.com/biomap-research/scFoundation/issues/55), and so does this.

``pos_emb`` has 19,267 rows: 19,264 genes in the order of the index, the two totals T and S that a cell ends
with, and padding (issues/28 there, and ``model/get_embedding.py``). The last three are left out.
"""

import csv
from pathlib import Path

from genept.embeddings.formats.checkpoint import find_weights, load_tensor, mentions, need_weights
from genept.embeddings.formats.named_vectors import NamedVectors
from genept.embeddings.formats.vocabulary import genes_of, names_by_row
from genept.errors import EmbeddingsError, InputFileError

WEIGHTS = ("models.ckpt",)
INDEX = "OS_scRNA_gene_index.19264.tsv"
KEYS = ("gene.state_dict.model.pos_emb.weight", "gene.state_dict.pos_emb.weight", "pos_emb.weight")
NO_GENES = ("T", "S", "padding")


class ScFoundation:
    """scFoundation's ``models.ckpt``, with its index of genes in the same folder or the one above."""

    name = "scfoundation"
    title = f"scFoundation's gene name embeddings: models.ckpt with {INDEX}"
    origin = (
        "https://github.com/biomap-research/scFoundation; Hao et al. 2024, doi:10.1038/s41592-024-02305-7"
    )
    licence = "BioMap's own Model License for the weights, Apache-2.0 for the code"

    def recognises(self, path: Path) -> bool:
        """Whether it is a checkpoint with ``pos_emb``, and the index of genes is near."""
        weights = find_weights(path, WEIGHTS)
        return weights is not None and _index_of(weights).is_file() and mentions(weights, KEYS[-1])

    def read(self, path: Path) -> NamedVectors:
        """Read the genes' vectors; names are symbols.

        Raises
        ------
        EmbeddingsError
            If ``pos_emb`` has neither as many rows as the index has genes, nor three more.
        """
        weights = need_weights(path, WEIGHTS)
        index = _index_of(weights)
        vectors = load_tensor(weights, KEYS)
        names = _read_index(index)
        if len(vectors) not in (len(names), len(names) + len(NO_GENES)):
            raise EmbeddingsError(
                f"{index} has {len(names):,} genes, and pos_emb of {weights} {len(vectors):,} rows",
                expected="a row for each gene, and three more for T, S and padding",
                do=f"take {INDEX} and models.ckpt from the same release",
            )
        # Rows and not names: T and S could be symbols.
        genes = genes_of(names, vectors[: len(names)], special=(), files=(weights, index))
        further = zip(range(len(names), len(vectors)), NO_GENES, strict=False)
        left_out = {f"row {row}": f"stands for {what}, no gene" for row, what in further}
        return NamedVectors(genes.names, genes.vectors, genes.files, left_out=left_out)


def _index_of(weights: Path) -> Path:
    """Find the index: the authors keep the weights beside it, or in a folder ``models`` beside it."""
    beside, above = weights.with_name(INDEX), weights.resolve().parent.with_name(INDEX)
    return above if above.is_file() and not beside.is_file() else beside


def _read_index(path: Path) -> tuple[str, ...]:
    try:
        with path.open(newline="", encoding="utf-8") as file:
            header, *lines = csv.reader(file, delimiter="\t")
        column, number = header.index("gene_name"), header.index("index")
        tokens = [(line[column], int(line[number])) for line in lines]
    except (OSError, ValueError, IndexError, csv.Error) as error:
        raise InputFileError(
            f"{path} can't be read ({type(error).__name__}: {error})",
            expected="scFoundation's index of genes, with the columns gene_name and index",
            do=f"download {INDEX} again, beside models.ckpt",
        ) from error
    return names_by_row(tokens, path)
