"""One file over HTTP: retried where that can help, resumed where the server allows it."""

import logging
import time
from pathlib import Path

import httpx
from tqdm.auto import tqdm

from genept.errors import FetchError

log = logging.getLogger(__name__)

ATTEMPTS = 5
FIRST_WAIT = 1.0
LONGEST_WAIT = 60.0
# Answers after which the same request may succeed.
_TEMPORARY = {408, 425, 429, 500, 502, 503, 504}
_TIMEOUT = httpx.Timeout(30.0)


class _TryAgainError(Exception):
    """A failure that may pass; with the seconds that the server asked for, if it did."""

    def __init__(self, reason: str, wait: float | None = None) -> None:
        super().__init__(reason)
        self.wait = wait


def download(url: str, part: Path) -> None:
    """Download ``url`` to ``part``, going on from what a broken attempt left there.

    Parameters
    ----------
    url
        What to get.
    part
        Where to; what is there of an earlier attempt at the same version of the file is kept. A
        failure leaves what was received, for the next attempt.

    Raises
    ------
    FetchError
        If the server refuses, can't be reached, or fails five times.
    """
    wait = FIRST_WAIT
    with httpx.Client(follow_redirects=True, timeout=_TIMEOUT) as client:
        for attempt in range(1, ATTEMPTS + 1):
            try:
                _attempt(client, url, part)
                return
            except _TryAgainError as error:
                if attempt == ATTEMPTS:
                    raise FetchError(
                        f"{url} failed {ATTEMPTS} times, the last time with: {error}",
                        expected="an answer from the server",
                        do="check the network and run the same command again; it goes on where it stopped",
                    ) from error
                pause = min(error.wait if error.wait is not None else wait, LONGEST_WAIT)
                log.info("%s: %s; next attempt in %.0f s", url, error, pause)
                time.sleep(pause)
                wait *= 2


def _attempt(client: httpx.Client, url: str, part: Path) -> None:
    tag = part.with_name(part.name + ".etag")
    have = part.stat().st_size if part.is_file() and tag.is_file() else 0
    # If-Range: the rest of the same version, or all of a new one.
    headers = {"Range": f"bytes={have}-", "If-Range": tag.read_text()} if have else {}
    # The bytes as they lie on the server: a .gz file must not be unpacked on the way.
    headers["Accept-Encoding"] = "identity"
    try:
        with client.stream("GET", url, headers=headers) as response:
            if response.status_code == 416:
                # What is here is as long as the whole file, or longer: not to be gone on from.
                part.unlink(missing_ok=True)
                tag.unlink(missing_ok=True)
                raise _TryAgainError("what was there of the file can't be gone on from")
            if response.status_code in _TEMPORARY:
                raise _TryAgainError(f"status {response.status_code}", _asked_wait(response))
            if response.status_code not in (200, 206):
                raise FetchError(
                    f"{url} answered with status {response.status_code}",
                    expected="the file (status 200)",
                    do="check the address (GENEPT_MIRROR, if it is set), or download the file by hand",
                )
            resumed = response.status_code == 206 and have > 0
            version = response.headers.get("ETag") or response.headers.get("Last-Modified")
            if not resumed:
                have = 0
                tag.unlink(missing_ok=True)
                if version and not version.startswith("W/"):
                    tag.write_text(version)
            _receive(response, part, have)
    except (httpx.InvalidURL, httpx.UnsupportedProtocol) as error:
        raise FetchError(
            f"the address {url!r} ({error})",
            expected="http:// or https://",
            do="check GENEPT_MIRROR",
        ) from error
    except httpx.HTTPError as error:
        raise _TryAgainError(f"{type(error).__name__} ({error})") from error
    tag.unlink(missing_ok=True)


def _receive(response: httpx.Response, part: Path, have: int) -> None:
    length = response.headers.get("Content-Length")
    total = have + int(length) if length else None
    title = part.name.removesuffix(".part")
    with (
        part.open("ab" if have else "wb") as file,
        tqdm(total=total, initial=have, unit="B", unit_scale=True, desc=title, disable=None) as progress,
    ):
        for chunk in response.iter_raw():
            file.write(chunk)
            progress.update(len(chunk))
    size = part.stat().st_size
    if total is not None and size != total:
        if size > total:
            part.unlink()
        raise _TryAgainError(f"{size:,} of {total:,} bytes")


def _asked_wait(response: httpx.Response) -> float | None:
    asked = response.headers.get("Retry-After", "")
    return float(asked) if asked.isdigit() else None
