"""Files of every format, whole and broken, and what is made of them."""

import random

import pytest

from app.checkers.outside.judged import judged, start
from app.checkers.outside.operation import NEVER
from app.errors import HistoryError
from app.histories.read import MOST_BYTES, History, history
from app.histories.write import edn_lines
from tests.checkers.outside.histories import random_history

EDN = """[{:process 0, :type :invoke, :f :write, :value 1}
 {:process 1, :type :invoke, :f :read, :value nil}
 {:process :nemesis, :type :info, :f :start, :value nil}
 {:process 1, :type :ok, :f :read, :value 1}
 {:process 0, :type :info, :f :write, :value :timed-out}
 {:process 2, :type :invoke, :f :cas, :value [1 3]}
 {:process 2, :type :fail, :f :cas, :value [1 3]}]
"""
LOG = """INFO  jepsen.core - Everything is set up
INFO  jepsen.util - 0\t:invoke\t:write\t1
INFO  jepsen.util - 1\t:invoke\t:read\tnil
INFO  jepsen.util - 1\t:ok\t:read\t1
INFO  jepsen.util - 0\t:info\t:write\t:timed-out
INFO  jepsen.util - 2\t:invoke\t:cas\t[1 3]
INFO  jepsen.util - 2\t:fail\t:cas\t[1 3]
"""
EVENTS = """{"process":0,"type":"invoke","f":"write","value":1}
{"process":1,"type":"invoke","f":"read","value":null}
{"process":1,"type":"ok","f":"read","value":1}
{"process":0,"type":"info","f":"write","value":null}
{"process":2,"type":"invoke","f":"cas","value":[1,3]}
{"process":2,"type":"fail","f":"cas","value":[1,3]}
"""
OPERATIONS = """{"process":"p0","f":"write","value":1,"invoked":0,"outcome":"unknown"}
{"process":"p1","f":"read","value":1,"invoked":1,"returned":2,"outcome":"ok"}
{"process":"p2","f":"cas","value":3,"expected":1,"invoked":4,"returned":5,"outcome":"fail"}
"""


def read(text: str) -> History:
    return history(text.encode())


def holds(text: str) -> bool | None:
    operations = read(text).recorded.operations
    found = {one.verdict.holds for one in judged(operations, start(operations))}
    return False if False in found else None if None in found else True


def refused(data: bytes) -> str | None:
    try:
        operations = history(data).recorded.operations
        judged(operations, start(operations))
    except (HistoryError, ValueError) as error:
        return str(error)
    return None


def calls(*lines: str) -> str:
    """`0 invoke write 1` …, as EDN."""
    found = []
    for line in lines:
        process, kind, f, value = line.split(" ", 3)
        found.append(f"{{:process {process}, :type :{kind}, :f :{f}, :value {value}}}")
    return "\n".join(found)


@pytest.mark.parametrize("text", [EDN, EDN.strip("[]\n"), LOG, EVENTS, OPERATIONS])
def test_one_history_in_every_format(text: str) -> None:
    write, shown = read(text).recorded.operations
    assert (write.action, write.value, write.returned) == ("write", 1, NEVER)
    assert (shown.action, shown.value, shown.outcome) == ("read", 1, "ok")
    assert write.invoked < shown.invoked < shown.returned
    assert (write.process, shown.process) == ("p0", "p1")
    assert read(text).recorded.failed == 1
    assert holds(text) is True


def test_evidence_names_the_lines_of_the_file() -> None:
    assert read(EDN).recorded.lines == {0: (1, 0), 1: (2, 4)}
    assert read(LOG).recorded.lines == {0: (2, 0), 1: (3, 4)}


def test_keys_stand_in_a_field_or_in_every_value() -> None:
    field = '{:process 0, :type :invoke, :f :get, :key "a", :value nil}'
    assert read(field).recorded.operations[0].key == "a"
    independent = calls(
        "0 invoke read [5 nil]", "0 ok read [5 1]", "1 invoke cas [5 [1 2]]", "1 ok cas [5 [1 2]]"
    )
    shown, cas = read(independent).recorded.operations
    assert (shown.key, shown.value) == (5, 1)
    assert (cas.key, cas.expected, cas.value) == (5, 1, 2)
    alone = read(calls("1 invoke cas [1 2]", "1 ok cas [1 2]")).recorded.operations[0]
    assert (alone.key, alone.expected, alone.value) == (None, 1, 2)


@pytest.mark.parametrize(
    ("lines", "verdict"),
    [
        (["0 invoke add 1", "0 ok add 1", "0 invoke read nil", "0 ok read #{1}"], True),
        (["0 invoke add 1", "0 ok add 1", "0 invoke read nil", "0 ok read #{}"], False),
        (["0 invoke append 1", "0 ok append 1", "0 invoke read nil", "0 ok read [1]"], True),
        (["0 invoke append 1", "0 ok append 1", "0 invoke read nil", "0 ok read nil"], False),
        (['0 invoke append "x"', '0 ok append "x"', "0 invoke get nil", '0 ok get "x"'], True),
        (['0 invoke append "x"', '0 ok append "x"', "0 invoke get nil", '0 ok get ""'], False),
        (["0 invoke inc 2", "0 ok inc 2", "0 invoke read nil", "0 ok read 2"], True),
        (["0 invoke add 2", "0 ok add 2", "0 invoke read nil", "0 ok read 2"], True),
        (["0 invoke add 2", "0 ok add 2", "0 invoke read nil", "0 ok read 3"], False),
        (["0 invoke acquire nil", "0 ok acquire nil", "0 invoke release nil"], True),
        (["0 invoke acquire nil", "0 ok acquire nil", "1 invoke acquire nil", "1 ok acquire nil"],
         False),
        (["0 invoke txn [[:append 7 1]]", "0 ok txn [[:append 7 1]]",
          "0 invoke txn [[:r 7 nil]]", "0 ok txn [[:r 7 [1]]]"], True),
        (["0 invoke read nil", "0 ok read 0", "0 invoke write 1", "0 ok write 1"], True),
        (["0 invoke read nil", "0 ok read 7"], False),
    ],
)  # fmt: skip
def test_objects_are_told_by_what_is_done_to_them(lines: list[str], verdict: bool) -> None:
    assert holds(calls(*lines)) is verdict


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "The file is empty."),
        ("Dear reader", "The file is no history."),
        ("[1 2 3]", "A history holds maps alone; this one holds '1'."),
        ("[]", "The file has no operation of any client."),
        (EDN[:-30], "The file ends in the middle of what begins in line"),
        (OPERATIONS[:-30], "Line 3 is no whole line of JSON."),
        ('{"a": 1}', "Line 1 has the outcome None."),
        ('{"type":"ok"}', "Line 1 is no event of a history."),
        (calls("0 ok read 1"), "Line 1 answers process 0, which asked nothing."),
        (calls("0 invoke read nil", "0 invoke read nil"), "process 0 asks again before its call"),
        (calls("0 invoke read nil", "0 ok write 1"), "Line 2 answers write, but process 0 asked"),
        (calls("0 invoke dequeue 1"), "'dequeue', which is not judged"),
        (calls("0 invoke cas 1"), "needs [old new]"),
        (calls("0 invoke txn [[:r 1 nil] [:r 2 nil]]"), "a transaction of several steps"),
        ('{"f":"read","invoked":-1,"outcome":"ok"}', "needs invoked as a whole number"),
        ('{"f":"read","invoked":1,"returned":1e9,"outcome":"ok"}', "needs returned as a whole"),
        ('{"cluster":"a","outcome":"ok","write":"whole","value":3}', "none of an export"),
    ],
)
def test_what_cannot_be_read_is_refused_in_a_sentence(text: str, words: str) -> None:
    with pytest.raises(HistoryError) as told:
        holds(text)
    assert words in str(told.value)


def test_bytes_that_are_no_text_and_files_too_large() -> None:
    with pytest.raises(HistoryError, match="byte 1 is not UTF-8"):
        history(b"{\xff")
    with pytest.raises(HistoryError, match="64 are read"):
        history(b" " * (MOST_BYTES + 1))


@pytest.mark.parametrize("text", [EDN, LOG, EVENTS, OPERATIONS])
def test_any_damage_is_read_or_refused_in_a_sentence(text: str) -> None:
    for seed in range(300):
        luck = random.Random(seed)
        damaged = bytearray(text.encode())
        for _ in range(1 + luck.randrange(4)):
            place = luck.randrange(len(damaged))
            match luck.randrange(3):
                case 0:
                    damaged[place] = luck.randrange(256)
                case 1:
                    del damaged[place : place + luck.randrange(9)]
                case _:
                    damaged[place:place] = damaged[luck.randrange(len(damaged)) :][:9]
        refusal = refused(bytes(damaged))
        assert refusal is None or refusal.endswith("."), f"seed={seed} {refusal}"


@pytest.mark.parametrize("kind", ["unique", "register", "cas", "set", "append", "counter"])
def test_what_is_written_is_read_back_as_the_same(kind: str) -> None:
    for seed in range(50):
        operations = random_history(random.Random(f"{kind}/{seed}"), kind, 5)
        again = read("\n".join(edn_lines(operations))).recorded.operations
        assert [one.verdict.holds for one in judged(again, 0 if kind != "set" else None)] == [
            one.verdict.holds for one in judged(operations, 0 if kind != "set" else None)
        ], f"seed={seed}"
