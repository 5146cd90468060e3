"""What a person chose to learn by and to be told: losses and scores, by name or as functions of their own."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from automl.errors import ConfigError, did_you_mean
from automl.imports import find, is_reference
from automl.metrics import check_own, told

_SHORT = {
    "mse": "mean_squared_error",
    "mae": "mean_absolute_error",
    "crossentropy": "sparse_categorical_crossentropy",
    "focal": "categorical_focal_crossentropy",
    "focal_crossentropy": "categorical_focal_crossentropy",
}


def chosen_loss(name: str, fitting: Sequence[str]) -> str:
    """The loss that a name means: Keras' own name, or ``module:function``.

    >>> chosen_loss("mae", ("mean_squared_error", "mean_absolute_error"))
    'mean_absolute_error'

    Args:
        name: As a person says it.
        fitting: Names of Keras' losses that make sense of the answers.

    Raises:
        ConfigError: It does not fit, or there is no such function.
    """
    if is_reference(name):
        find(name)
        return name
    full = _SHORT.get(name, name)
    if full not in fitting:
        raise ConfigError(
            f"the loss {name!r} does not fit these answers; {', '.join(fitting)} do, and module:function of your own "
            f"({did_you_mean(full, fitting)})"
        )
    return full


def further_scores(asked: Iterable[str], *, always: Sequence[str], more: Sequence[str], weighted: bool) -> list[str]:
    """What to tell beside the scores that are told anyway.

    >>> further_scores(["accuracy", "top_5"], always=["accuracy"], more=["top_5"], weighted=False)
    ['top_5']

    Args:
        asked: Names, or ``module:function``.
        always: Told anyway.
        more: Told where asked for.
        weighted: Whether rows have weights, which a person's own must then take.

    Raises:
        ConfigError: There is no such score, or two have one name.
    """
    found: list[str] = []
    for name in dict.fromkeys(asked):
        if is_reference(name):
            check_own(name, weighted=weighted)
        elif name not in (*always, *more):
            raise ConfigError(f"unknown metric {name!r}; {did_you_mean(name, (*always, *more))}")
        if name in always:
            continue
        if told(name) in map(told, found):
            raise ConfigError(f"two metrics are called {told(name)!r}; call one otherwise")
        found.append(name)
    return found
