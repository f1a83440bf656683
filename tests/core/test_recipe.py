"""A recipe is read strictly, and every fault is said where it is."""

import os
import shlex
import tomllib
import tracemalloc
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as settings_of
from hypothesis import strategies as st

from batchtui.core.recipe.faults import RecipeError, spelled
from batchtui.core.recipe.inputs import matching
from batchtui.core.recipe.load import load
from batchtui.core.recipe.model import Fate, Upload
from batchtui.core.recipe.parameters import ParameterError, settings
from tests.core.recipes import GOOD, planned, written


def test_a_good_recipe_becomes_a_plan(tmp_path: Path) -> None:
    plan = planned(tmp_path, given={"words": "5"})
    assert plan.recipe.pool.dedicated == 2
    assert plan.parameters["words"] == 5
    assert plan.containers["input"] == "count-r1-in"
    assert [file.blob for file in plan.uploads] == ["count.py", "a.txt", "b.txt", "c.txt"]
    tasks = list(plan.tasks())
    assert [task.id for task in tasks] == ["count-0", "count-1", "count-2"]
    command = tasks[1].entry.command.fill(tasks[1].values)
    assert str(command) == "count.py b.txt 5 {container.output.sas}"
    assert plan.timeout.total_seconds() == 1200
    assert (plan.recipe.cleanup.containers, plan.recipe.cleanup.job) == (Fate.DELETE, Fate.ASK)


def test_a_sweep_is_the_product_of_its_values_in_order(tmp_path: Path) -> None:
    text = (
        GOOD.replace(
            'for_each = "input"\nid = "count-{input.index}"',
            'sweep = { frame = { from = 1, to = 3, step = 2 }, quality = ["low", "high"] }\n'
            'id = "f{sweep.frame}-{sweep.quality}-{index}"',
        )
        .replace("{input.name}", "x")
        .replace("{input.url}", "http://x")
    )
    tasks = planned(tmp_path, text).tasks()
    assert [task.id for task in tasks] == ["f1-low-0", "f1-high-1", "f3-low-2", "f3-high-3"]


SPOILED = [
    ('name = "count"', 'nmae = "count"', "nmae: is an unknown key; did you mean 'name'?"),
    ('name = "count"', "name = 3", "name: must be text, not 3"),
    ("[monitor]", "[moniter]", "moniter: is an unknown key; did you mean 'monitor'?"),
    ('to = "input"', 'to = "input"\nform = 1', "uploads[1].form: is an unknown key; known are"),
    ("default = 3", "defualt = 3", "parameters.words.defualt: is an unknown key; did you mean"),
    ('vm_size = "standard_d2s_v3"', "", "pool.vm_size: is missing"),
    ('"{param.nodes}"', '"{param.words_}"', "pool.dedicated: {param.words_} is an unknown placeh"),
    ('"{param.nodes}"', '"two"', "pool.dedicated: must be a whole number, 0 or more, not text"),
    ('"{param.nodes}"', "0", "pool: has no nodes: set `dedicated` or `spot`"),
    ('"{param.nodes}"', "-1", "pool.dedicated: must be a whole number, 0 or more, not -1"),
    ("{param.words}", "{param.wrods}", "tasks[0].command: {param.wrods} is an unknown"),
    ("{input.name} {", "{input.nmae} {", "did you mean 'input.name'?"),
    ("{input.name} {", "{input.name {", "belongs to no placeholder"),
    ("{input.index}", "{container.output.sas}", "tasks[0].id: {container.output.sas} is a secret"),
    ("count-{input.index}", "count", "tasks[0].id: a second task would have the id 'count'"),
    ("count-{input.index}", "{input.name}", "tasks[0].id: 'a.txt' is no valid id"),
    ("count-{run}-out", "Count_out", "containers.output: 'Count_out' is no valid container name"),
    ("count-{run}-out", "count-{run}-in", "is the name of another role too"),
    ('id = "count-{run}"\nvm', 'id = "count {run}"\nvm', "pool.id: 'count r1' is no valid id"),
    ('to = "input"', 'to = "inptu"', "uploads[1].to: 'inptu' is no role of [containers]; did you"),
    ("texts/*.txt", "texts/*.md", "uploads[1].files: 'texts/*.md' matches no file below"),
    ("texts/*.txt", "../*.txt", "must stay below the recipe's folder"),
    ('{ container = "app" }', "{ path = 'x' }", "needs either `container` or `url`"),
    ('{ container = "app" }', "{ container = 'ap' }", "start_task.resource_files[0].container: "),
    (', container = "output"', ', container = "out"', "tasks[0].output_files[0].container: 'out'"),
    ('"20m"', '"20 minutes"', "monitor.timeout: '20 minutes' is not a duration"),
    ('containers = "delete"', 'containers = "delte"', "cleanup.containers: cannot be 'delte'; did"),
    ('from = "output"', 'from = "output"\nto = "/"', "downloads[0].to: '/' must stay below"),
    ('for_each = "input"', 'for_each = "output"', "nothing is uploaded to 'output'"),
    ('for_each = "input"', 'depends_on = ["x"]\nfor_each = "input"', "'x' is the id of no task"),
    ('[job]', "[job", "is not TOML: "),
    ("[[tasks]]", "[tasks]", "tasks: must be a list, not a table"),
]  # fmt: skip


@pytest.mark.parametrize(("good", "bad", "sentence"), SPOILED, ids=[row[1] for row in SPOILED])
def test_each_fault_is_said_where_it_is(tmp_path: Path, good: str, bad: str, sentence: str) -> None:
    assert good in GOOD
    with pytest.raises(RecipeError) as caught:
        planned(tmp_path, GOOD.replace(good, bad))
    assert str(tmp_path / "recipe.toml") in str(caught.value)
    assert sentence in str(caught.value)


def test_all_faults_are_said_at_once(tmp_path: Path) -> None:
    text = GOOD.replace('vm_size = "standard_d2s_v3"', "vm_siez = 3").replace('"20m"', "20")
    with pytest.raises(RecipeError) as caught:
        planned(tmp_path, text)
    assert [fault.key[-1] for fault in caught.value.faults] == ["vm_siez", "timeout"]


def test_two_files_cannot_become_one_blob(tmp_path: Path) -> None:
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "a.txt").write_text("other")
    text = GOOD.replace('"texts/*.txt"', '["texts/*.txt", "more/*.txt"]')
    with pytest.raises(RecipeError, match="would both become"):
        planned(tmp_path, text)


def test_tasks_that_wait_for_one_another_are_refused(tmp_path: Path) -> None:
    more = '[[tasks]]\nid = "a"\ncommand = "a"\ndepends_on = ["b"]\n'
    text = GOOD.replace(
        "[monitor]",
        more
        + more.replace('"a"', '"c"').replace('"b"', '"a"')
        + '[[tasks]]\nid = "b"\ncommand = "b"\ndepends_on = ["c"]\n[monitor]',
    )
    with pytest.raises(RecipeError, match="would wait for one another for ever: "):
        planned(tmp_path, text)


def test_parameters_keep_their_type(tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match="--set words=five: must be a whole number"):
        planned(tmp_path, given={"words": "five"})
    with pytest.raises(
        ParameterError, match="--set wrods: no such parameter; did you mean 'words'"
    ):
        planned(tmp_path, given={"wrods": "5"})
    with pytest.raises(ParameterError, match="write it like --set words=5"):
        settings(["words"])
    assert settings(["a=b=c"]) == {"a": "b=c"}


def test_a_recipe_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match="could not be read: No such file"):
        load(tmp_path / "nowhere.toml", {}, "r1")


TASK = """
[[tasks]]
id = "{id}"
command = {command}
"""


def with_task(command: str, *, id: str = "more", more: str = "") -> str:
    """The good recipe with one more task."""
    return f"{GOOD}{TASK.format(id=id, command=command)}{more}"


@pytest.mark.fault("5.1")
def test_values_are_quoted_for_where_they_stand(tmp_path: Path) -> None:
    folder = written(tmp_path)
    name = "$(touch pwned2) `x`; 'y'.txt"
    (folder / "texts" / name).touch()
    text = GOOD.replace(
        'command = "count.py {input.name} {param.words} {container.output.sas}"',
        'command = """/bin/sh -c \'cat "{input.name}"; echo {input.stem} {param.words}\'"""',
    )
    tasks = list(planned(tmp_path, text).tasks())
    assert tasks[0].values["input.name"] == name
    program, option, script = shlex.split(tasks[0].entry.command.complete(tasks[0].values))
    assert (program, option) == ("/bin/sh", "-c")
    assert script == (
        "cat \"\\$(touch pwned2) \\`x\\`; 'y'.txt\"; "
        "echo \\$\\(touch\\ pwned2\\)\\ \\`x\\`\\;\\ \\'y\\' 3"
    )


@pytest.mark.fault("5.1")
def test_a_value_that_cannot_be_quoted_is_refused_by_check(tmp_path: Path) -> None:
    (written(tmp_path) / "texts" / "$(id).txt").touch()
    text = GOOD.replace('"count.py {input.name}', "\"/bin/sh -c 'cat `cat {input.name}`'")
    text = text.replace("{param.words} {container.output.sas}", "")
    with pytest.raises(RecipeError, match=r"tasks\[0\].command: \{input.name\}: '\$\(id\).txt'"):
        planned(tmp_path, text)
    (tmp_path / "texts" / "$(id).txt").unlink()
    assert planned(tmp_path, text)


@pytest.mark.fault("6.1")
def test_an_unknown_placeholder_is_told_of_all_that_can_stand_there(tmp_path: Path) -> None:
    text = with_task('"echo {parm.words} {print}"')
    with pytest.raises(RecipeError) as caught:
        planned(tmp_path, text)
    first, second = str(caught.value).splitlines()
    assert "{parm.words} is an unknown placeholder here; did you mean 'param.words'?" in first
    for line in (first, second):
        assert "container.app.name" in line
        assert "index, param.nodes, param.words, run." in line
        assert "{{ and }}" in line
    with pytest.raises(RecipeError) as caught:
        planned(tmp_path, GOOD.replace('"{param.nodes}"', '"{nodes}"'))
    assert "did you mean 'param.nodes'? (Known: param.nodes, param.words, run." in str(caught.value)


@pytest.mark.fault("6.2")
@pytest.mark.parametrize(
    ("sweep", "count"),
    [
        ("{ x = { from = 1, to = 10_000_000 } }", "10,000,000"),
        ("{ x = { from = 1, to = 10_000 }, y = { from = -500, to = 499 } }", "10,000,000"),
        ("{ x = { from = 1, to = 2_000_001, step = 2 } }", "1,000,001"),
        ("{ x = { from = 5_000_000, to = 1, step = -1 } }", "5,000,000"),
        ("{ x = { from = 0, to = 99_999_999_999_999_999_999_999 } }", "over 1,000,000,000,000,000"),
    ],
)
def test_a_sweep_of_millions_is_refused_at_once(tmp_path: Path, sweep: str, count: str) -> None:
    text = with_task('"true"', id="t{index}", more=f"sweep = {sweep}\n")
    tracemalloc.start()
    with pytest.raises(RecipeError) as caught:
        planned(tmp_path, text)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert f"tasks[1].sweep: makes {count} tasks; a recipe can have 1,000,000 at most" in str(
        caught.value
    )
    assert most < 20_000_000


@pytest.mark.fault("6.2")
def test_sweeps_are_counted_together(tmp_path: Path) -> None:
    sweep = "sweep = { x = { from = 1, to = 600_000 } }\n"
    text = with_task('"true"', id="t{index}", more=sweep) + TASK.format(
        id="u{index}", command='"true"'
    )
    with pytest.raises(RecipeError, match="a recipe can have 1,000,000 at most"):
        planned(tmp_path, text + sweep)


@pytest.mark.fault("6.3")
def test_a_task_that_waits_for_itself_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match=r"tasks\[1\].depends_on: 'more' would wait for itself"):
        planned(tmp_path, with_task('"true"', more='depends_on = ["more"]\n'))
    with pytest.raises(RecipeError, match="'t1' would wait for itself"):
        planned(
            tmp_path,
            with_task(
                '"true"',
                id="t{index}",
                more='sweep = { x = [1, 1] }\ndepends_on = ["t{sweep.x}"]\n',
            ),
        )
    with pytest.raises(RecipeError, match=r"\.depends_on: 'mor\*' fits no task but 'more' itself"):
        planned(tmp_path, with_task('"true"', more='depends_on = ["mor*"]\n'))
    plan = planned(tmp_path, with_task('"true"', more='depends_on = ["*"]\n'))
    assert plan, "a glob stands for the others"


@pytest.mark.fault("6.4")
@pytest.mark.parametrize("command", ['""', '"  "', "'''\n'''", "\"''\"", '"{param.empty}"'])
def test_an_empty_command_is_refused(tmp_path: Path, command: str) -> None:
    text = with_task(command) + '[parameters.empty]\ndefault = ""\n'
    with pytest.raises(RecipeError, match=r"tasks\[1\].command: is empty"):
        planned(tmp_path, text)
    text = GOOD.replace("\"/bin/sh -c 'cp count.py ${AZ_BATCH_NODE_SHARED_DIR}'\"", '" "')
    with pytest.raises(RecipeError, match=r"pool\.start_task\.command: is empty"):
        planned(tmp_path, text)


@pytest.mark.fault("6.5")
def test_what_may_not_be_meant_is_a_warning(tmp_path: Path) -> None:
    plan = planned(tmp_path, with_task('"prog $HOME/x > out.txt"'))
    assert [spelled(warning.key) for warning in plan.warnings] == ["tasks[1].command"] * 2
    with pytest.raises(RecipeError, match=r"tasks\[1\].command: the quote ' is never closed"):
        planned(tmp_path, with_task('"/bin/sh -c \\"echo it\'s\\""'))


@pytest.mark.fault("6.6")
def test_globs_match_hidden_files_only_where_they_say_so(tmp_path: Path) -> None:
    for name in ("a", ".hidden", "sub/b", "sub/.c", ".git/d", ".git/.e"):
        (tmp_path / "in" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "in" / name).touch()

    def blobs(glob: str) -> list[str]:
        found, wrong = matching(Upload(glob, "r"), tmp_path)
        assert not wrong or not found[glob], wrong
        return sorted(file.blob for file in found[glob])

    assert blobs("in/*") == ["a"]
    assert blobs("in/?hidden") == []
    assert blobs("in/[.]hidden") == []
    assert blobs("in/.h*") == [".hidden"]
    assert blobs("in/.hidden") == [".hidden"]
    assert blobs("in/**/*") == ["a", "sub/b"]
    assert blobs("in/**") == ["a", "sub/b"]
    assert blobs("in/**/.*") == [".hidden", "sub/.c"]
    assert blobs("in/*/b") == ["sub/b"]
    assert blobs("in/.git/*") == ["d"]
    assert blobs("in/.*/*") == [".git/d"]
    assert blobs("in/**/b") == ["sub/b"]


@pytest.mark.fault("5.4")
@pytest.mark.parametrize(
    "glob", ["***", "a**", "in/**b/x", "", "/etc/*", "../*", "a/../../b", "a\0"]
)
def test_what_is_no_glob_is_a_sentence(tmp_path: Path, glob: str) -> None:
    found, (sentence,) = matching(Upload(glob, "r"), tmp_path)
    assert not found
    assert repr(glob) in sentence


@pytest.mark.fault("5.4")
def test_links_that_lead_out_are_refused_unless_allowed(tmp_path: Path) -> None:
    folder = tmp_path / "recipe"
    (folder / "in").mkdir(parents=True)
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret" / "key").write_text("secret")
    (folder / "in" / "own").touch()
    (folder / "in" / "alias").symlink_to("own")
    (folder / "in" / "link.txt").symlink_to("/etc/hostname")
    (folder / "in" / "climbs").symlink_to("../../secret/key")
    (folder / "in" / "loop").symlink_to("loop")
    (folder / "in" / "round").symlink_to("..")
    (folder / "etc").symlink_to(tmp_path / "secret")
    os.mkfifo(folder / "in" / "pipe")

    def found(glob: str, *, allowed: bool) -> tuple[list[str], str]:
        files, wrong = matching(Upload(glob, "r"), folder, allow_outside=allowed)
        return [file.blob for file in files[glob]], " ".join(wrong)

    blobs, wrong = found("in/*", allowed=False)
    assert blobs == ["alias", "own"]
    for name in ("link.txt", "climbs"):
        assert f"in/{name}: a link leads out of the recipe's folder, to /" in wrong
    assert "--allow-outside" in wrong
    assert found("in/*", allowed=True) == (["alias", "climbs", "link.txt", "own"], "")
    assert found("etc/key", allowed=False)[0] == []
    assert found("etc/key", allowed=True) == (["key"], "")
    assert found("etc/*", allowed=False)[0] == []
    assert found("in/**", allowed=True)[0] == ["alias", "climbs", "link.txt", "own"], "no loop"
    assert "matches no file" in found("in/pipe", allowed=True)[1]


@pytest.mark.fault("3.6")
@pytest.mark.parametrize("name", ["back\\slash.txt", "line\nfeed", os.fsdecode(b"bad\xff")])
def test_a_name_that_no_blob_can_have_is_refused(tmp_path: Path, name: str) -> None:
    (written(tmp_path) / "texts" / name).with_suffix(".txt").touch()
    with pytest.raises(RecipeError, match=r"(?s)uploads\[1\]\.files: .*: its name "):
        planned(tmp_path)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read anything")
def test_what_may_not_be_read_is_said_before_anything_is_made(tmp_path: Path) -> None:
    folder = written(tmp_path)
    (folder / "texts" / "a.txt").chmod(0)
    with pytest.raises(RecipeError, match=r"a.txt: may not be read"):
        planned(tmp_path)


@pytest.mark.fault("1.14")
@pytest.mark.parametrize("text", ["9999999d", "3651d", "87601h", "9" * 5000 + "s", f"{10**400}d"])
@pytest.mark.parametrize("key", ["timeout", "patience", "max_time"])
def test_a_duration_beyond_the_calendar_is_refused(tmp_path: Path, text: str, key: str) -> None:
    bad = f'{key} = "{text}"'
    if key == "max_time":
        recipe = GOOD.replace("[job]\n", f"[job]\n{bad}\n")
    else:
        recipe = GOOD.replace('timeout = "20m"', bad)
    with pytest.raises(RecipeError, match="is too long; the longest is 3650d") as caught:
        planned(tmp_path, recipe)
    assert key in str(caught.value)
    assert len(str(caught.value)) < 400


@pytest.mark.fault("1.14")
@pytest.mark.parametrize(
    "value", ['"-5m"', '"nan"', '"1e9s"', '"0s"', '""', "5", "nan", "-1", "true"]
)
def test_what_is_not_a_duration_is_refused(tmp_path: Path, value: str) -> None:
    with pytest.raises(RecipeError, match=r"monitor.timeout: .*(is not a duration|must be text)"):
        planned(tmp_path, GOOD.replace('"20m"', value))


@pytest.mark.fault("6.7")
@pytest.mark.parametrize(
    ("good", "bad", "sentence"),
    [
        ('dedicated = "{param.nodes}"', "dedicated = 1.5", "a whole number, 0 or more, not 1.5"),
        ('dedicated = "{param.nodes}"', "dedicated = true", "0 or more, not true or false"),
        ('dedicated = "{param.nodes}"', "dedicated = []", "0 or more, not a list"),
        ('dedicated = "{param.nodes}"', "dedicated = 2026-01-01", "0 or more, not a date or time"),
        ('dedicated = "{param.nodes}"', "dedicated = 99999999999", "not 99999999999"),
        ('dedicated = "{param.nodes}"', "dedicated = nan", "a whole number, 0 or more, not nan"),
        ("dedicated", "slots = 257\ndedicated", "pool.slots: must be a whole number from 1 to 256"),
        ("[job]", "[job]\npriority = 'x'", "must be a whole number from -1,000 to 1,000, not text"),
        ("[job]", "[job]\nretries = -2", "job.retries: must be a whole number, -1 or more, not -2"),
        ("[job]", "[job]\nretries = 3000000000", "from -1 to 2,147,483,647, not 3000000000"),
        ("[job]", f"[job]\nretries = {10**19}", "to 2,147,483,647, not a number of 20 digits"),
        ("[job]", f"[job]\nretries = -{10**15}", "-1 or more, not a number of 16 digits"),
        (
            'command = "/bin',
            'wait_for_success = 3\ncommand = "/bin',
            "must be true or false, not 3",
        ),
        (
            "default = 3",
            "default = []",
            "parameters.words.default: must be text, a number, or true",
        ),
        ('name = "count"', "name = {}", "name: must be text, not a table"),
    ],
)
def test_types_are_said_in_words(tmp_path: Path, good: str, bad: str, sentence: str) -> None:
    with pytest.raises(RecipeError) as caught:
        planned(tmp_path, GOOD.replace(good, bad, 1))
    assert sentence in str(caught.value)
    assert "`" not in str(caught.value)


VALUES = st.recursive(
    st.text() | st.integers() | st.floats() | st.booleans() | st.datetimes() | st.dates(),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=5,
)


@settings_of(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.text() | st.text("[]{}=\"'\n#.,0x_abc-", max_size=80))
def test_any_text_is_a_recipe_or_a_sentence(tmp_path: Path, text: str) -> None:
    (tmp_path / "recipe.toml").write_text(text, encoding="utf-8", errors="surrogatepass")
    with pytest.raises(RecipeError):
        load(tmp_path, {}, "r1")


@settings_of(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.data())
def test_any_value_at_any_key_is_a_plan_or_a_sentence(tmp_path: Path, data: st.DataObject) -> None:
    written(tmp_path)
    raw = tomllib.loads(GOOD)
    place: Any = raw
    while True:
        keys = list(range(len(place))) if isinstance(place, list) else list(place)
        key = data.draw(st.sampled_from(keys))
        if not isinstance(place[key], dict | list) or not place[key] or data.draw(st.booleans()):
            break
        place = place[key]
    place[key] = data.draw(VALUES)
    (tmp_path / "recipe.toml").touch()
    with suppress(RecipeError), pytest.MonkeyPatch.context() as patch:
        patch.setattr("batchtui.core.recipe.load._parsed", lambda _file, _text: raw)
        plan = load(tmp_path, {}, "r1")
        for task in plan.tasks():
            task.entry.command.refused(task.values)


@pytest.mark.parametrize(
    "text",
    ["x = " + "[" * 5000 + "]" * 5000, "x = " + "9" * 5000, f"words = 0x{'f' * 5000}", "x = 1__0",
     GOOD.replace("default = 3", "default = 0x" + "f" * 5000)],
    ids=["deep", "digits", "hex", "underscores", "parameter"],
)  # fmt: skip
def test_numbers_and_nesting_beyond_all_measure_are_no_traceback(tmp_path: Path, text: str) -> None:
    written(tmp_path, text)
    with suppress(RecipeError):
        load(tmp_path, {}, "r1")
