"""What the fan-out is compared with: a server that only broadcasts, with `websockets`' own.

Run by `classroom.py` as `python -m bench.broadcast PORT BYTES`. Every frame it gets from a client
that said "driver" goes to all others, as a state frame with a rising seq.
"""

import asyncio
import contextlib
import json
import sys

from websockets.asyncio.server import ServerConnection, broadcast, serve
from websockets.exceptions import ConnectionClosed


async def main(port: int, size: int) -> None:
    viewers: set[ServerConnection] = set()
    filler = "x" * max(0, size - 60)

    def state(seq: int) -> str:
        return f'{{"type":"state","seq":{seq},"filler":"{filler}"}}'

    async def handle(connection: ServerConnection) -> None:
        seq = 1
        with contextlib.suppress(ConnectionClosed):
            async for message in connection:
                if json.loads(message).get("token") != "driver":
                    viewers.add(connection)
                    await connection.send(state(1))
                    continue
                seq += 1
                broadcast(viewers, state(seq))
                await connection.send(json.dumps({"type": "accepted", "seq": seq}))
        viewers.discard(connection)

    async with serve(handle, "127.0.0.1", port, compression=None, ping_interval=None):
        await asyncio.get_running_loop().create_future()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), int(sys.argv[2])))
