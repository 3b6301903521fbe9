"""Names of files made from names that users give."""

import re
from hashlib import sha256

_LONGEST = 80


def file_name(*parts: str) -> str:
    """Make a name of a file, without ending, from names of tasks and embeddings.

    Letters, digits, ``_``, ``.`` and ``-`` stay; anything else would be another folder, or no name at
    all, on some system. Names that had to be changed get a hash, so that two never meet in one file.

    Parameters
    ----------
    *parts
        Names; empty ones are left out.

    Returns
    -------
    str
        At most 89 characters.

    Examples
    --------
    >>> file_name("roc", "ggi", "logistic_regression")
    'roc.ggi.logistic_regression'
    >>> file_name("scores", "../GO: 1")
    'scores.GO-1-bb53c8b6'
    """
    kept = [part for part in parts if part]
    plain = [re.sub(r"[^A-Za-z0-9_-]+", "-", part).strip("-") for part in kept]
    name = ".".join(filter(None, plain))
    # Systems that don't tell capitals from small letters would take two names for one file.
    if plain == kept and len(name) <= _LONGEST and name == name.lower():
        return name
    said = "\0".join(kept).encode()
    return f"{name[:_LONGEST].strip('-.')}-{sha256(said).hexdigest()[:8]}"
