"""Labels of an AnnData's cells, and their fine-tuned vectors, by a model that others were trained on."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from anndata import AnnData

from genept import __version__
from genept.errors import ArgumentError
from genept.tl.cell_vectors import gene_embeddings_of, vectors_in
from genept.tl.fine_tuned_keys import check_places, set_fine_tuned
from genept.tl.record import kept_records
from genept.tl.vector_space import origin_of, refuse_other_space

if TYPE_CHECKING:
    from genept.cells import FineTunedEmbedding


def predict(
    adata: AnnData,
    model: "FineTunedEmbedding",
    *,
    use_rep: str | None = None,
    key_added: str = "X_genept_w_ft",
    prefix: str = "genept_ft",
) -> None:
    """Apply a fine-tuned model to cells that it wasn't trained on.

    Parameters
    ----------
    adata
        The cells, embedded by the same gene embeddings as those that the model learned from.
    model
        A fitted model, of :func:`genept.tl.finetune` or ``FineTunedEmbedding.load(folder)``.
    use_rep
        Key in ``obsm`` of the vectors; by default that which the model was trained on.
    key_added
        Key in ``obsm`` and ``uns["genept"]``.
    prefix
        How columns of ``obs`` begin.

    Returns
    -------
    None
        Sets ``adata.obsm[key_added]``, (n_cells, n_hidden) float32; ``adata.obs["genept_ft_label"]`` and
        ``["genept_ft_confidence"]`` (probability of that label), missing for cells with a zero vector;
        ``adata.uns["genept"][key_added]``. An ``obs["genept_ft_split"]`` that another model left is removed,
        since it would say nothing of this one.

    Raises
    ------
    UnknownNameError, ValuesError
        If there are no such vectors, or they aren't finite.
    ArgumentError
        If the vectors have another width than the model's, or would be overwritten.
    EmbeddingsError
        If they came from other gene embeddings.

    Examples
    --------
    >>> import genept
    >>> adata = genept.datasets.pbmc68k_reduced()
    >>> genept.tl.embed_cells(adata, genept.embed_genes(texts="starter", encoder="lsa"))
    >>> ours, others = adata[:350].copy(), adata[350:].copy()
    >>> genept.tl.predict(others, genept.tl.finetune(ours, "bulk_labels"))
    >>> bool((others.obs["genept_ft_label"] == others.obs["bulk_labels"].astype(str)).mean() > 0.6)
    True
    """
    trained_on = model.provenance_
    key = use_rep or str(trained_on.get("use_rep", "X_genept_w"))
    check_places(key_added, prefix, use_rep=key)
    vectors = vectors_in(adata, key)
    if vectors.shape[1] != model.n_features_in_:
        raise ArgumentError(
            f"obsm[{key!r}] of {vectors.shape[1]:,} dimensions",
            expected=f"the {model.n_features_in_:,} dimensions that the model was trained on",
            do="embed these cells with the gene embeddings of the model, or name other vectors (use_rep)",
        )
    genes = gene_embeddings_of(adata, key)
    refuse_other_space(origin_of(genes), origin_of(trained_on.get("gene_embeddings", {})), what="a model")
    kept_records(adata)
    set_fine_tuned(
        adata,
        model,
        vectors,
        key=key_added,
        prefix=prefix,
        record={
            "method": "fine-tuned",
            "use_rep": key,
            "model": dict(trained_on),
            "gene_embeddings": genes,
            "classes": model.classes_.astype(str),
            "genept": __version__,
            "created": datetime.now(UTC).isoformat(timespec="seconds"),
        },
    )
    if f"{prefix}_split" in adata.obs:
        del adata.obs[f"{prefix}_split"]
