import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.recipes.stack import Stack, interrupt, until


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Batchtui beside a local account that runs as long as the module's tests."""
    made = Stack(tmp_path_factory.mktemp("stack"))
    with made.start("local") as account:
        assert account.stdout is not None
        said = until(account.stdout, "Press Ctrl-C to stop")
        made.endpoint = re.findall(r"Batch service +(http://\S+)", said)[0]
        yield made
        interrupt(account)


@pytest.fixture
def lonely(tmp_path: Path) -> Stack:
    """Batchtui where no local account runs."""
    return Stack(tmp_path)
