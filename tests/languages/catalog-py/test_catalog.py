"""The catalog of this folder in the `wandstore` binary, as a shopper meets it. `build.py` makes it first."""

import json
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import urlopen

HERE = Path(__file__).resolve().parent
TARGET = HERE.parents[2] / os.environ.get("CARGO_TARGET_DIR", "target")
BINARY = os.environ.get("WANDSTORE_BIN", TARGET / "debug" / "wandstore")
# An instance holds a Python that has started: about 20 MiB.
CONFIGURATION = f'[components.catalog]\npath = "{HERE / "catalog.wasm"}"\nmemory_mib = 64\n'
# All shoppers come from one address and at once.
ENVIRONMENT = {"LIMITS": "off", "RUST_LOG": "warn"}


class Catalog(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="wandstore-catalog-py-")
        cls.addClassCleanup(cls.folder.cleanup)
        Path(cls.folder.name, "wandstore.toml").write_text(CONFIGURATION)
        command = [BINARY, "serve", "--listen", "127.0.0.1:0", "--data-dir", "data"]
        cls.host = subprocess.Popen(command, cwd=cls.folder.name, env=ENVIRONMENT, stdout=subprocess.PIPE, text=True)
        cls.addClassCleanup(cls.host.wait)
        cls.addClassCleanup(cls.host.kill)
        # The first line that it prints is the address of a page. Compiling a Python takes a minute.
        line = cls.host.stdout.readline()
        assert line, "the server ended early"
        cls.origin = "http://" + urlsplit(line.strip()).netloc

    def visit(self, shopper):
        with urlopen(f"{self.origin}/s/magic-wands?shopper={shopper}") as answer:
            return answer.headers["x-cache"], answer.read().decode()

    def final_state(self, shopper):
        status = f"{self.origin}/api/generation/status?store=magic-wands&shopper={shopper}&wait=20"
        while True:
            with urlopen(status) as answer:
                state = json.load(answer)["state"]
            if state not in ("queued", "running"):
                return state

    def test_the_fallback_page_and_the_page_made_for_a_shopper_sell_what_the_module_says(self):
        cache, page = self.visit("abc123")
        self.assertEqual(cache, "MISS")
        self.assertRegex(page, r"(?s)Mountain Mint.*6\.90.*8\.90")
        self.assertEqual(self.final_state("abc123"), "ready")
        cache, page = self.visit("abc123")
        self.assertEqual(cache, "HIT")
        self.assertIn("Mountain Mint", page)
        self.assertNotIn("Hollow &amp; Thorn", page, "nothing of the demo catalog is left")

    def test_an_instance_answers_again_and_again(self):
        for shopper in range(100):
            self.assertIn("Iron Pot", self.visit(f"s{shopper}")[1])


if __name__ == "__main__":
    ran = unittest.main(exit=False, verbosity=2).result
    failed = len(ran.failures) + len(ran.errors)
    # The form of Rust's test runner, for whoever adds up counts.
    print(f"test result: {'FAILED' if failed else 'ok'}. {ran.testsRun - failed} passed; {failed} failed")
    sys.exit(failed > 0)
