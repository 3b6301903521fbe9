"""Labels for cells or clusters: by a labelled reference, by texts about cell types, or by a chat model."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import numpy as np
import pandas as pd
from anndata import AnnData

from genept import __version__
from genept.annotation import UNASSIGNED, Labelled, TransferAnnotator, ZeroShotAnnotator
from genept.annotation.clusters import spread
from genept.cell_types import CellTypes, get_cell_types
from genept.cell_types.cell_types import Describe
from genept.embeddings import GeneEmbeddings
from genept.encoders import CorpusEncoder, TextEncoder
from genept.errors import ArgumentError
from genept.tl.annotation_way import check_key, chosen_way
from genept.tl.by_description import by_description
from genept.tl.by_reference import by_reference
from genept.tl.clusters import Clusters, clusters_of
from genept.tl.record import kept_records
from genept.tl.representation import representation

# A label by reference that is less sure would be wrong more often than right; by description confidence is no
# probability.
_LEAST = {"reference": 0.5, "cell_types": 0.0}


def annotate(
    adata: AnnData,
    *,
    reference: AnnData | None = None,
    label_key: str | None = None,
    batch_key: str | None = None,
    cell_types: str | Path | CellTypes | Sequence[str] | None = None,
    chat: str | None = None,
    genes: GeneEmbeddings | None = None,
    root: str | None = None,
    among: Sequence[str] | None = None,
    describe: Describe = "name+definition",
    encoder: str | TextEncoder | CorpusEncoder | None = None,
    max_cost: float | None = None,
    base_url: str | None = None,
    tissue: str | None = None,
    markers: Mapping[str, Sequence[str]] | str | Path | None = None,
    groupby: str | None = None,
    use_rep: str = "X_genept_w",
    key_added: str = "genept_cell_type",
    min_confidence: float | None = None,
    n_neighbors: int = 10,
    novelty_quantile: float | None = 0.99,
    centre: bool = True,
    n_common: int = 3,
    rng: int = 0,
) -> None:
    """Label every cell, or every cluster, in one of three ways.

    By ``reference``, a cell gets the label of its nearest labelled cells, with a calibrated confidence
    (:class:`genept.annotation.TransferAnnotator`). The two data sets may have measured different genes: each
    cell is a vector in the space of the genes' texts, and only the gene embeddings have to be the same. By
    ``cell_types``, it gets the type whose name and definition are nearest to it in that space, with no
    labelled cell at all (:class:`genept.annotation.ZeroShotAnnotator`). By ``chat``, a chat model names each
    cluster from its marker genes (:func:`genept.tl.annotate_by_chat`, which has further options); vectors
    aren't looked at.

    Parameters
    ----------
    adata
        Cells with vectors at ``obsm[use_rep]``.
    reference
        Labelled cells with vectors by the same gene embeddings at the same key.
    label_key, batch_key
        Columns of the reference's ``obs``: the labels; and, if given, batches or donors, by which cells are
        held out to calibrate confidence. Cells without a label are left out and counted.
    cell_types
        ``"cell_ontology"`` for the Cell Ontology, the path of its ``.obo``, of a table with columns ``name``
        and ``definition``, or of a list of names; names; or :class:`genept.cell_types.CellTypes`.
    chat
        A chat model's name on the server that is asked; needs ``groupby``.
    genes
        With ``cell_types``: the gene embeddings that made the cells' vectors. Their encoder embeds the types.
    root
        With an ontology: only kinds of this type, by its id (``"CL:0000988"``, hematopoietic cell).
    among
        With an ontology: the labels to choose from, by their ids. A cell's similarity to a label is then the
        mean of those to the label and all its kinds. By default every type is a label of its own.
    describe
        Text about a type: ``"name"``, ``"definition"`` or ``"name+definition"``, the default.
    encoder
        With ``cell_types``, for gene embeddings that don't say which encoder made them.
    max_cost
        With ``chat``, or with ``cell_types`` where the genes' encoder is on a server: US dollars that the run
        may cost at most.
    base_url, tissue, markers
        With ``chat``: the server, OpenAI's own by default; what the cells come from, to be told; and marker
        genes of your own.
    groupby
        Column of ``obs`` with clusters, which are labelled in place of cells: by the votes of their cells, or
        by their mean vector.
    use_rep
        Key in ``obsm`` of the cells' vectors.
    key_added
        Column of ``obs`` for the labels.
    min_confidence
        Confidence below which a cell is ``"unassigned"``; by default 0.5 by reference, 0 by description,
        where it is no probability. A chat model's is a word.
    n_neighbors, novelty_quantile
        By reference: neighbours that vote, 10 as in the paper; and the share of held-out reference cells that
        sets how near a cell must be not to count as novel.
    centre
        By reference: whether the cells of each data set are taken relative to their mean, which removes what
        sets whole data sets apart. The default, ``True``, is right for two mixtures of about the same types;
        choose ``False`` where the data are only some types of the reference.
    n_common
        By description: directions common to all texts that are left out.
    rng
        Seed of the cross-validation by reference.

    Returns
    -------
    None
        Sets ``adata.obs[key_added]``, categorical, ``"unassigned"`` where no label was given;
        ``adata.obs[f"{key_added}_confidence"]``, float32 from 0 to 1; ``adata.uns["genept"][key_added]``,
        parameters, provenance and counts. Nothing else changes.

    Raises
    ------
    ArgumentError
        If not exactly one way is chosen, what it needs is missing, or an argument means nothing.
    UnknownNameError
        If a column, a key or the id of a cell type isn't there.
    EmbeddingsError
        If the vectors came from other gene embeddings.
    EncoderError
        If the encoder isn't the genes' own, or not known.
    ValuesError, InputFileError
        If there are fewer than two labels, or a file of cell types can't be used.
    FetchError, CostError, OutputError
        If the Cell Ontology can't be fetched, a server fails or leaves out an answer, or the run would cost
        too much.

    References
    ----------
    Chen & Zou, Nature Biomedical Engineering 2024; Diehl et al., Journal of Biomedical Semantics 2016 (Cell
    Ontology); Hou & Ji, Nature Methods 2024 (chat models).

    Examples
    --------
    >>> import genept
    >>> genes = genept.embed_genes(texts="starter", encoder="lsa")
    >>> adata = genept.datasets.pbmc68k_reduced()
    >>> genept.tl.embed_cells(adata, genes)
    >>> new, known = adata[:200].copy(), adata[200:].copy()
    >>> genept.tl.annotate(new, reference=known, label_key="bulk_labels")
    >>> bool((new.obs["genept_cell_type"] == new.obs["bulk_labels"].astype(str)).mean() > 0.6)
    True
    >>> types = ["B cell", "T cell", "monocyte"]
    >>> genept.tl.annotate(adata, cell_types=types, genes=genes, groupby="louvain")
    >>> set(adata.obs["genept_cell_type"]) <= set(types)
    True
    """
    ways = {"reference": reference, "cell_types": cell_types, "chat": chat}
    options = {
        "label_key": label_key,
        "batch_key": batch_key,
        "genes": genes,
        "root": root,
        "among": among,
        "encoder": encoder,
        "min_confidence": min_confidence,
        "max_cost": max_cost,
        "base_url": base_url,
        "tissue": tissue,
        "markers": markers,
    }
    way = chosen_way(*({name for name, one in some.items() if one is not None} for some in (ways, options)))
    if chat is not None:
        _annotate_by_chat(
            adata,
            groupby,
            model=chat,
            base_url=base_url,
            tissue=tissue or "",
            markers=markers,
            max_cost=max_cost,
            key_added=key_added,
        )
        return
    check_key(adata, key_added, taken=(groupby, use_rep))
    cells = representation(adata, use_rep)
    clusters = None if groupby is None else clusters_of(adata, groupby)
    least = _LEAST[way] if min_confidence is None else min_confidence
    if way == "reference":
        found, record = by_reference(
            cells,
            cast("AnnData", reference),
            label_key=str(label_key),
            batch_key=batch_key,
            use_rep=use_rep,
            annotator=TransferAnnotator(
                n_neighbors=n_neighbors, novelty_quantile=novelty_quantile, min_confidence=least, rng=rng
            ),
            centre=centre,
            clusters=clusters,
        )
    else:
        found, record = by_description(
            cells,
            cast("GeneEmbeddings", genes),
            get_cell_types(cast("CellTypes", cell_types), root=root),
            among=among,
            describe=describe,
            encoder=encoder,
            max_cost=max_cost,
            annotator=ZeroShotAnnotator(n_common=n_common, min_confidence=least),
            clusters=clusters,
        )
    parameters = {
        "by": way,
        "use_rep": use_rep,
        "min_confidence": least,
        **({} if groupby is None else {"groupby": groupby}),
        **record,
    }
    _write(adata, found, clusters, key=key_added, parameters=parameters)


def _annotate_by_chat(adata: AnnData, groupby: str | None, **options: Any) -> None:
    # Only this way needs scipy.stats and the client of a server.
    from genept.tl.by_chat import annotate_by_chat

    if groupby is None:
        raise ArgumentError(
            "a chat model, but no clusters for it to name",
            expected="the column of obs with each cell's cluster",
            do="pass groupby='leiden', say (on the command line: --groupby leiden)",
        )
    annotate_by_chat(adata, groupby, **options)


def _write(
    adata: AnnData, found: Labelled, clusters: Clusters | None, *, key: str, parameters: dict[str, Any]
) -> None:
    cells = found if clusters is None else spread(found, clusters.codes)
    counts = pd.Series(cells.labels).value_counts()
    given = [name for name in dict.fromkeys((*cells.names, UNASSIGNED)) if name in counts]
    record: dict[str, Any] = {
        **parameters,
        # Lists side by side: names of labels may have slashes, which no key in a file can have.
        "labels": given,
        "n_cells": [int(counts[name]) for name in given],
        "genept": __version__,
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
    }
    if clusters is not None:
        record["clusters"] = {
            "names": list(clusters.names),
            "labels": list(map(str, found.labels)),
            "confidence": [float(one) for one in found.confidence],
        }
    adata.obs[key] = pd.Categorical(cells.labels, categories=given)
    adata.obs[f"{key}_confidence"] = np.asarray(cells.confidence, dtype=np.float32)
    adata.uns["genept"] = {**kept_records(adata), key: record}
