"""Who proposes the next point of a search, behind one method: see ``docs/search.md``.

>>> import numpy as np
>>> from automl.space import Space, made_up_data
>>> space = Space.load("mlp")
>>> inputs, heads = made_up_data(space)
>>> ground = Ground(space, inputs=inputs, heads=heads)
>>> point = Policy.on(ground).propose(History(()), np.random.default_rng(0))
>>> point.proposed_by, "train/lr" in point.looked.answers
('random', True)
"""

from automl.search.proposers.base import History, Known, Point, Proposes
from automl.search.proposers.chance import Chance
from automl.search.proposers.evolution import Evolution
from automl.search.proposers.ground import Ground, Looked, answers_key, training_key
from automl.search.proposers.policy import Policy
from automl.search.proposers.surrogate import Surrogate
from automl.search.proposers.tpe import Tpe

__all__ = [
    "Chance",
    "Evolution",
    "Ground",
    "History",
    "Known",
    "Looked",
    "Point",
    "Policy",
    "Proposes",
    "Surrogate",
    "Tpe",
    "answers_key",
    "training_key",
]
