"""Content encodings of request bodies, undone here so that a wrong one is the service's own 400."""

import zlib

from batchtui.local.errors import ServiceError

_GZIP, _ZLIB, _RAW = 31, 15, -15
"""What zlib calls the three formats, each with the largest window."""


def decoded(data: bytes, encodings: str, *, most: int) -> bytes:
    """A body as it was before these encodings, which stand in the order in which they were applied.

    Raises InvalidHeaderValue for an encoding that is not known here, InvalidRequestBody for a body
    that is not encoded so, RequestBodyTooLarge for one of more than `most` bytes.
    """
    names = [name.strip().lower() for name in encodings.split(",")]
    for name in reversed([name for name in names if name not in ("", "identity")]):
        match name:
            case "gzip" | "x-gzip":
                data = _inflated(data, _GZIP, name, most)
            case "deflate":
                # HTTP's deflate is zlib's format; some clients send it bare.
                data = _inflated(data, _ZLIB if _is_zlib(data) else _RAW, name, most)
            case _:
                raise ServiceError(
                    "InvalidHeaderValue",
                    ("HeaderName", "Content-Encoding"),
                    ("HeaderValue", encodings),
                    ("Reason", "Bodies can be encoded with gzip or deflate"),
                )
    return data


def _inflated(data: bytes, form: int, name: str, most: int) -> bytes:
    """An empty body is empty in every encoding."""
    if not data:
        return data
    inflater = zlib.decompressobj(form)
    try:
        plain = inflater.decompress(data, most + 1)
    except zlib.error as error:
        raise _not_so(name, str(error)) from None
    if len(plain) > most:
        raise ServiceError("RequestBodyTooLarge", ("MaxLimit", str(most)))
    if not inflater.eof:
        raise _not_so(name, "it ends too early")
    if inflater.unused_data:
        raise _not_so(name, "something follows its end")
    return plain


def _is_zlib(data: bytes) -> bool:
    """Whether it begins with zlib's header: method 8, and a check over both bytes."""
    return len(data) > 1 and data[0] & 15 == 8 and (data[0] << 8 | data[1]) % 31 == 0


def _not_so(name: str, why: str) -> ServiceError:
    return ServiceError("InvalidRequestBody", ("Reason", f"The body is not valid {name}: {why}"))
