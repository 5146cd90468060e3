"""A search in folds that is killed between the epochs of its folds is continued as if it had not been."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from tests.faults.harness import Answer, Place, check_kept, check_whole, recorded

pytestmark = [pytest.mark.slow, pytest.mark.skipif(sys.platform == "win32", reason="signals")]

FOLDS = ("--folds", "3", "--trials", "2")


@pytest.mark.parametrize("workers", [0, 1])
def test_a_search_in_folds_is_continued_to_the_same_answer(workers, tmp_path_factory):
    whole, killed = (Place.make(tmp_path_factory.mktemp(name)) for name in ("whole", "killed"))
    done = whole.do(*whole.search(*FOLDS, workers=workers))
    assert done.exit_code == 0, done.stderr
    killed.kill_at("first-epoch", *killed.search(*FOLDS, workers=workers))
    before = recorded(killed)
    again = killed.do("resume", "run", "--json")
    assert again.exit_code == 0, again.stderr
    check_kept(before, recorded(killed))
    check_whole(killed)
    expected, found = Answer.of(whole), Answer.of(killed)
    assert found.trials == expected.trials
    assert np.array_equal(found.probabilities, expected.probabilities)
    assert "val_accuracy_fold_3" in killed.trials()[-1].metrics
