"""The process of one embedded AWS: `python -m rehearsal.embedded.server`.

It reads its settings as one line of JSON on standard input, writes where it
listens as one line of JSON on standard output, and serves until standard input
ends, which is also what happens when its parent dies.
"""

import asyncio
import json
import os
import shutil
import signal
import sys
from pathlib import Path

from rehearsal.embedded import certificates
from rehearsal.embedded.certificates import Certificates
from rehearsal.embedded.listeners import Listener, Server, listen
from rehearsal.embedded.settings import Settings

NODE_MODULES = Path(__file__).parents[2] / "node_modules"


def main() -> None:
    """Serve one embedded AWS from its start to its end."""
    settings = Settings.from_json(sys.stdin.readline())
    try:
        shown = certificates.create(settings.folder)
        https, http = listen(tls=True), listen(tls=False)
        _configure(settings, shown, https)
        asyncio.run(_serve(settings, shown, https, http))
    except Exception as error:
        print(json.dumps({"error": f"{type(error).__name__}: {error}"}), flush=True)
        raise
    finally:
        shutil.rmtree(settings.folder, ignore_errors=True)


def _configure(settings: Settings, shown: Certificates, https: Listener) -> None:
    """Set what MiniStack reads from the environment when it is imported.

    Functions inherit this environment, so it holds what a client of the embedded
    AWS needs and nothing of the caller's shell.
    """
    os.environ.update(
        AUTH="true",
        AWS_ACCESS_KEY_ID=settings.account,
        AWS_CA_BUNDLE=str(shown.authority),
        AWS_EC2_METADATA_DISABLED="true",
        AWS_ENDPOINT_URL=https.url,
        AWS_REGION=settings.region,
        AWS_SECRET_ACCESS_KEY="embedded",
        GATEWAY_PORT=str(https.port),
        IOT_MTLS_ENABLED="0",
        LOG_LEVEL="WARNING",
        MINISTACK_ACCOUNT_ID=settings.account,
        MINISTACK_REGION=settings.region,
        MINISTACK_SSL_CERT=str(shown.server),
        MINISTACK_SSL_KEY=str(shown.key),
        NODE_EXTRA_CA_CERTS=str(shown.authority),
        NODE_PATH=str(NODE_MODULES),
        SFTP_ENABLED="0",
        SSL_CERT_FILE=str(shown.authority),
        USE_SSL="1",
    )


async def _serve(
    settings: Settings, shown: Certificates, https: Listener, http: Listener
) -> None:
    # MiniStack reads the environment on import, hence not at the top.
    from hypercorn.app_wrappers import ASGIWrapper
    from hypercorn.asyncio.lifespan import Lifespan
    from hypercorn.config import Config
    from ministack import app as ministack

    from rehearsal.athena import ministack as athena
    from rehearsal.embedded import endpoint, gateway, patches
    from rehearsal.embedded.door import Door
    from rehearsal.sagemaker import ministack as sagemaker

    patches.apply()
    stop_jobs = sagemaker.serve(settings)
    loop = asyncio.get_running_loop()
    lifespan = Lifespan(ASGIWrapper(ministack.app), Config(), loop, {})
    life = loop.create_task(lifespan.handle_lifespan())
    await lifespan.wait_for_startup()
    server = Server(gateway.app, shown)
    endpoint.open_with(https, server.serve_soon)
    athena.serve(Door("athena.amazonaws.com", server.serve_soon))
    server.serve_soon(https)
    server.serve_soon(http)
    print(
        json.dumps(
            {
                "url": https.url,
                "plain_url": http.url,
                "authority": str(shown.authority),
            }
        ),
        flush=True,
    )
    await _end(loop)
    server.close()
    await lifespan.wait_for_shutdown()
    await life
    stop_jobs()
    shutil.rmtree(settings.folder, ignore_errors=True)
    _leave()


def _leave() -> None:
    """End this process at once, with the functions' workers in its group.

    Leaving in order would wait for threads that wait for workers: a launcher may
    wait for its job for most of an hour.
    """
    if os.getpgrp() == os.getpid():
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        os.killpg(0, signal.SIGTERM)
    os._exit(0)


async def _end(loop: asyncio.AbstractEventLoop) -> None:
    """Wait until standard input ends or a signal comes."""
    ended = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, ended.set)
    loop.add_reader(sys.stdin.fileno(), ended.set)
    await ended.wait()


if __name__ == "__main__":
    main()
