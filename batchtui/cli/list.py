"""`batchtui list`: what an account has, what ran, and the recipes that come along."""

import argparse
import asyncio
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import msgspec

from batchtui import paths
from batchtui.cli.session import open_session
from batchtui.cli.trouble import say
from batchtui.cli.words import of_things
from batchtui.core.gateway import Gateway
from batchtui.core.ledger import Ledger, Outcome, Record
from batchtui.core.plain import visible, visible_json
from batchtui.core.plan import new_run_id
from batchtui.core.recipe.load import load

Row = dict[str, str | int]
ACCOUNT = ("pools", "jobs", "containers")


async def run(args: argparse.Namespace) -> int:
    if args.what == "recipes":
        _print("recipes", await asyncio.to_thread(_recipes), as_json=args.json)
    elif args.what == "runs":
        _print("runs", await asyncio.to_thread(_runs), as_json=args.json)
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
        say("This profile has no storage account, and so no containers.")
        return []
    return [
        {"container": each.name, "modified": _minute(each.last_modified)}
        for each in await gateway.storage.containers()
    ]


def _runs() -> list[Row]:
    ledger = Ledger(paths.runs_dir())
    return [
        {
            "run": record.run_id,
            "recipe": record.recipe,
            "account": record.account,
            "started": _minute(record.started),
            "outcome": _outcome(record, ledger),
            "tasks": record.tasks,
            "left": of_things(record.left),
        }
        for record in ledger.records(trouble=lambda error: say(str(error)))
    ]


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
