"""Writes lexicon/meaning.bin from pieces.json and network.npz. `src/meaning.rs` says what stands where."""

import json
import os
import struct

import numpy as np

SLOTS = 30_000
KNOWN_BY = 3
MASK = (1 << 64) - 1
OUT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../lexicon/meaning.bin")


def hash_of(piece):
    state = 0xCBF29CE484222325
    for byte in piece.encode():
        state = ((state ^ byte) * 0x100000001B3) & MASK
    state = ((state ^ (state >> 32)) * 0x9E3779B97F4A7C15) & MASK
    return state ^ (state >> 29)


def table(likelihood, numbers):
    halves = np.clip(np.round(numbers / 0.25), -7, 7).astype(int) + 8
    slots = np.zeros((SLOTS, KNOWN_BY + 1 + numbers.shape[1] // 2), np.uint8)
    for (piece, likely), half in zip(likelihood.items(), halves):
        hashed = hash_of(piece)
        slot = (hashed & 0xFFFFFFFF) % SLOTS
        while slots[slot, :KNOWN_BY].any():
            slot = (slot + 1) % SLOTS
        slots[slot, :KNOWN_BY] = list(struct.pack("<Q", max(1, hashed >> 40))[:KNOWN_BY])
        slots[slot, KNOWN_BY] = min(255, round(-likely * 12))
        slots[slot, KNOWN_BY + 1 :] = half[0::2] | half[1::2] << 4
    return slots.tobytes()


def layer(weights, added, unit, unit_out):
    """A layer whose inputs are in `unit` of what they are, and its outputs in 1 / `unit_out`."""
    step = np.abs(weights).max() / 127 + 1e-9
    scale = round(step * unit * unit_out * 65_536)
    sums = np.round(added / (step * unit)).astype("<i4")
    return np.round(weights / step).astype(np.int8).tobytes() + struct.pack("<i", scale) + sums.tobytes()


network = np.load("network.npz")
with open(OUT, "wb") as out:
    out.write(table(json.load(open("pieces.json")), network["E"]))
    for number, unit, unit_out in ((1, 1 / 4, 64), (2, 1 / 64, 64), (3, 1 / 64, 64), (4, 1 / 64, 100)):
        out.write(layer(network[f"W{number}"], network[f"b{number}"], unit, unit_out))
