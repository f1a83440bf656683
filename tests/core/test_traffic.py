from batchtui.core.traffic import Traffic


def test_counts_the_last_minute_only() -> None:
    now = 0.0
    traffic = Traffic(clock=lambda: now)
    traffic.record("GET", "/pools", 200, 0.01)
    now = 59.0
    traffic.record("GET", "/jobs", 200, 0.01)
    assert traffic.per_minute == 2
    now = 61.0
    assert traffic.per_minute == 1
    assert [request.path for request in traffic.recent] == ["/pools", "/jobs"]


def test_remembers_the_longest_plea_for_patience() -> None:
    now = 0.0
    traffic = Traffic(clock=lambda: now)
    traffic.record("GET", "/jobs", 429, 0.01, retry_after=10)
    traffic.record("GET", "/pools", 503, 0.01)
    assert traffic.throttled == 10
    now = 10.5
    assert traffic.throttled == 0
