"""The terminal face; the only room that knows typer and rich."""

from genept.cli.app import main

__all__ = ["main"]
