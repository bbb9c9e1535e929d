"""Collects the texts that the network learns from into texts.tsv, each a language, a tab and a text."""

import glob
import gzip
import html
import os
import random
import re

LANGUAGES = ["en", "de", "fr", "es", "it", "ja"]
CORPUS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "corpus")
SHARE = "/usr/share"
FORTUNES = f"{SHARE}/games/fortunes"
ENGLISH = "art cookie definitions education food humorists kids law love medicine men-women miscellaneous news people pets platitudes politics riddles science songs-poems sports wisdom work literature fortunes"
ITALIAN = "definizioni formiche italia itatrek jackfr leggi luttazzi"


def corpus_lines():
    """The lines that the gate's weights are learned from, and those that are judged."""
    for part in ("attacks", "honest"):
        for language in LANGUAGES:
            for line in open(f"{CORPUS}/{part}/{language}.txt"):
                if not line.startswith("["):
                    yield language, line
    for line in open(f"{CORPUS}/attacks/found.tsv"):
        fields = line.split("\t")
        yield fields[0], fields[2]
    for path in glob.glob(f"{CORPUS}/training/**/*.tsv", recursive=True):
        for line in open(path):
            texts = line.rstrip("\n").split("\t")
            yield from zip(LANGUAGES, texts[1:] if path.endswith("claims.tsv") else texts)


def sentences(text, shortest=15, longest=140):
    parts = re.split(r"(?<=[.!?;:。！？])\s*", re.sub(r"\s+", " ", text))
    return [part.strip() for part in parts if shortest <= len(part.strip()) <= longest]


def proverbs(paths):
    for path in paths:
        if os.path.isfile(path) and not path.endswith((".dat", ".u8")):
            data = open(path, "rb").read()
            try:
                text = data.decode()
            except UnicodeDecodeError:
                text = data.decode("latin1")
            for saying in text.split("\n%\n"):
                yield from sentences(re.sub(r"\n\s*-- .*", "", saying))


def definitions():
    for path in glob.glob(f"{SHARE}/wordnet/data.*"):
        for line in open(path, errors="replace"):
            _, _, gloss = line.partition("| ")
            yield from re.findall(r'"([^"]{12,110})"', gloss)
            gloss = re.sub(r'"[^"]*"', "", gloss).strip(" ;\n")
            if 15 < len(gloss) < 90 and random.random() < 0.12:
                yield gloss


def handbook(language):
    for path in glob.glob(f"{SHARE}/doc/debian-handbook/html/{language}/*.html"):
        text = re.sub(r"<(pre|style|script).*?</\1>", " ", open(path).read(), flags=re.S)
        yield from sentences(html.unescape(re.sub(r"<[^>]+>", " ", text)), 8, 130)


def dictionary(name):
    return gzip.open(f"{SHARE}/dictd/freedict-{name}.dict.dz", "rt", errors="replace")


def heads(name):
    matches = (re.match(r"^([^/<>\[\]{}]{2,40}?) /", line) for line in dictionary(name))
    return [match.group(1) for match in matches if match]


def translations(name):
    for line in dictionary(name):
        if line.strip() and not re.search(r"[/<:(]", line):
            line = re.sub(r"^\s*\d+\.\s*", "", line).strip()
            yield line
            yield from (word.strip() for word in re.split("[,;]", line))


def japanese_words():
    for line in open(f"{SHARE}/edict/edict", "rb"):
        line = line.decode("euc_jp", errors="replace")
        if "(P)" in line or random.random() < 0.05:
            yield re.split(r"[;(\s]", line)[0]


def put_together(texts, language, count):
    """Beginnings and ends of two lines, and parts of one."""
    is_unspaced = language == "ja"
    for _ in range(count):
        one, other = (list(text) if is_unspaced else text.split() for text in random.sample(texts, 2))
        to = random.randint(1, max(1, len(one)))
        if random.random() < 0.55:
            parts = one[:to] + other[random.randint(0, max(0, len(other) - 1)) :]
        else:
            parts = one[to // 2 : to // 2 + random.randint(4, 14) // (1 if is_unspaced else 2)]
        yield ("" if is_unspaced else " ").join(parts)


def main():
    random.seed(1)
    out = open("texts.tsv", "w")

    def put(language, texts, count):
        texts = list(dict.fromkeys(" ".join(text.split()) for text in texts))
        texts = [text for text in texts if 2 <= len(text) <= 160]
        random.shuffle(texts)
        out.writelines(f"{language}\t{text}\n" for text in texts[:count])

    lines = {language: [] for language in LANGUAGES}
    for language, text in corpus_lines():
        if text.strip():
            lines[language].append(text.strip())
    for language, texts in lines.items():
        put(language, texts, len(texts))
    put("en", proverbs(f"{FORTUNES}/{name}" for name in ENGLISH.split()), 9_000)
    italian = [f"{FORTUNES}/{name}" for name in ITALIAN.split()] + glob.glob(f"{FORTUNES}/it/**/*", recursive=True)
    put("it", proverbs(italian), 14_000)
    for language in ("de", "es"):
        put(language, proverbs(glob.glob(f"{FORTUNES}/{language}/**/*", recursive=True)), 14_000)
    put("en", definitions(), 22_000)
    for language, count in (("fr-FR", 7_000), ("de-DE", 2_500), ("es-ES", 2_500), ("it-IT", 2_500), ("ja-JP", 6_000)):
        put(language[:2], handbook(language), count)
    put("fr", heads("fra-eng") + list(translations("eng-fra")), 4_500)
    put("es", heads("spa-eng") + list(translations("eng-spa")), 1_500)
    put("it", heads("ita-eng") + list(translations("eng-ita")), 1_500)
    put("de", (head for head in heads("deu-eng") if len(head) < 30), 800)
    put("ja", japanese_words(), 5_000)
    for language, texts in lines.items():
        put(language, put_together(texts, language, 4_100), 4_100)


main()
