import codecs

import pytest

from batchtui.core.gateway import GatewayError, TaskFile
from batchtui.core.models import PoolInfo
from batchtui.core.specs import JobSpec
from batchtui.core.tail import Excerpt, Tail, shown_lines
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
    assert reads == ["read_file stdout.txt 0 4", "read_file stdout.txt 0 8"]


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
    account.calls.fail("file_state", refused("not there", status=404))
    tail = Tail(account.batch, FILE)
    excerpt = await tail.read()
    assert (excerpt.size, excerpt.missing) == (0, "not there")
    assert (await tail.read()).text == "text"
    account.calls.fail("file_state", refused("the node is gone", status=404))
    with pytest.raises(GatewayError, match="the node is gone"):
        await tail.read()


async def test_a_character_cut_in_two_is_whole_again_once_its_rest_came() -> None:
    account = await account_with("ä".encode()[:1])
    tail = Tail(account.batch, FILE)
    assert (await tail.read()).text == "\N{REPLACEMENT CHARACTER}"
    grow(account, "ä".encode())
    assert (await tail.read()).text == "ä"


async def end_of(content: bytes, keep: int) -> Excerpt:
    account = await account_with(content)
    return await Tail(account.batch, FILE, keep=keep).read()


@pytest.mark.fault("2.1")
@pytest.mark.parametrize(
    ("content", "keep", "last"),
    [
        (b"E" * 20_000 + b" CAUSE: disk full\n", 16 * 1024, "CAUSE: disk full"),
        (b"E" * 20_000 + b" CAUSE: disk full", 16 * 1024, "CAUSE: disk full"),
        (b"E" * 20_000 + b" CAUSE: disk full\nexit\n", 16 * 1024, "exit"),
        ("ä€".encode() * 20_000 + b" CAUSE\n", 16 * 1024 + 1, "CAUSE"),
        (b"".join(b"%6d %%\r" % i for i in range(20_000)), 16 * 1024, "19999 %"),
        (b"".join(b"%6d %%\r" % i for i in range(20_000)) + b"\n", 16 * 1024, "19999 %"),
        (b'{"a": [' + b"1, " * 100_000 + b'"end"]}\n', 256 * 1024, '"end"]}'),
        (b"x\n" * 20_000, 16 * 1024, "x"),
        (b"\n" * 20_000, 16 * 1024, ""),
    ],
)
async def test_the_end_of_a_long_line_is_shown(content: bytes, keep: int, last: str) -> None:
    excerpt = await end_of(content, keep)
    lines = shown_lines(excerpt)
    assert lines, "nothing is shown only of a file without a byte"
    assert lines[-1].endswith(last)
    assert "\ufffd" not in "".join(lines)


@pytest.mark.fault("2.1")
async def test_a_long_line_says_that_its_beginning_is_not_here() -> None:
    excerpt = await end_of(b"word " * 5_000 + b"end\nlast\n", 1024)
    first, last = shown_lines(excerpt)
    assert first.startswith("…")
    assert first.endswith("word end")
    assert last == "last"


@pytest.mark.fault("2.1")
async def test_half_a_secret_at_the_beginning_of_a_long_line_is_not_shown() -> None:
    url = b"https://acct.blob.core.windows.net/c?sp=r&sig=" + b"Zm9v" * 15
    for cut in range(1, 80):
        excerpt = await end_of(b"x" * 20_000 + url + b" " + b"y " * 8_000 + b"\n", 16_000 + cut)
        assert "Zm9v" not in "".join(shown_lines(excerpt))


@pytest.mark.fault("2.2")
@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
@pytest.mark.parametrize("keep", [1024, 40, 41, 42, 43])
async def test_text_is_decoded_by_its_byte_order_mark(encoding: str, keep: int) -> None:
    text = "first\r\nsecond: größe\r\nthird: 😀😀\r\n"
    excerpt = await end_of(text.encode(encoding), keep)
    lines = shown_lines(excerpt)
    assert lines[-1].endswith("😀😀")
    assert lines[0] == "first" or keep < 1024
    assert not {"\ufffd", "␀", "\ufeff"} & set("".join(lines))


@pytest.mark.fault("2.2")
@pytest.mark.parametrize(
    ("mark", "encoding"),
    [
        (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"),
        (codecs.BOM_UTF32_LE, "utf-32-le"), (codecs.BOM_UTF32_BE, "utf-32-be"),
    ],
)  # fmt: skip
async def test_either_order_of_bytes_is_read_as_it_grows(mark: bytes, encoding: str) -> None:
    whole = mark + "first\r\nsecond: größe\r\n".encode(encoding)
    account = await account_with(b"")
    tail = Tail(account.batch, FILE)
    for end in range(0, len(whole) + 1, 3):
        grow(account, whole[:end])
        await tail.read()
    grow(account, whole)
    assert shown_lines(await tail.read()) == ("first", "second: größe")


@pytest.mark.fault("2.14")
@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"first try\n", b"second try, which says more\n"),
        (b"header\nfirst\n", b"header\nother words\n"),
        (b"header\n" * 500, b"header\n" * 499 + b"end\n" * 9),
        (b"a" * 400 + b"\n", b"b" * 500 + b"\n"),
    ],
)
async def test_a_file_that_was_written_anew_and_is_longer_is_read_anew(
    before: bytes, after: bytes
) -> None:
    account = await account_with(before)
    tail = Tail(account.batch, FILE)
    await tail.read()
    grow(account, after)
    assert (await tail.read()).text == after.decode()


@pytest.mark.fault("2.14")
async def test_a_file_of_the_same_length_is_read_anew_where_its_time_says_so() -> None:
    account = await account_with(b"old text\n")
    tail = Tail(account.batch, FILE)
    await tail.read()
    grow(account, b"new text\n")
    account.batch.world.jobs["j"].tasks["t"].written = account.batch.world.now
    assert (await tail.read()).text == "new text\n"


@pytest.mark.fault("2.14")
async def test_whoever_knows_that_a_file_was_written_anew_has_it_read_anew() -> None:
    account = await account_with(b"old text\n")
    tail = Tail(account.batch, FILE)
    await tail.read()
    grow(account, b"new text\n")
    assert (await tail.read()).text == "old text\n"
    tail.restart()
    assert (await tail.read()).text == "new text\n"


@pytest.mark.fault("2.14", "2.2")
async def test_a_file_that_was_written_anew_may_have_another_encoding() -> None:
    account = await account_with("first\n".encode("utf-16"))
    tail = Tail(account.batch, FILE)
    await tail.read()
    grow(account, b"second, in bytes\n")
    assert (await tail.read()).text == "second, in bytes\n"
