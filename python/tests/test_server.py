"""Tests of the server that the package starts. `go test ./cli` runs them with roadloop on PATH."""

import os
import signal
import stat
import subprocess
import sys
import tempfile
import time
import unittest

import roadloop
from roadloop import server

PROGRAM = """
import time
import roadloop
from roadloop import server
env = roadloop.RoadloopEnv()
env.reset()
print(server.address(), flush=True)
"""


class Server(unittest.TestCase):
    def test_tasks(self):
        """Every task that is registered can be made, and all share one server."""
        for task in roadloop.TASKS:
            with roadloop.RoadloopEnv(task) as env:
                self.assertEqual(env.task_spec["task"], task)
                env.reset(seed=1)
        envs = roadloop.RoadloopVectorEnv(num_envs=8)
        envs.reset(seed=1)
        envs.step(envs.action_space.sample())
        envs.close()
        self.assertEqual(server.address(), server.address())

    def test_trained_policy(self):
        """A policy that roadloop trained drives episodes; it is refused in another task."""
        with tempfile.TemporaryDirectory() as folder:
            out = os.path.join(folder, "run")
            subprocess.run(["roadloop", "policy", "train", "highway-fast-v0", "--steps", "300", "--out", out, "--quiet"],
                           check=True, stdout=subprocess.DEVNULL)
            policy = os.path.join(out, "policy.rlp")
            with roadloop.RoadloopEnv("highway-fast-v0") as env:
                env.reset(seed=1)
                env.load_policy(policy)
                done = False
                while not done:
                    _, _, terminated, truncated, _ = env.step(env.act())
                    done = terminated or truncated
            with roadloop.RoadloopEnv("highway-v0") as env:
                with self.assertRaisesRegex(roadloop.RoadloopError, "highway-fast-v0, not for highway-v0") as e:
                    env.load_policy(policy)
                self.assertEqual(e.exception.code, "policy")

    def test_bundled_policy(self):
        """A policy that comes with the program is loaded by its name; another name is refused."""
        with roadloop.RoadloopEnv("highway-fast-v0") as env:
            env.reset(seed=1)
            env.load_policy("highway-dqn")
            env.step(env.act())
            with self.assertRaisesRegex(roadloop.RoadloopError, 'no policy "highway-dqm": .* highway-dqn'):
                env.load_policy("highway-dqm")
            with self.assertRaises(FileNotFoundError):
                env.load_policy("nothing/policy.rlp")
            env.step(env.act())  # the one before remains

    def test_example(self):
        """The example drives from camera frames over TCP."""
        serve = subprocess.Popen(["roadloop", "serve", "--tcp", "127.0.0.1:0", "--quiet"], stdout=subprocess.PIPE, text=True)
        try:
            address = serve.stdout.readline().split()[-1]
            example = os.path.join(os.path.dirname(__file__), "..", "examples", "drive_from_camera.py")
            out = subprocess.run([sys.executable, "-B", example, "--address", address, "--episodes", "2", "--seed", "10024"],
                                 check=True, capture_output=True, text=True).stdout
            self.assertRegex(out, r"\n[12] of 2 episodes reached the goal")
        finally:
            serve.terminate()
            serve.wait(20)
            serve.stdout.close()

    def test_next_server(self):
        """A server that ended is replaced."""
        before = server.address()
        server._server.stop()
        self.assertFalse(os.path.exists(before[len("unix:"):]))
        with roadloop.RoadloopEnv() as env:
            env.reset()
        self.assertNotEqual(server.address(), before)

    def ends(self, program, end):
        p = subprocess.Popen([sys.executable, "-B", "-c", program], stdout=subprocess.PIPE, text=True)
        path = p.stdout.readline().strip()[len("unix:"):]
        self.assertTrue(path)
        end(p)
        p.wait(20)
        p.stdout.close()
        deadline = time.monotonic() + 20
        while os.path.exists(path) and time.monotonic() < deadline:
            time.sleep(.01)
        self.assertFalse(os.path.exists(path), "the server goes on")

    def test_ends_with_python(self):
        self.ends(PROGRAM, lambda p: None)
        self.ends(PROGRAM + "time.sleep(60)", lambda p: p.send_signal(signal.SIGINT))
        self.ends(PROGRAM + "time.sleep(60)", lambda p: p.kill())

    def failing(self, text):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        path = os.path.join(folder.name, "roadloop")
        with open(path, "w") as f:
            f.write(text)
        os.chmod(path, stat.S_IRWXU)
        kept, before = server._server, os.environ["ROADLOOP"]
        server._server, os.environ["ROADLOOP"] = None, path
        try:
            with self.assertRaises(roadloop.RoadloopError) as e:
                roadloop.RoadloopEnv()
        finally:
            server._server, os.environ["ROADLOOP"] = kept, before
        return str(e.exception)

    def test_server_that_does_not_start(self):
        self.assertIn("serve failed: no disk", self.failing("#!/bin/sh\necho no disk >&2\nexit 2\n"))
        self.assertIn("starting ", self.failing("\0"))
        path = os.environ["PATH"]
        kept, server._server = server._server, None
        os.environ["PATH"] = "/nowhere"
        try:
            with self.assertRaisesRegex(roadloop.RoadloopError, "no program roadloop on PATH"):
                roadloop.RoadloopEnv()
        finally:
            os.environ["PATH"], server._server = path, kept


if __name__ == "__main__":
    unittest.main()
