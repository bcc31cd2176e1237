"""Lists of rows in XML: what is read of them, whatever the pieces, and what is refused unread."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree import ElementTree
from xml.sax.saxutils import quoteattr

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dagster_pipelines.errors import UsageError
from dagster_pipelines.sources.xml_rows import STRETCH_LIMIT, XmlRows

BOMB = "".join(
    f'<!ENTITY a{number} "{f"&a{number - 1};" * 10}">' if number else '<!ENTITY a0 "zanarie">'
    for number in range(12)
)


def rows_of(*chunks: bytes) -> list[tuple[int, dict[str, str]]]:
    """Line and attributes of each row; the independent count must agree."""
    rows = XmlRows(iter(chunks), "posts", "the dump")
    found = [(row.line, row.attributes) for piece in rows.pieces() for row in piece]
    assert rows.count == len(found)
    assert rows.bytes_read == sum(map(len, chunks))
    return found


def refusal_of(text: str | bytes) -> str:
    """The sentence with which a text is refused."""
    data = text.encode() if isinstance(text, str) else text
    with pytest.raises(UsageError) as caught:
        rows_of(data)
    # What expat says must not come along as the error's context.
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__ or caught.value.__context__ is None
    return str(caught.value)


def test_rows_have_lines_and_attributes() -> None:
    text = (
        '\ufeff<?xml version="1.0"?>\r\n<posts>\n <row A="1"/>\n\n <row\n A="&#xA;&lt;row "></row>'
    )
    assert rows_of(text.encode(), b"\n</posts>\n") == [(3, {"A": "1"}), (5, {"A": "\n<row "})]


def test_a_list_may_have_no_rows() -> None:
    assert rows_of(b"<posts></posts>") == []
    assert rows_of(b"<posts/>") == []


# What XML can hold, but for the white space that attributes lose.
texts = st.text(
    st.characters(min_codepoint=32, exclude_categories=["Cs"], exclude_characters="\ufffe\uffff")
)


@given(
    rows=st.lists(st.dictionaries(st.sampled_from(["Id", "Body", "row"]), texts), max_size=6),
    size=st.integers(1, 40),
)
@settings(deadline=None)
def test_the_pieces_in_which_a_text_comes_do_not_matter(
    rows: list[dict[str, str]], size: int
) -> None:
    lines = [
        "<row " + " ".join(f"{name}={quoteattr(text)}" for name, text in row.items()) + "/>"
        for row in rows
    ]
    text = "\n".join(["<posts>", *lines, "</posts>"]).encode()
    chunks = [text[start : start + size] for start in range(0, len(text), size)]
    elements = [dict(element.attrib) for element in ElementTree.fromstring(text)]
    assert [attributes for _, attributes in rows_of(*chunks)] == elements


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ("<posts>\n<row A='1'/>\n<row A='2' A='3'/>", 3, "no XML any more (duplicate attribute)"),
        ("<posts>\n<row A='zanarie & co'/></posts>", 2, "no XML any more (not well-formed"),
        ("<posts>\n<row A='<row '/></posts>", 2, "no XML any more"),
        ("<posts>\n<row A='&zanarie;'/></posts>", 2, "no XML any more (undefined entity)"),
        ("<posts>\n<row A='&#0;'/></posts>", 2, "no XML any more (reference to invalid character"),
        ("<posts/>\n<posts/>", 2, "no XML any more (junk after document element)"),
        ("PostId,Text\nzanarie", 1, "no XML any more"),
        ("<posts>\n<row A='1'/>\n<row A='zana", 3, "ends before its list of rows does"),
        ("<posts>\n<row A='1'/>\n", 3, "ends before its list of rows does"),
        ("<users>\n<row/></users>", 1, "does not begin with the element <posts>"),
        ("<posts>\n<post/></posts>", 2, "an element is no row of <posts>"),
        ("<posts>\n<row>\n<row/></row></posts>", 3, "an element is no row of <posts>"),
        ("<posts>\n<!-- zanarie --><row/></posts>", 2, "a comment, an instruction or a section"),
        ("<posts>\n<?zanarie?><row/></posts>", 2, "a comment, an instruction or a section"),
        ("<posts>\n<![CDATA[<row ]]></posts>", 2, "a comment, an instruction or a section"),
    ],
)
def test_what_is_no_list_of_rows_is_refused_with_its_line(text: str, line: int, what: str) -> None:
    sentence = refusal_of(text)
    assert sentence.startswith(f"the dump, line {line}: ")
    assert what in sentence
    assert "zana" not in sentence


@pytest.mark.parametrize(
    "declared",
    [
        "<!DOCTYPE posts>",
        f"<!DOCTYPE posts [{BOMB}]>",
        '<!DOCTYPE posts SYSTEM "file:///etc/hostname">',
        '<!DOCTYPE posts [<!ENTITY a SYSTEM "file:///etc/hostname">]>',
        '<!DOCTYPE posts [<!ENTITY % a SYSTEM "file:///etc/hostname"> %a;]>',
    ],
)
def test_a_document_type_is_refused_and_nothing_in_it_is_looked_at(declared: str) -> None:
    text = f'<?xml version="1.0"?>\n{declared}<posts><row Body="&a;&a11;"/></posts>'
    assert refusal_of(text).startswith("the dump, line 2: a document type is declared")


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "latin-1"])
@pytest.mark.parametrize("said", ["", '<?xml version="1.0" encoding="utf-16"?>'])
def test_what_is_not_utf_8_is_refused_whatever_it_says_of_itself(encoding: str, said: str) -> None:
    data = f'{said}<posts><row A="\u00e9"/></posts>'.encode(encoding)
    for size in (1, len(data)):
        chunks = [data[start : start + size] for start in range(0, len(data), size)]
        with pytest.raises(
            UsageError, match=r"line 1: (there are bytes that are no UTF-8|is no X)"
        ):
            rows_of(*chunks)


def test_utf_8_is_read_even_if_it_says_that_it_is_none() -> None:
    text = '<?xml version="1.0" encoding="utf-16"?><posts><row A="\u00e9"/></posts>'
    assert rows_of(text.encode()) == [(1, {"A": "\u00e9"})]


def test_an_empty_text_is_told_as_such() -> None:
    assert refusal_of("") == "the dump is empty; export or download it again."


def test_a_long_attribute_is_read_and_one_without_an_end_is_not_waited_for() -> None:
    long = "x" * 5_000_000
    assert rows_of(*pieces(f'<posts><row A="{long}"/></posts>')) == [(1, {"A": long})]
    endless = "<posts>\n<row A='" + "x" * (2 * STRETCH_LIMIT)
    taken = 0

    def counted() -> Iterator[bytes]:
        nonlocal taken
        for piece in pieces(endless):
            taken += len(piece)
            yield piece

    with pytest.raises(UsageError, match="line 2: more than 16 MB follow without a row"):
        for _ in XmlRows(counted(), "posts", "the dump").pieces():
            pass
    assert taken < STRETCH_LIMIT + 2_000_000


def pieces(text: str) -> Iterator[bytes]:
    """The text in pieces of 1 MB."""
    data = text.encode()
    return (data[start : start + 1_000_000] for start in range(0, len(data), 1_000_000))
