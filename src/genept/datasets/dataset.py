"""What is known of a data set or upstream file."""

from dataclasses import dataclass
from typing import Literal

Form = Literal["gzip", "text", "zip", "h5ad", "plain"]


@dataclass(frozen=True)
class Dataset:
    """A data set or upstream file: what it is, where it comes from, and what one may do with it.

    Parameters
    ----------
    name
        Its name here.
    title
        What it is, in a line.
    origin
        Where it comes from: a URL, or a package that brings it.
    licence
        On what terms.
    citation
        What to cite.
    form
        What the file is, so that a page of HTML in its place is noticed. A ``"text"`` is a table with tabs
        and an end of line at its end; of a ``"plain"`` file nothing is known.
    path
        Where it lies, below the cache folder and below a mirror; empty for what a package brings.
    header
        What stands in the first line of its text, decompressed; columns may come in any order.
    checksum
        ``"sha256:..."`` or ``"md5:..."`` where upstream fixes one; otherwise empty, and what was
        fetched is recorded.
    """

    name: str
    title: str
    origin: str
    licence: str
    citation: str
    form: Form
    path: str = ""
    header: str = ""
    checksum: str = ""
