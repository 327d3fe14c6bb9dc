"""Starts the program roadloop as the server of this process."""

import atexit
import os
import secrets
import shutil
import subprocess
import tempfile
import threading

from .client import RoadloopError

_lock = threading.Lock()
_server = None  # of this process, or of the one that it is a fork of


class _Server:
    """A server that ends with this process, however that ends: it reads a pipe."""

    def __init__(self):
        program = os.environ.get("ROADLOOP") or shutil.which("roadloop")
        if not program:
            raise RoadloopError("connection", "there is no program roadloop on PATH: put it there (make build writes "
                                "bin/roadloop), or set the environment variable ROADLOOP to its path")
        path = os.path.join(tempfile.gettempdir(), f"roadloop-{secrets.token_hex(8)}.sock")
        self.address = "unix:" + path
        self.pid = os.getpid()
        self._errors = tempfile.TemporaryFile()
        try:
            # In a session of its own, so that Ctrl-C ends Python and not the server first.
            self._process = subprocess.Popen(
                [program, "serve", "--socket", path, "--until-input-ends", "--quiet"],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._errors, start_new_session=True)
        except OSError as e:
            raise RoadloopError("connection", f"starting {program}: {e}") from e
        if not self._process.stdout.readline():
            self.stop()
            self._errors.seek(0)
            reason = self._errors.read().decode(errors="replace").strip()
            raise RoadloopError("connection", f"{program} serve failed: {reason}")

    def running(self):
        # A fork cannot wait for the process of its parent; connecting fails if it has ended.
        return self.pid != os.getpid() or self._process.poll() is None

    def stop(self):
        if self.pid != os.getpid():
            return
        self._process.stdin.close()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process.stdout.close()


def address():
    """Returns the address of the server of this process, which is started if there is none."""
    global _server
    with _lock:
        if _server is None or not _server.running():
            _server = _Server()
            atexit.register(_server.stop)
        return _server.address
