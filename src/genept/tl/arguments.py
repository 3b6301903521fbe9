"""Arguments of :func:`genept.tl.embed_cells` that mean nothing, refused before any work."""

from genept.errors import ArgumentError


def check_arguments(
    *,
    method: str,
    key: str,
    min_coverage: float,
    max_genes: int,
    empty_cells: str,
    n_threads: int | None,
) -> None:
    """Raise for the first argument that can't be meant.

    Raises
    ------
    ArgumentError
        Naming the argument and what it may be.
    """
    checks = (
        (method in ("w", "s"), f"method={method!r}", "'w' (weighted average) or 's' (sentence)"),
        (
            isinstance(key, str) and key != "" and "/" not in key,
            f"key_added={key!r}",
            "a name without a slash, since a slash makes folders in .h5ad files",
        ),
        (0 <= min_coverage <= 1, f"min_coverage={min_coverage}", "a share between 0 and 1"),
        (max_genes >= 1, f"max_genes={max_genes}", "at least 1"),
        (empty_cells in ("zero", "error"), f"empty_cells={empty_cells!r}", "'zero' or 'error'"),
        (n_threads is None or n_threads >= 1, f"n_threads={n_threads}", "at least 1, or None for all"),
    )
    for fine, found, expected in checks:
        if not fine:
            raise ArgumentError(found, expected=expected, do="pass such a value, or leave it out")
