"""Gene tables from the files of NCBI Gene and HGNC."""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from genept.datasets.cache import name_of
from genept.errors import InputFileError
from genept.genes.table import GeneTable

_NCBI_COLUMNS = ("#tax_id", "GeneID", "Symbol", "Synonyms", "dbXrefs", "type_of_gene", "description")
_HGNC_COLUMNS = ("hgnc_id", "symbol", "name", "alias_symbol", "prev_symbol", "entrez_id", "ensembl_gene_id")
# Loci without a known product, such as mapped phenotypes: some have the symbol of a real gene (HBD, TEC).
_NO_GENES = ("biological-region", "unknown")


def read_columns(path: Path, columns: tuple[str, ...]) -> pd.DataFrame:
    """Read some columns of a table with tabs, by name, whatever their order, all as text.

    Nothing is taken for a missing value: there are genes called NA and NAN in the world's tables.

    Raises
    ------
    InputFileError
        If the file can't be read or lacks a column.
    """
    expected = f"a table with tabs and the columns {', '.join(columns)}"
    try:
        table = pd.read_csv(
            path,
            sep="\t",
            dtype=str,
            keep_default_na=False,
            quoting=3,
            usecols=list(columns),
            encoding="utf-8",
        )
    except (ValueError, OSError, EOFError) as error:
        raise InputFileError(
            f"{path} can't be read ({str(error).splitlines()[0]})",
            expected=expected,
            do=f"fetch it again: genept data fetch {name_of(path)} --refresh",
        ) from error
    return table[list(columns)]


def ncbi_genes(path: Path, taxon: int) -> tuple[GeneTable, tuple[str, ...]]:
    """Genes of one species from NCBI's ``gene_info``.

    NCBI doesn't tell previous symbols from other synonyms: all become aliases. Biological regions and
    loci of unknown type that neither Ensembl nor a nomenclature committee knows are left out.

    Parameters
    ----------
    path
        The file, gzipped or not, with its columns in any order.
    taxon
        NCBI taxon id; rows of others (subspecies) are left out.

    Returns
    -------
    GeneTable
        The genes.
    tuple of str
        For each gene its HGNC id, empty where it has none.

    Raises
    ------
    InputFileError
        If the file can't be read, lacks a column or holds no gene of that taxon.
    """
    rows = read_columns(path, _NCBI_COLUMNS)
    known = rows["dbXrefs"].str.contains("Ensembl:|HGNC:|MGI:", regex=True)
    rows = rows[(rows["#tax_id"] == str(taxon)) & (known | ~rows["type_of_gene"].isin(_NO_GENES))]
    if rows.empty:
        raise InputFileError(
            f"{path} holds no gene of taxon {taxon}", expected="genes of that species", do="check the file"
        )
    genes = GeneTable(
        symbols=tuple(rows["Symbol"]),
        aliases=tuple(_parts(names) for names in rows["Synonyms"]),
        entrez_ids=tuple(rows["GeneID"]),
        ensembl_ids=tuple(_references(refs, "Ensembl:") for refs in rows["dbXrefs"]),
        full_names=tuple("" if name == "-" else name for name in rows["description"]),
    )
    return genes, tuple("".join(_references(refs, "HGNC:")[:1]) for refs in rows["dbXrefs"])


def with_hgnc(ncbi: GeneTable, hgnc_ids: Sequence[str], path: Path) -> GeneTable:
    """Human genes with the symbols, previous symbols and aliases that HGNC approved.

    Genes are joined by Entrez id, or by HGNC id where NCBI has numbered the gene anew. Where the two
    symbols differ, HGNC's is the current one and NCBI's
    becomes a previous one; where they give an Ensembl id to different genes, HGNC's has it. Genes that
    only HGNC has are added.

    Parameters
    ----------
    ncbi
        Human genes from NCBI.
    hgnc_ids
        HGNC id of each, empty where NCBI gives none.
    path
        HGNC's complete set.

    Raises
    ------
    InputFileError
        If the file can't be read or lacks a column.
    """
    hgnc = read_columns(path, _HGNC_COLUMNS)
    symbols, aliases = list(ncbi.symbols), list(ncbi.aliases)
    previous, entrez = list(ncbi.previous), list(ncbi.entrez_ids)
    ensembl, full_names = list(ncbi.ensembl_ids), list(ncbi.full_names)
    row_of = {one: row for row, one in enumerate(hgnc_ids) if one}
    row_of |= {gene: row for row, gene in enumerate(ncbi.entrez_ids)}
    # Where both name an owner of an Ensembl id, the committee's is the one.
    owned = set(hgnc["ensembl_gene_id"])
    ensembl = [tuple(one for one in ids if one not in owned) for ids in ensembl]
    for hgnc_id, symbol, full_name, alias, before, gene, ensembl_id in hgnc.itertuples(
        index=False, name=None
    ):
        row = row_of.get(gene, row_of.get(hgnc_id)) if gene else row_of.get(hgnc_id)
        if row is None:
            symbols.append(symbol)
            aliases.append(_parts(alias))
            previous.append(_parts(before))
            entrez.append(gene)
            ensembl.append((ensembl_id,) if ensembl_id else ())
            full_names.append(full_name)
            continue
        renamed = () if symbols[row] == symbol else (symbols[row],)
        symbols[row], full_names[row] = symbol, full_name
        previous[row] = tuple(dict.fromkeys((*_parts(before), *renamed)))
        taken = {symbol, *previous[row]}
        aliases[row] = tuple(n for n in dict.fromkeys((*_parts(alias), *aliases[row])) if n not in taken)
        if ensembl_id:
            ensembl[row] = (*ensembl[row], ensembl_id)
    return GeneTable(
        symbols=tuple(symbols),
        aliases=tuple(aliases),
        previous=tuple(previous),
        entrez_ids=tuple(entrez),
        ensembl_ids=tuple(ensembl),
        full_names=tuple(full_names),
    )


def _references(joined: str, prefix: str) -> tuple[str, ...]:
    """Find the identifiers of one database among NCBI's ``dbXrefs``."""
    return tuple(part.removeprefix(prefix) for part in joined.split("|") if part.startswith(prefix))


def _parts(joined: str) -> tuple[str, ...]:
    """Names between bars; ``-`` is NCBI's word for none."""
    return tuple(part for part in joined.strip('"').split("|") if part not in ("", "-"))
