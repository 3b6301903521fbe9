"""Cell embeddings of an AnnData."""

from typing import Literal

from anndata import AnnData

from genept.cells.expression import Kind
from genept.cells.sentences import MAX_GENES
from genept.cells.zero_vectors import warn_of_zero_vectors
from genept.embeddings import GeneEmbeddings
from genept.encoders import CorpusEncoder, TextEncoder
from genept.encoders.sent_texts import TooLong
from genept.tl.arguments import check_arguments, check_method
from genept.tl.empty_cells import refuse_empty_cells
from genept.tl.genept_s import genept_s
from genept.tl.genept_w import genept_w
from genept.tl.identity import identify, taxon_of
from genept.tl.matrix import measured_cells
from genept.tl.record import kept_records, record_of

COVERAGE_KEY = "genept_coverage"


def embed_cells(
    adata: AnnData,
    genes: GeneEmbeddings | None = None,
    *,
    method: Literal["w", "s"] = "w",
    encoder: str | TextEncoder | CorpusEncoder | None = None,
    layer: str | None = None,
    use_raw: bool = False,
    values: Kind | Literal["auto"] = "auto",
    key_added: str | None = None,
    min_coverage: float = 0.1,
    max_genes: int = MAX_GENES,
    empty_cells: Literal["zero", "error"] = "zero",
    n_threads: int | None = None,
    resolve: bool = True,
    gene_column: str | None = None,
    taxon: int | None = None,
    too_long: TooLong = "cut",
    max_cost: float | None = None,
) -> None:
    """Embed every cell: GenePT-w from gene embeddings, or GenePT-s from sentences.

    GenePT-w (``method="w"``) is the average of the vectors of a cell's genes, weighted by
    log-normalised expression, with unit l2 norm. GenePT-s (``method="s"``) is the text embedding of
    the cell's genes in order of expression (:func:`genept.tl.cell_sentences`).

    Parameters
    ----------
    adata
        Cells x genes; counts or log-normalised values, which is found out by looking and recorded.
        Genes by current, previous or alias symbols, Ensembl ids (version or not) or Entrez ids.
    genes
        Gene embeddings. Needed for ``"w"``; for ``"s"`` they lend their encoder when ``encoder``
        isn't given.
    method
        ``"w"`` or ``"s"``.
    encoder
        Text encoder for ``"s"``, by name or as an object.
    layer
        A layer to use in place of ``X``.
    use_raw
        Use ``adata.raw``.
    values
        ``"counts"``, ``"log_normalised"``, or ``"auto"``, the default, to find out by looking.
    key_added
        Key in ``obsm`` and ``uns["genept"]``; by default ``X_genept_w`` or ``X_genept_s``.
    min_coverage
        Smallest share of all counts, 0 to 1, that must lie in genes with a vector (``"w"``), or with
        a name that can be read (``"s"``). The default, 0.1, stops what is most likely a mix-up of names
        or species.
    max_genes
        For ``"s"``: how many names at most; 1,000 in the reference notebook.
    empty_cells
        ``"zero"``, the default, gives a cell that nothing is known of a zero vector (coverage 0) and
        one warning; ``"error"`` refuses cells without counts, which a filter usually missed.
    n_threads
        Threads for ``"w"``; by default as many as processors. The result doesn't depend on it.
    resolve
        Whether names are resolved to genes, on both sides: by NCBI's and HGNC's lists where they are in
        the cache (``genept data fetch ncbi_gene_info_human hgnc_complete_set``), else by the names that
        the gene embeddings keep. The default, ``True``, keeps the genes that were renamed since the data
        were made; ``False`` takes exact symbols only. Two columns of one gene both count in GenePT-w.
    gene_column
        The column of ``var`` that names the genes; by default it is found by looking: ``var_names``,
        unless a column names more genes.
    taxon
        NCBI taxon id of the data, 9606 (human) or 10090 (mouse); by default that of ``genes``.
    too_long, max_cost
        For ``"s"``, as for :func:`genept.encoders.embed_texts`: what becomes of sentences that are longer
        than the encoder reads, and US dollars that a run may cost at most.

    Returns
    -------
    None
        Sets ``adata.obsm[key_added]``, (n_cells, d) float32; ``adata.uns["genept"][key_added]``, the
        parameters, provenance and coverage (in genes and counts, by the rule that found each gene, and
        the ten largest losses); for ``"w"`` also ``adata.obs["genept_coverage"]``, each cell's share of
        counts in genes with a vector. Nothing else changes.

    Raises
    ------
    GeneNamesError
        If gene names are duplicated, are another species', can't be read (``"s"``) or none has a vector
        (``"w"``).
    CoverageError
        If less than ``min_coverage`` of the counts is covered.
    ValuesError, UnknownNameError, ArgumentError
        If the matrix can't be used, or an argument means nothing.
    EncoderError, MissingDependencyError
        If the encoder can't run.
    FetchError, CostError, OutputError
        If a server fails, the run would cost too much, or the cache can't be used; what was paid for is kept.

    References
    ----------
    Chen & Zou, Nature Biomedical Engineering 2024.

    Examples
    --------
    >>> import genept
    >>> genes = genept.embed_genes(texts="starter", encoder="lsa")
    >>> adata = genept.datasets.pbmc68k_reduced()
    >>> genept.tl.embed_cells(adata, genes)
    >>> adata.obsm["X_genept_w"].shape
    (700, 256)
    """
    key = key_added if key_added is not None else f"X_genept_{method}"
    check_arguments(
        method=method,
        key=key,
        min_coverage=min_coverage,
        max_genes=max_genes,
        empty_cells=empty_cells,
        n_threads=n_threads,
    )
    kept = kept_records(adata)
    check_method(method, genes=genes, encoder=encoder)
    measured = measured_cells(adata, layer=layer, use_raw=use_raw, values=values)
    if empty_cells == "error":
        refuse_empty_cells(measured)
    identity = identify(
        measured.genes,
        own=genes.genes if method == "w" and genes is not None else None,
        resolve=resolve,
        gene_column=gene_column,
        taxon=taxon if taxon is not None else taxon_of(genes),
    )
    if method == "w" and genes is not None:
        embedded = genept_w(measured, identity, genes, min_coverage=min_coverage, n_threads=n_threads)
    else:
        embedded = genept_s(
            measured,
            identity,
            genes,
            encoder=encoder,
            max_genes=max_genes,
            min_coverage=min_coverage,
            too_long=too_long,
            max_cost=max_cost,
        )
    warn_of_zero_vectors(int((embedded.vectors == 0).all(axis=1).sum()), len(embedded.vectors))
    adata.obsm[key] = embedded.vectors
    if embedded.coverage is not None:
        adata.obs[COVERAGE_KEY] = embedded.coverage
    values_are = measured.expression.kind, measured.expression.log_base
    record = {**record_of(method, measured.genes.origin, values_are, identity), **embedded.record}
    adata.uns["genept"] = {**kept, key: record}
