"""What the README shows works as it stands there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from automl.arch import Input
from automl.space import DefaultDecider, Space

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "README.md").read_text("utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", TEXT, re.S)


def test_the_python_snippet_runs(tmp_path, monkeypatch, capsys) -> None:
    monkeypatch.chdir(tmp_path)
    (snippet,) = blocks("python")
    exec(snippet, {})
    accuracy = float(capsys.readouterr().out.splitlines()[0])
    assert 0 <= accuracy <= 1


def test_the_space_is_valid_and_builds() -> None:
    (text,) = blocks("yaml")
    space = Space.parse(text)
    heads = {"label": {"units": 10, "activation": "softmax"}}
    candidate = space.interpret(DefaultDecider(), inputs={"image": Input((28, 28, 1))}, heads=heads)
    assert candidate.architecture.nodes


def test_the_commands_are_those_of_the_command_line_documentation() -> None:
    """Those are run by tests/cli/test_docs.py."""
    documented = (ROOT / "docs" / "cli.md").read_text("utf-8")
    commands = re.findall(r"^\$ (automl .+)$", TEXT, re.M)
    assert commands
    assert all(command in documented for command in commands)


def test_the_make_targets_exist() -> None:
    targets = re.findall(r"^make (\S+)", TEXT, re.M)
    makefile = (ROOT / "Makefile").read_text("utf-8")
    assert targets == ["demo", "test"]
    assert all(f"\n{target}: " in makefile for target in targets)


PAGES = sorted(page.relative_to(ROOT / "docs").as_posix() for page in (ROOT / "docs").rglob("*.md"))


@pytest.mark.parametrize("document", ["README.md", "CONTRIBUTING.md", *PAGES])
def test_links_lead_somewhere(document: str) -> None:
    file = ROOT / document if (ROOT / document).exists() else ROOT / "docs" / document
    for link in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", file.read_text("utf-8")):
        assert link.startswith("http") or (file.parent / link).exists(), f"{document}: {link}"
