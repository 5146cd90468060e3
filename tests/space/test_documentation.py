"""The page about the language says what is true."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from automl.jobs import Augment, TrainingSettings
from automl.space import Space
from automl.space.node import BLOCK, OPERATION, TIE, kinds
from automl.space.reading import VALUE_KEYS
from automl.space.site import INPUT_NAMES

PAGE = (Path(__file__).parents[2] / "docs" / "search-spaces.md").read_text(encoding="utf-8")


def snippets(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE, flags=re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("number", range(len(snippets("yaml"))))
def test_every_space_on_the_page_loads(number: int) -> None:
    Space.parse(snippets("yaml")[number], f"snippet {number}")


def test_the_python_on_the_page_runs(capsys: pytest.CaptureFixture[str]) -> None:
    for snippet in snippets("python"):
        exec(compile(snippet, "search-spaces.md", "exec"), {})
    assert "head" in capsys.readouterr().out


def test_the_page_names_every_word_of_the_language() -> None:
    words = [*(kinds.keys() - {OPERATION, BLOCK, TIE}), *VALUE_KEYS, *INPUT_NAMES, "by", "share", "index", "tie"]
    words += [*TrainingSettings.model_fields, *Augment.model_fields]
    assert [word for word in words if not re.search(rf"\b{word}\b", PAGE)] == []
