"""What is kept of every run in ``uns["genept"][key]``."""

from datetime import UTC, datetime
from typing import Any

from genept import __version__
from genept.cells.expression import Kind
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
