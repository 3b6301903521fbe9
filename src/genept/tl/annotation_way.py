"""Which way of annotating is chosen, and whether the arguments fit it."""

from collections.abc import Collection

from anndata import AnnData

from genept.errors import ArgumentError
from genept.tl.arguments import check_name
from genept.tl.record import kept_records

# Which ways of annotating an option belongs to, by the arguments that choose a way.
_OPTIONS = {
    "label_key": ("reference",),
    "batch_key": ("reference",),
    "genes": ("cell_types",),
    "root": ("cell_types",),
    "among": ("cell_types",),
    "encoder": ("cell_types",),
    "min_confidence": ("reference", "cell_types"),
    "max_cost": ("cell_types", "chat"),
    "base_url": ("chat",),
    "tissue": ("chat",),
    "markers": ("chat",),
}


def chosen_way(ways: set[str], options: set[str]) -> str:
    """Say which way is chosen; refuse anything but one with what belongs to it.

    Parameters
    ----------
    ways, options
        Names of the arguments that were given: those that choose a way, and the others.

    Raises
    ------
    ArgumentError
        Saying what is missing or too much.
    """
    if len(ways) != 1:
        raise ArgumentError(
            f"{' and '.join(sorted(ways)) or 'neither a reference, nor cell types, nor a chat model'}",
            expected="one of: a labelled reference, cell types, a chat model",
            do="pass one of them (in Python: reference=, cell_types= or chat=, on the command line: "
            "--reference, --cell-types or --chat)",
        )
    (way,) = ways
    if strange := sorted(name for name in options if way not in _OPTIONS[name]):
        raise ArgumentError(
            f"{', '.join(strange)} with {way}",
            expected=f"options of {way}: {', '.join(n for n, w in _OPTIONS.items() if way in w)}",
            do="leave it out",
        )
    if way == "chat":
        return way
    needed, words = {
        "reference": ("label_key", "the column of the reference's labels (label_key=, --label-key)"),
        "cell_types": ("genes", "the gene embeddings that made the cells' vectors (genes=, --genes)"),
    }[way]
    if needed not in options:
        raise ArgumentError(f"{way} without {needed}", expected=words, do="pass it")
    return way


def check_key(adata: AnnData, key: str, *, taken: Collection[str | None]) -> None:
    """Refuse a key that can't be written, one that is read here, or a place that somebody else has taken.

    Raises
    ------
    ArgumentError
        Saying which.
    """
    check_name("key_added", key)
    if {key, f"{key}_confidence"} & set(taken):
        raise ArgumentError(
            f"key_added={key!r}",
            expected="a name that is not read here",
            do="pass such a name, or leave it out",
        )
    kept_records(adata)
