"""What a Python file imports when it runs, read from its text.

Promises every import wherever it stands, and none that only a type checker sees. Imports nothing itself.
"""

import ast
from collections.abc import Iterator


def imported(tree: ast.Module) -> tuple[str, ...]:
    """Return each name imported; `from a import b` is a.b, for b may be a module; a relative one is a dot."""
    names: list[str] = []
    for node in running(tree):
        match node:
            case ast.Import():
                names += [alias.name for alias in node.names]
            case ast.ImportFrom(module=str(module), level=0):
                names += [f"{module}.{alias.name}" for alias in node.names]
            case ast.ImportFrom():
                names.append(".")
    return tuple(names)


def running(node: ast.AST) -> Iterator[ast.AST]:
    """Walk a tree without what stands under `if TYPE_CHECKING`."""
    yield node
    for child in ast.iter_child_nodes(node):
        if not (isinstance(child, ast.If) and ast.unparse(child.test) == "TYPE_CHECKING"):
            yield from running(child)
