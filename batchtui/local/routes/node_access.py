"""Routes into a node: its users, the way to log on to it, its logs."""

import hashlib
import uuid
from typing import Any

from aiohttp import web

from batchtui.local.errors import invalid_property
from batchtui.local.routes.call import Call
from batchtui.local.routes.replies import accepted, answer
from batchtui.local.wire.node_bodies import CreateUser, ReplaceUser, UploadLogs
from batchtui.local.world.node_log import log_of

Json = dict[str, Any]
routes = web.RouteTableDef()

_NODE = "/pools/{pool}/nodes/{node}"
_ENTITIES = "Microsoft.Azure.Batch.Protocol.Entities"


@routes.post(f"{_NODE}/users")
async def create_user(request: web.Request) -> web.Response:
    call = Call(request)
    body = await call.body(CreateUser)
    node = call.node()
    call.rules.users.create(node, body)
    url = f"{call.base}/pools/{node.pool}/nodes/{node.id}/users/{body.name}"
    return answer(201, None, DataServiceId=url, Location=url)


@routes.put(f"{_NODE}/users/{{user}}")
async def replace_user(request: web.Request) -> web.Response:
    call = Call(request)
    body = await call.body(ReplaceUser)
    call.rules.users.replace(call.node(), call.name("user"), body)
    return accepted(call, 200)


@routes.delete(f"{_NODE}/users/{{user}}")
async def delete_user(request: web.Request) -> web.Response:
    call = Call(request)
    call.rules.users.delete(call.node(), call.name("user"))
    return answer(200)


@routes.get(f"{_NODE}/remoteloginsettings", allow_head=False)
async def remote_login(request: web.Request) -> web.Response:
    """A node is a directory of this machine, so its address is this machine's own."""
    call = Call(request)
    address, port = call.node().login
    body = {
        "odata.metadata": f"{call.base}/$metadata#{_ENTITIES}.RemoteLoginSettings",
        "remoteLoginIPAddress": address,
        "remoteLoginPort": port,
    }
    return answer(200, body, DataServiceId=f"{call.base}{request.rel_url.raw_path}")


@routes.post(f"{_NODE}/uploadbatchservicelogs")
async def upload_logs(request: web.Request) -> web.Response:
    """Answered when the logs are there: a container that takes none is an error, not a silence."""
    # It brings the storage SDK along, which takes longer to import than all else here.
    from batchtui.local.agent.logs import LogUploadError, upload_logs

    call = Call(request)
    body = await call.body(UploadLogs)
    node = call.node()
    account = call.world.settings.account
    mark = hashlib.sha256(account.encode()).hexdigest()[:16].upper()
    folder = f"{account}-{mark}/{node.pool}/{node.id}/{uuid.uuid4()}"
    logs = {"node.log": log_of(node)}
    try:
        await upload_logs(body.container_url, folder, logs)
    except LogUploadError as error:
        raise invalid_property("containerUrl", str(error)) from None
    return answer(
        200,
        {
            "odata.metadata": f"{call.base}/$metadata#{_ENTITIES}.UploadBatchServiceLogsResult",
            "virtualDirectoryName": folder,
            "numberOfFilesUploaded": len(logs),
        },
    )
