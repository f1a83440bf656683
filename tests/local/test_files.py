"""Files of nodes and tasks: listing, reading, deleting, and no way out."""

import os
from pathlib import Path

import pytest
from azure.batch.aio import BatchClient
from azure.core.exceptions import HttpResponseError, ResourceNotFoundError

from batchtui.local.settings import Settings

from .batch import completed, job_options, nodes, steady_pool, task_options, until
from .fakes import FakeExecutor
from .wire import ask

TASK = "/jobs/job/tasks/t/files"


@pytest.fixture
async def root(client: BatchClient, executor: FakeExecutor) -> Path:
    """The directory of a task that has run, with a few files more."""
    await steady_pool(client, target_dedicated_nodes=1)
    await client.create_job(job_options())
    await client.create_task("job", task_options("t", "exit 0"))
    await completed(client, "t")
    folder = executor.launches[0].root
    (folder / "wd" / "deep").mkdir()
    (folder / "wd" / "deep" / "a b.bin").write_bytes(b"0123456789")
    (folder / "wd" / "out.txt").write_text("out")
    return folder


async def test_listing(client: BatchClient, root: Path) -> None:
    flat = [file async for file in client.list_task_files("job", "t")]
    assert [file.name for file in flat] == ["stderr.txt", "stdout.txt", "wd"]
    assert [file.is_directory for file in flat] == [False, False, True]
    assert flat[2].properties is None
    assert flat[1].properties
    assert flat[1].properties.content_length == len("exit 0\n")
    assert flat[1].properties.file_mode == "0o100644"
    deep = client.list_task_files("job", "t", recursive=True)
    assert [file.name async for file in deep] == [
        "stderr.txt",
        "stdout.txt",
        "wd",
        "wd/deep",
        "wd/out.txt",
        "wd/deep/a b.bin",
    ]
    filtered = client.list_task_files("job", "t", filter="startswith(name, 'std')")
    assert [file.name async for file in filtered] == ["stderr.txt", "stdout.txt"]
    paged = client.list_task_files("job", "t", recursive=True, max_results=2).by_page()
    assert [len([file async for file in page]) async for page in paged] == [2, 2, 2]


@pytest.mark.usefixtures("root")
async def test_a_range_is_answered_with_200(client: BatchClient, endpoint: str) -> None:
    parts = await client.download_task_file("job", "t", "wd/deep/a b.bin", ocp_range="bytes=2-4")
    assert b"".join([part async for part in parts]) == b"234"
    answer = await ask(
        endpoint, "GET", f"{TASK}/wd%2Fdeep%2Fa%20b.bin", headers={"ocp-range": "bytes=8-"}
    )
    assert (answer.status, answer.text) == (200, "89")
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["ocp-batch-file-isdirectory"] == "False"
    assert answer.headers["ocp-batch-file-mode"] == "0o100644"
    assert answer.headers["ocp-batch-file-url"].startswith("http%3A%2F%2F127.0.0.1")
    assert "etag" not in answer.headers


@pytest.mark.usefixtures("root")
@pytest.mark.parametrize("wrong", ["bytes=10-", "bytes=5-4"])
async def test_a_range_outside_the_file(endpoint: str, wrong: str) -> None:
    headers = {"ocp-range": wrong}
    answer = await ask(endpoint, "GET", f"{TASK}/wd%2Fdeep%2Fa%20b.bin", headers=headers)
    assert (answer.status, answer.code) == (416, "InvalidRange")


@pytest.mark.usefixtures("root")
async def test_properties(client: BatchClient, endpoint: str) -> None:
    found = await client.get_task_file_properties("job", "t", "wd/out.txt")
    assert found.content_length == 3
    folder = await ask(endpoint, "HEAD", f"{TASK}/wd")
    assert folder.headers["ocp-batch-file-isdirectory"] == "True"
    empty = await ask(endpoint, "GET", f"{TASK}/stderr.txt")
    assert (empty.status, empty.text) == (200, "")
    assert empty.headers["content-type"] == "text/plain"


async def test_deleting(client: BatchClient, root: Path) -> None:
    await client.delete_task_file("job", "t", "wd/out.txt")
    assert not (root / "wd" / "out.txt").exists()
    with pytest.raises(HttpResponseError):
        await client.delete_task_file("job", "t", "wd")
    await client.delete_task_file("job", "t", "wd", recursive=True)
    assert not (root / "wd").exists()


async def test_files_of_a_node(client: BatchClient, root: Path) -> None:
    (node,) = await nodes(client)
    names = [file.name async for file in client.list_node_files("pool", node.id)]
    assert names == ["applications", "fsmounts", "shared", "startup", "volatile", "workitems"]
    path = "/workitems/job/job-1/t/stdout.txt"  # a leading slash means the root, as elsewhere
    parts = await client.download_node_file("pool", node.id, path)
    assert b"".join([part async for part in parts]) == b"exit 0\n"


@pytest.mark.parametrize(
    "name",
    [
        "nothing",
        "..%2F..%2F..%2F..%2Faccount.db",
        "%2Fetc%2Fpasswd",
        "%2E%2E%2Fstdout.txt",
        "wd/../../t/stdout.txt",
        "wd%2Fout",
        "wd%2Fdb",
        "wd%2Floop",
        "wd%00",
        "x" * 5000,
        "%FF",
    ],
)
async def test_there_is_no_way_out(
    endpoint: str, root: Path, settings: Settings, name: str
) -> None:
    os.symlink(settings.data_dir, root / "wd" / "out")
    os.symlink(settings.data_dir / "account.db", root / "wd" / "db")
    os.symlink(root / "wd" / "loop", root / "wd" / "loop")
    for method in ("GET", "HEAD", "DELETE"):
        answer = await ask(endpoint, method, f"{TASK}/{name}")
        assert answer.status in (400, 404), (method, answer.text)
    assert (settings.data_dir / "account.db").exists()
    names = [
        f["name"] for f in (await ask(endpoint, "GET", f"{TASK}?recursive=true")).json["value"]
    ]
    assert "wd/out" not in names
    assert not [found for found in names if "account.db" in found]


async def test_a_task_that_never_ran_has_no_files(client: BatchClient, endpoint: str) -> None:
    await client.create_job(job_options())
    await client.create_task("job", task_options("t"))
    answer = await ask(endpoint, "GET", TASK)
    assert (answer.status, answer.code) == (409, "TaskFilesUnavailable")


async def test_files_go_with_their_task(client: BatchClient, root: Path) -> None:
    await client.delete_task("job", "t")
    with pytest.raises(ResourceNotFoundError):
        await client.get_task("job", "t")

    async def gone() -> bool:
        return not root.exists()

    await until(gone, bool)


async def test_a_large_file_comes_whole(client: BatchClient, root: Path) -> None:
    content = os.urandom(1_000_000)
    (root / "wd" / "large").write_bytes(content)
    parts = await client.download_task_file("job", "t", "wd/large")
    assert b"".join([part async for part in parts]) == content
    tail = await client.download_task_file("job", "t", "wd/large", ocp_range="bytes=300000-1999999")
    assert b"".join([part async for part in tail]) == content[300_000:]


async def test_an_unreadable_file_is_no_crash(endpoint: str, root: Path) -> None:
    (root / "wd" / "folder").mkdir()
    os.mkfifo(root / "wd" / "pipe")
    for name in ("wd%2Fpipe", "wd%2Ffolder%2Fnothing"):
        answer = await ask(endpoint, "GET", f"{TASK}/{name}")
        assert answer.status == 404


ODD_NAMES = [
    b"bad\xff.bin",
    b"bad\xfe.bin",
    b"bad%FF.bin",
    b"100%\xff",
    b"half\xed\xa0\x80pair",
    b"two\nlines.txt",
    b"\n",
    b"tab\tand\r",
    b"esc\x1b[31m",
    b"   ",
    b"dot.",
    b"...",
    b"a%2Fb",
    b"a%2fb%25",
    b"a\\b",
    b"what?#&=+;",
    b"{path:x}",
    b"'quoted'\"",
    b"data:text\nx,y",
    "größe 日本.txt".encode(),
    "e\u0301".encode(),
    b"x" * 255,
    b"\xff" * 255,
]


@pytest.mark.fault("5.9")
@pytest.mark.parametrize("page", [1000, 1])
async def test_whatever_its_name_a_file_is_listed_and_read(
    client: BatchClient, root: Path, page: int
) -> None:
    folder = os.fsencode(root / "wd" / "odd")
    os.mkdir(folder)
    for number, name in enumerate(ODD_NAMES):
        (Path(os.fsdecode(os.path.join(folder, name)))).write_bytes(b"%d" % number)
    listed = [
        file
        async for file in client.list_task_files("job", "t", recursive=True, max_results=page)
        if (file.name or "").startswith("wd/odd/")
    ]
    contents = []
    for file in listed:
        assert file.name
        assert file.url
        parts = await client.download_task_file("job", "t", file.name)
        contents.append(int(b"".join([part async for part in parts])))
        properties = await client.get_task_file_properties("job", "t", file.name)
        assert properties.content_length == len(str(contents[-1]))
    assert sorted(contents) == list(range(len(ODD_NAMES)))
    for file in listed:
        await client.delete_task_file("job", "t", file.name or "")
    assert os.listdir(folder) == []


@pytest.mark.fault("5.9")
@pytest.mark.usefixtures("root")
async def test_a_name_that_is_no_utf_8_is_shown_with_its_bytes(
    endpoint: str, client: BatchClient, root: Path
) -> None:
    for name in (b"bad\xff", b"bad%FF"):
        Path(os.fsdecode(os.fsencode(root / "wd") + b"/" + name)).write_bytes(name)
    folder = Path(os.fsdecode(os.fsencode(root / "wd") + b"/\xfe"))
    folder.mkdir()
    (folder / "in").write_text("inside")
    names = [file.name async for file in client.list_task_files("job", "t", recursive=True)]
    assert {"wd/bad%FF", "wd/bad%25FF", "wd/%FE", "wd/%FE/in"} <= set(names)
    inside = await ask(endpoint, "GET", f"{TASK}/wd%2F%25FE%2Fin")
    assert (inside.status, inside.text) == (200, "inside")
    literal = await ask(endpoint, "GET", f"{TASK}/wd%2Fbad%25FF")
    assert (literal.status, literal.text) == (200, "bad%FF")


@pytest.mark.fault("5.9")
@pytest.mark.parametrize("name", ["%25FF%252F..%252F..%252F..%252Faccount.db", "%25FF%2500", "%25"])
async def test_bytes_in_a_name_lead_nowhere_else(endpoint: str, root: Path, name: str) -> None:
    Path(os.fsdecode(os.fsencode(root / "wd") + b"/\xff")).mkdir()
    answer = await ask(endpoint, "GET", f"{TASK}/wd%2F{name}")
    assert (answer.status, answer.code) == (404, "FileNotFound")


@pytest.mark.usefixtures("root")
async def test_pages_of_files_hold_each_file_once(client: BatchClient, root: Path) -> None:
    """`a-b/y` comes before `a/x` by its place, although the folder `a` comes before `a-b`."""
    for name in ("a/x", "a-b/y", "a.b/z"):
        (root / "wd" / name).parent.mkdir()
        (root / "wd" / name).write_text(name)
    whole = [file.name async for file in client.list_task_files("job", "t", recursive=True)]
    paged = client.list_task_files("job", "t", recursive=True, max_results=1)
    assert [file.name async for file in paged] == whole
    assert {"wd/a/x", "wd/a-b/y", "wd/a.b/z"} <= set(whole)
