"""Options that several commands share."""

from pathlib import Path
from typing import Annotated

import typer

TaxonOption = Annotated[int, typer.Option(help="NCBI taxon id: 9606 (human) or 10090 (mouse).")]
TemplateOption = Annotated[
    str | None,
    typer.Option(
        help="Name of a template (genept texts templates), or a pattern such as "
        "'Gene Symbol {symbol}[ {summary}]'; the source's own unless told."
    ),
]
OnlyOption = Annotated[
    Path | None,
    typer.Option(help="Only the genes that this file names: a list, one name a line, or an .h5ad data set."),
]
BareSymbolsOption = Annotated[
    bool,
    typer.Option(
        "--bare-symbols",
        help="Give genes without a text the authors' bare 'Gene Symbol X'; they are left out otherwise.",
    ),
]
