"""``scgpt``: the gene embeddings of an scGPT model, named by its ``vocab.json``."""

import json
from pathlib import Path
from typing import Any

from genept.embeddings.formats.checkpoint import find_weights, load_tensor, mentions, need_weights
from genept.embeddings.formats.named_vectors import NamedVectors
from genept.embeddings.formats.vocabulary import genes_of, names_by_row
from genept.errors import EmbeddingsError, InputFileError

WEIGHTS = ("best_model.pt",)
KEY = "encoder.embedding.weight"
SPECIAL = ("<pad>", "<cls>", "<eoc>")


class ScGPT:
    """An scGPT model's folder: ``best_model.pt``, ``vocab.json`` and, where it is there, ``args.json``."""

    name = "scgpt"
    title = "scGPT's gene embeddings: a model folder with vocab.json and args.json"
    origin = "https://github.com/bowang-lab/scGPT; Cui et al. 2024, doi:10.1038/s41592-024-02201-0"
    licence = "MIT"

    def recognises(self, path: Path) -> bool:
        """Whether it is a checkpoint with scGPT's gene encoder, and a vocabulary beside it."""
        weights = find_weights(path, WEIGHTS)
        return weights is not None and weights.with_name("vocab.json").is_file() and mentions(weights, KEY)

    def read(self, path: Path) -> NamedVectors:
        """Read the genes' vectors; names are symbols.

        Raises
        ------
        EmbeddingsError
            If the vocabulary has not one name for each row, or ``args.json`` says another width.
        """
        weights = need_weights(path, WEIGHTS)
        vocabulary, arguments = weights.with_name("vocab.json"), weights.with_name("args.json")
        vectors = load_tensor(weights, [KEY])
        names = _read_names(vocabulary, len(vectors))
        if len(names) != len(vectors):
            raise EmbeddingsError(
                f"{vocabulary} has {len(names):,} names, and {weights} {len(vectors):,} rows",
                expected="one name for each row",
                do="take vocab.json and best_model.pt from the same model",
            )
        files: tuple[Path, ...] = (weights, vocabulary)
        if arguments.is_file():
            _check_width(arguments, vectors.shape[1])
            files += (arguments,)
        return genes_of(names, vectors, special=SPECIAL, files=files)


def _read_names(path: Path, rows: int) -> tuple[str, ...]:
    tokens: list[tuple[object, object]] = _read_json(path)
    # scGPT's own loader appends those special tokens that a vocabulary lacks.
    lacking = [token for token in SPECIAL if token not in {name for name, _ in tokens}]
    if rows == len(tokens) + len(lacking):
        tokens += zip(lacking, range(len(tokens), rows), strict=True)
    return names_by_row(tokens, path)


def _check_width(path: Path, width: int) -> None:
    said = dict(_read_json(path)).get("embsize", width)
    if said != width:
        raise EmbeddingsError(
            f"{path} says embsize {said}, and the vectors have {width:,} dimensions",
            expected="the same width in both",
            do="take args.json and best_model.pt from the same model",
        )


def _read_json(path: Path) -> Any:
    """Entries of the object in a JSON file, in pairs: a dict would hide a name that is there twice."""
    try:
        pairs = json.loads(path.read_bytes(), object_pairs_hook=list)
    except (OSError, ValueError, RecursionError) as error:
        raise _no_object(path, f"can't be read ({type(error).__name__}: {error})") from error
    if not isinstance(pairs, list) or not all(isinstance(pair, tuple) for pair in pairs):
        raise _no_object(path, "is no JSON object")
    return pairs


def _no_object(path: Path, what: str) -> InputFileError:
    return InputFileError(
        f"{path} {what}",
        expected="scGPT's JSON file, whole",
        do="download it again, beside best_model.pt",
    )
