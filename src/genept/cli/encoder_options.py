"""Options of commands that embed texts, and the encoder that they make."""

from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Annotated, Literal, overload

import typer

from genept.cli.output import print_json
from genept.errors import ArgumentError

if TYPE_CHECKING:
    from genept.encoders import CorpusEncoder, Estimate, TextEncoder

_SERVER = "Encoders on a server"

EncoderSettingsOption = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="NAME=VALUE",
        help="A setting of the encoder, repeatable: concurrency=4, max_tokens=512, timeout=600, "
        "requests_per_minute=3000, tokens_per_minute=1000000, ... (openai); pooling=mean, device=cpu, "
        "revision=REV, ... (hf).",
    ),
]
BaseUrlOption = Annotated[
    str | None,
    typer.Option(
        help="An OpenAI-compatible URL, such as http://localhost:11434/v1; OPENAI_BASE_URL, or OpenAI's own, "
        "unless told. The key is read from OPENAI_API_KEY.",
        rich_help_panel=_SERVER,
    ),
]
DimensionsOption = Annotated[
    int | None,
    typer.Option(help="Fewer dimensions than the model's own (text-embedding-3-*).", rich_help_panel=_SERVER),
]
PriceOption = Annotated[
    float | None,
    typer.Option(
        metavar="USD", help="Price of a million tokens; OpenAI's own unless told.", rich_help_panel=_SERVER
    ),
]
MaxCostOption = Annotated[
    float | None,
    typer.Option(
        metavar="USD",
        help="Stop before the request that would pass this; what was paid for is kept.",
        rich_help_panel=_SERVER,
    ),
]
DryRunOption = Annotated[
    bool,
    typer.Option(
        "--dry-run",
        help="Print texts, how many are cached, tokens and price, and send nothing.",
        rich_help_panel=_SERVER,
    ),
]
BatchOption = Annotated[
    bool,
    typer.Option(
        "--batch",
        help="Submit a job to OpenAI's Batch API (half the price, within a day) and end; the same command "
        "collects it later. The job is written down beside the output.",
        rich_help_panel=_SERVER,
    ),
]
WaitOption = Annotated[
    bool,
    typer.Option("--wait", help="With --batch: wait until the job is finished.", rich_help_panel=_SERVER),
]
TooLongOption = Annotated[
    Literal["cut", "refuse"],
    typer.Option(help="What becomes of texts that are longer than the encoder reads."),
]


@overload
def make_encoder(
    spec: str,
    settings: Sequence[str] | None,
    *,
    base_url: str | None,
    dimensions: int | None,
    price: float | None,
) -> "TextEncoder | CorpusEncoder": ...
@overload
def make_encoder(
    spec: str | None,
    settings: Sequence[str] | None,
    *,
    base_url: str | None,
    dimensions: int | None,
    price: float | None,
) -> "TextEncoder | CorpusEncoder | None": ...
def make_encoder(
    spec: str | None,
    settings: Sequence[str] | None,
    *,
    base_url: str | None,
    dimensions: int | None,
    price: float | None,
) -> "TextEncoder | CorpusEncoder | None":
    """Make the encoder that the options describe; none where none is named.

    Raises
    ------
    ArgumentError
        If the encoder takes no such option, or not such a value, or there are options but no encoder.
    """
    from genept.encoders import encoder_from_words

    given = {"base_url": base_url, "dimensions": dimensions, "price": price}
    words: dict[str, str] = {}
    for setting in settings or ():
        name, equals, text = setting.partition("=")
        if not equals:
            raise ArgumentError(
                f"the setting {setting!r}", expected="NAME=VALUE", do="write --set timeout=600, say"
            )
        words[name] = text
    told: dict[str, object] = {name: value for name, value in given.items() if value is not None}
    if both := sorted(told.keys() & words.keys()):
        raise ArgumentError(f"{', '.join(both)} twice", expected="one of the two", do="leave --set out")
    if spec is None and not (words or told):
        return None
    if spec is None:
        raise ArgumentError(
            f"settings of an encoder ({', '.join([*told, *words])}) without --encoder",
            expected="the encoder that they are for",
            do="name it, --encoder openai:MODEL for example",
        )
    return encoder_from_words(spec, words, **told)


def refuse_wait_alone(*, wait: bool, batch: bool) -> None:
    """Raise if there is nothing to wait for.

    Raises
    ------
    ArgumentError
        Saying so.
    """
    if wait and not batch:
        raise ArgumentError("--wait without --batch", expected="a batch to wait for", do="leave it out")


def print_estimate(estimate: "Estimate", *, batch: bool, max_cost: float | None, as_json: bool) -> None:
    """Print what a run would send, as a batch job if it is one, and if that may pass the highest cost."""
    if batch:
        from genept.encoders.openai.models import batch_share

        usd = None if estimate.usd is None else estimate.usd * batch_share()
        estimate = replace(estimate, usd=usd, price=f"{estimate.price}, times {batch_share()} for a batch")
    if as_json:
        print_json(asdict(estimate))
        return
    print(f"texts: {estimate.n_texts:,}, different ones: {estimate.n_unique:,}")
    print(f"cached: {estimate.n_cached:,}, to be embedded: {estimate.n_unique - estimate.n_cached:,}")
    if estimate.usd == 0:
        print("price: none")
        return
    print(f"cut to what the server reads: {estimate.n_truncated:,}")
    print(f"tokens: {estimate.n_tokens:,} ({estimate.how})")
    price = "not known; say it with --price" if estimate.usd is None else f"{estimate.usd:.6f} USD"
    print(f"price: {price} ({estimate.price})")
    if max_cost is not None and estimate.usd is not None and estimate.usd > max_cost:
        print(f"that may pass {max_cost} USD: a run would stop before it does")
