"""How benchmarks say what they found."""

import json
from collections.abc import Mapping
from typing import Any


def print_report(report: Mapping[str, Any], *, as_json: bool) -> None:
    """Print a report, as JSON or a line for each part of it."""
    if as_json:
        print(json.dumps(report, indent=2))
        return
    for name, value in report.items():
        print(f"{name}: {value}")
