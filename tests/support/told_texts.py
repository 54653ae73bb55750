"""What the studio says by itself, in stages, warnings and errors: found in the sources, for pages to translate.

The API speaks English. A page looks what it is told up in its catalogue, where a sentence with values in it stands
with numbered places: `f"Scene {number} has no text yet."` is `Scene {0} has no text yet.` (`told` in `text.js`).
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from rest_framework import fields

from mvsite.common.error_table import ERRORS
from tests.support.tree import SOURCE, python_files, short_name

_ERRORS = {"UserError", "ProviderError", "MediaError", "AppError", "FieldError"}
_SECOND = {*_ERRORS, "Park", "InLine"}  # calls whose second word is for a person
_NAMES = re.compile(r"_?(stages?|(\w+_)?warnings?|said|say|sentence|detail|why|how)", re.IGNORECASE)
_FIELDS = {"Field", "CharField", "IntegerField", "FloatField", "BooleanField", "ChoiceField"}
_ERROR_TABLE = "default_error_messages"
_PROBLEM = "MediaProblem"
_STAGES = re.compile(r"_?stages?", re.IGNORECASE)


def told_texts() -> Iterator[tuple[str, str]]:
    """Go through (file, text): titles and next steps of the table of errors, then all that is said with values."""
    for error in ERRORS.values():
        yield from (("mvsite/common/error_table.py", text) for text in (error.title, error.next_step) if text)
    yield from (("rest_framework/fields.py", text) for text in _of_fields())
    for path in python_files(*SOURCE):
        if "management" not in path.parts and "admin" not in path.parts:
            for text in _said(ast.parse(path.read_text(encoding="utf-8"))):
                yield short_name(path), text


def told_stages() -> Iterator[tuple[str, str]]:
    """Go through (file, text): every stage of a job that is set anywhere."""
    for path in python_files(*SOURCE):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            for name, value in _spoken(node):
                if _STAGES.fullmatch(name):
                    yield from ((short_name(path), text) for text in _literals(value))


def _of_fields() -> Iterator[str]:
    """What REST framework says of a field that is missing, empty, too long or has no such value."""
    for node in ast.walk(ast.parse(Path(fields.__file__).read_text(encoding="utf-8"))):
        if isinstance(node, ast.ClassDef) and node.name in _FIELDS:
            for said in ast.walk(_errors_of(node)):
                if isinstance(said, ast.Constant) and " " in str(said.value):
                    pieces = re.split(r"\{\w+\}", str(said.value))
                    yield "".join(f"{piece}{{{place}}}" for place, piece in enumerate(pieces[:-1])) + pieces[-1]


def _errors_of(kind: ast.ClassDef) -> ast.AST:
    named = [node for node in kind.body if isinstance(node, ast.Assign) and _name(node.targets[0]) == _ERROR_TABLE]
    return named[0].value


def _said(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        for name, value in _spoken(node):
            for said in _literals(value):
                text = f"{said[:1].upper()}{said[1:]}." if name == _PROBLEM else said  # as `media_errors` tells it
                letters = re.sub(r"\{\d+\}|[^a-zA-Z]", "", text)
                if len(letters) >= 6 and (_STAGES.fullmatch(name) or " " in text):
                    yield text


def _spoken(node: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    """Give what a node says to a person, each with the name it goes by."""
    match node:
        case ast.Call(func=ast.Name(id="MediaProblem"), args=[_, said, *_]):
            yield _PROBLEM, said
        case ast.Call(func=ast.Name(id=name), args=[_, said, *_]) if name in _SECOND:
            yield ("stage" if name in ("Park", "InLine") else "detail"), said
        case ast.Call(func=ast.Attribute(value=owner, attr="append"), args=[said]) if _NAMES.fullmatch(_name(owner)):
            yield _name(owner), said
        case ast.Call(func=ast.Attribute(attr="ValidationError"), args=[said, *_]):
            yield "detail", said
        case ast.keyword(arg=str(name), value=said) if name in ("stage", "detail"):
            yield name, said
        case ast.Assign(targets=[target], value=said) if _NAMES.fullmatch(_name(target)):
            yield _name(target), said
        case ast.AugAssign(target=target, value=said) if _NAMES.fullmatch(_name(target)):
            yield _name(target), said


def _name(node: ast.expr) -> str:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case _:
            return ""


def _literals(node: ast.expr) -> Iterator[str]:
    """Find the texts in an expression: of a choice both, of a table all; what is asked of others is not ours."""
    match node:
        case ast.Constant(value=str(text)):
            yield text
        case ast.JoinedStr(values=pieces):
            places = iter(range(len(pieces)))
            yield "".join(str(one.value) if isinstance(one, ast.Constant) else f"{{{next(places)}}}" for one in pieces)
        case ast.IfExp(body=one, orelse=other) | ast.BinOp(left=one, right=other):
            yield from (*_literals(one), *_literals(other))
        case ast.Tuple(elts=items) | ast.List(elts=items) | ast.BoolOp(values=items):
            for item in items:
                yield from _literals(item)
        case ast.ListComp(elt=item):
            yield from _literals(item)
        case ast.Dict(values=items) if all(isinstance(item, ast.Constant) for item in items):
            for item in items:
                yield from _literals(item)
