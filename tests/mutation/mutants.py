"""What can be broken in a contract: its operators, its conditions, and the statements that it might forget."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

SWAPPED = [
    ("<", "<="),
    (">", ">="),
    ("==", "!="),
    ("&&", "||"),
    ("+", "-"),
    ("*", "/"),
    ("+=", "-="),
    ("true", "false"),
]
OPERATORS = dict(SWAPPED) | {right: left for left, right in SWAPPED}
OPERATOR = re.compile(r"(?<= )([<>=!]=|[-+]=|[<>]|&&|\|\||[-+*/])(?=\s)|\b(true|false)\b")
COMMENT = re.compile(r"//[^\n]*|/\*.*?\*/", re.DOTALL)
BODY = re.compile(r"\b(?:function \w+|constructor)\([^;{]*\{")
BETWEEN = re.compile(r"(?:[\s{}]|else\b|unchecked\b|try [^{]*|catch [^{]*)*")
CONTROL = re.compile(r"(if|for) \(")
NAME = r"\w[\w.]*(?:\[\w*\])?(?: memory| storage| calldata)? \w+"
DECLARATION = re.compile(rf"(?:{NAME}|\([^=]*\w \w[^=]*\))\s=\s+")
ERROR = re.compile(r", (?=\w+\([^()]*(?:\([^()]*\)[^()]*)*\)\s*\)$)")


@dataclass(frozen=True)
class Mutant:
    """``code[start:end]`` is replaced. A declaration cannot be in a branch: of it, only the value is a span."""

    file: Path
    line: int
    start: int
    end: int
    is_value: bool
    before: str
    after: str


def mutants_of(path: Path) -> Iterator[Mutant]:
    """Every mutant of one file, in its order."""
    code = COMMENT.sub(lambda match: re.sub(r"\S", " ", match[0]), path.read_text())
    pointers = set(re.findall(r"storage (\w+)", code))
    for body in BODY.finditer(code):
        for start, end, is_value in spans(code, body.end(), closing(code, body.end() - 1)):
            text = re.sub(r"(?<=\()\s|\s(?=\))", "", " ".join(code[start:end].rstrip(";").split()))
            line = code.count("\n", 0, start) + 1
            is_condition = is_value and code.endswith("if (", 0, start)
            for after in variants(text, is_condition, is_value, pointers):
                yield Mutant(path, line, start, end, is_value, text, after)


def spans(code: str, start: int, end: int) -> Iterator[tuple[int, int, bool]]:
    """The statements of a block with their semicolons, its values and conditions, and whether each is but a value."""
    while (start := after(BETWEEN, code, start)) < end:
        if control := CONTROL.match(code, start):
            close = closing(code, control.end() - 1)
            if control[1] == "if":
                yield control.end(), close, True
            start = close + 1
            continue
        stop = start
        while code[stop] != ";":
            stop = closing(code, stop) + 1 if code[stop] in "({" else stop + 1
        value = after(DECLARATION, code, start)
        yield (start, stop + 1, False) if value == start else (value, stop, True)
        start = stop + 1


def after(pattern: re.Pattern[str], code: str, start: int) -> int:
    """Where the pattern ends, or ``start`` where it is not."""
    match = pattern.match(code, start)
    return match.end() if match else start


def closing(code: str, start: int) -> int:
    """Where the bracket that opens at ``start`` is closed."""
    depth = 0
    for match in re.finditer(r"[({})]", code[start:]):
        depth += 1 if match[0] in "({" else -1
        if depth == 0:
            return start + match.start()
    raise ValueError(f"an open bracket: {code[start : start + 80]}")


def variants(text: str, is_condition: bool, is_value: bool, pointers: set[str]) -> Iterator[str]:
    """What may be written instead; nothing, where the statement can be left out."""
    operators = list(OPERATOR.finditer(text))
    for match in operators:
        yield text[: match.start()] + OPERATORS[match[0]] + text[match.end() :]
    if is_condition and not operators:
        yield f"!({text})"
    if is_value or text.startswith("return") or re.fullmatch(NAME, text):
        return
    if text.startswith("require(") and not operators:
        comma = ERROR.search(text)
        assert comma is not None, text
        yield f"require(!({text[8 : comma.start()]}){text[comma.start() :]}"
    if not sets_any(pointers, text):
        yield ""


def sets_any(pointers: set[str], text: str) -> bool:
    """Whether it sets a storage pointer, without which the rest does not compile."""
    target, is_assignment, _ = text.partition(" = ")
    names = set(re.findall(r"\w+", target))
    return bool(is_assignment) and not re.search(r"[.\[]", target) and not names.isdisjoint(pointers)
