"""The rows of results.csv, checked and put in one order."""

import pandas as pd

from genept.errors import ArgumentError, name_some

# What a score belongs to, in the order in which tables show it.
GROUP = ["task", "classifier", "features", "metric"]
REPRESENTATION = ["embedding", "kind", "about"]
_TEXT = [*GROUP, *REPRESENTATION, "protocol", "note"]
_NUMBERS = ["repeat", "fold", "value", "n_train", "n_test"]
# Embeddings first: a difference reads as what an embedding is better by.
_KINDS = ("embedding", "control", "masked")


def result_rows(results: pd.DataFrame) -> pd.DataFrame:
    """Check rows of results.csv and sort them, with texts for missing names and numbers for numbers.

    Parameters
    ----------
    results
        Tidy rows as the benchmark writes them, read back or not. Rows without a ``value`` are those that
        could not be computed.

    Returns
    -------
    pandas.DataFrame
        The same rows, in an order that doesn't depend on theirs, and ``rank``, the place of the kind.

    Raises
    ------
    ArgumentError
        If a column is missing, there is more than one protocol, or a fold has two values.
    """
    missing = [name for name in (*_TEXT, *_NUMBERS) if name not in results]
    if missing:
        raise ArgumentError(
            f"results without {name_some(missing)}",
            expected="the columns of results.csv",
            do="pass the rows as the benchmark writes them",
        )
    rows = results[[*_TEXT, *_NUMBERS]].copy()
    rows[_TEXT] = rows[_TEXT].fillna("").astype(str)
    rows[_NUMBERS] = rows[_NUMBERS].apply(pd.to_numeric).astype(float)
    _check_one_value_each(rows)
    protocols = sorted(set(rows["protocol"]))
    if len(protocols) > 1:
        raise ArgumentError(
            f"results of the protocols {name_some(protocols)}",
            expected="rows of one protocol",
            do="summarise each protocol by itself",
        )
    rows["rank"] = [_KINDS.index(kind) if kind in _KINDS else len(_KINDS) for kind in rows["kind"]]
    return rows.sort_values([*GROUP, "rank", *REPRESENTATION, "repeat", "fold", "note"], ignore_index=True)


def _check_one_value_each(rows: pd.DataFrame) -> None:
    scored = rows[rows["value"].notna()]
    twice = scored[scored.duplicated([*GROUP, *REPRESENTATION, "repeat", "fold"])]
    if len(twice):
        names = [f"{row.embedding} on {row.task}" for row in twice.itertuples()]
        raise ArgumentError(
            f"more than one value for the same fold of {name_some(dict.fromkeys(names))}",
            expected="one value for each fold",
            do="remove the repeated rows of results.csv, or run the benchmark again into an empty folder",
        )
