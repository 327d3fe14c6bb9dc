"""Measures environment steps per second from Python, against the same environments in Go without a server.

    make build && ROADLOOP=bin/roadloop python3 python/bench.py

Go is needed for the comparison. All take turns, and the median of the rounds counts. HighwayEnv, from which the task is,
and Gymnasium's CarRacing, which draws 96x96 pictures, join in where they can be imported.
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


def others():
    """Returns environments of other projects that can be imported, by name."""
    found = {}
    try:
        import gymnasium
    except ImportError:
        return found
    try:
        import highway_env

        gymnasium.register_envs(highway_env)
        found["HighwayEnv, highway-fast-v0"] = gymnasium.make("highway-fast-v0")
    except ImportError:
        pass
    try:
        found["Gymnasium, CarRacing-v3"] = gymnasium.make("CarRacing-v3")
    except (ImportError, gymnasium.error.Error):
        pass
    return found


def single_steps_per_second(env, seconds):
    """Returns the steps per second of random actions in one environment, on one core."""
    env.reset(seed=0)
    env.action_space.seed(0)
    start, n = time.perf_counter(), 0
    while time.perf_counter() - start < seconds:
        _, _, terminated, truncated, _ = env.step(env.action_space.sample())
        n += 1
        if terminated or truncated:
            env.reset()
    return n / (time.perf_counter() - start)


def steps_per_second(envs, seconds):
    """Returns the environment steps per second of random actions, on all cores."""
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
        envs = roadloop.RoadloopVectorEnv("highway-fast-v0", 64)
        envs.reset(seed=0)
        steps_per_second(envs, args.seconds)
        rivals = others()
        singles = {"highway-fast-v0": roadloop.RoadloopEnv("highway-fast-v0"), "drive-camera-highway-v0": roadloop.RoadloopEnv("drive-camera-highway-v0"), **rivals}
        rows, single = [], {name: [] for name in singles}
        for _ in range(args.rounds):
            out = subprocess.run([test, "-test.run", "^$", "-test.bench", "^BenchmarkVector$", "-test.benchtime", f"{args.seconds}s"],
                                 check=True, capture_output=True, text=True, cwd=folder).stdout
            rows.append((float(re.search(r"([\d.e+]+) env-steps/s", out).group(1)), steps_per_second(envs, args.seconds)))
            for name, env in singles.items():
                single[name].append(single_steps_per_second(env, args.seconds))
        envs.close()
        for env in singles.values():
            env.close()
    native, python = (statistics.median(column) for column in zip(*rows))
    ratio = statistics.median(p / n for n, p in rows)
    print("64 environments of highway-fast-v0, environment steps per second:")
    print(f"  Go      {native:8.0f}")
    print(f"  Python  {python:8.0f}")
    print(f"  ratio   {100 * ratio:7.0f} %")
    print("One environment, from Python:")
    for name, values in single.items():
        print(f"  {name:30s} {statistics.median(values):8.0f}")


if __name__ == "__main__":
    main()
