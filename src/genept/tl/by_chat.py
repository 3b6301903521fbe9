"""Cell types of an AnnData's clusters, by a chat model that is given their marker genes."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from anndata import AnnData

from genept import __version__
from genept.annotation.chat import Estimate
from genept.annotation.chat.prompt import PROMPT_VERSION
from genept.cells.expression import Kind
from genept.errors import ArgumentError
from genept.genes.species import HUMAN
from genept.remote.chat import served_and_dates
from genept.tl.arguments import check_name
from genept.tl.chat_answers import answers_table, confidences_by_cell, tell_of, types_by_cell
from genept.tl.chat_clusters import prepare
from genept.tl.record import kept_records

CELL_TYPE_KEY = "genept_cell_type"


def annotate_by_chat(
    adata: AnnData,
    groupby: str,
    *,
    model: str,
    base_url: str | None = None,
    markers: Mapping[str, Sequence[str]] | str | Path | None = None,
    n_markers: int = 10,
    tissue: str = "",
    price: tuple[float, float] | None = None,
    max_cost: float | None = None,
    concurrency: int = 8,
    key_added: str = CELL_TYPE_KEY,
    layer: str | None = None,
    use_raw: bool = False,
    values: Kind | Literal["auto"] = "auto",
    gene_column: str | None = None,
    taxon: int = HUMAN,
) -> None:
    """Name the cell type of each cluster by asking a chat model about its marker genes.

    One question for each cluster, with its markers, the species and the tissue; nothing else of the data is
    sent. Answers are checked, kept in the cache folder and asked for once. An answer that can't be used is an
    error, and never a guess: nothing is written unless every cluster has its answer.

    Parameters
    ----------
    adata
        Cells x genes, counts or log-normalised values; changed in the keys below only.
    groupby
        Column of ``obs`` with each cell's cluster, such as ``"leiden"``.
    model
        The chat model's name on the server.
    base_url
        The server's address, any that speaks OpenAI's protocol; by default ``OPENAI_BASE_URL``, or OpenAI's
        own. The key is read from ``OPENAI_API_KEY``.
    markers
        Marker genes of your own, the strongest first: a mapping from cluster to genes, or a .csv or .tsv with
        columns ``cluster`` and ``gene`` (or scanpy's ``group`` and ``names``). By default those of
        :func:`genept.tl.marker_genes`, and then the expression isn't looked at.
    n_markers
        How many are told, at most; Hou & Ji found that ten serve best.
    tissue
        What the cells come from, in words, to be told; empty, the default, tells nothing.
    price
        US dollars for a million tokens sent, and for a million received; by default OpenAI's own, where
        OpenAI is asked.
    max_cost
        US dollars that this run may cost at most.
    concurrency
        How many questions may be under way at a time.
    key_added
        Key in ``obs`` and ``uns["genept"]``.
    layer, use_raw, values, gene_column
        Which matrix, what its values are and where genes are named, as for :func:`genept.tl.embed_cells`.
    taxon
        NCBI taxon id of the data; tells the species, where it is human or mouse.

    Returns
    -------
    None
        Sets ``adata.obs[key_added]``, categorical: a cell type, ``"unknown"`` where the model says that the
        markers show none, ``"unassigned"`` where a cluster has no markers (such as a cluster of one cell),
        and missing where a cell has no cluster; ``adata.obs[key_added + "_confidence"]``, ``low < medium <
        high`` in the model's own word, missing where nothing was answered;
        ``adata.uns["genept"][key_added]``, who was asked and when, and ``answers``, a table with a row for
        each cluster: its markers, what the model said, and the genes it named that weren't given.

    Raises
    ------
    ArgumentError
        If an argument means nothing, or the server needs a key and there is none.
    UnknownNameError
        If there is no such column, layer or raw, or markers are given for a cluster that isn't there.
    ValuesError
        If values are neither counts nor log-normalised, or no cluster has a marker.
    GeneNamesError, InputFileError
        If gene names or markers can't be used.
    FetchError, CostError, OutputError, MissingDependencyError
        If the server fails, or some cluster got no answer; if the run would cost too much; if the cache can't
        be used; if the OpenAI SDK isn't installed. Answers that came are kept: running again asks only what
        is missing.

    References
    ----------
    Hou & Ji, "Assessing GPT-4 for cell type annotation in single-cell RNA-seq analysis", Nature Methods 2024.

    Examples
    --------
    >>> import genept
    >>> adata = genept.datasets.pbmc68k_reduced()
    >>> genept.tl.annotate_by_chat(adata, "louvain", model="gpt-4o-mini", tissue="blood")  # doctest: +SKIP
    """
    check_name("key_added", key_added)
    if groupby in (key_added, f"{key_added}_confidence"):
        raise ArgumentError(
            f"key_added={key_added!r}, under which the clusters themselves would be overwritten",
            expected="another key",
            do="leave it out, or pass another one",
        )
    kept = kept_records(adata)
    asked = prepare(
        adata,
        groupby,
        model=model,
        base_url=base_url,
        markers=markers,
        n_markers=n_markers,
        tissue=tissue,
        price=price,
        concurrency=concurrency,
        layer=layer,
        use_raw=use_raw,
        values=values,
        gene_column=gene_column,
        taxon=taxon,
    )
    named = asked.naming.name(max_cost=max_cost)
    answers = answers_table(asked, named)
    tell_of(answers)
    adata.obs[key_added] = types_by_cell(asked.clusters, answers, adata.obs_names)
    adata.obs[f"{key_added}_confidence"] = confidences_by_cell(asked.clusters, answers, adata.obs_names)
    served, dates = served_and_dates(one.answer for one in named.values())
    record = {
        "method": "chat",
        "groupby": groupby,
        "model": asked.naming.interview.model,
        "model_served": served,
        "base_url": asked.naming.interview.endpoint.url,
        "prompt_version": PROMPT_VERSION,
        "date": dates,
        **asked.told,
        "answers": answers,
        "written_by": "a language model; not curated, not for clinical use",
        "genept": __version__,
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
    }
    adata.uns["genept"] = {**kept, key_added: record}


def estimate_by_chat(
    adata: AnnData,
    groupby: str,
    *,
    model: str,
    base_url: str | None = None,
    markers: Mapping[str, Sequence[str]] | str | Path | None = None,
    n_markers: int = 10,
    tissue: str = "",
    price: tuple[float, float] | None = None,
    layer: str | None = None,
    use_raw: bool = False,
    values: Kind | Literal["auto"] = "auto",
    gene_column: str | None = None,
    taxon: int = HUMAN,
) -> Estimate:
    """Say what :func:`annotate_by_chat` would send and cost; nothing is sent, and no key is needed.

    Parameters
    ----------
    adata, groupby, model, base_url, markers, n_markers, tissue, price
        As for :func:`annotate_by_chat`.
    layer, use_raw, values, gene_column, taxon
        As for :func:`annotate_by_chat`.

    Raises
    ------
    ArgumentError, UnknownNameError, ValuesError, GeneNamesError, InputFileError, OutputError
        As :func:`annotate_by_chat`.

    Examples
    --------
    >>> import genept
    >>> adata = genept.datasets.pbmc68k_reduced()
    >>> estimate = genept.tl.estimate_by_chat(adata, "bulk_labels", model="m", base_url="http://localhost/v1")
    >>> estimate.n_clusters, estimate.n_requests, estimate.usd
    (10, 10, None)
    """
    return prepare(
        adata,
        groupby,
        model=model,
        base_url=base_url,
        markers=markers,
        n_markers=n_markers,
        tissue=tissue,
        price=price,
        concurrency=1,
        layer=layer,
        use_raw=use_raw,
        values=values,
        gene_column=gene_column,
        taxon=taxon,
    ).naming.estimate()
