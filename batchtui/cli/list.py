"""`batchtui list`: what an account has, what ran, and the recipes that come along."""

import argparse
import asyncio
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import msgspec

from batchtui import paths
from batchtui.cli.session import is_chosen, open_session
from batchtui.cli.trouble import REFUSED, say
from batchtui.cli.words import of_things
from batchtui.core.gateway import Gateway, GatewayError
from batchtui.core.ledger import Ledger, Outcome, Record
from batchtui.core.plain import visible, visible_json
from batchtui.core.plan import new_run_id
from batchtui.core.prices import NO_PRICES, Prices
from batchtui.core.profile import ConfigError
from batchtui.core.recipe.load import load
from batchtui.core.run.account import RunAccount
from batchtui.core.run.found import FoundRun, found_runs
from batchtui.core.run.patience import Patience
from batchtui.core.service_clock import utc_now
from batchtui.core.wording import in_time
from batchtui.local.trouble import LocalAccountError

Row = dict[str, str | int]
ACCOUNT = ("pools", "jobs", "containers")


async def run(args: argparse.Namespace) -> int:
    if args.what == "recipes":
        _print("recipes", await asyncio.to_thread(_recipes), as_json=args.json)
    elif args.what == "runs":
        return await _list_runs(args)
    else:
        async with open_session(args.profile, progress=say) as session:
            for what in [args.what] if args.what else ACCOUNT:
                _print(what, await _held(what, session.gateway), as_json=args.json)
    return 0


async def _held(what: str, gateway: Gateway) -> list[Row]:
    if what == "pools":
        return [
            {
                "pool": pool.id,
                "state": pool.state,
                "allocation": pool.allocation_state,
                "nodes": pool.current_nodes,
                "target": pool.target_nodes,
                "size": pool.vm_size,
            }
            for pool in await gateway.batch.pools()
        ]
    if what == "jobs":
        return [
            {"job": job.id, "state": job.state, "pool": job.pool_id}
            for job in await gateway.batch.jobs()
        ]
    if gateway.storage is None:
        if gateway.storage_trouble:
            raise ConfigError(gateway.storage_trouble)
        say(f"No containers. {gateway.no_storage}.")
        return []
    return [
        {"container": each.name, "modified": _minute(each.last_modified)}
        for each in await gateway.storage.containers()
    ]


async def _list_runs(args: argparse.Namespace) -> int:
    """This machine's runs, and those of others that left something in the chosen account."""
    ledger = Ledger(paths.runs_dir())
    records = await asyncio.to_thread(ledger.records, trouble=lambda error: say(str(error)))
    code, found, prices, account = 0, dict[str, FoundRun](), NO_PRICES, ""
    now = utc_now()
    if is_chosen(args.profile):
        try:
            async with open_session(args.profile, progress=say) as session:
                prices, account = session.prices, session.label
                looking = RunAccount(session.gateway, Patience.none())
                found = {run.run_id: run for run in await found_runs(looking, prices)}
                now = session.traffic.service_clock.now()
        except (GatewayError, LocalAccountError) as error:
            say(f"Runs of other machines are not known. {error}")
            code = REFUSED
    rows = [
        {
            "run": record.run_id,
            "recipe": record.recipe,
            "account": record.account,
            "started": _minute(record.started),
            "outcome": _outcome(record, ledger),
            "tasks": record.tasks,
            "left": of_things(record.left),
            **_cost(found.pop(record.run_id, None), prices, now),
        }
        for record in records
    ]
    rows += [
        {
            "run": run.run_id,
            "recipe": run.recipe,
            "account": account,
            "started": _minute(run.began),
            "outcome": "of another machine",
            "tasks": "",
            "left": of_things(run.things),
            **_cost(run, prices, now),
        }
        for run in found.values()
    ]
    _print("runs", rows, as_json=args.json)
    return code


def _cost(run: FoundRun | None, prices: Prices, now: datetime) -> Row:
    """How old it is, and what it costs at this moment; empty where the account was not asked."""
    if run is None:
        return {"age": "", "nodes": "", "cost": ""}
    age = run.age(now)
    return {
        "age": in_time(age) if age is not None else "",
        "nodes": run.nodes,
        "cost": prices.words(run.cost) if run.nodes and run.cost is not None else "",
    }


def _outcome(record: Record, ledger: Ledger) -> str:
    lost = record.outcome is Outcome.RUNNING and not ledger.under_way(record.run_id)
    return "killed" if lost else record.outcome


def _recipes() -> list[Row]:
    return [_recipe(folder) for folder in paths.recipe_folders()]


def _recipe(folder: Path) -> Row:
    plan = load(folder, {}, new_run_id())
    parameters = ", ".join(f"{name}={value}" for name, value in plan.parameters.items())
    return {"recipe": folder.name, "summary": plan.recipe.summary, "parameters": parameters}


def _minute(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d %H:%M}Z" if at else ""


def _print(what: str, rows: Sequence[Row], *, as_json: bool) -> None:
    if as_json:
        for row in rows:
            sys.stdout.write(visible_json(msgspec.json.encode(row).decode()) + "\n")
        return
    if not rows:
        sys.stdout.write(f"No {what}.\n")
        return
    cells = [list(rows[0]), *([visible(str(cell)) for cell in row.values()] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    for line in cells:
        padded = (cell.ljust(width) for cell, width in zip(line, widths, strict=True))
        sys.stdout.write("  ".join(padded).rstrip() + "\n")
