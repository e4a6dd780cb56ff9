import pytest

from kpopdance.engines.weights.protobuf_wire import MAX_FIELDS, Message, WireError

ONE = b"\x00\x00\x80\x3f"


@pytest.mark.parametrize("kind", [bytes, memoryview])
def test_messages_read_every_wire_type(kind):
    wire = b"\x08\xac\x02" + b"\x12\x03abc" + b"\x1d" + ONE + b"\x22\x03\x01\xac\x02"
    wire += b"\x29" + 2 * ONE + b"\x32\x02\x08\x07"
    message = Message(kind(wire))
    assert message.number(1) == 300
    assert message.text(2) == "abc"
    assert message.blobs(3) == [ONE]
    assert message.numbers(4) == [1, 300]
    assert message.blobs(5) == [2 * ONE]
    assert message.message(6).number(1) == 7
    assert (message.number(9), message.text(9), message.message(9).number(1)) == (0, "", 0)
    assert isinstance(message.blobs(3)[0], kind)


@pytest.mark.parametrize(
    ("wire", "told"),
    [
        (b"\x0a\x04abc", "a field passes the end"),
        (b"\x0a\xff", "a number does not end"),
        (b"\x08" + b"\xff" * 11, "a number does not end"),
        (b"\x0b", "wire type 3"),
        (b"\x15abc", "a field passes the end"),
        (b"\x08\x01" * (MAX_FIELDS + 1), "more than 10000 fields"),
    ],
)
def test_what_is_no_message_is_refused(wire, told):
    with pytest.raises(WireError, match=told):
        Message(wire)


def test_packed_numbers_are_not_endless():
    size = MAX_FIELDS + 1
    wire = b"\x0a" + bytes([size & 0x7F | 0x80, size >> 7]) + b"\x01" * size
    with pytest.raises(WireError, match="more than 10000 numbers"):
        Message(wire).numbers(1)


def test_a_name_that_is_no_text_is_refused():
    with pytest.raises(WireError, match="not text"):
        Message(b"\x0a\x01\xff").text(1)
