"""Arguments of :func:`genept.tl.embed_cells` that mean nothing, refused before any work."""

from genept.embeddings import GeneEmbeddings
from genept.encoders import CorpusEncoder, TextEncoder
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
    check_name("key_added", key)
    checks = (
        (method in ("w", "s"), f"method={method!r}", "'w' (weighted average) or 's' (sentence)"),
        (0 <= min_coverage <= 1, f"min_coverage={min_coverage}", "a share between 0 and 1"),
        (max_genes >= 1, f"max_genes={max_genes}", "at least 1"),
        (empty_cells in ("zero", "error"), f"empty_cells={empty_cells!r}", "'zero' or 'error'"),
        (n_threads is None or n_threads >= 1, f"n_threads={n_threads}", "at least 1, or None for all"),
    )
    for fine, found, expected in checks:
        if not fine:
            raise ArgumentError(found, expected=expected, do="pass such a value, or leave it out")


def check_name(argument: str, name: str) -> None:
    """Raise if something can't be kept in an AnnData under a name.

    Raises
    ------
    ArgumentError
        Naming the argument that gave it.
    """
    if not isinstance(name, str) or name == "" or "/" in name or name.startswith("."):
        raise ArgumentError(
            f"{argument}={name!r}",
            expected="a name without a slash or a dot before it, which mean folders in files",
            do="pass such a value, or leave it out",
        )


def check_method(
    method: str, *, genes: GeneEmbeddings | None, encoder: str | TextEncoder | CorpusEncoder | None
) -> None:
    """Raise if a method lacks what it needs, or has what it can't use.

    Raises
    ------
    ArgumentError
        Saying which.
    """
    if method == "w" and genes is None:
        raise ArgumentError(
            "no gene embeddings",
            expected="gene embeddings, of which GenePT-w is the weighted average",
            do="pass them (in Python: genes=genept.embed_genes() or genept.read_embeddings('genes.h5ad'), "
            "on the command line: --genes genes.h5ad)",
        )
    if method == "w" and encoder is not None:
        raise ArgumentError(
            "an encoder for GenePT-w, which embeds no text",
            expected="an encoder with method 's' only",
            do="leave the encoder out, or choose method 's'",
        )
