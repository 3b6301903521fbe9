"""Which way of annotating is chosen, and whether the arguments fit it."""

from collections.abc import Collection, Mapping

from anndata import AnnData

from genept.errors import ArgumentError

# Which way of annotating an option belongs to, by the argument that chooses the way.
_OPTIONS = {
    "label_key": "reference",
    "batch_key": "reference",
    "genes": "cell_types",
    "root": "cell_types",
    "among": "cell_types",
    "encoder": "cell_types",
    "max_cost": "cell_types",
}


def chosen_way(ways: set[str], options: set[str]) -> str:
    """Say which way is chosen; refuse anything but one with what belongs to it.

    Raises
    ------
    ArgumentError
        Saying what is missing or too much.
    """
    if len(ways) != 1:
        raise ArgumentError(
            f"{' and '.join(sorted(ways)) or 'neither a reference nor cell types'}",
            expected="one of: a labelled reference, cell types",
            do="pass one of them (in Python: reference= or cell_types=, on the command line: --reference or "
            "--cell-types)",
        )
    (way,) = ways
    if strange := sorted(name for name in options if _OPTIONS[name] != way):
        raise ArgumentError(
            f"{', '.join(strange)} with {way}",
            expected=f"options of {way}: {', '.join(n for n, w in _OPTIONS.items() if w == way)}",
            do="leave it out",
        )
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
    if not key or "/" in key or key.startswith(".") or key in taken:
        raise ArgumentError(
            f"key_added={key!r}",
            expected="a name that is not read here, without a slash, or a dot before it (folders in files)",
            do="pass such a name, or leave it out",
        )
    if not isinstance(adata.uns.get("genept", {}), Mapping):
        raise ArgumentError(
            f"adata.uns['genept'] is a {type(adata.uns['genept']).__name__}",
            expected="nothing there, or what genept left there",
            do="rename it, for example adata.uns['genept_old'] = adata.uns.pop('genept')",
        )
