"""Texts for rows of a species' gene table."""

import logging
from collections import Counter
from collections.abc import Mapping

from genept.errors import InputFileError, name_some
from genept.genes import Resolver
from genept.texts.gene_texts import GeneTexts

log = logging.getLogger(__name__)


def texts_of_rows(resolver: Resolver, texts: Mapping[int, str], provenance: Mapping[str, str]) -> GeneTexts:
    """Make gene texts from texts by row of a gene table, in the order of its rows.

    Genes with an empty text are left out, and so are those that share their symbol.

    Parameters
    ----------
    resolver
        Of the species.
    texts
        Row of a gene to its text.
    provenance
        Where the texts come from.

    Raises
    ------
    InputFileError
        If no gene has a text.
    """
    symbols = resolver.genes.symbols
    rows = sorted(row for row, text in texts.items() if text.strip())
    times = Counter(symbols[row] for row in rows)
    shared = [symbol for symbol, n in times.items() if n > 1]
    if shared:
        log.info("%s symbols stand for several genes and are left out: %s", len(shared), name_some(shared))
    kept = [row for row in rows if times[symbols[row]] == 1]
    if not kept:
        raise InputFileError(
            f"no text for any gene from the source {provenance['source']!r}",
            expected=f"texts of {provenance.get('species', 'this species')}",
            do="choose another source or species, or fetch the file again: genept data fetch, --refresh",
        )
    return GeneTexts(resolver.own_names(kept), tuple(texts[row] for row in kept), dict(provenance))
