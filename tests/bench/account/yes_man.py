"""A server that reads collections of tasks and says that all of them were added."""

import asyncio
import socket
import sys

import msgspec
from aiohttp import web

STAMP = "2026-01-31T08:30:00.123456Z"


async def say_yes(request: web.Request) -> web.Response:
    body = msgspec.json.decode(await request.read())
    results = [
        {
            "status": "Success",
            "taskId": task["id"],
            "eTag": "0x8D9E6CCF65384B9",
            "lastModified": STAMP,
            "location": f"http://{request.host}{request.path}/{task['id']}",
        }
        for task in body["value"]
    ]
    return web.Response(
        body=msgspec.json.encode({"value": results}), content_type="application/json"
    )


async def main() -> None:
    app = web.Application()
    app.router.add_post("/jobs/{job}/addtaskcollection", say_yes)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    bound = socket.create_server(("127.0.0.1", 0))
    await web.SockSite(runner, bound).start()
    sys.stdout.write(f"http://127.0.0.1:{bound.getsockname()[1]}\n")
    sys.stdout.flush()
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())
