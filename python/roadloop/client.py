"""A client of the protocol of `roadloop serve`, which docs/protocol.md describes."""

import json
import mmap
import os
import socket
import struct

import numpy as np

PROTOCOL = "roadloop-policy"
VERSION = 1

_HEADER = struct.Struct("<IB")
_HELLO, _SPEC, _RESET, _STEP, _RENDER, _BYE, _RESULT, _IMAGE, _ERROR, _POLICY, _ACT, _ACTIONS = range(1, 13)


class RoadloopError(RuntimeError):
    """An error of the server or the connection.

    code is that of the protocol, such as "action", or "connection". After "action",
    "state", "render" and "policy" the client can go on.
    """

    def __init__(self, code, message):
        super().__init__(message)
        self.code = code


class Client:
    """A connection to a server, with environments of one task.

    address is a path of a Unix socket, "unix:PATH", "tcp:HOST:PORT" or "HOST:PORT".
    autoreset is "next-step", "same-step" or "manual". needs is the spec that the caller
    was made for: another one is refused. shared selects arrays in shared memory; None
    does over a Unix socket.

    spec is the spec of the task, as a dict. arrays has the results of the last reset or
    step as NumPy arrays by name; the next one overwrites them.
    """

    def __init__(self, address, task, environments=1, *, autoreset="manual", needs=None, shared=None, timeout=60.0):
        self._sock, self._pid = _connect(address, timeout), os.getpid()
        if shared is None:
            shared = self._sock.family != socket.AF_INET and self._sock.family != socket.AF_INET6
        hello = {"protocol": PROTOCOL, "version": VERSION, "task": task, "environments": environments,
                 "autoreset": autoreset, "shared": shared, "needs": needs}
        try:
            size = self._exchange(_message(_HELLO, json.dumps(hello).encode()), _SPEC)
            welcome = json.loads(self._receive(bytearray(size)))
            memory = self._map(welcome)
        except BaseException:
            self._drop()
            raise
        self.spec = welcome["spec"]
        self.environments = welcome["environments"]
        self.renders = welcome["renders"]
        #: Whether arrays named "final/…" are of the last step: an episode ended in it.
        self.ended = False
        self.arrays = {}
        self._final = welcome["bytes"]  # where they begin
        for a in welcome["arrays"]:
            count = int(np.prod(a["shape"], dtype=np.int64))
            values = np.frombuffer(memory, np.dtype(a["type"]), count, a["offset"])
            self.arrays[a["name"]] = values.reshape(a["shape"])
            if a["name"].startswith("final/"):
                self._final = min(self._final, a["offset"])
        self.action_shape = (self.environments, *self.spec["action"].get("shape", ()))
        size = int(np.prod(self.action_shape, dtype=np.int64))
        self._step = bytearray(_HEADER.pack(1 + 4 * size, _STEP) + bytes(4 * size))
        self._actions = np.frombuffer(self._step, "<f4", size, _HEADER.size).reshape(self.action_shape)

    def _map(self, welcome):
        """Returns the memory of the arrays."""
        self._buffer = None
        if "memory" in welcome:
            with open(welcome["memory"], "rb") as f:
                return mmap.mmap(f.fileno(), welcome["bytes"], access=mmap.ACCESS_READ)
        memory = bytearray(welcome["bytes"])
        self._buffer = memoryview(memory)
        return memoryview(memory).toreadonly()

    def reset(self, seeds, mask=None):
        """Begins episodes with the given seeds, where mask is true if there is one."""
        n = self.environments
        mask = np.ones(n, np.uint8) if mask is None else np.asarray(mask, np.uint8)
        seeds = np.asarray(seeds, "<u8")
        if mask.shape != (n,) or seeds.shape != (n,):
            raise ValueError(f"mask of shape {mask.shape} and seeds of shape {seeds.shape}, want ({n},)")
        self._results(_message(_RESET, mask.tobytes() + seeds.tobytes()))

    def step(self, actions):
        """Applies actions, [environments, shape of the action]."""
        actions = np.asarray(actions)
        if actions.shape != self.action_shape:
            raise ValueError(f"actions of shape {actions.shape}, want {self.action_shape}")
        np.copyto(self._actions, actions, casting="unsafe")
        self._results(self._step)

    def render(self, i):
        """Returns an RGB image of environment i, [height, width, 3]."""
        size = self._exchange(_message(_RENDER, struct.pack("<I", i)), _IMAGE)
        data = self._receive(bytearray(size))
        width, height = struct.unpack_from("<II", data)
        return np.frombuffer(data, np.uint8, offset=8).reshape(height, width, 3)

    def load_policy(self, path):
        """Sends a policy to the server: a file, or the name of one that comes with the program.

        A policy that does not fit the task is refused.
        """
        try:
            with open(path, "rb") as f:
                policy = f.read()
        except FileNotFoundError:
            if not isinstance(path, str) or os.path.basename(path) != path or path.endswith(".rlp"):
                raise
            policy = path.encode()  # the server knows the names
        self._exchange(_message(_POLICY, policy), _ACTIONS)

    def act(self):
        """Returns the policy's actions for the last observations, in the form of step."""
        data = self._receive(bytearray(self._exchange(_message(_ACT, b""), _ACTIONS)))
        return np.frombuffer(data, "<f4").reshape(self.action_shape)

    def close(self):
        """Leaves the server. Further calls do nothing."""
        if self._sock is not None and self._pid == os.getpid():
            try:
                self._sock.sendall(_message(_BYE, b""))
            except OSError:
                pass  # the server has left
        self._drop()

    def _drop(self):
        sock, self._sock = self._sock, None
        if sock is not None:
            sock.close()

    def __del__(self):
        if getattr(self, "_sock", None) is not None:
            self._drop()

    def _results(self, message):
        size = self._exchange(message, _RESULT)
        if self._buffer is not None:
            if size not in (len(self._buffer), self._final):
                self._drop()
                raise RoadloopError("protocol", f"result of {size} bytes, want {len(self._buffer)}")
            self._receive(self._buffer[:size])

    def _exchange(self, message, want):
        """Sends a message, and returns the size of the body of the answer."""
        if self._sock is None:
            raise RoadloopError("connection", "the connection is closed")
        if self._pid != os.getpid():
            raise RoadloopError("connection", "the connection is of another process; make a client after the fork")
        try:
            self._sock.sendall(message)
        except (BrokenPipeError, ConnectionResetError):
            pass  # the server has sent the reason
        except BaseException:
            self._drop()
            raise
        length, kind = _HEADER.unpack(self._receive(bytearray(_HEADER.size)))
        if kind == want:
            return length - 1
        if kind != _ERROR:
            self._drop()
            raise RoadloopError("protocol", f"answer of kind {kind}, want {want}")
        e = json.loads(self._receive(bytearray(length - 1)))
        if e["code"] not in ("action", "state", "render", "policy"):
            self._drop()
        raise RoadloopError(e["code"], e["message"])

    def _receive(self, buffer):
        """Fills the buffer. After an error or Ctrl-C the connection is out of step, and is closed."""
        view, at = memoryview(buffer), 0
        try:
            while at < len(view):
                n = self._sock.recv_into(view[at:])
                if n == 0:
                    raise RoadloopError("connection", "the server ended the connection")
                at += n
        except socket.timeout as e:
            self._drop()
            raise RoadloopError("connection", "the server does not answer") from e
        except ConnectionError as e:
            self._drop()
            raise RoadloopError("connection", f"the server ended the connection: {e}") from e
        except BaseException:
            self._drop()
            raise
        return buffer


def _message(kind, body):
    return _HEADER.pack(1 + len(body), kind) + body


def _connect(address, timeout):
    kind, _, rest = address.partition(":")
    try:
        if kind == "unix" or "/" in address:
            sock = socket.socket(socket.AF_UNIX)
            sock.settimeout(timeout)
            sock.connect(rest if kind == "unix" else address)
            return sock
        host, _, port = (rest if kind == "tcp" else address).rpartition(":")
        if not host or not port.isdigit():
            raise ValueError(f"address {address!r}: want unix:PATH or tcp:HOST:PORT")
        sock = socket.create_connection((host.strip("[]"), int(port)), timeout)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return sock
    except OSError as e:
        raise RoadloopError("connection", f"connecting to {address}: {e}") from e
