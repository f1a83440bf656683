"""Writes the table of keys into the README: `python -m tests.readme_keys`."""

from pathlib import Path

from batchtui.ui.keytable import markdown

README = Path(__file__).parent.parent / "README.md"
BEGIN, END = "<!-- keys, written by tests/readme_keys.py -->\n", "<!-- end of keys -->\n"


def with_keys(readme: str) -> str:
    """The README with the table as the bindings have it now. Raises `ValueError` without a place
    for it."""
    before, _, rest = readme.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not end:
        raise ValueError(f"{README.name} has no place for the keys: {BEGIN}{END}")
    return f"{before}{BEGIN}\n{markdown()}\n{END}{after}"


if __name__ == "__main__":
    README.write_text(with_keys(README.read_text("utf-8")), "utf-8")
