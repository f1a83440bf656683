"""The SDK for JavaScript on Node.js, with its packages in a folder of their own."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from azure.batch import BatchClient
from azure.core.exceptions import ResourceNotFoundError

from batchtui.local.azurite.toolchain import Node
from batchtui.local.connection import Connection

from .environments import node_modules_with
from .programs import ROOT, run
from .work import a_job, ready_pool

pytestmark = pytest.mark.clients

PACKAGES = ("@azure/batch@10.2.0", "@azure/storage-blob@12.32.0")
SCRIPT = ROOT / "tests" / "clients" / "scripts" / "tutorial.cjs"
TEXTS = {"one": "one\n", "two": "one two\n", "many": "word " * 1000}


Call = Callable[..., Any]


@pytest.fixture
def call(account: Connection, node: Node, tmp_path: Path) -> Call:
    """Runs the script with an action, a name and folders: what it reports."""
    modules = node_modules_with(node, *PACKAGES) / "node_modules"
    settings = {"NODE_PATH": str(modules)}

    def run_script(*arguments: str | Path) -> Any:
        command = [str(node.program), str(SCRIPT), *map(str, arguments)]
        # This SDK would send to a proxy what is meant for this machine.
        return run(command, account, tmp_path, settings=settings, proxied=False).report()

    return run_script


def test_the_tutorial(call: Call, tmp_path: Path) -> None:
    inputs, outputs = tmp_path / "inputs", tmp_path / "outputs"
    inputs.mkdir()
    outputs.mkdir()
    (inputs / "motto.txt").write_text("count what counts\n")
    for name, text in TEXTS.items():
        (inputs / f"{name}.txt").write_text(text)
    seen = call("work", "node-work", inputs, outputs)
    expected = {name: str(len(text.split())) for name, text in TEXTS.items()}
    assert {file.stem: file.read_text().strip() for file in outputs.iterdir()} == expected
    assert {name: text.strip() for name, text in seen["stdout"].items()} == expected
    assert seen["exitCodes"] == [0, 0, 0]
    counts = {"active": 0, "running": 0, "completed": 3, "succeeded": 3, "failed": 0}
    assert seen["taskCounts"] == counts


def test_deleting(call: Call, batch: BatchClient) -> None:
    a_job(batch, "node-clean", ready_pool(batch, "node-clean", 1))
    call("clean", "node-clean")
    with pytest.raises(ResourceNotFoundError):
        batch.get_job("node-clean")
