"""A small Cell Ontology in our own words, in the layout of the real one."""

OBO = r"""format-version: 1.2
data-version: cl/releases/2020-01-01/cl-basic.owl
ontology: cl/cl-basic

[Term]
id: CL:0000988
name: hematopoietic cell
def: "A cell of the blood." [X:1]

[Term]
id: CL:0000542
name: lymphocyte
def: "A small white blood cell that recognises one antigen with its receptor." [X:1]
synonym: "lymphoid blood cell" EXACT []
synonym: "white cell" BROAD []
is_a: CL:0000988 {is_inferred="true"} ! hematopoietic cell

[Term]
id: CL:0000084
name: T cell
def: "A lymphocyte that carries a T cell receptor with CD3 chains, called \"T\" for short." [X:1, X:2]
synonym: "T-cell" EXACT []
synonym: "T lymphocyte" EXACT abbreviation [X:1]
is_a: CL:0000542 ! lymphocyte
relationship: RO:0002202 CL:0000542 ! lymphocyte

[Term]
id: CL:0000236
name: B cell
def: "A lymphocyte that makes immunoglobulins and presents antigen to helper T cells." [X:1]
is_a: CL:0000542 ! lymphocyte

[Term]
id: CL:0000623
name: natural killer cell
def: "A lymphocyte that kills with granules of perforin and granzymes, without an antigen receptor." [X:1]
intersection_of: CL:0000542 ! lymphocyte
intersection_of: RO:0002215 GO:0000001

[Term]
id: CL:0000576
name: monocyte
def: "A phagocyte of the blood, with lysozyme and calgranulins in its granules." [X:1]
is_a: CL:0000988 ! hematopoietic cell

[Term]
id: CL:0000860
name: classical monocyte
is_a: CL:0000576 ! monocyte
is_a: CL:0000576 {source="twice"} ! monocyte

[Term]
id: CL:0000002
name: obsolete immortal cell
is_obsolete: true

[Term]
id: GO:0000001
name: making perforin

[Typedef]
id: lacks_part
name: lacks_part
"""
NAMES = (
    "hematopoietic cell",
    "lymphocyte",
    "T cell",
    "B cell",
    "natural killer cell",
    "monocyte",
    "classical monocyte",
)
