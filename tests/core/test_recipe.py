"""A recipe is read strictly, and every fault is said where it is."""

from pathlib import Path

import pytest

from batchtui.core.recipe.faults import RecipeError
from batchtui.core.recipe.load import load
from batchtui.core.recipe.model import Fate
from batchtui.core.recipe.parameters import ParameterError, settings
from tests.core.recipes import GOOD, planned


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
    ('name = "count"', "name = 3", "name: expected `str`, got `int`"),
    ("[monitor]", "[moniter]", "moniter: is an unknown key; did you mean 'monitor'?"),
    ('to = "input"', 'to = "input"\nform = 1', "uploads[1].form: is an unknown key; known are"),
    ("default = 3", "defualt = 3", "parameters.words.defualt: is an unknown key; did you mean"),
    ('vm_size = "standard_d2s_v3"', "", "pool.vm_size: is missing"),
    ('"{param.nodes}"', '"{param.words_}"', "pool.dedicated: {param.words_} is an unknown placeh"),
    ('"{param.nodes}"', '"two"', "pool.dedicated: expected `int`, got `str`"),
    ('"{param.nodes}"', "0", "pool: has no nodes: set `dedicated` or `spot`"),
    ('"{param.nodes}"', "-1", "pool.dedicated: expected `int` >= 0"),
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
    ('"20m"', '"20 minutes"', "monitor.timeout: '20 minutes' is no duration"),
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
