"""Which gene embeddings made vectors of cells, and whether two kinds of vectors lie in one space."""

from collections.abc import Mapping
from typing import Any

from genept.errors import EmbeddingsError

# What says when, where from and on what terms, and changes no vector.
_NO_MATTER = ("created", "genept", "date", "origin", "licence")
_ENCODER = ("encoder.name", "encoder.fingerprint")


def origin_of(provenance: Mapping[str, Any]) -> dict[str, str]:
    """Flatten what decides vectors to strings: texts, files, template, and the encoder's fingerprint."""
    flat: dict[str, str] = {}
    for key, value in provenance.items():
        if isinstance(value, Mapping):
            flat |= {f"{key}.{inner}": text for inner, text in origin_of(value).items()}
        elif key.rpartition(".")[2] not in _NO_MATTER:
            flat[key] = str(value)
    # Versions of libraries and counts stand beside the fingerprint, which says when vectors change.
    return {name: text for name, text in flat.items() if name in _ENCODER or not name.startswith("encoder.")}


def refuse_other_space(ours: Mapping[str, str], theirs: Mapping[str, str], *, what: str) -> None:
    """Refuse vectors that came from other gene embeddings; where nothing is known of one side, say nothing.

    Raises
    ------
    EmbeddingsError
        Naming what differs.
    """
    # Sentences know their encoder only; weighted averages the texts as well.
    compared = ours.keys() | theirs.keys() if _has_texts(ours) and _has_texts(theirs) else set(_ENCODER)
    different = sorted(name for name in compared if ours.get(name) != theirs.get(name))
    if ours and theirs and different:
        name = different[0]
        raise EmbeddingsError(
            f"{what} from other gene embeddings than the cells ({name}: {theirs.get(name, 'nothing')} there, "
            f"{ours.get(name, 'nothing')} here)",
            expected="one space: the same gene embeddings for both",
            do="embed both with one file of gene embeddings (genept cells embed --genes genes.h5ad)",
        )


def _has_texts(origin: Mapping[str, str]) -> bool:
    return any(name.startswith("texts.") for name in origin)
