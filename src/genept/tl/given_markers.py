"""Markers that a user gives, as current symbols, for the clusters that are there."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from genept.annotation.chat import own_markers
from genept.errors import ArgumentError, GeneNamesError, UnknownNameError, name_some
from genept.genes import is_identifier
from genept.tl.identity import resolver_for


def given_markers(
    markers: Mapping[str, Sequence[str]] | str | Path, clusters: Iterable[str], *, n_genes: int, taxon: int
) -> dict[str, tuple[str, ...]]:
    """Take the first markers of each cluster, by their current symbols where these are known.

    Parameters
    ----------
    markers
        As :func:`genept.tl.annotate_by_chat` takes them.
    clusters
        The clusters that are there; one that no markers are given for has none.
    n_genes
        How many for each cluster, at most.
    taxon
        NCBI taxon id of the genes.

    Raises
    ------
    ArgumentError
        If ``n_genes`` is below 1.
    UnknownNameError
        If markers are given for a cluster that isn't there.
    InputFileError, GeneNamesError
        If they can't be read, or are ids that no list of genes here resolves.
    """
    if n_genes < 1:
        raise ArgumentError(
            f"{n_genes} marker genes", expected="at least 1", do="leave it out, which means 10"
        )
    given, there = own_markers(markers), list(clusters)
    if strange := given.keys() - set(there):
        raise UnknownNameError(
            f"markers of clusters that aren't there: {name_some(sorted(strange))}",
            expected=f"some of: {name_some(there, limit=20)}",
            do="name the column of clusters that they were found for, or rename the clusters",
        )
    resolver, _ = resolver_for(None, taxon)
    symbols = {name: name for genes in given.values() for name in genes}
    if resolver is not None and symbols:
        resolved = resolver.resolve(list(symbols)).table
        symbols = {name: known or name for name, known in zip(symbols, resolved["symbol"], strict=True)}
    if unread := [name for name, symbol in symbols.items() if is_identifier(symbol)]:
        raise GeneNamesError(
            f"markers that are ids: {name_some(unread)}",
            expected="gene symbols, which a chat model can read",
            do="fetch the lists of genes that say what ids mean "
            "(genept data fetch ncbi_gene_info_human hgnc_complete_set), or write symbols",
        )
    return {
        cluster: tuple(dict.fromkeys(symbols[name] for name in given.get(cluster, ())))[:n_genes]
        for cluster in there
    }
