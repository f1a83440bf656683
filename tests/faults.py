"""The faults that the tests hold off, and which of them no test holds.

A test that holds the right value of a row is marked `@pytest.mark.fault("1.5")`; one test may hold
several rows. `python -m tests.faults` lists the rows without a test.
"""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

ROWS = {
    "1.1": "feeds that fail while histories are drawn",
    "1.2": "bytes on the keyboard that are not UTF-8",
    "1.3": "SIGSTOP and SIGCONT, then a paste",
    "1.4": "SIGTERM, SIGHUP and SIGINT",
    "1.5": "a blob with a content encoding, true or false",
    "1.6": "hosts that are no host names",
    "1.7": "an error whose message is an object",
    "1.8": "a standard output that is closed or full",
    "1.9": "the palette in a terminal of three rows",
    "1.10": "the crash report",
    "1.11": "a proxy's page, an empty or a cut body",
    "1.12": "text of users that looks like a time",
    "1.13": "a service that is away for hours",
    "1.14": "a timeout beyond the calendar",
    "1.15": "square brackets in titles and notifications",
    "1.16": "values out of range, in forms, options and settings",
    "2.1": "the end of very long lines of output",
    "2.2": "output in UTF-16",
    "2.3": "why a task waits",
    "2.4": "pools with a stuck node",
    "2.5": "a clock that is off",
    "2.6": "a task deleted while its output is open",
    "2.7": "the clipboard in tmux",
    "2.8": "outputs side by side, one task still waiting",
    "2.9": "kinds of storage connection strings",
    "2.10": "a job terminated while it is watched",
    "2.11": "counts of a job that completed between two looks",
    "2.12": "one job of four that cannot be counted",
    "2.13": "a refresh while a look is under way",
    "2.14": "output rewritten by a retry",
    "2.15": "the output screen of a task that runs again",
    "2.16": "records with nulls and unknown states",
    "2.17": "a Retry-After of an hour",
    "2.18": "one command under an endless 503",
    "2.19": "remaining time when nothing ends",
    "2.20": "a pool's details after its job is gone",
    "2.21": "errors with nulls, HEAD without a length",
    "2.22": "a job whose preparation fails",
    "2.23": "reboot when free of a busy node",
    "2.24": "going to what is not highlighted",
    "2.25": "ids of clones, the pool of a new schedule",
    "2.26": "prices, keys and JSON that are wrong",
    "2.27": "times compared, banners",
    "2.28": "why a sign-in failed",
    "2.29": "other clouds",
    "2.30": "the dashboard behind textual serve",
    "3.1": "compressed files, up and down",
    "3.2": "a download that fails under --yes",
    "3.3": "an interrupted run keeps everything",
    "3.4": "blob names that cannot be file names",
    "3.5": "one bad file of twelve",
    "3.6": "a backslash in an input's name",
    "3.7": "clean-up after failure and timeout",
    "3.8": "two uploads to one blob",
    "3.9": "listings beyond their cap",
    "3.10": "one run, two programs",
    "3.11": "clean without an id, accounts of one name",
    "3.12": "long names, a SAS beyond its key",
    "3.13": "keys pressed in a question",
    "3.14": "spaces in a filter",
    "4.1": "create container, the answer lost",
    "4.2": "create pool, the answer lost",
    "4.3": "create job, the answer lost",
    "4.4": "upload, add tasks, delete: the answer lost",
    "4.5": "a 429 anywhere, once",
    "4.6": "a 401 or 403 in a poll",
    "4.7": "killed before submission",
    "4.8": "killed within the clean-up",
    "4.9": "the local account killed and started again",
    "4.10": "pages and the number of requests",
    "5.1": "file names in shell commands",
    "5.2": "control characters in plain output",
    "5.3": "a carriage return in a display name",
    "5.4": "links that lead out of the folder",
    "5.5": "a blob named with a dot or nothing",
    "5.6": "modes of files with secrets",
    "5.7": "secrets in other encodings",
    "5.8": "a key over plain http",
    "5.9": "odd files and headers at the local account",
    "6.1": "an unknown placeholder",
    "6.2": "a sweep of ten million",
    "6.3": "a task that depends on itself",
    "6.4": "an empty command",
    "6.5": "shell syntax outside a shell",
    "6.6": "globs and hidden files",
    "6.7": "names of types",
    "8.1": "a full disk under the local account",
    "8.2": "start tasks and job managers take no place",
    "8.3": "a task added again while its files go",
    "8.4": "folders that are left",
}
"""What happens in each row, in a few words."""


def held(folder: Path = Path(__file__).parent) -> dict[str, list[str]]:
    """The rows that tests are marked with, each with the names of its tests' files."""
    found: dict[str, list[str]] = {}
    for file in sorted(folder.rglob("*.py")):
        for row in _marks(ast.parse(file.read_text("utf-8"))):
            files = found.setdefault(row, [])
            if file.name not in files:
                files.append(file.name)
    return found


def _marks(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("mark.fault"):
            yield from (str(arg.value) for arg in node.args if isinstance(arg, ast.Constant))


def missing() -> list[str]:
    """The rows that no test holds, in order."""
    found = held()
    return [row for row in ROWS if row not in found]


if __name__ == "__main__":
    rows = missing()
    sys.stdout.writelines(f"{row:>5}  {ROWS[row]}\n" for row in rows)
    sys.stdout.write(f"{len(ROWS) - len(rows)} of {len(ROWS)} rows are held by a test.\n")
    sys.exit(1 if rows else 0)
