"""A small recipe that does all that a recipe can, and what is right on the disk after it.

Two texts are uploaded. For each, a task writes an output that its node uploads and another that it
uploads itself. All are downloaded, and everything is deleted. No task ends before its gate exists.
"""

import hashlib
from pathlib import Path

TEXTS = {"first": "to be, or not to be\n" * 40, "second": "that is the question\n" * 700}
TASKS = len(TEXTS)

# What a task runs comes by way of its environment, for the shell to have nothing to unquote.
RECIPE = """
name = "kills"
[parameters.gate]
default = "/"
help = "a file that ends the tasks' waiting"
[containers]
input = "kills-{run}-input"
output = "kills-{run}-output"
[[uploads]]
files = "texts/*.txt"
to = "input"
[pool]
id = "kills-{run}"
vm_size = "standard_d2s_v3"
dedicated = 1
slots = 4
image = { publisher = "canonical", offer = "0001-com-ubuntu-server-jammy", sku = "22_04-lts" }
[job]
id = "kills-{run}"
[[tasks]]
for_each = "input"
id = "shout-{input.index}"
command = "python3 -c 'import os; exec(os.environ[\\"PROGRAM\\"])'"
resource_files = [{ url = "{input.url}", path = "{input.name}" }]
output_files = [{ pattern = "*.upper", container = "output" }]
retries = 2
[tasks.environment]
TEXT = "{input.stem}"
OUTPUT = "{container.output.url}"
GATE = "{param.gate}"
PROGRAM = '''
import time, urllib.request
text, url = os.environ["TEXT"], os.environ["OUTPUT"]
while not os.path.exists(os.environ["GATE"]):
    time.sleep(0.02)
content = open(text + ".txt").read()
open(text + ".upper", "w").write(content.upper())
place = url.replace("?", "/" + text + ".lines?", 1)
count = str(content.count(chr(10))).encode()
headers = {{"x-ms-blob-type": "BlockBlob"}}
urllib.request.urlopen(urllib.request.Request(place, count, headers, method="PUT"), timeout=20)
'''
[monitor]
timeout = "2m"
[[downloads]]
from = "output"
[cleanup]
containers = "delete"
job = "delete"
pool = "delete"
"""

OUTPUTS = {
    f"{name}{ending}": content
    for name, text in TEXTS.items()
    for ending, content in ((".upper", text.upper()), (".lines", str(text.count("\n"))))
}
"""The text of each output."""


def write_recipe(folder: Path) -> Path:
    """Write the recipe and its texts into a folder; the recipe's file."""
    (folder / "texts").mkdir(parents=True)
    for name, text in TEXTS.items():
        (folder / "texts" / f"{name}.txt").write_text(text)
    file = folder / "recipe.toml"
    file.write_text(RECIPE)
    return file


def wrong_outputs(folder: Path, *, complete: bool) -> list[str]:
    """Which outputs in the folder are wrong, in sentences; with `complete` also which are missing.

    At any time, what has the name of an output is whole.
    """
    wrong = []
    for name, text in OUTPUTS.items():
        file = folder / name
        if not file.exists():
            wrong += [f"The output {name} is missing."] if complete else []
        elif _digest(file.read_bytes()) != _digest(text.encode()):
            wrong.append(f"The output {name} is not what its task wrote.")
    return wrong


def leftovers(folder: Path) -> list[str]:
    """What else is in the folder at the end, in sentences."""
    names = (str(path.relative_to(folder)) for path in folder.rglob("*"))
    return [f"{name} is left among the outputs." for name in names if name not in OUTPUTS]


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
