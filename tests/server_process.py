"""A real server in a process of its own."""

import contextlib
import os
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

ROOT = Path(__file__).parent.parent


class Server:
    """Our server, which can be stopped and started again on the same port, with the same file."""

    def __init__(self, data: Path, said: Path | None = None, **environment: str) -> None:
        """`said`: the file that gets all that the server prints."""
        self.data = data
        self.said = said
        self.environment = environment
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self.address = f"http://127.0.0.1:{self.port}"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with contextlib.ExitStack() as opened:
            printed = opened.enter_context(self.said.open("wb")) if self.said else None
            self.process = subprocess.Popen(
                [sys.executable, "-m", "app", "serve", "--port", str(self.port)],
                cwd=ROOT,
                env={
                    **os.environ,
                    "QUORATE_COMMANDS_A_SECOND": "1000",
                    "QUORATE_BURST": "1000",
                    "QUORATE_DATA": str(self.data),
                    **self.environment,
                },
                stdout=printed or subprocess.DEVNULL,
                stderr=printed,
            )
        for _ in range(500):
            with contextlib.suppress(OSError):
                urllib.request.urlopen(f"{self.address}/health").read()
                return
            assert self.process.poll() is None, "the server ended"
            # Polling for another process to be there; nothing is measured by it.
            time.sleep(0.02)
        raise AssertionError("the server did not start")

    def stop(self, kill: bool = False) -> None:
        """`kill`: at once, as a power cut would, with no word to anybody."""
        assert self.process is not None
        if kill:
            self.process.kill()
        else:
            self.process.terminate()
        self.process.wait()
