"""``geneformer``: the token embeddings of a Geneformer model, named by its token dictionary.

A row of ``bert.embeddings.word_embeddings.weight`` belongs to the gene whose number in the dictionary it is.
There are two dictionaries: that of Genecorpus-30M with 25,426 tokens, of the first models, and that of gc95M
with 20,275, of the later ones (https://huggingface.co/ctheodoris/Geneformer/discussions/472).
"""

from collections.abc import Iterator
from pathlib import Path

from genept.embeddings.formats.checkpoint import find_weights, load_tensor, mentions, need_weights
from genept.embeddings.formats.named_vectors import NamedVectors
from genept.embeddings.formats.pickle_reader import read_pickle
from genept.embeddings.formats.safetensors_tensor import read_header
from genept.embeddings.formats.vocabulary import genes_of, names_by_row
from genept.errors import EmbeddingsError

WEIGHTS = ("model.safetensors", "pytorch_model.bin")
KEYS = ("bert.embeddings.word_embeddings.weight", "embeddings.word_embeddings.weight")
SPECIAL = ("<pad>", "<mask>", "<cls>", "<eos>")
# Number of tokens to the dictionary that has so many, by its authors' file names.
KNOWN = {
    25_426: "the 30M models' token_dictionary.pkl (now gene_dictionaries_30m/token_dictionary_gc30M.pkl)",
    20_275: "token_dictionary_gc95M.pkl (now token_dictionary_gc104M.pkl)",
}


class Geneformer:
    """A Geneformer model's folder.

    Parameters
    ----------
    argument
        Path of the token dictionary; by default the one that fits the model, in its folder, one level down,
        or beside it, as in the authors' repository.
    """

    name = "geneformer"
    title = "Geneformer's token embeddings: a Hugging Face model folder with a token dictionary"
    origin = (
        "https://huggingface.co/ctheodoris/Geneformer; Theodoris et al. 2023, doi:10.1038/s41586-023-06139-9"
    )
    licence = "Apache-2.0"

    def __init__(self, argument: str = "") -> None:
        self._dictionary = Path(argument) if argument else None

    def recognises(self, path: Path) -> bool:
        """Whether it is a BERT with a token dictionary, or of Geneformer's size."""
        weights = find_weights(path, WEIGHTS)
        if weights is None or not mentions(weights, KEYS[-1]):
            return False
        return (
            self._dictionary is not None or any(_dictionaries(weights.parent)) or _is_of_known_size(weights)
        )

    def read(self, path: Path) -> NamedVectors:
        """Read the genes' vectors; names are Ensembl ids.

        Raises
        ------
        EmbeddingsError
            If there is no dictionary, or none that has one token for each row.
        """
        weights = need_weights(path, WEIGHTS)
        vectors = load_tensor(weights, KEYS)
        places = [[self._dictionary]] if self._dictionary else _dictionaries(weights.parent)
        sizes: dict[Path, int] = {}
        for place in places:
            found = {file: _read_dictionary(file) for file in place}
            sizes |= {file: len(names) for file, names in found.items()}
            fitting = {names: file for file, names in found.items() if len(names) == len(vectors)}
            if len(fitting) > 1:
                raise _no_dictionary(
                    weights, len(vectors), f"fit by {len(fitting)} different dictionaries", sizes
                )
            for names, file in fitting.items():
                return genes_of(
                    names,
                    vectors,
                    special=SPECIAL,
                    files=(weights, file),
                    provenance={"tokens": f"{len(names):,}", "dictionary": file.name},
                )
        raise _no_dictionary(weights, len(vectors), "fit by no dictionary", sizes)


def _is_of_known_size(weights: Path) -> bool:
    """Whether a header gives a number of rows that Geneformer has; other BERTs have other vocabularies."""
    header = read_header(weights)
    shapes = [header[key].get("shape") for key in KEYS if isinstance(header.get(key), dict)]
    return any(isinstance(shape, list) and shape[:1] == [rows] for shape in shapes for rows in KNOWN)


def _dictionaries(folder: Path) -> Iterator[list[Path]]:
    """Where dictionaries lie, the nearest first."""
    folder = folder.resolve()
    for top, down in (
        (folder, "."),
        (folder, "*"),
        (folder, "geneformer/*"),
        (folder.parent, "."),
        (folder.parent, "geneformer"),
        (folder.parent, "geneformer/*"),
    ):
        if found := sorted(top.glob(f"{down}/*token_dictionary*.pkl")):
            yield found


def _read_dictionary(path: Path) -> tuple[str, ...]:
    tokens = read_pickle(path)
    if not isinstance(tokens, dict):
        raise EmbeddingsError(
            f"{path} holds a {type(tokens).__name__}",
            expected="a token dictionary: Ensembl id to row",
            do="give the token dictionary, as in: --format geneformer:token_dictionary_gc95M.pkl",
        )
    return names_by_row(tokens.items(), path)


def _no_dictionary(weights: Path, rows: int, what: str, sizes: dict[Path, int]) -> EmbeddingsError:
    found = "; ".join(f"{path} has {size:,} tokens" for path, size in sizes.items()) or "none was found"
    belongs = KNOWN.get(rows, "the dictionary that the model was trained with")
    return EmbeddingsError(
        f"{weights} with {rows:,} rows, {what} ({found})",
        expected=f"a dictionary with {rows:,} tokens: {belongs}",
        do="put it beside the model, or say which: --format geneformer:path/to/token_dictionary.pkl",
    )
