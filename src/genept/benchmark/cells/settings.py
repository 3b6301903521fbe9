"""How a cell benchmark scores."""

from dataclasses import dataclass

from genept.benchmark.jobs import Protocol


@dataclass(frozen=True)
class CellSettings:
    """How everything is scored.

    Parameters
    ----------
    protocol
        ``"rigorous"`` or ``"paper"``.
    leiden
        Whether Leiden clusters, tuned to the labels, are scored beside k-means.
    layer, use_raw
        Which matrix.
    methods
        ``"w"`` and ``"s"``; ``None`` for both where sentences cost nothing.
    rng
        Seed of everything that is drawn; 2023 is the paper's.
    """

    protocol: Protocol = "rigorous"
    leiden: bool = False
    layer: str | None = None
    use_raw: bool = False
    methods: tuple[str, ...] | None = None
    rng: int = 2023
