"""The page about budgets says what is so."""

from __future__ import annotations

import doctest
import re
from pathlib import Path

from automl.search.halving import ETA, KEPT
from automl.search.plan import FINAL_SHARE, LONGEST_ALONE, TRAINED

PAGE = Path(__file__).parents[2] / "docs" / "budgets.md"


def test_the_snippets_of_the_page_run() -> None:
    text = re.sub(r"^```.*$", "", PAGE.read_text("utf-8"), flags=re.M)
    test = doctest.DocTestParser().get_doctest(text, {}, "budgets.md", str(PAGE), 0)
    failed, tried = doctest.DocTestRunner().run(test)
    assert tried >= 8
    assert not failed


def test_the_numbers_of_the_page_are_those_of_the_rules() -> None:
    text = " ".join(PAGE.read_text("utf-8").split())
    assert f"at most {FINAL_SHARE:.0%}".replace("%", " %") in text
    assert f"less than {TRAINED:.0%}".replace("%", " %") in text
    assert (LONGEST_ALONE, ETA, KEPT) == (600.0, 3, 8), "ten minutes, the best third, eight states"
