"""The whole contract as a text, and its hooks as the table in the author's guide.

`python -m tests.plugins.sdk.contract` writes both anew; read the difference before you commit it. The text is cut from
the source, so that it is the same under every Python version.
"""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

from omnisales_sdk.checks import HOOKS

SDK = Path(__file__).parents[3] / "plugins" / "omnisales_sdk"
GOLDEN = Path(__file__).with_name("contract.txt")
GUIDE = Path(__file__).parents[3] / "docs" / "plugin-author.md"
BEGIN, END = "<!-- hooks: begin (kept equal to omnisales_sdk.hookspecs by a test) -->", "<!-- hooks: end -->"


def contract_text() -> str:
    """Public names, hooks, fields with types and defaults, members of enums, and public methods, by module."""
    trees = {path.stem: ast.parse(path.read_text("utf-8")) for path in sorted(SDK.glob("*.py"))}
    public = _public(trees["__init__"])
    lines = []
    for module, tree in trees.items():
        found = [line for node in tree.body for line in _lines(node, public, module)]
        if found:
            lines += [f"# {module}", *found, ""]
    return "\n".join(lines)


def hook_table() -> str:
    """The hooks in the order of their page: arguments, answer, sentence."""
    tree = ast.parse((SDK / "hookspecs.py").read_text("utf-8"))
    answers = {node.name: node.returns for node in tree.body if isinstance(node, ast.FunctionDef)}
    rows = ["| Hook | Answers | Meaning |", "|---|---|---|"]
    for hook in HOOKS.values():
        answer = ast.unparse(answers[hook.name] or ast.Constant(None)).replace(" | ", " or ")
        rows.append(f"| `{hook.name}({', '.join(hook.arguments)})` | `{answer}` | {' '.join(hook.doc.split())} |")
    return "\n".join(rows)


def guide_with(table: str) -> str:
    """The author's guide with this table in its place."""
    before, _, rest = GUIDE.read_text("utf-8").partition(BEGIN)
    return f"{before}{BEGIN}\n\n{table}\n\n{END}{rest.partition(END)[2]}"


def _public(init: ast.Module) -> set[str]:
    for node in init.body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
            return set(ast.literal_eval(node.value))
    raise LookupError("omnisales_sdk has no __all__")


def _lines(node: ast.stmt, public: set[str], module: str) -> Iterator[str]:
    if isinstance(node, ast.ClassDef) and node.name in public:
        decorators = "".join(f"@{ast.unparse(one)} " for one in node.decorator_list)
        bases = ", ".join(map(ast.unparse, node.bases))
        yield f"{decorators}class {node.name}" + (f"({bases})" if bases else "")
        for part in node.body:
            if isinstance(part, (ast.AnnAssign, ast.Assign)):
                yield f"    {ast.unparse(part)}"
            elif isinstance(part, ast.FunctionDef) and (not part.name.startswith("_") or part.name == "__init__"):
                yield f"    {_signature(part)}"
    elif isinstance(node, ast.FunctionDef) and module == "hookspecs":
        yield _signature(node)
    elif isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) in public:
        yield ast.unparse(node)


def _signature(node: ast.FunctionDef) -> str:
    answer = f" -> {ast.unparse(node.returns)}" if node.returns is not None else ""
    decorators = "".join(f"@{ast.unparse(one)} " for one in node.decorator_list)
    return f"{decorators}def {node.name}({ast.unparse(node.args)}){answer}"


if __name__ == "__main__":
    GOLDEN.write_text(contract_text(), "utf-8")
    GUIDE.write_text(guide_with(hook_table()), "utf-8")
    sys.stdout.write(f"{GOLDEN} and {GUIDE} written\n")
