"""Answers as bytes: the same one is read however it is cut into pieces, and what is none ends in an error."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.llm.upstreams.http1 import LONGEST_LINE, MOST_HEADERS, AnswerReader, MalformedAnswer

OK = b"HTTP/1.1 200 OK\r\n"


def read(pieces, ended=False):
    """The reader after these pieces, and the body that it has read."""
    reader, body = AnswerReader(), b""
    for piece in [*pieces, None]:
        if piece is not None:
            reader.feed(piece)
        elif ended:
            reader.end()
        if reader.head():
            while (part := reader.piece()) is not None:
                assert part, "an empty piece says nothing"
                body += part
    return reader, body


def chunked(parts, trailer=b""):
    return (
        b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts if part) + b"0\r\n" + trailer + b"\r\n"
    )


@given(
    st.lists(st.binary(max_size=20), max_size=6),
    st.sampled_from(["length", "chunks", "end"]),
    st.booleans(),
    st.integers(0, 2**62),
)
def test_an_answer_is_the_same_however_it_is_cut(parts, framing, informs, cuts):
    body = b"".join(parts)
    head, rest = {
        "length": (b"Content-Length: %d\r\n" % len(body), body),
        "chunks": (b"Transfer-Encoding: Chunked\r\n", chunked(parts, b"X-Sum: 1\r\n")),
        "end": (b"", body),
    }[framing]
    early = b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" if informs else b""
    whole = early + OK + b"X-One:  a b \r\n" + head + b"\r\n" + rest
    places = [at for at in range(1, len(whole)) if cuts >> (at % 62) & 1]
    pieces = [whole[begin:end] for begin, end in zip([0, *places], [*places, len(whole)], strict=True)]
    reader, found = read(pieces, ended=framing == "end")
    assert (reader.status, found, reader.done) == (200, body, True)
    assert reader.headers[0] == (b"x-one", b"a b")
    assert reader.is_renewable == (framing != "end")


@given(st.binary(max_size=200), st.booleans())
def test_whatever_comes_is_an_answer_or_an_error(data, begun):
    try:
        reader, _ = read([OK + data if begun else data], ended=True)
    except MalformedAnswer:
        return
    assert reader.done


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/2 200\r\n\r\n",
        b"HTTP/1.1 20 OK\r\n\r\n",
        b"HTTP/1.1 101 Switching Protocols\r\n\r\n",
        OK + b"no header\r\n\r\n",
        OK + b"space : a\r\n\r\n",
        OK + b"x: a\r\n folded\r\n\r\n",
        OK + b"content-length: -1\r\n\r\n",
        OK + b"content-length: 1\r\ncontent-length: 2\r\n\r\n",
        OK + b"content-length: " + b"9" * 19 + b"\r\n\r\n",
        OK + b"transfer-encoding: gzip, chunked\r\n\r\n",
        OK + b"transfer-encoding: chunked\r\n\r\nxyz\r\n",
        OK + b"transfer-encoding: chunked\r\n\r\n1\r\nab\r\n",
        b"HTTP/1.1 200 " + b"x" * (LONGEST_LINE + 1),
        OK + b"x: a\r\n" * (MOST_HEADERS + 1),
    ],
)
def test_what_is_no_answer_is_an_error(answer):
    with pytest.raises(MalformedAnswer):
        read([answer])


@pytest.mark.parametrize(
    "answer",
    [b"", OK, OK + b"content-length: 3\r\n\r\nab", OK + b"transfer-encoding: chunked\r\n\r\n2\r\nab\r\n"],
)
def test_an_answer_without_its_end_is_an_error(answer):
    with pytest.raises(MalformedAnswer, match="hung up"):
        read([answer], ended=True)


def test_some_answers_have_no_body():
    reader, body = read([b"HTTP/1.1 204 No Content\r\ncontent-length: 5\r\n\r\n"])
    assert (reader.done, body) == (True, b"")


@pytest.mark.parametrize("status", [b"HTTP/1.0 200 OK\r\n", OK + b"Connection: Close\r\n"])
def test_a_connection_that_ends_carries_no_other_request(status):
    reader, _ = read([status + b"content-length: 1\r\n\r\na"])
    assert reader.done
    assert not reader.is_renewable


def test_what_nobody_asked_for_spoils_the_connection():
    reader, body = read([OK + b"content-length: 1\r\n\r\nab"])
    assert (reader.done, body, reader.is_renewable) == (True, b"a", False)
