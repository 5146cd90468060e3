from __future__ import annotations

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from automl.execution.frames import BrokenFrameError, Frame, FrameWriter, read_frame

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)


@settings(max_examples=40)
@given(st.lists(st.tuples(st.text(), st.dictionaries(st.text(), JSON))))
def test_what_is_written_is_read(messages):
    stream = io.BytesIO()
    writer = FrameWriter(stream)
    for type_, body in messages:
        writer.write(type_, body)
    stream.seek(0)
    assert [read_frame(stream) for _ in messages] == [Frame(type_, body) for type_, body in messages]
    assert read_frame(stream) is None


@given(st.data())
def test_a_stream_that_ends_in_a_frame_has_ended(data):
    stream = io.BytesIO()
    FrameWriter(stream).write("report", {"epoch": 1})
    whole = stream.getvalue()
    cut = data.draw(st.integers(0, len(whole) - 1))
    assert read_frame(io.BytesIO(whole[:cut])) is None


@pytest.mark.parametrize("junk", [b"hello world", b"\0\0\0\5[1,2]", b"\0\0\0\2{}", b"\0\0\0\2\xff\xff"])
def test_what_is_no_frame_is_refused(junk):
    with pytest.raises(BrokenFrameError):
        read_frame(io.BytesIO(junk))
