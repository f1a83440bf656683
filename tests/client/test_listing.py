"""A page of blobs as the storage service writes it."""

from datetime import UTC, datetime

import pytest

from batchtui.client.listing import read_page
from batchtui.core.models import Blob

ANSWER = """\ufeff<?xml version="1.0" encoding="utf-8"?>
<EnumerationResults ServiceEndpoint="https://h/" ContainerName="box"><Blobs>
<Blob><Name>a &amp; b/ü.txt</Name><Properties>
<Last-Modified>Fri, 20 Nov 2026 09:08:07 GMT</Last-Modified>
<Content-Length>5368709120</Content-Length><Content-Type>text/plain</Content-Type>
</Properties><OrMetadata /></Blob>
<Blob><Name Encoded="true">odd%EF%BF%BEname%25</Name><Properties><Content-MD5 /></Properties></Blob>
</Blobs><NextMarker>2!92!abc=</NextMarker></EnumerationResults>"""


def test_a_page() -> None:
    blobs, marker = read_page(ANSWER.encode())
    modified = datetime(2026, 11, 20, 9, 8, 7, tzinfo=UTC)
    assert blobs == [
        Blob("a & b/ü.txt", 5 * 2**30, modified, "text/plain"),
        Blob("odd\ufffename%"),
    ]
    assert marker == "2!92!abc="


def test_the_last_page() -> None:
    assert read_page(b"<EnumerationResults><Blobs /><NextMarker /></EnumerationResults>") == (
        [],
        "",
    )


@pytest.mark.fault("2.16")
def test_an_odd_blob_costs_no_listing() -> None:
    odd = b"""<EnumerationResults><Blobs>
    <Blob><Name>a</Name><Properties><Last-Modified>yesterday</Last-Modified>
    <Content-Length>many</Content-Length></Properties></Blob>
    <Blob><Name>b</Name></Blob></Blobs></EnumerationResults>"""
    assert read_page(odd) == ([Blob("a"), Blob("b")], "")


@pytest.mark.fault("1.11")
@pytest.mark.parametrize("answer", [b"<x/>", b"<html><body/></html>", b""])
def test_what_is_no_listing(answer: bytes) -> None:
    with pytest.raises((ValueError, SyntaxError)):
        read_page(answer)
