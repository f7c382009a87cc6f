"""JSON schemas of the files, for editors.

`python -m private_transform.environment.schema FOLDER` writes them. They are made of
the classes that check the files, so they cannot say anything else. They hold the
rules of single keys; rules between keys, and the one that every text obeys, are
checked by the reader alone.
"""

import ast
import inspect
import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from private_transform.environment import values
from private_transform.environment.checked_file import PRIMARY_KEY

Json = dict[str, Any]

_FILES: Mapping[str, type] = {
    "environment.schema.json": values.Environment,
    "transform.schema.json": values.Transform,
}
_NULL = {"type": "null"}
_DIALECT = "https://json-schema.org/draft/2020-12/schema"


def schemas() -> dict[str, str]:
    """The text of each schema file, by the file's name."""
    return {
        name: json.dumps(_schema(kind), indent=2, sort_keys=True) + "\n"
        for name, kind in _FILES.items()
    }


def _schema(kind: type) -> Json:
    schema = TypeAdapter(kind).json_schema()
    described = _descriptions()
    definitions = schema.get("$defs", {})
    for name, definition in [(kind.__name__, schema), *definitions.items()]:
        _complete(definition, described[name])
    if "Model" in definitions:
        _add_primary_container(definitions["Model"])
    return {"$schema": _DIALECT, **_tidy(schema)}


def _complete(definition: Json, descriptions: Mapping[str, str]) -> None:
    """Add the sentences, and that there are no other keys."""
    definition["additionalProperties"] = False
    for name, described in definition["properties"].items():
        described["description"] = descriptions[name]


def _add_primary_container(model: Json) -> None:
    """A file names one container by `primary_container`."""
    container = model["properties"]["containers"]["items"]
    model["properties"][PRIMARY_KEY] = {**container, "description": "The container."}
    del model["required"]
    model["oneOf"] = [{"required": [PRIMARY_KEY]}, {"required": ["containers"]}]


def _tidy(node: Any) -> Any:
    """Without what says nothing: titles repeat the keys, and null is for absence."""
    if isinstance(node, list):
        return [_tidy(entry) for entry in node]
    if not isinstance(node, dict):
        return node
    kept = {
        key: _tidy(entry)
        for key, entry in node.items()
        if not (key == "title" and isinstance(entry, str))
        and not (key == "default" and entry is None)
    }
    choices = [choice for choice in kept.get("anyOf", ()) if choice != _NULL]
    if len(choices) == 1:
        del kept["anyOf"]
        return {**choices[0], **kept}
    return {**kept, "anyOf": choices} if choices else kept


def _descriptions() -> dict[str, dict[str, str]]:
    """The sentence below each attribute of `values`, by class and attribute."""
    module = ast.parse(inspect.getsource(values))
    return {
        statement.name: dict(_sentences(statement))
        for statement in module.body
        if isinstance(statement, ast.ClassDef)
    }


def _sentences(class_: ast.ClassDef) -> Iterator[tuple[str, str]]:
    for attribute, below in zip(class_.body, class_.body[1:], strict=False):
        match attribute, below:
            case (
                ast.AnnAssign(target=ast.Name(id=name)),
                ast.Expr(value=ast.Constant(value=str(sentence))),
            ):
                yield name, inspect.cleandoc(sentence).replace("\n", " ")


if __name__ == "__main__":
    for file_name, text in schemas().items():
        (Path(sys.argv[1]) / file_name).write_text(text, "utf-8")
