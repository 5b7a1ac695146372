"""Reads a text file, compressed or not, as blocks of whole lines of valid UTF-8 that lose no byte."""

import gzip
import re
import zlib
from collections.abc import Iterator
from typing import BinaryIO, cast

from glowhouse.extracts.errors import ExtractError
from glowhouse.extracts.files import ExtractFile
from glowhouse.landing.segments import SegmentsReader, segments_of

BLOCK_BYTES = 16 << 20

_UTF8_MARK = b"\xef\xbb\xbf"
# First bytes of files that were given the name of a text file.
_NOT_TEXT = {
    b"\xff\xfe": "the file is UTF-16; export it as UTF-8",
    b"\xfe\xff": "the file is UTF-16; export it as UTF-8",
    b"\x1f\x8b": "the file is compressed; give its name the ending '.gz'",
    b"PAR1": "the file is Parquet; give its name the ending '.parquet'",
    b"PK\x03\x04": "the file is a spreadsheet or zip archive; export it as CSV",
}
_MARK_BYTES = 4
# What `surrogateescape` makes of the bytes 0x80 to 0xff that are not UTF-8.
_UNDECODABLE = re.compile("[\udc80-\udcff]")


def text_blocks(file: ExtractFile, escape: str = "\\", block_bytes: int = BLOCK_BYTES) -> Iterator[bytes]:
    r"""Yields blocks of whole lines, each ending in a line feed, a byte order mark left out.

    Bytes that are not UTF-8, and NUL, which databases disagree on, are written as escapes: `\xe9`.

    Args:
        file: the extract's file.
        escape: the backslash as the file's format writes it (JSON doubles it).
        block_bytes: about how much is read at once; a longer line makes a longer block.

    Raises:
        ExtractError: if the file is not text, or its compression is damaged.
    """
    try:
        with _open(file) as stream:
            unfinished = stream.read(_MARK_BYTES)
            for mark, advice in _NOT_TEXT.items():
                if unfinished.startswith(mark):
                    raise ExtractError(f"{file.name}: {advice}.")
            unfinished = unfinished.removeprefix(_UTF8_MARK)
            while data := stream.read(block_bytes):
                whole, line_feed, rest = data.rpartition(b"\n")
                if not line_feed:
                    unfinished += data
                    continue
                yield _valid(unfinished + whole + line_feed, escape)
                unfinished = rest
            if unfinished:
                yield _valid(unfinished + (b"" if unfinished.endswith(b"\n") else b"\n"), escape)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise ExtractError(
            f"{file.name}: the gzip file is damaged or cut short ({error}). Export or copy it again."
        ) from error
    except OSError as error:
        raise ExtractError(f"{file.name}: the file cannot be read ({error.strerror or error}).") from error


def verify_compression(file: ExtractFile) -> None:
    """Reads a compressed file to its end, so that damage is found before the first row is used.

    Raises:
        ExtractError: if it is damaged.
    """
    if file.is_compressed:
        for _ in text_blocks(file):
            pass


def _open(file: ExtractFile) -> BinaryIO | SegmentsReader:
    if file.is_landed:
        return SegmentsReader(segments_of(file.path))
    return cast(BinaryIO, gzip.open(file.path, "rb")) if file.is_compressed else file.path.open("rb")


def _valid(block: bytes, escape: str) -> bytes:
    try:
        block.decode()
    except UnicodeDecodeError:
        text = block.decode(errors="surrogateescape")
        block = _UNDECODABLE.sub(lambda match: f"{escape}x{ord(match[0]) - 0xDC00:02x}", text).encode()
    return block.replace(b"\0", f"{escape}x00".encode())
