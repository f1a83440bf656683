#!/usr/bin/env python3
"""Counts the words of a text and uploads the most frequent ones to a blob container.

    topnwords.py FILE COUNT [CONTAINER_URL]

FILE is UTF-8 text. Words are what stands between white space, without the ASCII punctuation at
their ends; upper and lower case are different words. The COUNT most frequent ones go to
`<name>_OUTPUT.txt`, equals in the order in which they first occur.

CONTAINER_URL is that of a blob container with a SAS that may write. Without it the variable
OUTPUT_URL holds that URL, which keeps the SAS out of the node's list of processes.

Exit codes: 0 done, 2 wrong arguments, 3 the text could not be read or the output not written, 4 the
upload failed.

It needs the standard library alone, so that any node with Python can run it.
"""

import os
import random
import sys
import time
from collections import Counter
from collections.abc import Mapping
from http.client import HTTPException
from pathlib import Path
from string import punctuation
from urllib.error import HTTPError
from urllib.parse import quote, urlsplit, urlunsplit
from urllib.request import Request, urlopen

ATTEMPTS = 8
TIMEOUT = 30.0
"""Seconds for one attempt."""
LONGEST_PAUSE = 20.0
"""Seconds between two attempts; the pause doubles until then."""
CREATED = 201
"""The status by which blob storage says that a blob is written."""
TRANSIENT = (408, 429, 500, 502, 503, 504)
"""The statuses after which the same request may work later."""


class UploadError(Exception):
    """The blob was not written: a sentence without the SAS."""


def top_words(text: str, count: int) -> list[tuple[str, int]]:
    """The most frequent words with their counts, as pairs."""
    words = (word.strip(punctuation) for word in text.split())
    return Counter(word for word in words if word).most_common(count)


def report(words: list[tuple[str, int]], environment: Mapping[str, str]) -> str:
    """The output file's text: the words, and where they were counted."""
    lines = ["Word\tCount"]
    lines += [f"{word}:\t{count}" for word, count in words]
    for name in ("NODE", "TASK", "JOB", "POOL"):
        value = environment.get(f"AZ_BATCH_{name}_ID", "unknown")
        lines.append(f"{name.capitalize()}: {value}")
    return "\n".join(lines) + "\n"


def upload(data: bytes, name: str, container_url: str) -> None:
    """Put a blob into the container, again and again while the trouble may pass."""
    parts = urlsplit(container_url)
    if parts.scheme not in ("http", "https"):
        raise UploadError(f"{name} could not be uploaded: the container's URL is not http or https")
    url = urlunsplit(parts._replace(path=f"{parts.path}/{quote(name)}"))
    headers = {"x-ms-blob-type": "BlockBlob", "Content-Type": "text/plain; charset=utf-8"}
    for attempt in range(1, ATTEMPTS + 1):
        try:
            request = Request(url, data, headers, method="PUT")  # noqa: S310, see above
            with urlopen(request, timeout=TIMEOUT) as answer:  # noqa: S310
                if answer.status == CREATED:
                    return
            # A network's sign-in page says that all is well, too.
            reason, transient = f"HTTP {answer.status} is no answer of blob storage", True
        except HTTPError as error:
            reason, transient = f"HTTP {error.code} {error.reason}", error.code in TRANSIENT
        except (OSError, HTTPException) as error:
            # A connection that breaks within the answer is no URLError.
            reason, transient = str(getattr(error, "reason", error)), True
        if attempt == ATTEMPTS or not transient:
            raise UploadError(f"{name} could not be uploaded to {parts.path}: {reason}")
        # Tasks that failed together do not come back together.
        time.sleep(min(2 ** (attempt - 1), LONGEST_PAUSE) * random.uniform(0.5, 1.0))


def failed(exit_code: int, why: str) -> int:
    sys.stderr.write(f"{why}\n")
    return exit_code


def main(arguments: list[str]) -> int:
    container_url = arguments[2] if len(arguments) == 3 else os.environ.get("OUTPUT_URL", "")
    if len(arguments) not in (2, 3) or not arguments[1].isdecimal() or not container_url:
        return failed(2, "usage: topnwords.py FILE COUNT [CONTAINER_URL]; else set OUTPUT_URL")
    file, count = Path(arguments[0]), int(arguments[1])
    output = Path(f"{file.stem}_OUTPUT.txt")
    try:
        text = report(top_words(file.read_text("utf-8"), count), os.environ)
        output.write_text(text, "utf-8")
    except (OSError, UnicodeDecodeError) as error:
        return failed(3, f"{file} could not be counted: {error}")
    try:
        upload(text.encode(), output.name, container_url)
    except UploadError as error:
        return failed(4, str(error))
    sys.stdout.write(text)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
