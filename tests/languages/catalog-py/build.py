"""Makes catalog.wasm of catalog.py: CPython with the module in it, started once so that an instance begins where the module
has been imported. WASI is replaced by traps (`--stub-wasi`), so what is left imports types only.

Run it with the Python that has the tool: `pip install -r requirements.txt`.
"""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
WIT = HERE.parents[2] / "wit"
# The tool is a package of the Python that runs this.
TOOL = [sys.executable, "-c", "import sys, componentize_py; sys.exit(componentize_py.script())"]


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="wandstore-wit-") as folder:
        # The tool takes one folder: a package, and those that it depends on under `deps`.
        wit = Path(folder) / "wit"
        shutil.copytree(WIT / "storefront", wit)
        shutil.copytree(WIT / "capabilities", wit / "deps" / "capabilities", dirs_exist_ok=True)
        # Of its own folder, it takes every module into the component.
        sources = Path(folder) / "sources"
        sources.mkdir()
        shutil.copy(HERE / "catalog.py", sources)
        target = HERE / "catalog.wasm"
        command = [*TOOL, "-d", wit, "-w", "catalog-demo", "componentize", "--stub-wasi", "-p", sources]
        subprocess.run([*command, "catalog", "-o", target], check=True)
    print(f"catalog.wasm: {target.stat().st_size / 2**20:.1f} MiB")


main()
