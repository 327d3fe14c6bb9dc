"""Measures environment steps per second from Python, against the same environments in Go without a server.

    make build && ROADLOOP=bin/roadloop python3 python/bench.py

Go is needed for the comparison. The two take turns, and the median of the rounds counts.
"""

import argparse
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time

import numpy as np

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(ROOT, "python"))

import roadloop  # noqa: E402


def steps_per_second(envs, seconds):
    """Returns the environment steps per second of random actions."""
    actions = np.random.default_rng(0).integers(0, 5, (4096, envs.num_envs))
    start, n = time.perf_counter(), 0
    while time.perf_counter() - start < seconds:
        envs.step(actions[n % len(actions)])
        n += 1
    return n * envs.num_envs / (time.perf_counter() - start)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=float, default=2, help="of each measurement")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        test = os.path.join(folder, "serve.test")
        subprocess.run(["go", "test", "-c", "-o", test, "./policy/serve"], cwd=ROOT, check=True)
        envs = roadloop.RoadloopVectorEnv(64, "highway-fast-v0")
        envs.reset(seed=0)
        steps_per_second(envs, args.seconds)
        rows = []
        for _ in range(args.rounds):
            out = subprocess.run([test, "-test.run", "^$", "-test.bench", "^BenchmarkVector$", "-test.benchtime", f"{args.seconds}s"],
                                 check=True, capture_output=True, text=True, cwd=folder).stdout
            rows.append((float(re.search(r"([\d.e+]+) env-steps/s", out).group(1)), steps_per_second(envs, args.seconds)))
        envs.close()
    native, python = (statistics.median(column) for column in zip(*rows))
    ratio = statistics.median(p / n for n, p in rows)
    print("64 environments of highway-fast-v0, environment steps per second:")
    print(f"  Go      {native:8.0f}")
    print(f"  Python  {python:8.0f}")
    print(f"  ratio   {100 * ratio:7.0f} %")


if __name__ == "__main__":
    main()
