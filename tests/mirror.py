"""The real upstream files on a loopback server."""

import functools
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *args: object) -> None:
        """Say nothing."""


@contextmanager
def real_mirror(realdata: Path, cache: Path) -> Iterator[str]:
    """Serve the mirror of the real data, to a cache that is empty at first."""
    handler = functools.partial(_Quiet, directory=str(realdata / "mirror"))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    url = f"http://127.0.0.1:{server.server_address[1]}"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GENEPT_CACHE", str(cache))
        patch.setenv("GENEPT_MIRROR", url)
        yield url
    server.shutdown()
    thread.join()
    server.server_close()
