"""Coverage below what the user accepts."""

from genept.cells.coverage import Coverage
from genept.errors import CoverageError, name_some


def refuse_low_coverage(coverage: Coverage, min_coverage: float, *, have: str, do: str) -> None:
    """Raise if too small a share of the counts lies in genes that can be used.

    Parameters
    ----------
    coverage
        What was measured.
    min_coverage
        Smallest share of all counts, 0 to 1.
    have
        What usable genes have, such as ``"a vector"``.
    do
        What the user could do about it, beside lowering the bound.

    Raises
    ------
    CoverageError
        Naming the largest losses.
    """
    # Without any counts nothing is lost: the cells get zero vectors and a warning.
    if coverage.counts >= min_coverage or not coverage.any_counts:
        return
    raise CoverageError(
        f"only {coverage.counts:.1%} of the counts lie in genes with {have} "
        f"({coverage.n_covered:,} of {coverage.n_genes:,} genes); largest losses: "
        f"{name_some([name for name, _, _ in coverage.losses])}",
        expected=f"at least {min_coverage:.1%}",
        do=f"{do}, or lower the bound (in Python: min_coverage=, on the command line: --min-coverage)",
    )
