"""Options of commands that ask a chat model about clusters, and the step that they share."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from genept.cli.output import print_json, print_table, say
from genept.errors import ArgumentError

if TYPE_CHECKING:
    from anndata import AnnData

    from genept.annotation.chat import Estimate

_PANEL = "A chat model"

ChatOption = Annotated[
    str | None,
    typer.Option(
        metavar="MODEL",
        help="Name clusters by a chat model of this name, which is given their marker genes.",
        rich_help_panel=_PANEL,
    ),
]
GroupbyOption = Annotated[
    str | None,
    typer.Option(help="Column of obs with each cell's cluster, such as leiden.", rich_help_panel=_PANEL),
]
MarkersOption = Annotated[
    Path | None,
    typer.Option(
        help="Marker genes of your own, .csv or .tsv with columns cluster and gene, the strongest first.",
        rich_help_panel=_PANEL,
    ),
]
NMarkersOption = Annotated[
    int, typer.Option(help="How many markers of a cluster are told, at most.", rich_help_panel=_PANEL)
]
TissueOption = Annotated[
    str,
    typer.Option(help="What the cells come from, to be told to the model.", rich_help_panel=_PANEL),
]
ChatPriceOption = Annotated[
    str | None,
    typer.Option(
        "--price",
        metavar="USD,USD",
        help="Price of a million tokens sent, and of a million received, such as 0.15,0.6; OpenAI's own "
        "unless told.",
        rich_help_panel=_PANEL,
    ),
]


def named_by_chat(
    adata: "AnnData",
    groupby: str | None,
    *,
    price: str | None,
    max_cost: float | None,
    key_added: str,
    dry_run: bool,
    as_json: bool,
    **options: Any,
) -> bool:
    """Name clusters, or print what that would send and cost.

    Parameters
    ----------
    adata
        The cells, changed in place unless ``dry_run``.
    groupby, max_cost, key_added
        As for :func:`genept.tl.annotate_by_chat`.
    price
        As :data:`ChatPriceOption` has it.
    dry_run
        Whether nothing is sent.
    as_json
        Whether what is printed is JSON.
    options
        Further arguments of :func:`genept.tl.estimate_by_chat`.

    Returns
    -------
    bool
        Whether the cells have their types now, which are to be written.

    Raises
    ------
    ArgumentError
        If there is no ``groupby``, or a price that is none.
    """
    from genept.tl import annotate_by_chat, estimate_by_chat

    if groupby is None:
        raise ArgumentError(
            "a chat model, but no clusters for it to name",
            expected="the column of obs with each cell's cluster",
            do="name it: --groupby leiden, say",
        )
    options["price"] = two_prices(price)
    if dry_run:
        _print_estimate(estimate_by_chat(adata, groupby, **options), max_cost=max_cost, as_json=as_json)
        return False
    annotate_by_chat(adata, groupby, max_cost=max_cost, key_added=key_added, **options)
    _print_answers(adata, key_added, as_json=as_json)
    return True


def two_prices(words: str | None) -> tuple[float, float] | None:
    """Read a price of tokens sent and of tokens received.

    Raises
    ------
    ArgumentError
        If it isn't two numbers.

    Examples
    --------
    >>> two_prices("0.15,0.6")
    (0.15, 0.6)
    """
    if words is None:
        return None
    try:
        sent, received = map(float, words.split(","))
    except ValueError:
        raise ArgumentError(
            f"the price {words!r}",
            expected="two numbers with a comma between: of a million tokens sent, and received",
            do="write --price 0.15,0.6, say",
        ) from None
    return sent, received


def _print_estimate(estimate: "Estimate", *, max_cost: float | None, as_json: bool) -> None:
    if as_json:
        print_json(asdict(estimate))
        return
    print(f"clusters: {estimate.n_clusters:,}, without markers: {estimate.n_unassigned:,}")
    print(f"cached: {estimate.n_cached:,}, to be asked: {estimate.n_requests:,}")
    print(f"tokens: {estimate.prompt_tokens:,} sent, {estimate.completion_tokens:,} received (estimated)")
    price = "not known; say it with --price" if estimate.usd is None else f"{estimate.usd:.6f} USD"
    print(f"price: {price} ({estimate.price})")
    if max_cost is not None and estimate.usd is not None and estimate.usd > max_cost:
        print(f"that may pass {max_cost} USD: a run would stop before it does")


def _print_answers(adata: "AnnData", key: str, *, as_json: bool) -> None:
    record = adata.uns["genept"][key]
    rows = record["answers"].reset_index().to_dict("records")
    if as_json:
        print_json({**record, "answers": rows})
        return
    say(f"{len(rows)} clusters, named by {record['model']} ({record['model_served']})")
    print_table(
        rows,
        {
            "cluster": "cluster",
            "cell_type": "cell type",
            "confidence": "confidence",
            "relied_on": "by",
            "not_given": "not among its markers",
        },
    )
