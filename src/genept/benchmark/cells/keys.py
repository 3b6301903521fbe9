"""Which columns of each data set say what."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields

from genept.errors import ArgumentError, UnknownNameError, name_some

# One column for all data sets, or for each by its name.
Key = str | Mapping[str, str] | None


@dataclass(frozen=True)
class Keys:
    """Columns of ``obs`` of one data set.

    Parameters
    ----------
    label
        What a cell is: its type, say.
    batch
        What cells were measured together.
    sample
        What cells were taken together: one sample has one condition.
    condition
        The phenotype of a sample.
    patient
        Who samples are from; each sample is a patient of its own where there is none.
    """

    label: str | None = None
    batch: str | None = None
    sample: str | None = None
    condition: str | None = None
    patient: str | None = None

    def roles(self) -> dict[str, str]:
        """Give the columns that there are, by what they say."""
        return {one.name: key for one in fields(self) if (key := getattr(self, one.name)) is not None}


def keys_by_data_set(names: Iterable[str], **given: Key) -> dict[str, Keys]:
    """Sort keys by data set.

    Parameters
    ----------
    names
        Of the data sets.
    **given
        For ``label``, ``batch``, ``sample``, ``condition`` and ``patient``: a column that all data sets have,
        or columns by data set.

    Returns
    -------
    dict
        The keys of each data set.

    Raises
    ------
    UnknownNameError
        If a key is for a data set that there isn't.
    ArgumentError
        If a data set has nothing to be found, one column for labels and batches, or a condition or patient
        without the samples.

    Examples
    --------
    >>> keys_by_data_set(["a", "b"], label="celltype", batch={"b": "tech"})["b"]
    Keys(label='celltype', batch='tech', sample=None, condition=None, patient=None)
    """
    there = list(names)
    for role, key in given.items():
        strange = [name for name in key if name not in there] if isinstance(key, Mapping) else []
        if strange:
            raise UnknownNameError(
                f"a {role} key for {name_some(strange)}",
                expected=f"one of the data sets: {name_some(there, 20)}",
                do=f"write --{role}-key NAME=KEY with the name of a data set",
            )
    found = {
        name: Keys(
            **{role: key.get(name) if isinstance(key, Mapping) else key for role, key in given.items()}
        )
        for name in there
    }
    for name, keys in found.items():
        _check(name, keys)
    return found


def _check(name: str, keys: Keys) -> None:
    if keys.label is None and keys.condition is None:
        raise ArgumentError(
            f"nothing to be found in the data set {name!r}",
            expected="a column with the labels of its cells, or with the condition of its samples",
            do="name it: --label-key KEY, or --sample-key KEY with --condition-key KEY",
        )
    if keys.label is not None and keys.label == keys.batch:
        raise ArgumentError(
            f"the column {keys.label!r} of the data set {name!r} as label and as batch",
            expected="two columns: Harmony, a baseline, removes what batches tell apart",
            do="leave the batch out, or name the column of what was measured together",
        )
    if keys.condition is not None and keys.sample is None:
        raise ArgumentError(
            f"the condition {keys.condition!r} of the data set {name!r} without its samples",
            expected="a column that says which sample a cell is of, since samples are never split",
            do="name it with --sample-key",
        )
    if keys.patient is not None and keys.sample is None:
        raise ArgumentError(
            f"the patients {keys.patient!r} of the data set {name!r} without their samples",
            expected="a column that says which sample a cell is of",
            do="name it with --sample-key; where each patient gave one sample, it alone is enough",
        )
