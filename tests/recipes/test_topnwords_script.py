"""How the script of `topnwords` puts its output where it belongs, whatever answers."""

import http.server
import importlib.util
import threading
from collections.abc import Iterator
from types import ModuleType

import pytest

from tests.recipes.stack import ROOT

SCRIPT = ROOT / "data" / "topnwords" / "topnwords.py"


class Storage(http.server.ThreadingHTTPServer):
    """Answers with these statuses, one after another; keeps what came with a 201."""

    def __init__(self, *statuses: int) -> None:
        super().__init__(("127.0.0.1", 0), Answers)
        self.statuses = list(statuses)
        self.stored: list[bytes] = []


class Answers(http.server.BaseHTTPRequestHandler):
    server: Storage

    def do_PUT(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        status = self.server.statuses.pop(0)
        if status == 201:
            self.server.stored.append(body)
        page = b"<html>Sign in</html>" if status == 200 else b""
        self.send_response(status)
        self.send_header("Content-Length", str(len(page)))
        self.end_headers()
        self.wfile.write(page)

    def log_message(self, *_: object) -> None:
        """Nobody listens."""


@pytest.fixture
def script(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    spec = importlib.util.spec_from_file_location("topnwords_script", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module.time, "sleep", lambda _: None)
    return module


@pytest.fixture
def serving() -> Iterator[list[Storage]]:
    """Services that are ended with the test."""
    started: list[Storage] = []
    yield started
    for service in started:
        service.shutdown()
        service.server_close()


def serve(serving: list[Storage], *statuses: int) -> tuple[Storage, str]:
    service = Storage(*statuses)
    serving.append(service)
    threading.Thread(target=service.serve_forever, args=(0.01,), daemon=True).start()
    return service, f"http://127.0.0.1:{service.server_address[1]}/c?sig=secret"


@pytest.mark.fault("1.11")
@pytest.mark.parametrize("statuses", [[201], [200, 201], [503, 200, 429, 201]])
def test_an_output_is_uploaded_once_storage_says_so(
    script: ModuleType, serving: list[Storage], statuses: list[int]
) -> None:
    """A network's sign-in page says that all is well, too."""
    service, url = serve(serving, *statuses)
    script.upload(b"words", "out.txt", url)
    assert service.stored == [b"words"]
    assert service.statuses == []


@pytest.mark.parametrize(("status", "tries"), [(200, 8), (503, 8), (403, 1)])
def test_an_output_that_cannot_be_uploaded_is_said(
    script: ModuleType, serving: list[Storage], status: int, tries: int
) -> None:
    service, url = serve(serving, *[status] * 8)
    with pytest.raises(script.UploadError, match=rf"^out\.txt .* /c: HTTP {status}") as caught:
        script.upload(b"words", "out.txt", url)
    assert "secret" not in str(caught.value)
    assert len(service.statuses) == 8 - tries
