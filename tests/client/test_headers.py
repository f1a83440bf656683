"""When the service answered, and how long it asks to be left alone."""

from datetime import UTC, datetime, timedelta

import pytest

from batchtui.client.headers import LONGEST, retry_after, served_at
from batchtui.core.gateway import Batch
from batchtui.core.traffic import Traffic

from .canned import Answer, CannedBatch

DATE = "Fri, 20 Nov 2026 09:00:00 GMT"


@pytest.mark.fault("2.17")
@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, 0),
        ({"Retry-After": "7"}, 7),
        ({"Retry-After": " 1.5 "}, 1.5),
        ({"Retry-After": "86400"}, 86400),
        ({"Retry-After": "999999999999"}, LONGEST),
        ({"Retry-After": "9" * 400}, 0),
        ({"Retry-After": "-5"}, 0),
        ({"Retry-After": "nan"}, 0),
        ({"Retry-After": "soon"}, 0),
        ({"Retry-After": "", "x-ms-retry-after-ms": "2500"}, 2.5),
        ({"Retry-After": "Fri, 20 Nov 2026 10:00:00 GMT", "Date": DATE}, 3600),
        ({"Retry-After": "Fri, 20 Nov 2026 08:00:00 GMT", "Date": DATE}, 0),
        ({"Retry-After": "Fri, 99 Nov 2026 10:00:00 GMT", "Date": DATE}, 0),
    ],
)
def test_how_long_an_answer_asks_to_be_left_alone(headers: dict[str, str], seconds: float) -> None:
    assert retry_after(headers) == seconds


@pytest.mark.fault("2.5")
@pytest.mark.parametrize(
    "text", [None, "", "yesterday", "Fri, 20 Nov 99999 09:00:00 GMT", "9" * 500]
)
def test_a_date_that_is_none(text: str | None) -> None:
    assert served_at({} if text is None else {"Date": text}) is None


@pytest.mark.fault("2.5")
def test_what_a_cache_answers_tells_no_time() -> None:
    assert served_at({"Date": DATE, "Age": "0"}) is not None
    assert served_at({"Date": DATE, "Age": "720"}) is None


@pytest.mark.fault("2.5")
def test_a_date_without_a_zone_is_in_utc() -> None:
    noon = datetime(2026, 11, 20, 12, tzinfo=UTC)
    assert served_at({"Date": "Fri, 20 Nov 2026 12:00:00 -0000"}) == noon
    assert served_at({"Date": "Fri, 20 Nov 2026 13:00:00 +0100"}) == noon


@pytest.mark.fault("2.5")
async def test_every_answer_tells_the_services_time(
    batch: Batch, service: CannedBatch, traffic: Traffic
) -> None:
    behind = datetime.now(UTC) - timedelta(minutes=12)
    said = {"Date": f"{behind:%a, %d %b %Y %H:%M:%S GMT}"}
    service.on("GET", "/pools", Answer({"value": []}, headers=said))
    await batch.pools()
    assert timedelta(minutes=-12.1) < traffic.service_clock.offset < timedelta(minutes=-11.9)
