"""Which known sets of genes the programs hold more of than chance would have it."""

import logging
from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from genept.errors import ArgumentError, GeneNamesError, name_some
from genept.genes import GenePrograms, GeneSets, match_genes, match_resolved
from genept.tl.identity import resolver_for

log = logging.getLogger(__name__)


def enrichment(programs: GenePrograms, sets: GeneSets, *, min_set_size: int = 5) -> pd.DataFrame:
    """Test each program for having more genes of each set than a random draw of its size.

    The draw is from all genes among which programs were looked for (``programs.genes``), in whatever
    program or in none, and in whatever set or in none: a program could have been made of any of them, and of
    no other. A larger universe, such as all genes of the species, would make everything that the data set
    expresses look enriched. Sets are cut down to that universe. The test is Fisher's exact test, one-sided:
    the upper tail of the hypergeometric distribution. The false discovery rate is controlled by Benjamini
    and Hochberg's method over all pairs of a program and a set.

    Parameters
    ----------
    programs
        Groups of genes.
    sets
        Known sets; names are resolved, old symbols and identifiers too, by NCBI's list where it is in the
        cache, else by the names that ``programs.genes`` keeps. Two names of one gene count once.
    min_set_size
        Sets with fewer genes in the universe aren't tested: they say little, and each costs power.

    Returns
    -------
    pandas.DataFrame
        One row for each program and set with a gene in common: ``program``, ``set``, ``overlap``,
        ``program_size``, ``set_size`` (in the universe), ``universe``, ``fold`` (overlap over what is
        expected by chance), ``p_value``, ``q_value``, ``genes`` (symbols, joined by ``|``); by program, then
        by p-value. Pairs without a gene in common have a p-value of 1, and count in the correction.

    Raises
    ------
    ArgumentError
        If ``min_set_size`` is below 1.
    GeneNamesError
        If no set has that many genes in the universe.

    References
    ----------
    Benjamini & Hochberg, J. R. Stat. Soc. B 1995.

    Examples
    --------
    >>> from genept.genes import GeneTable
    >>> table = GeneTable(tuple("ABCDEFGHIJ"))
    >>> programs = GenePrograms(table, np.repeat([1, 2], 5), np.ones(10))
    >>> sets = GeneSets(("first", "mixed"), (tuple("ABCDE"), tuple("DEFGH")))
    >>> enrichment(programs, sets)[["program", "set", "overlap", "p_value"]].round(3)
       program    set  overlap  p_value
    0        1  first        5    0.004
    1        1  mixed        2    0.897
    2        2  mixed        3    0.500
    """
    # Half a second, which importing genept.tl shouldn't cost.
    from scipy.stats import false_discovery_control, hypergeom

    if min_set_size < 1:
        raise ArgumentError(f"min_set_size={min_set_size}", expected="at least 1", do="leave it out for 5")
    n, rows_of = len(programs.genes), _rows_of_sets(sets, programs)
    kept = [i for i, rows in enumerate(rows_of) if len(rows) >= min_set_size]
    n_kept, n_sets = f"{len(kept):,}", f"{len(sets):,}"
    log.info("%s of %s gene sets have at least %s of the genes", n_kept, n_sets, min_set_size)
    if not kept:
        raise GeneNamesError(
            f"no gene set with at least {min_set_size} of the {n:,} genes that programs were sought among",
            expected=f"names such as {name_some(programs.genes.symbols, 3)}",
            do="check that sets and programs are of one species, or lower min_set_size",
        )
    in_set = _membership([rows_of[i] for i in kept], n)
    in_program = _membership([programs.rows_of(program + 1) for program in range(len(programs))], n)
    overlap = (in_program @ in_set.T).toarray()
    set_size, program_size = in_set.sum(axis=1)[None, :], in_program.sum(axis=1)[:, None]
    p_value = np.asarray(hypergeom.sf(overlap - 1, n, set_size, program_size)).ravel()
    table = pd.DataFrame(
        {
            "program": np.repeat(np.arange(1, len(programs) + 1), len(kept)),
            "set": np.tile(np.array([sets.names[i] for i in kept], dtype=object), len(programs)),
            "overlap": overlap.ravel(),
            "program_size": np.broadcast_to(program_size, overlap.shape).ravel(),
            "set_size": np.broadcast_to(set_size, overlap.shape).ravel(),
            "universe": n,
            "fold": (overlap * n / (set_size * program_size)).ravel(),
            "p_value": p_value,
            "q_value": false_discovery_control(p_value),
        }
    )
    table = table[table["overlap"] > 0].sort_values(["program", "p_value", "set"], ignore_index=True)
    members = {sets.names[i]: set(rows_of[i]) for i in kept}
    table["genes"] = [
        "|".join(programs.genes.symbols[row] for row in programs.rows_of(program) if row in members[name])
        for program, name in zip(table["program"], table["set"], strict=True)
    ]
    return table


def _rows_of_sets(sets: GeneSets, programs: GenePrograms) -> list[list[int]]:
    """For each set the rows in the universe of its genes, each once."""
    names = list(dict.fromkeys(name for genes in sets.members for name in genes))
    resolver, resolved_by = resolver_for(programs.genes, programs.taxon)
    match = (
        match_genes(names, programs.genes)
        if resolver is None
        else match_resolved(resolver.resolve(names), programs.genes)
    )
    log.info(
        "%s of %s genes of the sets are among the %s genes of the graph (names resolved by %s)",
        f"{len(match.columns):,}",
        f"{len(names):,}",
        f"{len(programs.genes):,}",
        resolved_by,
    )
    row_of = {names[column]: int(row) for column, row in zip(match.columns, match.rows, strict=True)}
    return [sorted({row_of[name] for name in genes if name in row_of}) for genes in sets.members]


def _membership(rows_of: Sequence[Sequence[int] | NDArray[np.intp]], n: int) -> sparse.csr_array:
    """Make the (groups, n) array of ones where a gene is in a group."""
    ends = np.cumsum([0, *map(len, rows_of)])
    columns = np.concatenate([np.empty(0, dtype=np.intp), *rows_of]).astype(np.intp)
    return sparse.csr_array((np.ones(len(columns), dtype=np.int64), columns, ends), shape=(len(rows_of), n))
