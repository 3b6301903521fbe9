"""Cleaning: what goes, what stays, and that nothing else happens."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genept.genes.upstream import read_columns
from genept.texts import clean_text
from genept.texts.clean import one_line
from genept.texts.uniprot import function_of

WORDS = st.sampled_from(
    [
        "The",
        "enzyme",
        "cuts",
        "sugars",
        "(MIM 601434)",
        "NAD+",
        "5'-end",
        "[2Fe-2S]",
        "et al., 2003",
        "p53;",
        "A",
    ]
)
SENTENCES = st.lists(WORDS, min_size=1, max_size=8).map(lambda words: " ".join(words) + ".")
IDS = st.integers(1, 39_999_999)
REFERENCES = st.one_of(
    IDS.map("(PMID:{})".format),
    st.lists(st.integers(100_000, 39_999_999), min_size=2, max_size=4).map(
        lambda ids: f"(PMIDs: {', '.join(map(str, ids[:-1]))} and {ids[-1]})"
    ),
    IDS.map("[PubMed {}]".format),
    IDS.map("(see PMID {})".format),
    st.lists(IDS, min_size=1, max_size=3).map(lambda ids: f"({', '.join(f'PubMed:{i}' for i in ids)})"),
    st.just("(https://www.ncbi.nlm.nih.gov/gene/4069)"),
)
TAILS = st.sampled_from(
    [
        "[provided by RefSeq, Nov 2012]",
        "[supplied by OMIM, Mar 2008].",
        "[provided by Alliance of Genome Resources",
    ]
)
EVIDENCE = st.sampled_from(["{ECO:0000305}.", "{ECO:0000269|PubMed:11149932, ECO:0000250|UniProtKB:P12345}."])


@given(SENTENCES)
def test_a_text_without_anything_to_remove_stays_as_it_is(text: str) -> None:
    assert clean_text(text) == text


@given(SENTENCES, REFERENCES, st.sampled_from([" ", ""]))
def test_a_reference_in_brackets_goes_without_a_trace(text: str, reference: str, space: str) -> None:
    assert clean_text(f"{text[:-1]}{space}{reference}.") == text
    assert clean_text(f"{text[:-1]}{space}{reference}, and more.") == f"{text[:-1]}, and more."


@given(SENTENCES, st.one_of(TAILS, EVIDENCE), st.sampled_from([" ", "", "\n"]))
def test_a_tail_goes_without_a_trace(text: str, tail: str, space: str) -> None:
    assert clean_text(text + space + tail) == text


@given(st.text(max_size=60) | st.lists(st.one_of(SENTENCES, REFERENCES, TAILS, EVIDENCE)).map(" ".join))
def test_it_only_removes_and_once_is_enough(text: str) -> None:
    cleaned = clean_text(text)
    assert clean_text(cleaned) == cleaned
    assert cleaned.isprintable()
    left = iter(one_line(text))
    assert all(character in left for character in cleaned), "a character that wasn't there, or another order"


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("", ""),
        ("[provided by RefSeq, Nov 2012]", ""),
        ("It cuts [supplied by OMIM, Mar 2008].", "It cuts."),
        ("It cuts. [supplied by OMIM, Mar 2008].", "It cuts."),
        ("A\tB\r\nC\u00a0D\x07E", "A B C D E"),
        (
            "In mice (Doe et al., 1999 [PubMed 123456]; Roe, 2001 [PubMed 7]) too.",
            "In mice (Doe et al., 1999; Roe, 2001) too.",
        ),
        ("Pemphigus (PNP; PMID:20805888).", "Pemphigus (PNP)."),
        ("As shown (Doe et al., PMID: 15805470).", "As shown (Doe et al.)."),
        ("As in PMID: 12345678 and 10000 cells per well.", "As in and 10000 cells per well."),
        ("Foo (for review, see PMID 12345678).", "Foo."),
        ("As described in PMID:10399963. More.", "As described in. More."),
        ("A later paper, PubMed ID: 8419333, says so.", "A later paper, says so."),
        ("PMID: 22754630 is a review.", "is a review."),
        ("See <a href='https://x.org/y'>the page</a> or www.x.org/y.", "See the page or."),
        (
            "One gene of 12345 (MIM 600192) in 1999, 12346 in 2001.",
            "One gene of 12345 (MIM 600192) in 1999, 12346 in 2001.",
        ),
        (
            "Supplied by the liver [2Fe-2S] and provided by food.",
            "Supplied by the liver [2Fe-2S] and provided by food.",
        ),
    ],
)
def test_single_cases(text: str, cleaned: str) -> None:
    assert clean_text(text) == cleaned


@pytest.mark.parametrize(
    ("comments", "text"),
    [
        ("", ""),
        (
            "FUNCTION: Cuts sugars (By similarity). {ECO:0000250|UniProtKB:P1}.",
            "Cuts sugars (By similarity).",
        ),
        (
            "FUNCTION: [Isoform 1]: Cuts (PubMed:1, PubMed:22). {ECO:0000269|PubMed:1}.; "
            "FUNCTION: [Isoform 2]: Rests. {ECO:0000305}.; FUNCTION: (Microbial infection) Lets it in.",
            "[Isoform 1]: Cuts. [Isoform 2]: Rests. (Microbial infection) Lets it in.",
        ),
    ],
)
def test_function_comments(comments: str, text: str) -> None:
    assert function_of(comments) == text


# Twenty summaries of NCBI that are awkward, by Entrez id, with exactly the pieces that are to go.
GOLDEN = {
    "805": [" (PMID:23388215)", " (PMID:24917665)", "(PMID:23040497)"],
    "865": [],  # [inv(16)(p13q22)] is no reference
    "1278": [" [provided by R. Dalgleish, Feb 2008]"],
    "1831": [" [provided by RefSeq, Jan 2016]"],  # with an HTML entity, which stays
    "2115": [" PMID: 19657377", " [provided by RefSeq, Jul 2016]"],  # (see PMID, Table 1)
    "3746": [" (PMIDs 1432046, 12091563)"],
    "4825": [" [PubMed15056733]"],
    "5339": [
        " (reviewed in PMID: 9701547, 11854008, and 17499243)",
        " (PMID: 8633055, 8698233)",
        " (PMID: 10556294, 14559777)",
        " (PMID: 14672974)",
        " (PMID:10556294)",
        " (PMID: 9177781)",
        " (PMID: 11441066, 10780662, 20052759)",
        " (PMID: 14559777)",
        " (PMID: 10556294, 12542521, 17389230)",
        " (PMID: 14559777, 12542521, 18541706)",
        " (PMID: 8698233, 8941634, 8636409, 8894687, 8696340)",
        " PMID: 15810881, 19945614",
    ],
    "6616": [],  # "supplied by v-SNARE" is biology
    "6742": [" [PubMed 7789991]", " [PubMed 19683501]", "[supplied by OMIM, Feb 2010]"],
    "7260": [" PMID 9403053"],
    "7490": [" PMID:7926762"],
    "10309": [" PubMed ID: 2001396", ", PubMed ID: 8419333"],
    "26278": [", PubMed: 19208651"],
    "29933": [" PubMedID: 15653487"],
    "29944": [" PMID:16407312", " [provided by RefSeq, Sep 2013]"],
    "64005": [" [PubMed 11544309]", " [PubMed 20071333]", "[supplied by OMIM, Jun 2010]"],
    "91768": [" (PMID: 16177568)", " (PMID: 17982127)"],
    "123096": [" (PMID:128829710)", ", PMID:19287344", " (PMID:24652292)"],
    "144568": ["; PMID:20805888", "; PMID:24939586", " (PMID:26121085)"],
    "151648": [" (PMID: 16582621 and PMID:18331714)", " (PMID:25282101)"],
    "266971": [" (PubMed IDs: 16344562 and 17623810)"],
}


@pytest.fixture(scope="module")
def summaries(realdata: Path) -> dict[str, str]:
    rows = read_columns(realdata / "mirror/ncbi/gene/DATA/gene_summary.gz", ("GeneID", "Summary"))
    return dict(zip(rows["GeneID"], rows["Summary"], strict=True))


@pytest.mark.realdata
@pytest.mark.parametrize("gene", GOLDEN)
def test_awkward_summaries(summaries: dict[str, str], gene: str) -> None:
    expected = one_line(summaries[gene])
    for piece in GOLDEN[gene]:
        assert piece in expected
        expected = expected.replace(piece, "", 1)
    assert clean_text(summaries[gene]) == expected


@pytest.mark.realdata
def test_no_summary_keeps_a_reference_or_a_tail(summaries: dict[str, str]) -> None:
    cleaned = [clean_text(summary) for summary in summaries.values()]
    assert not [text for text in cleaned if re.search(r"PMID|PubMed|https?:|\[(provided|supplied) by", text)]
    # What is left of nearly all is all but its tail: no more than 2 % of the characters go.
    assert sum(map(len, cleaned)) > 0.98 * sum(map(len, summaries.values()))
