"""Networks that answer together: which of them do, and the one model they become."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from automl.arch import Architecture, build_model, join
from automl.backend import start_keras
from automl.data import PreparedData
from automl.failures import Failure, TrialFailure
from automl.files import whole_file
from automl.jobs import EnsembleJob, MemberRef, Objective, TrialResult
from automl.ops import import_layers
from automl.training.answers import Answers, read_answers
from automl.training.failures import as_message, guard
from automl.training.judge import make_judge
from automl.training.scoring import Scorer
from automl.training.session import session

if TYPE_CHECKING:
    import keras

_ROUNDS = 16


def run_ensemble(job: EnsembleJob) -> TrialResult:
    """Choose members, or join them: see ``EnsembleJob``.

    Returns:
        Of a choice the members' ``weights``, and the ``metrics`` of the ensemble on the validation rows; of a join the
        ``model_file`` and its ``parameters``. Whatever goes wrong is in it as ``failure``.
    """
    begin = time.monotonic()
    start_keras()
    with session(0, "float32"):
        try:
            result = _join(job) if job.most is None else _choose(job, job.most)
        except TrialFailure as error:
            result = TrialResult(job_id=job.job_id, status="failed", failure=as_message(error))
    return result.model_copy(update={"seconds": {"build": time.monotonic() - begin}})


def _choose(job: EnsembleJob, most: int) -> TrialResult:
    with guard("train_error", "choose networks for an ensemble"):
        prepared = PreparedData.load(Path(job.data.directory))
        rows, metric = prepared.rows("validation"), job.objective.metric.removeprefix("val_")
        judge, deciding = make_judge(job.task, prepared, rows), make_judge(job.task, prepared, rows, only=metric)
        found = [read_answers(Path(member.model_file), member.epoch) for member in job.members]
        known = {place: answers for place, answers in enumerate(found) if answers is not None}
        if not known:
            raise TrialFailure(Failure(kind="train_error", message="no trial's answers are known"))
        weights = choose(list(known.values()), lambda answers: _metrics(deciding, answers), job.objective, most)
        metrics = _metrics(judge, _mean(list(known.values()), weights))
    by_place = dict(zip(known, weights, strict=True))
    told = tuple(by_place.get(place, 0) for place in range(len(job.members)))
    return TrialResult(job_id=job.job_id, status="complete", metrics=metrics, weights=told)


def choose(
    candidates: Sequence[Answers], judge: Any, objective: Objective, most: int, *, rounds: int = _ROUNDS
) -> tuple[int, ...]:
    """How often each candidate is taken by greedy selection with replacement (Caruana et al., 2004).

    It begins with the best one; each round adds whichever makes the mean of all taken so far the best; and the best
    round's mean counts, the first of equal ones. Once ``most`` different ones are taken, only they are taken again.

    Args:
        candidates: Their answers, of the same rows and outputs.
        judge: Answers to metrics, with the objective's among them.
        objective: What decides.
        most: Different candidates at the most.
        rounds: How often one is taken, at the most.

    Returns:
        A count for every candidate, at least one of them above 0.

    >>> import numpy as np
    >>> truth = np.array([1.0, 2.0])
    >>> error = lambda answers: {"val_mae": float(np.abs(answers[""] - truth).mean())}
    >>> least = Objective(metric="val_mae", direction="minimize")
    >>> choose([{"": truth + 1}, {"": truth - 3}, {"": truth + 9}], error, least, 2)
    (3, 1, 0)
    """
    counts = np.zeros(len(candidates), int)
    total: dict[str, NDArray[Any]] = {}
    best, chosen = None, counts
    for taken in range(1, rounds + 1):
        full = np.count_nonzero(counts) >= most
        allowed = [place for place in range(len(candidates)) if counts[place] or not full]
        tried = {
            place: judge({name: (total.get(name, 0) + y) / taken for name, y in candidates[place].items()})
            for place in allowed
        }
        next_, value = _best({place: metrics[objective.metric] for place, metrics in tried.items()}, objective)
        counts = counts.copy()
        counts[next_] += 1
        total = {name: total.get(name, 0) + y.astype(np.float64) for name, y in candidates[next_].items()}
        if objective.better(value, best):
            best, chosen = value, counts
    if not chosen.any():
        chosen = counts * 0 + (np.arange(len(counts)) == 0)
    divisor = int(np.gcd.reduce(chosen))
    return tuple(int(count) // divisor for count in chosen)


def _best(values: Mapping[int, float], objective: Objective) -> tuple[int, float]:
    first = next(iter(values))
    best, value = first, values[first]
    for place, each in values.items():
        if objective.better(each, value if np.isfinite(value) else None):
            best, value = place, each
    return best, value


def _mean(candidates: Sequence[Answers], weights: Sequence[int]) -> Answers:
    total = sum(weights)
    return {
        name: np.sum([share / total * each[name] for each, share in zip(candidates, weights, strict=True)], axis=0)
        for name in candidates[0]
    }


def _metrics(judge: Scorer, answers: Answers) -> dict[str, float]:
    said: Any = (
        answers[""].astype(np.float32) if "" in answers else {k: v.astype(np.float32) for k, v in answers.items()}
    )
    return {f"val_{name}": value for name, value in judge.judge(said).items()}


def _join(job: EnsembleJob) -> TrialResult:
    with guard("build_error", "join the networks of an ensemble"):
        prepared = PreparedData.load(Path(job.data.directory))
        networks = [_network(member, prepared, place) for place, member in enumerate(job.members, start=1)]
        model = join(
            networks,
            Architecture.from_json(job.members[0].architecture),
            weights=[member.weight for member in job.members],
            fronts={name: Architecture.from_json(front) for name, front in prepared.fronts.items()},
            scales=prepared.scales,
        )
        file = Path(job.model_file)
        file.parent.mkdir(parents=True, exist_ok=True)
        with whole_file(file) as aside:
            model.save(aside)
    parameters = sum(network.count_params() for network in networks)
    return TrialResult(job_id=job.job_id, status="complete", parameters=parameters, model_file=str(file))


def _network(member: MemberRef, prepared: PreparedData, place: int) -> keras.Model:
    """The network of a member, with the weights of its file."""
    import keras

    import_layers(member.layers)
    shapes = {name: tuple(found["shape"]) for name, found in prepared.inputs.items()}
    network = build_model(
        Architecture.from_json(member.architecture),
        preprocessing=prepared.preprocessing,
        shapes=shapes,
        name=f"member_{place}",
    )
    # Nothing that stands around a network has weights of its own, or they stand before it and are the last known.
    saved = keras.saving.load_model(member.model_file, compile=False, safe_mode=True).get_weights()
    network.set_weights(saved[len(saved) - len(network.weights) :])
    return network
