"""Where in a shell's script each placeholder stands, and how its value is quoted there.

The script is read as POSIX shells do, with what bash adds. Where the reading is not sure, or where
no quoting helps (backticks, arithmetic, here-documents, code of another language), only values that
mean nothing to any shell are let through. `Script` reads one level; what a script hands to another
shell (`bash -c "..."`) is read the same way again.
"""

import re
import shlex
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Union

SHELLS = frozenset({"sh", "bash", "dash", "zsh", "ksh", "ash", "mksh", "busybox"})
INTERPRETER = re.compile(r"(python|pypy|perl|ruby|node|nodejs|php|lua|Rscript|osascript)[\d.]*")
PROGRAMS = frozenset({"awk", "gawk", "mawk", "nawk", "sed", "gsed", "jq"})
"""Programs whose first argument is code."""
READ_AGAIN = frozenset({"eval", "ssh", "su", "trap", "let", "parallel", "watch"})
"""Commands that have a shell read their arguments once more."""
READ_AGAIN_WITH_C = frozenset({"flock", "script", "runuser"})
"""Those that do with `-c` alone."""
COMPARES = frozenset({"-eq", "-ne", "-lt", "-le", "-gt", "-ge"})
SAFE = re.compile(r"-?\d+(?:\.\d+)?(?:e[+-]?\d+)?|[A-Za-z0-9_][A-Za-z0-9_.:@+/-]*", re.ASCII)
"""What no shell, and no language that is likely, takes for anything but a word or a number."""
SPECIAL = re.compile(r"[^A-Za-z0-9_.:@+/\-\u0080-\U0010ffff]")
SUBSCRIPT = re.compile(r"[A-Za-z_]\w*\+?\[")


class UnsafeValueError(ValueError):
    """A value that cannot be quoted where its placeholder stands: says why."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a placeholder stands, at one level of reading."""

    where: str
    """In words, where a value may be refused: `in backticks`."""
    quote: Callable[[str], str] = str
    """Raises `UnsafeValueError`."""
    refuses: bool = False
    """Whether there are values that it does not take."""


@dataclass(eq=False, slots=True)
class Mark:
    """A placeholder in a text that is read; `places` are where it stands, the innermost first."""

    name: str
    known: str | None = None
    """Its value, where that is the same for every task."""
    places: list[Place] = field(default_factory=list)

    @property
    def refuses(self) -> bool:
        return any(place.refuses for place in self.places)

    @property
    def where(self) -> str:
        """In words, where some of its values are refused; empty if none are."""
        return next((place.where for place in self.places if place.refuses), "")

    @property
    def unquoted(self) -> bool:
        """Whether it stands in no quotes, at any level."""
        return all(place in (WORD, OUTER[""]) for place in self.places[:1])

    def quote(self, value: str) -> str:
        """Raises `UnsafeValueError`."""
        if "\0" in value:
            raise UnsafeValueError("its value holds a NUL, which no command line can")
        for place in self.places:
            value = place.quote(value)
        return value

    def enter(self, place: Place) -> None:
        """It stands there, within all places that are known already."""
        self.places.insert(0, place)


@dataclass(frozen=True, slots=True)
class Opaque:
    """Something that the shell puts in: nobody knows what."""


Item = Union[str, Mark, Opaque]  # noqa: UP007, evaluated at run time for an alias of its own
"""A character, a placeholder, or an expansion."""
Quoted = tuple[Item, str]
"""With the quote that it stands in: nothing, `'`, `"` or a backslash."""
Word = list[Quoted]


def bare(where: str) -> Place:
    """A place where nothing can be quoted."""

    def check(value: str) -> str:
        if not SAFE.fullmatch(value):
            raise UnsafeValueError(f"{value!r} cannot be quoted {where}")
        return value

    return Place(where, check, refuses=True)


def _in_word(value: str) -> str:
    """Backslashes rather than quotes: the script itself mostly stands in quotes."""
    if not value or "\n" in value:
        return _in_single(value).join("''")
    return SPECIAL.sub(r"\\\g<0>", value)


def _in_single(value: str) -> str:
    return value.replace("'", "'\\''")


def _in_double(value: str) -> str:
    return re.sub(r'[\\$`"]', r"\\\g<0>", value)


def _in_comment(value: str) -> str:
    if "\n" in value:
        raise UnsafeValueError(f"{value!r} would end the comment that it stands in")
    return value


WORD = Place("in a word", _in_word)
SINGLE = Place("in single quotes", _in_single)
DOUBLE = Place("in double quotes", _in_double)
COMMENT = Place("in a comment", _in_comment, refuses=True)


class Script:
    """Reads a script: each mark learns its place. `fault` says what is never closed."""

    def __init__(self, items: Sequence[Item]) -> None:
        self.fault = ""
        self.commands: list[list[Word]] = []
        """The words of each simple command, nested ones too."""
        self._items = items
        self._at = 0
        self._lost = ""
        """Why what follows cannot be told for sure; empty while it can."""
        self._here: list[tuple[str, bool]] = []
        """Here-documents whose text is still to come: what ends each, and whether after tabs."""
        self._read(None, 0)
        for command in self.commands:
            read_code(command, self._report)

    def _report(self, fault: str) -> None:
        self.fault = self.fault or fault

    def _next(self) -> Item | None:
        return self._items[self._at] if self._at < len(self._items) else None

    def _put(self, mark: Mark, place: Place) -> None:
        mark.enter(bare(self._lost) if self._lost else place)

    def _starts(self, text: str) -> bool:
        here = self._items[self._at : self._at + len(text)]
        return list(here) == list(text)

    def _read(self, closer: str | None, depth: int) -> None:
        """A list of commands, up to and with the closer."""
        command: list[Word] = []
        word: Word | None = None
        redirects = duplicates = False

        def end_word() -> None:
            nonlocal word, redirects, duplicates
            if word is not None:
                if not redirects:
                    command.append(word)
                elif duplicates:
                    # bash expands what follows >& twice, so that quotes are gone by then.
                    _forbid(word, "after >& or <&")
                redirects = duplicates = False
                if depth and literal(word) == "case":
                    self._lost = "after a `case` in parentheses"
            word = None

        def end_command() -> None:
            nonlocal command
            end_word()
            if command:
                self.commands.append(command)
            command = []

        while (item := self._next()) is not None:
            if not isinstance(item, str):
                word = word if word is not None else []
                if isinstance(item, Mark):
                    subscript = SUBSCRIPT.search(literal(word)) and "]" not in literal(word)
                    self._put(item, bare("in a subscript, [...]") if subscript else WORD)
                word.append((item, ""))
                self._at += 1
            elif item == closer:
                end_command()
                self._at += 1
                return
            elif item == "\\":
                word = word if word is not None else []
                self._escaped(word)
            elif item in "'\"`$":
                word = word if word is not None else []
                self._quoted(item, word, depth)
            elif item == "#" and word is None:
                self._comment()
            elif item in "<>" and self._starts("<<") and not self._starts("<<<"):
                end_word()
                self._here_begins()
            elif self._starts("(("):
                end_command()
                self._arithmetic("((")
            elif item == "(":
                end_command()
                redirects = False
                self._at += 1
                self._read(")", depth + 1)
            elif item in "<>" or self._starts("&>"):
                end_word()
                redirects = True
                begin = self._at
                while self._next() in ("<", ">", "&"):
                    self._at += 1
                duplicates = "&" in self._items[begin : self._at]
            elif item in " \t":
                end_word()
                self._at += 1
            elif item in "\n;&|)":
                end_command()
                self._at += 1
                if item == "\n":
                    self._here_texts()
            else:
                word = word if word is not None else []
                word.append((item, ""))
                self._at += 1
        end_command()
        if closer is not None:
            self._report(f"a {closer!r} is missing in its script")

    def _escaped(self, word: Word) -> None:
        self._at += 1
        item = self._next()
        if isinstance(item, Mark):
            self._put(item, bare("after a backslash"))
        if item is not None and item != "\n":
            word.append((item, "\\"))
        self._at += 1

    def _quoted(self, item: str, word: Word, depth: int) -> None:
        """What begins with a quote, a backtick or a dollar sign."""
        match item:
            case "'":
                self._single(word)
            case '"':
                self._double(word, depth)
            case "`":
                self._backticks(word)
            case _:
                self._dollar(word, depth, in_double=False)

    def _single(self, word: Word) -> None:
        self._at += 1
        while (item := self._next()) is not None:
            self._at += 1
            if item == "'":
                return
            if isinstance(item, Mark):
                self._put(item, SINGLE)
            self._note_line(item)
            word.append((item, "'"))
        self._report("the quote ' is never closed in its script")

    def _double(self, word: Word, depth: int) -> None:
        self._at += 1
        while (item := self._next()) is not None:
            if item == '"':
                self._at += 1
                return
            if item == "\\":
                self._at += 1
                escaped = self._next()
                if isinstance(escaped, Mark):
                    word.append(("\\", '"'))
                    self._put(escaped, bare("after a backslash"))
                elif escaped is not None and escaped not in ("$", "`", '"', "\\", "\n"):
                    word.append(("\\", '"'))
                if escaped is not None and escaped != "\n":
                    word.append((escaped, '"'))
                self._at += 1
            elif item == "`":
                self._backticks(word)
            elif item == "$":
                self._dollar(word, depth, in_double=True)
            else:
                if isinstance(item, Mark):
                    self._put(item, DOUBLE)
                self._note_line(item)
                word.append((item, '"'))
                self._at += 1
        self._report('the quote " is never closed in its script')

    def _note_line(self, item: Item) -> None:
        """A here-document begins at the next line, wherever shells see one within quotes."""
        if item == "\n" and self._here:
            self._lost = "after a here-document"

    def _backticks(self, word: Word) -> None:
        self._at += 1
        word.append((Opaque(), ""))
        while (item := self._next()) is not None:
            self._at += 1
            if item == "`":
                return
            if isinstance(item, Mark):
                item.enter(bare("in backticks"))
            elif item == "\\":
                self._at += not isinstance(self._next(), Mark)
        self._report("a backtick is missing in its script")

    def _dollar(self, word: Word, depth: int, *, in_double: bool) -> None:
        word.append((Opaque(), '"' if in_double else ""))
        if self._starts("$(("):
            self._at += 1
            self._arithmetic("((")
        elif self._starts("$("):
            self._at += 2
            self._read(")", depth + 1)
        elif self._starts("${"):
            self._at += 1
            self._expansion()
        elif self._starts("$'") and not in_double:
            self._ansi()
        else:
            # `$NAME`, or `$"..."`, whose quote comes next.
            self._at += 1

    def _arithmetic(self, opening: str) -> None:
        """Up to as many closing parentheses; it may be `( (` as well, which is not told apart."""
        depth = 0
        while (item := self._next()) is not None:
            self._at += 1
            if isinstance(item, Mark):
                self._put(item, bare("in arithmetic, ((...))"))
            elif isinstance(item, str) and item in "'\"`#\\":
                self._lost = "after quotes in ((...))"
            depth += (item == "(") - (item == ")")
            if depth == 0:
                return
        self._report(f"{opening!r} is never closed in its script")

    def _expansion(self) -> None:
        depth = 0
        while (item := self._next()) is not None:
            self._at += 1
            if isinstance(item, Mark):
                self._put(item, bare("in ${...}"))
            elif isinstance(item, str) and item in "'\"`\\":
                self._lost = "after quotes in ${...}"
            elif item == "(":
                self._lost = "after parentheses in ${...}"
            depth += (item == "{") - (item == "}")
            if depth == 0:
                return
        self._report("'${' is never closed in its script")

    def _ansi(self) -> None:
        """`$'...'`, which dash reads as `'...'`."""
        self._at += 2
        while (item := self._next()) is not None:
            self._at += 1
            if item == "'":
                return
            if isinstance(item, Mark):
                self._put(item, bare("in $'...'"))
            elif item == "\\" and self._next() == "'":
                self._lost = "after \\' in $'...'"
                self._at += 1
        self._report("the quote $' is never closed in its script")

    def _comment(self) -> None:
        while (item := self._next()) not in (None, "\n"):
            if isinstance(item, Mark):
                self._put(item, COMMENT)
            self._at += 1

    def _here_begins(self) -> None:
        self._at += 2
        tabs = self._next() == "-"
        self._at += tabs
        while self._next() in (" ", "\t"):
            self._at += 1
        delimiter = ""
        while (item := self._next()) is not None:
            if isinstance(item, str):
                if item in " \t\n;&|<>()":
                    break
                delimiter += "" if item in "'\"\\" else item
            else:
                if isinstance(item, Mark):
                    self._put(item, bare("as the end of a here-document"))
                self._lost = "after a here-document"
            self._at += 1
        self._here.append((delimiter, tabs))

    def _here_texts(self) -> None:
        """The texts of all here-documents that began on the line before."""
        for delimiter, tabs in self._here:
            line: list[Item] = []
            while (item := self._next()) is not None:
                self._at += 1
                if item == "\n":
                    text = "".join(each if isinstance(each, str) else "\0" for each in line)
                    if (text.lstrip("\t") if tabs else text) == delimiter:
                        break
                    line = []
                    continue
                line.append(item)
                if isinstance(item, Mark):
                    self._put(item, _here_text(delimiter))
        self._here = []


def _here_text(delimiter: str) -> Place:
    plain = bare("in a here-document")

    def check(value: str) -> str:
        if value == delimiter:
            raise UnsafeValueError(f"{value!r} would end the here-document that it stands in")
        return plain.quote(value)

    return Place(plain.where, check, refuses=True)


def literal(word: Word) -> str:
    """The word's text; a NUL stands for what is not known."""
    return "".join(
        item if isinstance(item, str) else (getattr(item, "known", None) or "\0")
        for item, _ in word
    )


def marks(word: Word) -> Iterator[Mark]:
    return (item for item, _ in word if isinstance(item, Mark))


def read_code(command: Sequence[Word], report: Callable[[str], None]) -> None:
    """Find the words of a command that are code, and read what is for a shell.

    `report` is called with what is never closed in such a script.
    """
    texts = [literal(word) for word in command]
    for index, text in enumerate(texts):
        name = text.rpartition("/")[2]
        if name in READ_AGAIN or (name in READ_AGAIN_WITH_C and "-c" in texts[index:]):
            for word in command[index + 1 :]:
                _forbid(word, f"in what {name} has a shell read again")
        elif name in SHELLS or (index == 0 and "\0" in name):
            script = script_of(texts, index)
            if script is not None and name in SHELLS:
                _read_script(command[script], report)
            elif script is not None:
                _forbid(command[script], "in a script of a program that only the task knows")
        elif INTERPRETER.fullmatch(name):
            for code in _code_of(texts, index):
                _forbid(command[code], f"in code of {name}")
        elif name in PROGRAMS:
            _forbid_program(command, texts, index, name)
        elif name == "[[" and COMPARES.intersection(texts):
            for word in command[index + 1 :]:
                _forbid(word, "beside -eq and its kind in [[ ]]")


def _forbid(word: Word, where: str) -> None:
    for mark in marks(word):
        mark.enter(bare(where))


def script_of(texts: Sequence[str], shell: int) -> int | None:
    """Where the script of `sh -c` is."""
    asked, at = False, shell + 1
    while at < len(texts):
        text = texts[at]
        if text in SHELLS and texts[shell].rpartition("/")[2] == "busybox":
            at += 1
            continue
        if len(text) < 2 or text[0] not in "-+":
            break
        asked = asked or (text[0] == "-" and text[1] != "-" and "c" in text)
        at += 2 if text in ("-o", "+o", "-O", "+O", "--rcfile", "--init-file") else 1
    return at if asked and at < len(texts) else None


def _code_of(texts: Sequence[str], program: int) -> Iterator[int]:
    """Where the code of `python -c` or `perl -n -e` may be."""
    for at in range(program + 1, len(texts)):
        if re.fullmatch(r"-[A-Za-z]*[ceEpr]|--eval|--print", texts[at - 1]) and at > program + 1:
            yield at
        elif not texts[at].startswith("-"):
            return
        elif re.match(r"-[A-Za-z]*[ceE]", texts[at]):
            yield at


def _forbid_program(command: Sequence[Word], texts: Sequence[str], program: int, name: str) -> None:
    """The first argument of awk and sed, and whatever follows an -e."""
    first = True
    for at in range(program + 1, len(texts)):
        follows_e = texts[at - 1] in ("-e", "--expression") and at - 1 > program
        if follows_e or (first and not texts[at].startswith("-")):
            _forbid(command[at], f"in code of {name}")
            first = False


def _read_script(word: Word, report: Callable[[str], None]) -> None:
    items = [item for item, _ in word]
    match items:
        case [Mark(name=name) as mark] if name.startswith(("param.", "sweep.")):
            # A script that is one parameter is the user's own script.
            if mark.known is not None:
                report(Script(list(mark.known)).fault)
            return
    if any(isinstance(item, Opaque) for item in items):
        _forbid(word, "in a script that the shell puts together")
        return
    report(Script(items).fault)


def _as_argument(value: str) -> str:
    """Quoted only where it must be: nothing else means anything there."""
    return shlex.quote(value) if not value or re.search(r"[\s'\"\\]", value) else value


OUTER = {
    "": Place("in the command line", _as_argument),
    "'": Place("in single quotes", lambda value: value.replace("'", "'\"'\"'")),
    '"': Place("in double quotes", lambda value: re.sub(r'[\\"]', r"\\\g<0>", value)),
}
"""Outside a shell: as the service splits a command line into arguments."""


def split(items: Sequence[Item]) -> tuple[list[Word], str]:
    """The arguments of a command line, and what is never closed in it (or nothing).

    As the service's agent splits it, and `shlex` does: quotes and backslashes, nothing else.
    """
    words: list[Word] = []
    word: Word | None = None
    quote, at = "", 0
    while at < len(items):
        item = items[at]
        at += 1
        if not isinstance(item, str):
            word = word if word is not None else []
            if isinstance(item, Mark):
                item.enter(OUTER[quote])
            word.append((item, quote))
        elif not quote and item in " \t\r\n":
            if word is not None:
                words.append(word)
            word = None
        elif (not quote and item in "'\"") or item == quote:
            word = word if word is not None else []
            quote = "" if quote else item
        elif item == "\\" and quote != "'":
            word = word if word is not None else []
            escaped = items[at] if at < len(items) else None
            if escaped is None and not quote:
                return words, "a backslash ends it"
            if quote and (isinstance(escaped, Mark) or escaped not in ('"', "\\")):
                word.append((item, quote))
                if not isinstance(escaped, Mark):
                    continue
            if isinstance(escaped, Mark):
                escaped.enter(bare("after a backslash"))
            if escaped is not None:
                word.append((escaped, quote or "\\"))
            at += 1
        else:
            word = word if word is not None else []
            word.append((item, quote))
    if word is not None:
        words.append(word)
    return words, f"the quote {quote} is never closed" if quote else ""
