"""The page of the vocabulary is true."""

from __future__ import annotations

from pathlib import Path

from automl import ops
from automl.ops.vocabulary import page

PAGE = Path(__file__).parents[2] / "docs" / "vocabulary.md"
FLOPS = Path(__file__).parents[2] / "docs" / "flops.md"


def test_the_page_is_what_the_classes_say() -> None:
    """When it is not: python -m automl.ops.vocabulary > docs/vocabulary.md."""
    assert PAGE.read_text(encoding="utf-8") == page()


def test_the_page_of_costs_names_every_operation() -> None:
    text = FLOPS.read_text(encoding="utf-8")
    activations = {cls.name for cls in map(ops.get, ops.names()) if cls.__module__ == "automl.ops.activation"}
    missing = [name for name in ops.names() if name not in activations and f"`{name}`" not in text]
    assert not missing
