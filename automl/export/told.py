"""From what a network says to answers: in memory, and as a table has them."""

from __future__ import annotations

import numpy as np

from automl.data import LabelTarget
from automl.data.label_sets import texts_of
from automl.export.manifest import Output
from automl.label_metrics import given


def decided(output: Output, answer: np.ndarray) -> np.ndarray:
    """What ``predict`` gives.

    >>> decided(Output.of(["no", "yes"]), np.array([[0.9, 0.1], [0.2, 0.8]])).tolist()
    ['no', 'yes']

    Args:
        output: What is answered.
        answer: What the network says, (n, k): probabilities, or numbers.

    Returns:
        The most probable class (n,); labels of a probability of at least one half, as sets (n,) or as 0 and 1 (n, k),
        as the model learned them; numbers (n,) or (n, k).
    """
    if output.several:
        return _labels(output, answer)
    if output.classes:
        labels: np.ndarray = output.labels()[answer.argmax(axis=1)]
        return labels
    return answer[:, 0] if answer.shape[1] == 1 else answer


def told(output: Output, answer: np.ndarray) -> np.ndarray:
    """Answers as they are written into a table; ``called`` names their columns."""
    target = output.target()
    if isinstance(target, LabelTarget):
        flags = given(answer).astype(np.int64)
        return flags if not target.separator else np.array(texts_of(flags, target), dtype=object)
    return np.asarray(output.labels()[answer.argmax(axis=1)] if output.classes else answer)


def called(output: Output) -> tuple[str, ...]:
    """What the columns of ``told`` are called."""
    if output.several:
        return ("labels",) if output.separator else tuple(str(name) for name in output.classes)
    return ("label",) if output.classes else output.columns


def _labels(output: Output, answer: np.ndarray) -> np.ndarray:
    flags = given(answer)
    if not output.separator:
        return flags.astype(np.int64)
    classes = output.labels()
    sets = np.empty(len(flags), dtype=object)
    sets[:] = [set(classes[row].tolist()) for row in flags]
    return sets
