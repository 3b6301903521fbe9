"""What is kept of every run in ``uns["genept"][key]``."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from anndata import AnnData

from genept import __version__
from genept.cells.expression import Kind
from genept.errors import ArgumentError
from genept.tl.identity import Identity


def record_of(method: str, origin: str, values: tuple[Kind, float], identity: Identity) -> dict[str, Any]:
    """Give what every method says of itself; ``values`` is what they are, and the base of their logarithm."""
    kind, log_base = values
    return {
        "method": method,
        "matrix": origin,
        "values": kind,
        "log_base": log_base,
        **identity.record(),
        "genept": __version__,
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
    }


def kept_records(adata: AnnData) -> Mapping[str, Any]:
    """Give what ``adata.uns["genept"]`` holds; nothing is fine.

    Raises
    ------
    ArgumentError
        If something else is there.
    """
    kept: Mapping[str, Any] = adata.uns.get("genept", {})
    if not isinstance(kept, Mapping):
        raise ArgumentError(
            f"adata.uns['genept'] is a {type(kept).__name__}",
            expected="nothing there, or what genept left there",
            do="rename it, for example adata.uns['genept_old'] = adata.uns.pop('genept')",
        )
    return kept
