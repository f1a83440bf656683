"""What is right after a run of `topnwords`: counted in another way than by its script."""

import base64
import hashlib
import re
import string
from collections import Counter
from functools import cache
from pathlib import Path

from azure.storage.blob.aio import BlobServiceClient

RECIPE = Path(__file__).parents[2] / "data" / "topnwords"
TEXTS = tuple(sorted((RECIPE / "texts").glob("*.txt")))
WORDS = 5
OUTPUTS = tuple(f"{text.stem}_OUTPUT.txt" for text in TEXTS)


@cache
def most_frequent(text: Path) -> frozenset[str]:
    """The lines of the words of which there are not more than `WORDS` that are more frequent."""
    totals: Counter[str] = Counter()
    for word in re.split(r"\s+", text.read_text()):
        bare = word.lstrip(string.punctuation).rstrip(string.punctuation)
        if bare:
            totals[bare] += 1
    least = sorted(totals.values(), reverse=True)[WORDS - 1]
    return frozenset(f"{word}:\t{total}" for word, total in totals.items() if total >= least)


def wrong_outputs(folder: Path, *, complete: bool) -> list[str]:
    """What is wrong with the outputs in a folder, in sentences; with `complete` what is missing.

    At any time, what has the name of an output is whole.
    """
    wrong = []
    for index, text in enumerate(TEXTS):
        file = folder / f"{text.stem}_OUTPUT.txt"
        if not file.exists():
            wrong += [f"The output {file.name} is missing."] if complete else []
            continue
        lines = file.read_text("utf-8", "replace").splitlines()
        words, where = lines[1 : WORDS + 1], "\n".join(lines[WORDS + 1 :])
        right = (
            lines[:1] == ["Word\tCount"]
            and len(set(words)) == WORDS
            and set(words) <= most_frequent(text)
            and re.fullmatch(rf"Node: \w+\nTask: topn-{index}\nJob: [\w-]+\nPool: [\w-]+", where)
        )
        if not right:
            wrong.append(f"The output {file.name} is not what its task wrote.")
    return wrong


def strangers(folder: Path) -> list[str]:
    """What else is in the folder, in sentences."""
    names = (str(path.relative_to(folder)) for path in folder.rglob("*"))
    return [f"{name} is left among the outputs." for name in names if name not in OUTPUTS]


async def unlike(blobs: BlobServiceClient, container: str, folder: Path) -> list[str]:
    """Which blobs of a container are not on the disk as they are stored, in sentences."""
    wrong = []
    async for blob in blobs.get_container_client(container).list_blobs():
        file, stored = folder / blob.name, blob.content_settings.content_md5
        on_disk = hashlib.md5(file.read_bytes()).digest() if file.exists() else b""  # noqa: S324
        if stored is None or bytes(stored) != on_disk:
            said = base64.b64encode(on_disk).decode() or "missing"
            wrong.append(f"Blob {blob.name} of {container} is {said} on the disk.")
    return wrong
