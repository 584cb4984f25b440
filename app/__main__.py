"""The command line: `python -m app` and a command, see --help."""

import argparse
import contextlib
import gc
import os
import re
import socket
import sys
import threading
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

from app.errors import QuorateError
from app.scenarios.shape import nearest
from app.settings import read_settings

MANY_FILES = 20_000
MAX_SEED = 2**53 - 1
MAX_SEEDS = 10_000
FORMATS = ("transcript", "jsonl", "history", "edn")


def main(arguments: list[str]) -> int:
    """Run one command; returns the exit status."""
    given = _parser().parse_args(arguments)
    try:
        if given.command == "serve":
            return _serve(given.host, given.port)
        if given.command == "class":
            return _class(given.host, given.port)
        if given.command in ("scenes", "simulate"):
            from app import scenes_command

            if given.command == "scenes":
                return scenes_command.scenes()
            return scenes_command.simulate(given.scene, given.seed, given.format)
        if given.command == "check-lessons":
            return _check_lessons(given.folder, given.seeds)
        if given.command == "experiment":
            from app.experiment_command import experiment as run_experiment

            return run_experiment(given)
        if given.command == "find-bad":
            from app.bad_run_command import find_bad

            return find_bad(
                given.scene, given.promise, given.side, given.faults, given.seed, given.tries,
                given.set,
            )  # fmt: skip
        from app.judge_command import judge as judge_file

        return judge_file(given.file, given.initial)
    except QuorateError as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    except OSError as error:
        # What is left to be written on the way out goes nowhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if isinstance(error, BrokenPipeError):
            return 0
        print(f"The output cannot be written ({error.strerror}). Make room.", file=sys.stderr)
        return 1


def _parser() -> "Parser":
    """Every command with what it takes."""
    parser = Parser(prog="python -m app", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    serve = commands.add_parser("serve", help="start the server")
    serve.add_argument("--host", default="127.0.0.1")
    serve.add_argument("--port", type=int, default=8000)
    lecture = commands.add_parser("class", help="start the server for the devices on this network")
    lecture.add_argument("--host", default="", help="this machine's address, if it is not found")
    lecture.add_argument("--port", type=int, default=8000)
    commands.add_parser("scenes", help="list the scenes")
    simulate = commands.add_parser("simulate", help="run a scene's script and guide and print it")
    simulate.add_argument("scene", help="its name, or the path of a scenario file (.toml)")
    simulate.add_argument("--seed", type=_seed, default=None, help="the scene's own by default")
    simulate.add_argument("--format", type=_format, default="transcript", help=", ".join(FORMATS))
    check = commands.add_parser("check-lessons", help="prove every lesson by running the engine")
    check.add_argument("folder", nargs="?", default="", help="of lessons; ours by default")
    check.add_argument("--seeds", type=_count, default=20, help="how many seeds to run each on")
    _experiment_arguments(commands.add_parser("experiment", help="one scenario, many seeds"))
    bad = commands.add_parser("find-bad", help="search for a run that breaks a promise")
    bad.add_argument("scene", help="its name, or the path of a scenario file (.toml)")
    bad.add_argument("promise", nargs="?", default="", help="which; without it, a list")
    bad.add_argument("--side", default="leaderless", help="leader or leaderless")
    bad.add_argument("--faults", default="usual", help="delays, usual or all")
    bad.add_argument("--seed", type=_seed, default=0, help="another one draws other runs")
    bad.add_argument("--tries", type=int, default=2_000, help="how many runs at most")
    bad.add_argument("--set", action="append", default=[], help="leaderless.r=1; may be repeated")
    judge = commands.add_parser("judge", help="the verdict on a history that anybody recorded")
    judge.add_argument("file", help="Jepsen's EDN or log, or lines of JSON")
    judge.add_argument("--initial", default="", help="what keys hold at first")
    return parser


def _experiment_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", nargs="?", default="", help="which; without it, a list")
    size = "a curve; in full: 10,000 elections, 1,000,000 trials"
    parser.add_argument("--elections", "--trials", type=int, default=None, help=size)
    parser.add_argument("--processes", type=int, default=1, help="how many work on it")
    parser.add_argument("--set", action="append", default=[], metavar="NAME=VALUE")
    parser.add_argument("--csv", action="store_true", help="print the curve as CSV")


class Parser(argparse.ArgumentParser):
    """Says what is wrong in one sentence; the usage is under --help."""

    def error(self, message: str) -> NoReturn:
        choice = re.search(r"invalid choice: '(.*)' \(choose from (.*)\)", message)
        if choice:
            names = tuple(name.strip(" '") for name in choice[2].split(","))
            message = f"There is no command {choice[1][:40]!a}. {nearest(choice[1], names)}"
        end = "" if message.endswith("?") else "."
        self.exit(2, f"{self.prog}: {message.rstrip('.')}{end} See {self.prog} --help\n")


def _format(text: str) -> str:
    """A format as it was typed."""
    if text not in FORMATS:
        raise argparse.ArgumentTypeError(f"There is no format {text[:40]!a}. {_one_of(FORMATS)}")
    return text


def _one_of(names: tuple[str, ...]) -> str:
    return f"Choose one of: {', '.join(names)}."


def _seed(text: str) -> int:
    """A seed as it was typed; raises what argparse tells in a sentence."""
    if not text.isascii() or not text.isdecimal() or len(text) > 16 or int(text) > MAX_SEED:
        raise argparse.ArgumentTypeError(f"Give a whole number from 0 to {MAX_SEED}.")
    return int(text)


def _count(text: str) -> int:
    """How many, as it was typed; raises what argparse tells in a sentence."""
    if not text.isascii() or not text.isdecimal() or not 1 <= int(text[:5]) <= MAX_SEEDS:
        raise argparse.ArgumentTypeError(f"Give a whole number from 1 to {MAX_SEEDS}.")
    return int(text)


def _class(host: str, port: int) -> int:
    """Serve on this machine's own address on its network, and say how others get here."""
    import segno

    address = host or _own_address()
    if not address:
        print(
            "This machine is on no network that others could reach it by. Join one, or name the "
            "address: make class HOST=192.168.0.7",
            file=sys.stderr,
        )
        return 1
    url = f"http://{address}:{port}"

    def ready() -> None:
        print(f"\nPresenter and class, open: {url}/class\n", flush=True)
        segno.make(f"{url}/class").terminal(compact=True)
        print(_reachable(url), flush=True)

    return _serve(address, port, url, ready)


def _own_address() -> str:
    """The address that this machine would be seen under; nothing is sent to find it out."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # an address for documents: no machine has it
        except OSError:
            return ""
        return str(probe.getsockname()[0])


def _reachable(url: str) -> str:
    """A sentence: does the server answer under the address that others will use?"""
    try:
        with urllib.request.urlopen(f"{url}/health", timeout=5) as answer:
            answer.read()
    except OSError as error:
        return f"It does not answer there ({error}). Name another address: make class HOST=…"
    return (
        "It answers there. If phones do not get through, this machine's firewall blocks the port, "
        "or the network keeps its guests apart; a phone's hotspot does not."
    )


def _serve(host: str, port: int, address: str = "", ready: Callable[[], None] | None = None) -> int:
    """Serve until stopped; `address`: what the class types; `ready` is called once it answers."""
    import uvicorn

    from app.main import create_app
    from app.web.fanout import Fanout

    settings = read_settings({"QUORATE_ADDRESS": address, **os.environ})
    trouble = _port_trouble(host, port)
    if trouble:
        print(trouble, file=sys.stderr)
        return 1
    _allow_many_sockets()
    app = create_app(settings)
    # What is there now stays; full collections over all rooms cost every viewer 50 ms at a time.
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)
    shown = "127.0.0.1" if host in ("0.0.0.0", "::") else host
    print(f"Quorate is at http://{shown}:{port}/  (stop it with Ctrl+C)", flush=True)
    if ready is not None:
        threading.Thread(target=_when_up, args=(host, port, ready), daemon=True).start()
    uvicorn.run(
        app,
        host=host,
        port=port,
        access_log=False,
        log_level="warning",
        ws=Fanout,
        ws_max_size=4 * settings.limits.frame_bytes,
        # Compressing for each viewer costs more than everything else together.
        ws_per_message_deflate=False,
        timeout_graceful_shutdown=2,
    )
    return 0


def _allow_many_sockets() -> None:
    """Each viewer is an open file; many systems allow 1,024 unless asked."""
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        if soft < MANY_FILES:
            most = MANY_FILES if hard == resource.RLIM_INFINITY else min(MANY_FILES, hard)
            resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))


def _when_up(host: str, port: int, ready: Callable[[], None]) -> None:
    """Call `ready` as soon as the port answers."""
    for _ in range(100):
        with contextlib.suppress(OSError), socket.create_connection((host, port), timeout=1):
            break
        time.sleep(0.1)
    ready()


def _port_trouble(host: str, port: int) -> str:
    """Why this address cannot be served, in a sentence with the remedy; empty if it can."""
    if not 0 < port < 65_536:
        return f"Port {port} does not exist. Choose one from 1 to 65535: make run PORT=8001"
    try:
        family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        return (
            f"Port {port} on {host} cannot be used ({error.strerror or error}). Stop what is there "
            f"or choose another: make run PORT={min(port + 1, 65_535)}"
        )
    return ""


def _check_lessons(folder: str, seeds: int) -> int:
    from app.main import LESSONS, lesson_files, read_lesson_file, read_scenarios, take_address
    from app.rooms.proof import prove

    scenarios = read_scenarios()
    faults = 0
    taken: dict[str, str] = {}
    files = lesson_files(Path(folder) if folder else LESSONS)
    if not files:
        print(
            f"There is no lesson under {folder}. Name the folder that holds NN-topic/NN-slug.md.",
            file=sys.stderr,
        )
        return 2
    for path in files:
        try:
            lesson = read_lesson_file(path, scenarios)
            take_address(lesson, taken)
            keys = prove(lesson, scenarios[lesson.front.scenario], range(seeds))
        except QuorateError as error:
            faults += 1
            print(error, file=sys.stderr)
            continue
        answers = ", ".join(f"{name} {key + 1}" for name, key in keys.items())
        print(f"{lesson.file}: true on {seeds} seeds; answers: {answers}")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
