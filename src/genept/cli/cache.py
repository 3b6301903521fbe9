"""``genept cache``: info, verify, prune, export."""

from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from genept.cli.output import JsonOption, check_output, print_json, print_table, say

app = typer.Typer(
    help="The cache of vectors: every one that was made or paid for, kept in one file.", no_args_is_help=True
)


@app.command()
def info(json: JsonOption = False) -> None:
    """Say where the cache lies, and what it has of which encoder."""
    from genept.encoders.cache_upkeep import list_encoders
    from genept.encoders.vectors_file import vectors_path

    path, encoders = vectors_path(), list_encoders()
    size = path.stat().st_size if path.exists() else 0
    if json:
        print_json({"path": str(path), "bytes": size, "encoders": [asdict(one) for one in encoders]})
        return
    print(f"{path}: {size / 1e6:,.1f} MB")
    rows = [
        {
            "encoder": one.fingerprint,
            "vectors": f"{one.n_vectors:,}",
            "dimensions": f"{one.dimensions:,}",
            "added": f"{_day(one.first)} to {_day(one.last)}",
        }
        for one in encoders
    ]
    if rows:
        titles = ("encoder", "vectors", "dimensions", "added")
        print_table(rows, dict(zip(titles, titles, strict=True)))


@app.command()
def verify(json: JsonOption = False) -> None:
    """Check every vector against its checksum, and the file as a whole; exit status 1 if damage is found."""
    from genept.encoders.cache_upkeep import verify_cache

    found = verify_cache()
    if json:
        print_json(asdict(found))
    elif found.file_is_sound:
        print(f"{found.n_vectors:,} vectors, {found.n_damaged:,} of them damaged")
    else:
        print("the file is damaged; the next run sets it aside and brings over the vectors that are sound")
    if found.n_damaged or not found.file_is_sound:
        raise typer.Exit(1)


@app.command()
def prune(
    encoder: Annotated[
        str | None, typer.Option(help="Only vectors of this encoder: its fingerprint, or how that begins.")
    ] = None,
    older_than: Annotated[
        float | None, typer.Option(metavar="DAYS", help="Only vectors that are older than this.")
    ] = None,
    json: JsonOption = False,
) -> None:
    """Remove vectors from the cache; what was paid for would be paid for again.

    Example: genept cache prune --encoder minilm --older-than 90
    """
    from genept.encoders.cache_upkeep import prune_cache

    removed = prune_cache(encoder=encoder, older_than_days=older_than)
    say(f"{removed:,} vectors removed")
    if json:
        print_json({"removed": removed})


@app.command()
def export(
    output: Annotated[Path, typer.Option("--output", "-o", help="The .parquet file to write.")],
    encoder: Annotated[str, typer.Option(help="The encoder's fingerprint, or how that begins.")],
    json: JsonOption = False,
) -> None:
    """Write the vectors of one encoder to a Parquet file, by the sha256 of their texts.

    Example: genept cache export --encoder openai -o vectors.parquet
    """
    from genept.encoders.cache_upkeep import export_cache

    check_output(output, suffixes=(".parquet",))
    written = export_cache(encoder, output)
    say(f"{written:,} vectors written to {output}")
    if json:
        print_json({"written": written, "path": str(output)})


def _day(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).date().isoformat()
