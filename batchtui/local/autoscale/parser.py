"""Reads a formula: statements that are separated by semicolons."""

from batchtui.local.autoscale.lexer import Kind, Token, tokens
from batchtui.local.autoscale.tree import (
    Call,
    Chain,
    Choice,
    Expression,
    Formula,
    Member,
    Name,
    Number,
    Path,
    Statement,
    Step,
    Text,
    Unary,
    Vector,
)
from batchtui.local.autoscale.trouble import FormulaSyntaxError

LONGEST = 8192
"""Characters; a longer formula is refused before it is read."""
MOST_STATEMENTS = 100
_DEEPEST = 32

# From the loosest to the tightest; operators of one rank are applied from the left.
_RANKS = (
    ("||",),
    ("&&",),
    ("==", "!="),
    ("<", "<=", ">", ">="),
    ("+", "-"),
    ("*", "/"),
)


def parse(text: str) -> Formula:
    """Read a formula. Raises FormulaSyntaxError."""
    return _Parser(text).formula()


class _Parser:
    """One method per rule of the grammar; each takes the tokens that are its own."""

    def __init__(self, text: str) -> None:
        self._tokens = list(tokens(text))
        self._at = 0
        self._depth = 0

    @property
    def _next(self) -> Token:
        return self._tokens[self._at]

    def formula(self) -> Formula:
        statements: list[Statement] = []
        while not self._ended():
            if self._taken(";"):
                continue
            if len(statements) == MOST_STATEMENTS:
                raise FormulaSyntaxError(
                    self._next.place, f"A formula has at most {MOST_STATEMENTS} statements"
                )
            statements.append(self._statement())
            if not self._ended():
                self._take(";")
        if not statements:
            raise FormulaSyntaxError(self._next.place, "The formula has no statement")
        return tuple(statements)

    def _statement(self) -> Statement:
        first = self._next
        if first.kind is Kind.NAME and self._is_sign(self._tokens[self._at + 1], "="):
            self._at += 2
            return Statement(first.place, first.text, self._expression())
        return Statement(first.place, "", self._expression())

    def _expression(self) -> Expression:
        place = self._next.place
        self._depth += 1
        if self._depth > _DEEPEST:
            raise FormulaSyntaxError(place, f"It is nested deeper than {_DEEPEST} levels")
        cases: list[tuple[Expression, Expression]] = []
        last = self._ranked(0)
        while self._taken("?"):
            then = self._expression()
            self._take(":")
            cases.append((last, then))
            last = self._ranked(0)
        self._depth -= 1
        return Choice(place, tuple(cases), last) if cases else last

    def _ranked(self, rank: int) -> Expression:
        if rank == len(_RANKS):
            return self._unary()
        first, steps = self._ranked(rank + 1), list[Step]()
        while self._next.kind is Kind.SIGN and self._next.text in _RANKS[rank]:
            sign = self._advance()
            steps.append(Step(sign.place, sign.text, self._ranked(rank + 1)))
        return Chain(first.place, first, tuple(steps)) if steps else first

    def _unary(self) -> Expression:
        place, signs = self._next.place, list[str]()
        while self._is_sign(self._next, "-", "!"):
            signs.append(self._advance().text)
        operand = self._path()
        return Unary(place, tuple(signs), operand) if signs else operand

    def _path(self) -> Expression:
        base, members = self._primary(), list[Member]()
        while self._taken("."):
            name = self._expect(Kind.NAME, "the name of a member")
            arguments = self._list(")") if self._taken("(") else None
            members.append(Member(name.place, name.text, arguments))
        return Path(base.place, base, tuple(members)) if members else base

    def _primary(self) -> Expression:
        token = self._advance()
        match token.kind:
            case Kind.NUMBER:
                return Number(token.place, float(token.text))
            case Kind.TEXT:
                return Text(token.place, token.text)
            case Kind.NAME if self._taken("("):
                return Call(token.place, token.text, self._list(")"))
            case Kind.NAME:
                return Name(token.place, token.text)
        if token.text == "(":
            inner = self._expression()
            self._take(")")
            return inner
        if token.text == "[":
            return Vector(token.place, self._list("]"))
        raise self._unexpected(token, "a value")

    def _list(self, end: str) -> tuple[Expression, ...]:
        """Expressions with commas between, up to the sign that ends them."""
        items: list[Expression] = []
        if self._taken(end):
            return ()
        while True:
            items.append(self._expression())
            if self._taken(end):
                return tuple(items)
            self._take(",")

    def _ended(self) -> bool:
        return self._next.kind is Kind.END

    def _advance(self) -> Token:
        token = self._next
        if token.kind is not Kind.END:
            self._at += 1
        return token

    def _taken(self, sign: str) -> bool:
        if self._is_sign(self._next, sign):
            self._at += 1
            return True
        return False

    def _take(self, sign: str) -> None:
        if not self._taken(sign):
            raise self._unexpected(self._next, f"'{sign}'")

    def _expect(self, kind: Kind, what: str) -> Token:
        if self._next.kind is not kind:
            raise self._unexpected(self._next, what)
        return self._advance()

    @staticmethod
    def _is_sign(token: Token, *signs: str) -> bool:
        return token.kind is Kind.SIGN and token.text in signs

    @staticmethod
    def _unexpected(token: Token, wanted: str) -> FormulaSyntaxError:
        return FormulaSyntaxError(token.place, f"Expected {wanted}, found {token}")
