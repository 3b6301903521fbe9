"""``genept data``: list, fetch."""

from dataclasses import asdict
from typing import Annotated, Any

import typer

from genept.cli.output import JsonOption, print_json, print_table, say

app = typer.Typer(help="Upstream files: what is known, what is here.", no_args_is_help=True)


@app.command("list")
def list_(json: JsonOption = False) -> None:
    """List the upstream files that genept knows, with licence, and what of them is on this machine."""
    from genept.datasets import DATASETS
    from genept.datasets.cache import in_cache

    rows: list[dict[str, Any]] = []
    for dataset in DATASETS.values():
        cached = in_cache(dataset.name) if dataset.path else None
        rows.append(
            {
                "name": dataset.name,
                "title": dataset.title,
                "licence": dataset.licence,
                "origin": dataset.origin,
                "citation": dataset.citation,
                "here": str(cached.path) if cached else None,
                "fetched": (cached and cached.date) or None,
                "sha256": (cached and cached.sha256) or None,
            }
        )
    if json:
        print_json({"datasets": rows})
        return
    for row in rows:
        row["state"] = row["fetched"][:10] if row["fetched"] else "yes" if row["here"] else "-"
        if not DATASETS[row["name"]].path:
            row["state"] = "in scanpy"
    print_table(rows, {"name": "name", "state": "here", "licence": "licence", "title": "what it is"})


@app.command()
def fetch(
    names: Annotated[list[str], typer.Argument(help="Names, as `genept data list` gives them.")],
    refresh: Annotated[
        bool, typer.Option("--refresh", help="Fetch again; the old file stays until the new one is whole.")
    ] = False,
    json: JsonOption = False,
) -> None:
    """Fetch upstream files into the cache; an interrupted download goes on where it stopped.

    GENEPT_MIRROR=URL fetches from a mirror with the same layout, GENEPT_CACHE names another cache folder.
    """
    from genept import datasets
    from genept.datasets.cache import known_file

    for name in names:
        known_file(name)
    fetched = [datasets.fetch(name, refresh=refresh) for name in names]
    for one in fetched:
        say(f"{one.name}: {one.path}" + (f" (fetched {one.date}, sha256 {one.sha256})" if one.sha256 else ""))
    if json:
        print_json({"fetched": [{**asdict(one), "path": str(one.path)} for one in fetched]})
