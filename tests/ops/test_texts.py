"""The layers in front of an exported model make of a text what the reader makes of it, whatever stands in it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from automl import ops
from automl.data.texts.contract import TextContract
from automl.data.texts.words import lookup, numbers, spellings
from automl.errors import ShapeError

WORDS = ("the", "rock", "über", "straße", "\U0001f600", "مرحبا", "br", "dont", "привет")
LETTERS = tuple("abcdeüéñßЖж今天\U0001f600\u200d \n")
WORDY = TextContract(length=6, tokens=WORDS)
LETTERED = TextContract(length=9, unit="characters", tokens=tuple(dict.fromkeys(c.lower() for c in LETTERS)))
SPACES = " \t\n\r\x0b\x0c\x1c\x1d\x1e\x1f\x85\xa0\u1680\u2000\u2003\u2028\u2029\u202f\u205f\u3000\u200b\ufeff"
ODD = [
    "",
    "   ",
    "The ROCK's <br/>rock<br>ÜBER Über über STRASSE Straße",
    "\x00",
    "x\x00y\x00",
    "\u202emirror مرحبا\u202c",
    "\U0001f468\u200d\U0001f469\u200d\U0001f467 \U0001f600\U0001f600 \U0001f600!",
    "&nbsp;&amp;",
    "rock" * 300_000,
    "the " * 300_000,
    "\ufeffthe",
    "привет Привет ПРИВЕТ",
    "\u0130\u0131 \u017ftraße \ufb01ne \u01c4",
    "\\n\\the\\rock",
    SPACES.join(["the", "rock"]),
]
texts = st.one_of(
    st.text(),
    st.text(st.sampled_from(SPACES + "aZé.'<>/&;\x00\U0001f600")),
    st.lists(st.sampled_from([*WORDS, "The", "ROCK", "Über", "<b>", "rock!"]), max_size=8).map(" ".join),
)


def model_of(contract: TextContract) -> Any:
    import keras

    known = spellings(contract.tokens)
    op = ops.create(
        "tokens",
        {
            "spellings": list(known),
            "numbers": list(known.values()),
            "length": contract.length,
            "unit": contract.unit,
        },
    )
    x = keras.Input((), dtype="string")
    return keras.Model(x, op.build((), name="op")(x))


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> dict[TextContract, Any]:
    """Saved and loaded again, as everyone's is."""
    import keras

    loaded = {}
    for contract in (WORDY, LETTERED):
        file: Path = tmp_path_factory.mktemp("model") / "model.keras"
        model_of(contract).save(file)
        loaded[contract] = keras.saving.load_model(file, compile=False, safe_mode=True)
    return loaded


@pytest.mark.parametrize("contract", [WORDY, LETTERED], ids=["words", "characters"])
def test_odd_texts_are_read_alike_in_the_cache_and_in_the_graph(
    models: dict[TextContract, Any], contract: TextContract
) -> None:
    import tensorflow as tf

    found = models[contract].predict_on_batch(tf.constant([text.encode("utf-8", "replace") for text in ODD]))
    np.testing.assert_array_equal(found, numbers(ODD, contract, lookup(contract)))
    assert (np.asarray(found)[:, 0] > 0).all()


@settings(max_examples=60)
@given(batch=st.lists(texts, min_size=1, max_size=20))
@example(batch=["half a character \ud800 here"])
def test_any_text_is_read_alike_in_the_cache_and_in_the_graph(
    models: dict[TextContract, Any], batch: list[str]
) -> None:
    import tensorflow as tf

    given_ = tf.constant([text.encode("utf-8", "replace") for text in batch])
    for contract, model in models.items():
        np.testing.assert_array_equal(model(given_), numbers(batch, contract, lookup(contract)), repr(batch))


def test_case_is_undone_beyond_ascii() -> None:
    found = numbers(["ÜBER Über über", "STRASSE straße Straße"], WORDY, lookup(WORDY))
    assert found.tolist() == [[4, 4, 4, 0, 0, 0], [5, 5, 5, 0, 0, 0]]


def test_what_does_not_fit_is_refused() -> None:
    op = ops.create("tokens", {"spellings": ["a", "b"], "numbers": [2, 3], "length": 4})
    assert op.infer(()) == (4,)
    assert (op.cost(()).parameters, op.cost(()).flops, op.cost(()).activations) == (0, 0, 8)
    for spoilt, shape in ((op, (1,)), (ops.create("tokens", {"spellings": ["a"], "numbers": [], "length": 4}), ())):
        with pytest.raises(ShapeError, match="reads one text a row"):
            spoilt.infer(shape)


def bag_of(rows: list[list[int]], **args: Any) -> tuple[Any, np.ndarray, np.ndarray]:
    """A model of a bag over 9 token numbers, its table, and what it makes of rows."""
    import keras

    keras.utils.set_random_seed(3)
    given_ = np.array(rows, np.int32)
    x = keras.Input(given_.shape[1:], dtype="int32")
    model = keras.Model(x, ops.create("bag", {"vocabulary": 9, "dim": 3, **args}).build(given_.shape[1:], name="op")(x))
    (table,) = model.get_weights()
    return model, table, np.asarray(model(given_))


def test_a_bag_is_a_weighted_sum_of_the_vectors_of_words() -> None:
    rows = [[2, 8, 8, 0, 0], [1, 0, 0, 0, 0]]
    _, table, found = bag_of(rows)
    weights = np.log1p(np.array(rows)) / np.log1p(9)
    weights /= np.sqrt(np.square(weights).sum(axis=1, keepdims=True))
    np.testing.assert_allclose(found, np.einsum("nl,nld->nd", weights, table[np.array(rows)]), rtol=1e-5)
    _, table, found = bag_of(rows, rare=False, reduce="mean")
    np.testing.assert_allclose(found, [table[[2, 8, 8]].mean(axis=0), table[1]], rtol=1e-5)


def test_padding_changes_nothing_and_the_order_matters_to_phrases_alone() -> None:
    for phrases, same in ((1, True), (3, False)):
        rows = [[2, 3, 4, 0, 0, 0], [4, 3, 2, 0, 0, 0]]
        _, _, found = bag_of(rows, phrases=phrases, buckets=1000)
        _, _, longer = bag_of([[*row, 0, 0, 0] for row in rows], phrases=phrases, buckets=1000)
        np.testing.assert_allclose(found, longer, rtol=1e-6)
        assert np.allclose(found[0], found[1]) == same


def test_a_bag_is_saved_with_its_model(tmp_path: Path) -> None:
    import keras

    rows = [[2, 8, 8, 0, 0], [5, 6, 7, 8, 1]]
    model, _, found = bag_of(rows, phrases=2, buckets=50, drop=0.4)
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras", compile=False, safe_mode=True)
    np.testing.assert_array_equal(loaded.predict_on_batch(np.array(rows)), found)


def test_the_data_completes_the_vocabulary() -> None:
    for name in ("bag", "embed"):
        assert ops.get(name).completed({"dim": 4}, (30,)) == {"dim": 4, "vocabulary": 30}
        assert ops.get(name).completed({"vocabulary": 7}, (30,)) == {"vocabulary": 7}
        assert ops.get(name).completed({"dim": 4}, ()) == {"dim": 4}
    with pytest.raises(ShapeError, match="reads a row of token numbers"):
        ops.create("bag", {"vocabulary": 5}).infer((4, 3))
