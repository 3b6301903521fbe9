"""The analyses that the columns of a data set allow."""

from genept.benchmark.cells.analyses.annotation import METHODS, Annotation
from genept.benchmark.cells.analyses.association import Association, Compared
from genept.benchmark.cells.analyses.mixing import Mixing
from genept.benchmark.cells.analyses.patients import patient_split
from genept.benchmark.cells.analyses.phenotype import Phenotype
from genept.benchmark.cells.analyses.splits import CellSplit, across_groups, paper_split, repeated_split
from genept.benchmark.cells.labelled_cells import LabelledCells, Labels
from genept.benchmark.cells.scored import Analysis
from genept.benchmark.cells.settings import CellSettings


def every_analysis(cells: LabelledCells, settings: CellSettings) -> list[Analysis]:
    """Make ready what can be asked of a data set.

    Parameters
    ----------
    cells
        Its cells, and what is known of them.
    settings
        How everything is scored.

    Returns
    -------
    list
        Association and annotation where there are labels; also across batches and donors where these are
        known; mixing of batches; phenotype where there are conditions of samples.
    """
    analyses: list[Analysis] = []
    if cells.keys.label is not None:
        analyses += _of_labels(cells, cells.keys.label, settings)
    if cells.keys.condition is not None:
        analyses += _of_conditions(cells, cells.keys.condition, settings)
    return analyses


def _of_labels(cells: LabelledCells, key: str, settings: CellSettings) -> list[Analysis]:
    labels, rng = cells.values["label"], settings.rng
    analyses: list[Analysis] = [Association(key, labels, _compared(cells), cells.rows, settings.leiden, rng)]
    analyses += [
        Annotation("annotation", method, key, split, labels, cells.rows, settings.protocol, rng)
        for split in _splits(cells, settings)
        for method in METHODS
    ]
    if cells.keys.batch is not None:
        analyses.append(Mixing(cells.keys.batch, key, cells.values["batch"], labels, rng))
    return analyses


def _compared(cells: LabelledCells) -> tuple[Compared, ...]:
    """Batches and patients, which clusters shouldn't follow, and phenotypes, which they should."""
    found: dict[str, Compared] = {}
    if cells.keys.condition is not None:
        key = cells.keys.condition
        found[key] = Compared("phenotype", key, cells.values["condition"])
    # A column in two roles is compared once.
    for key, values in _groups(cells).items():
        found.setdefault(key, Compared("batch", key, values))
    found.pop(str(cells.keys.label), None)
    return tuple(found.values())


def _groups(cells: LabelledCells) -> dict[str, Labels]:
    """By column, what cells have in common that isn't what they are."""
    groups = {}
    if cells.keys.batch is not None:
        groups[cells.keys.batch] = cells.values["batch"]
    if cells.patients is not None and cells.patient_key is not None:
        groups[cells.patient_key] = cells.patients
    groups.pop(str(cells.keys.label), None)
    return groups


def _splits(cells: LabelledCells, settings: CellSettings) -> list[CellSplit]:
    labels, rng = cells.values["label"], settings.rng
    splits = [
        paper_split(labels, rng=rng) if settings.protocol == "paper" else repeated_split(labels, rng=rng)
    ]
    return splits + [
        across_groups(labels, values, key, rng=rng)
        for key, values in _groups(cells).items()
        if len(set(values)) > 1
    ]


def _of_conditions(cells: LabelledCells, key: str, settings: CellSettings) -> list[Analysis]:
    patients = cells.patients
    if patients is None or cells.patient_key is None:
        return []
    conditions = cells.values["condition"]
    split = patient_split(
        patients,
        conditions,
        cells.patient_key,
        rng=settings.rng,
        repeated=settings.protocol == "rigorous",
    )
    return [
        Phenotype(
            by_mean,
            key,
            split,
            conditions,
            cells.values["sample"],
            patients,
            cells.rows,
            settings.protocol,
            settings.rng,
        )
        for by_mean in (False, True)
    ]
