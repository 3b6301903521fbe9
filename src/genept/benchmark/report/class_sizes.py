"""Classes and their sizes, as tables of labels say them."""

import re

_CLASS = re.compile(r"(.+?) (\d[\d,]*)(?:, |$)")


def read_class_sizes(said: str) -> list[tuple[str, int]]:
    """Read names and sizes of classes, in order.

    Examples
    --------
    >>> read_class_sizes("type 1 10, type, 2 1,234")
    [('type 1', 10), ('type, 2', 1234)]
    """
    return [(name, int(size.replace(",", ""))) for name, size in _CLASS.findall(said)]
