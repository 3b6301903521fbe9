"""What is known of the columns of data sets of cells, in sentences."""

from genept.benchmark.report.blocks import Block, Heading, Listing
from genept.benchmark.report.cell_files import CellResults
from genept.benchmark.report.prose import number_of

# A longer list of batches or patients says no more than how many there are.
_NAMED = 12
# How notes begin to speak of two columns that say much the same.
_CONFOUNDED = ("is confounded with", "goes with")


def about_columns(results: CellResults, dataset: str) -> list[str]:
    """Say of each column of a data set what it tells apart, and what was left out for it.

    Parameters
    ----------
    results
        What a cell benchmark left.
    dataset
        Its name.
    """
    rows = results.labels[results.labels["dataset"] == dataset]
    columns = ("role", "target", "classes", "n_missing", "n_dropped", "note")
    said = [_about(results, dataset, *row) for row in zip(*(rows[name] for name in columns), strict=True)]
    return said or ["Nothing is known of its labels."]


def _about(
    results: CellResults,
    dataset: str,
    role: str,
    target: str,
    classes: str,
    n_missing: float,
    n_dropped: float,
    note: str,
) -> str:
    n = len(results.sizes(dataset, role))
    named = f": {classes}" if role == "label" or n <= _NAMED else ""
    parts = [f"{role.capitalize()} {target}, {number_of(n, 'value')}{named}"]
    for count, what in ((n_missing, "without one"), (n_dropped, "of rare ones")):
        if count > 0:
            parts.append(f"Left out: {number_of(int(count), 'cell')} {what}")
    parts += [note[0].upper() + note[1:]] if note else []
    return f"{'. '.join(part.removesuffix('.') for part in parts)}."


def say_confounded(results: CellResults) -> list[Block]:
    """Say which columns of which data sets can't be told from each other.

    Parameters
    ----------
    results
        What a cell benchmark left.
    """
    # A pair of columns is noted at both; other notes of a column stand in the data set's own part.
    said = dict.fromkeys(
        (dataset, part)
        for dataset, note in zip(results.labels["dataset"], results.labels["note"], strict=True)
        for part in note.split("; ")
        if any(words in part for words in _CONFOUNDED)
    )
    if not said:
        return []
    what = "Confounded: what is said of one column may be owed to the other"
    return [Heading(what), Listing([f"{dataset}: {part.removesuffix('.')}." for dataset, part in said])]
