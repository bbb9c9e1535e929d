"""Trains the network to answer as the encoder does, for as many seconds as the first argument says (network.npz)."""

import json
import sys
import time

import jax
import jax.numpy as jnp
import numpy as np

PIECE, AROUND, HIDDEN, MEANING = 32, 64, 128, 64
LENGTH = 32  # pieces of a text that it learns from
CORPUS_LINES = sum(1 for _ in open("texts.tsv")) - 128_000  # about; a line of ours counts more than another text
BATCH = 256
RATE = 2e-3

seconds = float(sys.argv[1])
pieces = json.load(open("texts.json"))
answers = np.load("answers.npy").astype(np.float32)
usable = np.array([at for at, text in enumerate(pieces) if text])
ours = usable[usable < max(CORPUS_LINES, 16_000)]


def principal(vectors, weights, count):
    values, directions = np.linalg.eigh((vectors * weights[:, None]).T @ vectors / weights.sum())
    largest = np.argsort(-values)[:count]
    return values[largest], directions[:, largest]


# The answers about our lines in the directions in which they differ most, each nearly as important as the others.
centred = answers - answers[ours].mean(0)
variance, directions = principal(centred[ours], np.ones(len(ours)), MEANING)
spread = variance + variance[-1]
targets = centred @ directions / np.sqrt(spread)
targets /= np.sqrt((targets[ours] ** 2).mean())
importance = jnp.array(np.sqrt(spread / spread.mean()))

numbers = np.load("numbers.npy")
count = len(numbers)
often = np.sqrt(np.bincount(np.concatenate([pieces[at] for at in usable]).astype(int), minlength=count) + 0.5)
numbers = numbers - (numbers * often[:, None]).sum(0) / often.sum()
numbers = numbers @ principal(numbers, often, PIECE)[1]
numbers /= np.sqrt((numbers**2 * often[:, None]).sum() / often.sum() / PIECE)

inputs = np.full((len(pieces), LENGTH), count, np.int32)
for at in usable:
    inputs[at, : len(pieces[at])] = pieces[at][:LENGTH]

random = np.random.RandomState(0)
layer = lambda rows, columns, size: (random.randn(rows, columns) * size * np.sqrt(2 / rows)).astype(np.float32)
network = {
    "E": np.vstack([numbers, np.zeros((1, PIECE))]).astype(np.float32),
    "W1": layer(3 * PIECE, AROUND, 1.0),
    "b1": np.zeros(AROUND, np.float32),
    "W2": layer(3 * AROUND, AROUND, 0.7),
    "b2": np.zeros(AROUND, np.float32),
    "W3": layer(PIECE + 2 * AROUND, HIDDEN, 0.7),
    "b3": np.zeros(HIDDEN, np.float32),
    "W4": layer(HIDDEN, MEANING, 0.7),
    "b4": np.zeros(MEANING, np.float32),
}


def as_if(real, rounded):
    """The rounded value, through which gradients pass as if it were not rounded."""
    return real + jax.lax.stop_gradient(rounded - real)


def byte(weights):
    step = jnp.max(jnp.abs(weights)) / 127 + 1e-9
    return as_if(weights, jnp.round(weights / step) * step)


def half_byte(vectors):
    return as_if(vectors, jnp.clip(jnp.round(vectors / 0.25), -7, 7) * 0.25)


def answer(network, texts, key=None):
    there = (texts < count).astype(jnp.float32)[:, :, None]
    piece = half_byte(network["E"])[texts] * there
    if key is not None:  # a text means much the same without one of its pieces
        piece = piece * (jax.random.uniform(key, there.shape) > 0.06)
    before = lambda a: jnp.pad(a, ((0, 0), (1, 0), (0, 0)))[:, :-1]
    after = lambda a: jnp.pad(a, ((0, 0), (0, 1), (0, 0)))[:, 1:]
    around = lambda a: jnp.concatenate([before(a), a, after(a)], -1)
    near = jax.nn.relu(around(piece) @ byte(network["W1"]) + network["b1"]) * there
    far = jax.nn.relu(around(near) @ byte(network["W2"]) + network["b2"]) * there
    sums = jnp.concatenate([piece.sum(1), near.sum(1), far.sum(1)], -1) / jnp.sqrt(jnp.maximum(there.sum(1), 1))
    hidden = jax.nn.relu(sums @ byte(network["W3"]) + network["b3"])
    return hidden @ byte(network["W4"]) + network["b4"]


def loss(network, texts, wanted, key):
    return ((answer(network, texts, key) - wanted) ** 2 * importance).mean()


@jax.jit
def step(network, mean, square, count, texts, wanted, key, rate):
    """A step of Adam. What the encoder says of a piece changes more slowly than the layers."""
    gradient = jax.grad(loss)(network, texts, wanted, key)
    mean = {k: 0.9 * mean[k] + 0.1 * gradient[k] for k in network}
    square = {k: 0.999 * square[k] + 0.001 * gradient[k] ** 2 for k in network}
    move = lambda k: (mean[k] / (1 - 0.9**count)) / (jnp.sqrt(square[k] / (1 - 0.999**count)) + 1e-8)
    network = {k: network[k] - rate * (0.3 if k == "E" else 1.0) * move(k) for k in network}
    return network, mean, square


def explained(network):
    difference = ((np.array(answer(network, inputs[held])) - targets[held]) ** 2 * importance).sum()
    return 1 - difference / (targets[held] ** 2 * importance).sum()


held = ours[::17]
learned = np.setdiff1d(usable, held)
likely = np.cumsum(np.where(np.isin(learned, ours), 2.5, 1.0))
network = {name: jnp.array(value) for name, value in network.items()}
mean = {name: jnp.zeros_like(value) for name, value in network.items()}
square, key, start, steps = dict(mean), jax.random.PRNGKey(0), time.time(), 0
while (gone := (time.time() - start) / seconds) < 1:
    steps += 1
    rate = RATE * (1 - gone) * min(1, steps / 200) + 1e-5
    batch = learned[np.searchsorted(likely, random.rand(BATCH) * likely[-1])]
    key, now = jax.random.split(key)
    network, mean, square = step(network, mean, square, float(steps), inputs[batch], targets[batch], now, rate)
    if steps % 1_000 == 0:
        print(steps, f"{explained(network):.3f} of the variance", flush=True)
np.savez("network.npz", **{name: np.array(value) for name, value in network.items()})
