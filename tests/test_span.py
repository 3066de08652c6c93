import pytest
from hypothesis import given
from hypothesis import strategies as st

from tone_check.span import LineIndex, OffsetMap, Segment, Span


def test_a_span_is_half_open() -> None:
    assert Span(1, 3).of("abcd") == "bc"
    assert len(Span(1, 3)) == 2
    assert Span(0, 2).overlaps(Span(1, 3))
    assert not Span(0, 2).overlaps(Span(2, 3))
    assert not Span(2, 3).overlaps(Span(0, 2))


@pytest.mark.parametrize(("start", "end"), [(-1, 2), (3, 2)])
def test_a_span_cannot_be_backwards(start: int, end: int) -> None:
    with pytest.raises(ValueError, match="not a span"):
        Span(start, end)


def test_offsets_map_through_entities_and_holes() -> None:
    # "<b>caf&eacute;</b> now" read as "café now"
    source = "<b>caf&eacute;</b> now"
    offsets = OffsetMap((Segment(0, 3, 3, 3), Segment(3, 1, 6, 8), Segment(4, 4, 18, 4)))
    assert offsets.to_source(Span(0, 4)).of(source) == "caf&eacute;"
    assert offsets.to_source(Span(3, 4)).of(source) == "&eacute;"
    assert offsets.to_source(Span(5, 8)).of(source) == "now"
    assert offsets.to_source(Span(2, 6)).of(source) == "f&eacute;</b> n"


def test_an_empty_span_maps_to_an_empty_span() -> None:
    offsets = OffsetMap((Segment(0, 3, 3, 3),))
    assert offsets.to_source(Span(1, 1)) == Span(4, 4)
    assert offsets.to_source(Span(3, 3)) == Span(6, 6)
    assert OffsetMap.identity(0).to_source(Span(0, 0)) == Span(0, 0)


def test_an_offset_outside_the_text_is_an_error() -> None:
    with pytest.raises(IndexError, match=r"^offset 3 outside the mapped text$"):
        OffsetMap.identity(3).to_source(Span(2, 4))
    with pytest.raises(IndexError, match=r"^span outside an empty text$"):
        OffsetMap.identity(0).to_source(Span(0, 1))


@given(st.text(), st.data())
def test_the_identity_map_changes_nothing(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    assert OffsetMap.identity(len(text)).to_source(Span(start, end)) == Span(start, end)


@pytest.mark.parametrize(
    ("text", "offset", "position"),
    [
        ("ab\ncd", 0, (1, 1)),
        ("ab\ncd", 2, (1, 3)),
        ("ab\ncd", 3, (2, 1)),
        ("ab\r\ncd", 3, (1, 4)),
        ("ab\r\ncd", 4, (2, 1)),
        ("ab\rcd", 3, (2, 1)),
        ("\n\n😀x", 3, (3, 2)),
    ],
)
def test_lines_and_columns_count_from_one(text: str, offset: int, position: tuple[int, int]) -> None:
    assert LineIndex.of(text).position(offset) == position


@given(st.text(alphabet="a\r\n😀"), st.data())
def test_a_position_leads_back_to_its_offset(text: str, data: st.DataObject) -> None:
    offset = data.draw(st.integers(0, len(text)))
    index = LineIndex.of(text)
    line, column = index.position(offset)
    assert index.starts[line - 1] + column - 1 == offset
