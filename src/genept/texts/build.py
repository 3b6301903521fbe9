"""From sources to the texts that are embedded: joined gene by gene, and written by a template."""

import logging
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from genept.errors import GeneNamesError, MissingDataError, name_some
from genept.genes import GeneTable, Resolution, Resolver, match_resolved, species_resolver
from genept.genes.names import is_date
from genept.genes.resolve import AMBIGUOUS, UNKNOWN
from genept.genes.species import HUMAN, SPECIES, fetch_gene_files
from genept.texts.gene_texts import GeneTexts
from genept.texts.join import concatenate, join
from genept.texts.source import TextSource, text_sources
from genept.texts.table import TableTexts, is_table
from genept.texts.templates import DEFAULT, Template, get_template

log = logging.getLogger(__name__)

# What the authors embed of a gene of which nothing is written.
BARE = Template("bare", "Gene Symbol {symbol}", "the bare symbol")


def get_texts(texts: str | TextSource | GeneTexts) -> GeneTexts:
    """Texts by the name of their source, from a source, or as they are; by the source's own template.

    Parameters
    ----------
    texts
        A name (``"ncbi"``, ``"ncbi:refseq"``, ``"uniprot"``, ``"names"``, ``"starter"``), a sum of names
        (``"ncbi+uniprot"``), the path of a table or a corpus, a source, or texts. For other templates,
        species and rules: :func:`build_texts`.

    Raises
    ------
    UnknownNameError
        If no source of that name is registered.

    Examples
    --------
    >>> get_texts("starter").provenance["source"]
    'starter'
    """
    return texts if isinstance(texts, GeneTexts) else build_texts(texts)


def build_texts(
    sources: str | TextSource | Sequence[TextSource],
    *,
    template: str | Template | None = None,
    taxon: int = HUMAN,
    only: Iterable[str] | None = None,
    bare_symbols: bool = False,
) -> GeneTexts:
    """Write the text of each gene from what one or more sources say of it.

    Parameters
    ----------
    sources
        A name or a sum of names as for :func:`get_texts`, a source, or several. Where two fill the same
        placeholder, the one named first has it, gene by gene.
    template
        A :class:`Template`, or the name or pattern of one. By default that of the source, and for sums
        ``"release-2"``: ``Gene Symbol {symbol} {summary} Protein summary: {function}``.
    taxon
        NCBI taxon id, 9606 (human) or 10090 (mouse).
    only
        Names of the genes that are wanted, of any kind that can be resolved; by default all.
    bare_symbols
        Give genes without a text the authors' bare ``Gene Symbol X``. By default they are left out,
        since a symbol alone says little: missing is missing. Which genes there are is said by ``only``,
        or else by NCBI's and HGNC's lists, which are fetched where they aren't in the cache.

    Returns
    -------
    GeneTexts
        In the order of the sources' genes; then those with a bare symbol.

    Raises
    ------
    UnknownNameError
        If no source of a name is registered.
    FetchError, OutputError, InputFileError
        If what a source needs can't be fetched or read.
    ArgumentError
        If the template or the species can't be used.
    GeneNamesError
        If none of the genes that are wanted has a text.

    Examples
    --------
    >>> texts = build_texts("starter", template="Gene Symbol {symbol}", only=["LYZ", "CD3E"])
    >>> sorted(texts.texts)
    ['Gene Symbol CD3E', 'Gene Symbol LYZ']
    """
    chosen = _sources(sources)
    if template is not None:
        _template(chosen, template)
    if bare_symbols:
        fetch_gene_files(taxon)
    loaded = [source.load(taxon) for source in chosen]
    # What a source is by itself, some find out by loading.
    used = _template(chosen, template)
    resolver = _species(taxon)
    parts = [(source.field, texts) for source, texts in zip(chosen, loaded, strict=True)]
    genes, known = join(parts, resolver)
    names = None if only is None else (resolver or Resolver(genes)).resolve(list(only))
    rows = range(len(genes)) if names is None else sorted(set(match_resolved(names, genes).rows.tolist()))
    full_names = _full_names(genes, resolver)
    fields = ({"symbol": genes.symbols[row], "name": full_names[row], **known[row]} for row in rows)
    texts = {row: used.render(one) for row, one in zip(rows, fields, strict=True)}
    kept = [row for row in rows if texts[row]]
    table, written = genes.take(kept), [texts[row] for row in kept]
    if bare_symbols and resolver is not None:
        wanted = range(len(resolver.genes)) if names is None else names.rows.tolist()
        bare = resolver.own_names(_without_text(wanted, resolver, table))
        table = concatenate([table, bare])
        written += [BARE.render({"symbol": symbol}) for symbol in bare.symbols]
    if not written:
        raise GeneNamesError(
            "no text for any of the genes that are wanted",
            expected=f"genes that the source writes about, with all that the template asks: {used.pattern}",
            do="check the names, the species and the template, or choose another source",
        )
    provenance = _provenance(chosen, loaded, used, bare_symbols=bare_symbols)
    if names is not None:
        provenance["left_out"] = _report_left_out(names, table)
    return GeneTexts(table, tuple(written), provenance)


def _sources(sources: str | TextSource | Sequence[TextSource]) -> list[TextSource]:
    if isinstance(sources, str):
        # A file may have a + in its name.
        specs = [sources] if is_table(sources) and Path(sources).exists() else sources.split("+")
        return [TableTexts(s) if is_table(s) and ":" not in s else text_sources.create(s) for s in specs]
    return [sources] if isinstance(sources, TextSource) else list(sources)


def _template(sources: Sequence[TextSource], asked: str | Template | None) -> Template:
    if isinstance(asked, Template):
        return asked
    if asked is not None:
        return get_template(asked)
    return get_template(sources[0].template) if len(sources) == 1 else DEFAULT


def _species(taxon: int) -> Resolver | None:
    try:
        return species_resolver(taxon) if taxon in SPECIES else None
    except MissingDataError:
        return None


def _full_names(genes: GeneTable, resolver: Resolver | None) -> list[str]:
    """Full names as the source has them, else as the species' table has them."""
    if resolver is None:
        return list(genes.full_names)
    rows = resolver.locate_genes(genes).tolist()
    return [
        name or (resolver.genes.full_names[row] if row >= 0 else "")
        for name, row in zip(genes.full_names, rows, strict=True)
    ]


def _report_left_out(wanted: Resolution, table: GeneTable) -> str:
    """Say which of the genes that are wanted have no text in the end, and why."""
    found = set(match_resolved(wanted, table).columns.tolist())
    lost: dict[str, list[str]] = {}
    for position, (name, rule) in enumerate(
        zip(wanted.table["query"], wanted.table["matched_by"], strict=True)
    ):
        if position not in found:
            reason = {UNKNOWN: "unknown", AMBIGUOUS: "ambiguous"}.get(rule, "without a text")
            lost.setdefault("a spreadsheet's date" if is_date(name) else reason, []).append(name)
    said = "; ".join(f"{len(some):,} {reason}: {name_some(some)}" for reason, some in lost.items())
    if said:
        log.warning("of the genes that are wanted, these are left out: %s", said)
    return said or "nothing"


def _without_text(wanted: Iterable[int], resolver: Resolver, table: GeneTable) -> list[int]:
    """Rows of the species' table that are wanted, not in ``table``, and alone in having their symbol."""
    times = Counter(resolver.genes.symbols)
    there = set(resolver.locate_genes(table).tolist())
    symbols = resolver.genes.symbols
    taken = set(table.symbols)
    return [
        row
        for row in sorted({row for row in wanted if row >= 0} - there)
        if times[symbols[row]] == 1 and symbols[row] not in taken
    ]


def _provenance(
    sources: Sequence[TextSource], loaded: Sequence[GeneTexts], template: Template, *, bare_symbols: bool
) -> dict[str, str]:
    """Merge what the texts say of themselves; where they differ, each under the name of its source."""
    times = Counter[str]()
    labels = []
    for source in sources:
        times[source.name] += 1
        labels.append(source.name if times[source.name] == 1 else f"{source.name}.{times[source.name]}")
    keys = dict.fromkeys(key for texts in loaded for key in texts.provenance)
    merged: dict[str, str] = {}
    for key in keys:
        said = [texts.provenance.get(key) for texts in loaded]
        different = set(said) - {None}
        if len(different) == 1:
            merged[key] = str(*different)
        else:
            merged |= {
                f"{label}.{key}": one for label, one in zip(labels, said, strict=True) if one is not None
            }
    for label in labels:
        merged.pop(f"{label}.source", None)
    merged["source"] = "+".join(texts.provenance["source"] for texts in loaded)
    merged["template"] = template.pattern
    if bare_symbols:
        merged["genes_without_text"] = BARE.pattern
    return merged
