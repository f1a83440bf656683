"""Recipes for tests: a good one, to be spoiled."""

from collections.abc import Mapping
from pathlib import Path

from batchtui.core.plan import Plan
from batchtui.core.recipe.load import load

GOOD = """
name = "count"
[parameters.words]
default = 3
[parameters.nodes]
default = 2
[containers]
app = "count-{run}-app"
input = "count-{run}-in"
output = "count-{run}-out"
[[uploads]]
files = "count.py"
to = "app"
[[uploads]]
files = "texts/*.txt"
to = "input"
[pool]
id = "count-{run}"
vm_size = "standard_d2s_v3"
dedicated = "{param.nodes}"
image = { publisher = "canonical", offer = "0001-com-ubuntu-server-jammy", sku = "22_04-lts" }
[pool.start_task]
command = "/bin/sh -c 'cp count.py ${AZ_BATCH_NODE_SHARED_DIR}'"
resource_files = [{ container = "app" }]
[job]
id = "count-{run}"
[[tasks]]
for_each = "input"
id = "count-{input.index}"
command = "count.py {input.name} {param.words} {container.output.sas}"
resource_files = [{ url = "{input.url}", path = "{input.name}" }]
output_files = [{ pattern = "*_OUT.txt", container = "output" }]
[monitor]
timeout = "20m"
[[downloads]]
from = "output"
[cleanup]
containers = "delete"
"""


def written(folder: Path, text: str = GOOD) -> Path:
    """The recipe in a folder with its script and three texts."""
    (folder / "texts").mkdir(parents=True, exist_ok=True)
    (folder / "count.py").write_text("print()\n")
    for name in ("a", "b", "c"):
        (folder / "texts" / f"{name}.txt").write_text(f"{name} " * 10)
    (folder / "recipe.toml").write_text(text)
    return folder


def planned(
    folder: Path,
    text: str = GOOD,
    given: Mapping[str, str] | None = None,
    run_id: str = "r1",
) -> Plan:
    return load(written(folder, text), given or {}, run_id)
