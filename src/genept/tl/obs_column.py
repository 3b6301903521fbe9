"""A column of ``obs``, or an error that says which there are."""

import pandas as pd
from anndata import AnnData

from genept.errors import UnknownNameError, name_some


def obs_column(
    adata: AnnData, key: str, *, whose: str = "obs", do: str = "name a column that is there"
) -> pd.Series:
    """Take a column of ``obs``, whatever it holds.

    Parameters
    ----------
    adata
        The cells.
    key
        Its name.
    whose
        Where it is looked for, in words.
    do
        What to do where it isn't there.

    Raises
    ------
    UnknownNameError
        If it isn't there.

    Examples
    --------
    >>> adata = AnnData(obs=pd.DataFrame({"leiden": ["0", "1"]}, index=["a", "b"]))
    >>> obs_column(adata, "leiden").tolist()
    ['0', '1']
    """
    if key not in adata.obs:
        raise UnknownNameError(
            f"no column {key!r} in {whose}",
            expected=f"one of: {name_some(adata.obs.columns, limit=20) or 'none is there'}",
            do=do,
        )
    return pd.Series(adata.obs[key])
