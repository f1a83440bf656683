"""For each recorded operation and status, how an account comes to give such an answer."""

from tests.local.wire import Answer

from .stage import FORMULA, MACHINE, SCHEDULE, START, Act, Stage


def on_pool(method: str, action: str = "", body: object = None) -> Act:
    async def act(stage: Stage) -> Answer:
        return await stage.ask(method, f"{await stage.pool(startTask=START)}{action}", body)

    return act


def on_node(method: str, action: str = "", body: object = None, first: str = "") -> Act:
    async def act(stage: Stage) -> Answer:
        node = await stage.node()
        if first == "users":
            await stage.ask("POST", f"{node}/users", {"name": "me"})
        elif first:
            await stage.ask("POST", f"{node}/{first}", {})
        if first == "deallocate":
            await stage.until(node, "state", "deallocated")
        return await stage.ask(method, f"{node}{action}", body)

    return act


def on_job(method: str, action: str = "", body: object = None, first: str = "") -> Act:
    async def act(stage: Stage) -> Answer:
        job = await stage.job()
        if first:
            await stage.ask("POST", f"{job}/{first}", {"disableTasks": "wait"})
        return await stage.ask(method, f"{job}{action}", body)

    return act


def on_schedule(method: str, action: str = "", body: object = None, first: str = "") -> Act:
    async def act(stage: Stage) -> Answer:
        schedule = await stage.schedule()
        if first:
            await stage.ask("POST", f"{schedule}/{first}")
        return await stage.ask(method, f"{schedule}{action}", body)

    return act


def on_task(method: str, action: str = "", body: object = None, first: str = "") -> Act:
    async def act(stage: Stage) -> Answer:
        task = await stage.task()
        if first:
            await stage.ask("POST", f"{task}/{first}")
        return await stage.ask(method, f"{task}{action}", body)

    return act


def on_ended_task(method: str, action: str = "", command: str = "exit 0") -> Act:
    async def act(stage: Stage) -> Answer:
        return await stage.ask(method, f"{await stage.ended_task(command)}{action}")

    return act


def on_file(method: str) -> Act:
    async def act(stage: Stage) -> Answer:
        task = await stage.ended_task()
        pool = (await stage.ask("GET", task)).json["nodeInfo"]["nodeUrl"]
        node = pool[pool.index("/pools") :]
        path = f"{node}/files/workitems%2F{stage.it}%2Fjob-1%2Ft%2Fstdout.txt"
        return await stage.ask(method, path)

    return act


def plain(method: str, path: str, body: object = None) -> Act:
    async def act(stage: Stage) -> Answer:
        return await stage.ask(method, path, body)

    return act


async def add_pool(stage: Stage) -> Answer:
    body = {"id": stage.it, "vmSize": "a1", "virtualMachineConfiguration": MACHINE}
    return await stage.ask("POST", "/pools", body)


async def stop_resize(stage: Stage) -> Answer:
    node = await stage.node()
    await stage.task("wait")
    await stage.until(node, "state", "running")
    pool = f"/pools/{stage.it}"
    wish = {"targetDedicatedNodes": 0, "nodeDeallocationOption": "taskcompletion"}
    await stage.ask("POST", f"{pool}/resize", wish)
    return await stage.ask("POST", f"{pool}/stopresize")


async def remove_nodes(stage: Stage) -> Answer:
    node = await stage.node()
    pool, _, name = node.partition("/nodes/")
    return await stage.ask("POST", f"{pool}/removenodes", {"nodeList": [name]})


async def disable_autoscale(stage: Stage) -> Answer:
    pool = await stage.pool(enableAutoScale=True, autoScaleFormula=FORMULA)
    return await stage.ask("POST", f"{pool}/disableautoscale")


async def evaluate(stage: Stage) -> Answer:
    pool = await stage.pool(enableAutoScale=True, autoScaleFormula=FORMULA)
    formula = {"autoScaleFormula": FORMULA}
    return await stage.ask("POST", f"{pool}/evaluateautoscale", formula)


async def list_nodes(stage: Stage) -> Answer:
    return await stage.ask("GET", (await stage.node()).rpartition("/")[0])


async def preparation(stage: Stage) -> Answer:
    job = await stage.job(jobPreparationTask={"commandLine": "exit 0"})
    return await stage.ask("GET", f"{job}/jobpreparationandreleasetaskstatus")


async def reactivate(stage: Stage) -> Answer:
    task = await stage.task()
    await stage.ask("POST", f"{task}/terminate")
    return await stage.ask("POST", f"{task}/reactivate")


async def add_schedule(stage: Stage) -> Answer:
    body = {"id": stage.it, "schedule": {"recurrenceInterval": "PT1H"}, **SCHEDULE}
    return await stage.ask("POST", "/jobschedules", body)


async def add_job(stage: Stage) -> Answer:
    return await stage.ask("POST", "/jobs", {"id": stage.it, "poolInfo": {"poolId": "none"}})


async def stale_update(stage: Stage) -> Answer:
    job = await stage.job()
    old = "Tue, 14 Nov 2017 22:13:20 GMT"
    return await stage.ask("PUT", job, {"poolInfo": {"poolId": "none"}}, If_Unmodified_Since=old)


async def replace_job(stage: Stage) -> Answer:
    return await stage.ask("PUT", await stage.job(), {"poolInfo": {"poolId": stage.it}})


async def list_tasks(stage: Stage) -> Answer:
    return await stage.ask("GET", (await stage.ended_task()).rpartition("/")[0])


async def twice(stage: Stage, method: str, path: str) -> Answer:
    await stage.ask(method, path)
    return await stage.ask(method, path)


async def delete_job_twice(stage: Stage) -> Answer:
    await stage.node()
    task = await stage.task("linger")
    await stage.until(task, "state", "running")
    return await twice(stage, "DELETE", task.rpartition("/tasks")[0])


async def large_body(stage: Stage) -> Answer:
    task = {"id": "t", "commandLine": "x" * 1_048_576}
    return await stage.ask("POST", f"{await stage.job()}/addtaskcollection", {"value": [task]})


async def wrong_image(stage: Stage) -> Answer:
    image = {"publisher": "a", "offer": "b", "sku": "c"}
    machine = {"imageReference": image, "nodeAgentSKUId": "batch.node.windows amd64"}
    body = {"id": stage.it, "vmSize": "a1", "virtualMachineConfiguration": machine}
    return await stage.ask("POST", "/pools", body)


async def failing_collection(stage: Stage) -> Answer:
    job = await stage.job()
    wrong = {**TASK, "resourceFiles": [{"filePath": "f"}]}
    return await stage.ask("POST", f"{job}/addtaskcollection", {"value": [wrong]})


async def failing_formula(stage: Stage) -> Answer:
    pool = await stage.pool(enableAutoScale=True, autoScaleFormula=FORMULA)
    formula = {"autoScaleFormula": "$TargetDedicatedNodes = nothing;"}
    return await stage.ask("POST", f"{pool}/evaluateautoscale", formula)


async def twice_a_pool(stage: Stage) -> Answer:
    await stage.pool()
    return await add_pool(stage)


TASK = {"id": "t", "commandLine": "exit 0"}

ACTS: dict[str, list[Act]] = {
    "account.nodecounts 200": [plain("GET", "/nodecounts")],
    "account.nodeagentskus 200": [plain("GET", "/nodeagentskus")],
    "account.supportedimages 200": [plain("GET", "/supportedimages")],
    "application.list 200": [plain("GET", "/applications")],
    "certificate.list 200": [plain("GET", "/certificates")],
    "pool.add 201": [add_pool],
    "pool.add 400": [wrong_image],
    "pool.add 409": [twice_a_pool],
    "pool.get 200": [on_pool("GET")],
    "pool.list 200": [plain("GET", "/pools")],
    "pool.list 400": [plain("GET", "/pools?maxresults=-5")],
    "pool.exists 200": [on_pool("HEAD")],
    "pool.exists 404": [plain("HEAD", "/pools/none")],
    "pool.patch 200": [on_pool("PATCH", "", {"metadata": []})],
    "pool.updateproperties 204": [
        on_pool(
            "POST",
            "/updateproperties",
            {"metadata": [], "applicationPackageReferences": [], "certificateReferences": []},
        )
    ],
    "pool.resize 202": [on_pool("POST", "/resize", {"targetDedicatedNodes": 0})],
    "pool.stopresize 202": [stop_resize],
    "pool.removenodes 202": [remove_nodes],
    "pool.delete 202": [on_pool("DELETE")],
    "pool.enableautoscale 200": [
        on_pool("POST", "/enableautoscale", {"autoScaleFormula": FORMULA})
    ],
    "pool.evaluateautoscale 200": [evaluate, failing_formula],
    "pool.disableautoscale 200": [disable_autoscale],
    "pool.usagemetrics 200": [plain("GET", "/poolusagemetrics")],
    "node.get 200": [on_node("GET")],
    "node.list 200": [list_nodes],
    "node.adduser 201": [on_node("POST", "/users", {"name": "me"})],
    "node.updateuser 200": [on_node("PUT", "/users/me", {}, first="users")],
    "node.deleteuser 200": [on_node("DELETE", "/users/me", first="users")],
    "node.disablescheduling 200": [on_node("POST", "/disablescheduling", {})],
    "node.enablescheduling 200": [on_node("POST", "/enablescheduling", first="disablescheduling")],
    "node.reboot 202": [on_node("POST", "/reboot", {})],
    "node.reimage 409": [on_node("POST", "/reimage", {})],
    "node.deallocate 202": [on_node("POST", "/deallocate", {})],
    "node.start 202": [on_node("POST", "/start", first="deallocate")],
    "node.remoteloginsettings 200": [on_node("GET", "/remoteloginsettings")],
    "node.extensions.list 200": [on_node("GET", "/extensions")],
    "job.add 201": [add_job],
    "job.get 200": [on_job("GET"), on_job("GET", first="terminate")],
    "job.list 200": [plain("GET", "/jobs")],
    "job.patch 200": [on_job("PATCH", "", {"priority": 1})],
    "job.update 200": [replace_job],
    "job.update 412": [stale_update],
    "job.disable 202": [on_job("POST", "/disable", {"disableTasks": "wait"})],
    "job.enable 202": [on_job("POST", "/enable", first="disable")],
    "job.terminate 202": [on_job("POST", "/terminate", {})],
    "job.delete 202": [on_job("DELETE")],
    "job.delete 409": [delete_job_twice],
    "job.taskcounts 200": [on_job("GET", "/taskcounts")],
    "job.jobpreparationandreleasetaskstatus 200": [preparation],
    "job.jobpreparationandreleasetaskstatus 409": [
        on_job("GET", "/jobpreparationandreleasetaskstatus")
    ],
    "jobschedule.add 201": [add_schedule],
    "jobschedule.get 200": [on_schedule("GET")],
    "jobschedule.list 200": [plain("GET", "/jobschedules")],
    "jobschedule.exists 200": [on_schedule("HEAD")],
    "jobschedule.patch 200": [on_schedule("PATCH", "", SCHEDULE)],
    "jobschedule.update 200": [
        on_schedule("PUT", "", {"schedule": {"recurrenceInterval": "PT2H"}, **SCHEDULE})
    ],
    "jobschedule.disable 204": [on_schedule("POST", "/disable")],
    "jobschedule.enable 204": [on_schedule("POST", "/enable", first="disable")],
    "jobschedule.terminate 202": [on_schedule("POST", "/terminate")],
    "jobschedule.delete 202": [on_schedule("DELETE")],
    "jobschedule.jobs 200": [on_schedule("GET", "/jobs")],
    "task.add 201": [on_job("POST", "/tasks", TASK)],
    "task.addcollection 200": [
        on_job("POST", "/addtaskcollection", {"value": [TASK]}),
        failing_collection,
    ],
    "task.addcollection 413": [large_body],
    "task.get 200": [
        on_task("GET"),
        on_task("GET", first="terminate"),
        on_ended_task("GET"),
        on_ended_task("GET", command="exit 1"),
        on_ended_task("GET", command="missing"),
    ],
    "task.get 404": [on_job("GET", "/tasks/none")],
    "task.list 200": [on_job("GET", "/tasks"), list_tasks],
    "task.update 200": [on_task("PUT", "", {"constraints": {}})],
    "task.delete 200": [on_task("DELETE")],
    "task.terminate 204": [on_task("POST", "/terminate")],
    "task.reactivate 204": [reactivate],
    "task.subtasksinfo 200": [on_task("GET", "/subtasksinfo")],
    "file.list_task 200": [on_ended_task("GET", "/files?recursive=true")],
    "file.get_task 200": [on_ended_task("GET", "/files/stdout.txt")],
    "file.props_task 200": [on_ended_task("HEAD", "/files/stdout.txt")],
    "file.props_task 404": [on_ended_task("HEAD", "/files/none")],
    "file.delete_task 200": [on_ended_task("DELETE", "/files/stdout.txt")],
    "file.list_node 200": [on_node("GET", "/files?recursive=true")],
    "file.get_node 200": [on_file("GET")],
    "file.props_node 200": [on_file("HEAD")],
    "file.delete_node 200": [on_file("DELETE")],
}
