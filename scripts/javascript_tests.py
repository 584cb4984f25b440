"""Run the JavaScript tests with node's own test runner; say so visibly where there is no node."""

import shutil
import subprocess
import sys
from pathlib import Path

FILES = sorted(str(path) for path in Path("tests/js").glob("*.test.mjs"))

if shutil.which("node") is None:
    print("SKIPPED: the JavaScript tests need node 20 or newer, and there is none here.")
    sys.exit(0)
sys.exit(subprocess.run(["node", "--test", "--test-reporter=dot", *FILES], check=False).returncode)
