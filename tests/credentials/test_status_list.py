"""Lists of bits."""

import base64
import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.credentials.domain import StatusListError, list_number
from lms.credentials.domain.status_list import (
    LIST_ENTRIES,
    decode_bits,
    encode_bits,
    read_bit,
)

# The empty list of the standard (Bitstring Status List 1.0, example 2 and section 3.3)
# unpacks to 16 KiB of zeroes; ours must be readable the same way.
EXAMPLE = "uH4sIAAAAAAAAA-3BMQEAAADCoPVPbQwfoAAAAAAAAAAAAAAAAAAAAIC3AYbSVKsAQAAA"


def packed(raw):
    text = base64.urlsafe_b64encode(gzip.compress(raw, mtime=0)).rstrip(b"=").decode()
    return f"u{text}"


def test_list_of_the_standard_is_read_as_empty():
    assert decode_bits(EXAMPLE) == bytes(LIST_ENTRIES // 8)


def test_smallest_list_has_131072_entries():
    assert len(decode_bits(encode_bits([]))) * 8 == 131_072


def test_first_entry_is_the_left_most_bit():
    assert decode_bits(encode_bits([0]))[0] == 0b1000_0000
    assert decode_bits(encode_bits([7, 8]))[:2] == bytes([0b0000_0001, 0b1000_0000])
    assert decode_bits(encode_bits([LIST_ENTRIES - 1]))[-1] == 0b0000_0001


@given(
    st.sets(st.integers(0, LIST_ENTRIES - 1), max_size=40), st.integers(0, 2**17 - 1)
)
def test_exactly_the_given_entries_are_set(indices, other):
    bits = decode_bits(encode_bits(indices))
    assert all(read_bit(bits, index) for index in indices)
    assert read_bit(bits, other) is (other in indices)
    assert sum(byte.bit_count() for byte in bits) == len(indices)


def test_equal_lists_are_equal_text():
    assert encode_bits([3, 1]) == encode_bits([1, 3])


@pytest.mark.parametrize("index", [-1, LIST_ENTRIES])
def test_entries_outside_the_list_are_refused(index):
    with pytest.raises(StatusListError):
        encode_bits([index])
    with pytest.raises(StatusListError):
        read_bit(bytes(LIST_ENTRIES // 8), index)


@pytest.mark.parametrize(
    "encoded",
    [
        "",
        "zabc",
        "u!",
        "uAAAA",
        packed(b"")[:-4],
        packed(bytes(100)),
        packed(bytes(16 * 1024 * 1024 + 1)),
    ],
)
def test_lists_that_cannot_be_read_are_refused(encoded):
    with pytest.raises(StatusListError):
        decode_bits(encoded)


def test_lists_are_numbered_from_one():
    assert list_number(0) == list_number(LIST_ENTRIES - 1) == 1
    assert list_number(LIST_ENTRIES) == 2
