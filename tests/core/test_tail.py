import pytest

from batchtui.core.gateway import GatewayError, TaskFile
from batchtui.core.models import PoolInfo
from batchtui.core.specs import JobSpec
from batchtui.core.tail import Tail
from tests.fakes import FakeAccount, Outcome, refused, task_spec

FILE = TaskFile("j", "t", "stdout.txt")


async def account_with(stdout: bytes) -> FakeAccount:
    account = FakeAccount()
    account.batch.outcomes["t"] = Outcome(stdout=stdout)
    await account.batch.create_job(JobSpec(id="j", pool_info=PoolInfo("p")))
    await account.batch.add_tasks("j", [task_spec("t")], added=lambda _count: None)
    return account


def grow(account: FakeAccount, stdout: bytes) -> None:
    account.batch.world.jobs["j"].tasks["t"].outcome = Outcome(stdout=stdout)


async def test_reads_only_what_is_new() -> None:
    account = await account_with(b"one\n")
    tail = Tail(account.batch, FILE)
    assert (await tail.read()).text == "one\n"
    grow(account, b"one\ntwo\n")
    assert (await tail.read()).text == "one\ntwo\n"
    await tail.read()
    reads = [call for call in account.calls.made if call.startswith("read_file")]
    assert reads == ["read_file stdout.txt 0 4", "read_file stdout.txt 4 4"]


async def test_a_long_file_is_read_from_near_its_end() -> None:
    account = await account_with(b"x" * 1_000)
    tail = Tail(account.batch, FILE, keep=10)
    excerpt = await tail.read()
    assert (excerpt.text, excerpt.start, excerpt.size) == ("x" * 10, 990, 1_000)
    grow(account, b"x" * 1_000 + b"yyy")
    excerpt = await tail.read()
    assert (excerpt.text, excerpt.start) == ("x" * 7 + "yyy", 993)
    grow(account, b"z" * 5_000)
    assert (await tail.read()).text == "z" * 10


async def test_a_file_that_was_started_anew_is_read_anew() -> None:
    account = await account_with(b"first try failed")
    tail = Tail(account.batch, FILE)
    await tail.read()
    grow(account, b"second")
    assert (await tail.read()).text == "second"


async def test_not_there_yet_is_empty_and_gone_is_an_error() -> None:
    account = await account_with(b"text")
    account.calls.fail("file_size", refused("not there", status=404))
    tail = Tail(account.batch, FILE)
    excerpt = await tail.read()
    assert (excerpt.size, excerpt.missing) == (0, "not there")
    assert (await tail.read()).text == "text"
    account.calls.fail("file_size", refused("the node is gone", status=404))
    with pytest.raises(GatewayError, match="the node is gone"):
        await tail.read()


async def test_a_character_cut_in_two_is_whole_again_once_its_rest_came() -> None:
    account = await account_with("ä".encode()[:1])
    tail = Tail(account.batch, FILE)
    assert (await tail.read()).text == "\N{REPLACEMENT CHARACTER}"
    grow(account, "ä".encode())
    assert (await tail.read()).text == "ä"
