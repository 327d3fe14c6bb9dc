"""Tests with the real Gymnasium, 0.29.1 or 1.x. `go test ./policy/serve` runs them where it is installed."""

import os
import unittest
import warnings

import gymnasium
import numpy as np
from gymnasium.utils.env_checker import check_env

import roadloop

ADDRESS = os.environ["ROADLOOP_ADDRESS"]
TASKS = ("roadloop/counter", "roadloop/highway-fast-v0")
OLD = int(gymnasium.__version__.split(".")[0]) < 1

roadloop.register("counter")


class Gymnasium(unittest.TestCase):
    def test_check_env(self):
        for task in TASKS:
            for mode in (None, "rgb_array") if task == "roadloop/counter" else (None,):
                with self.subTest(task=task, mode=mode), warnings.catch_warnings(record=True) as found:
                    warnings.simplefilter("always")
                    env = gymnasium.make(task, address=ADDRESS, render_mode=mode)
                    check_env(env.unwrapped)
                    env.close()
                    env.close()
                texts = [str(w.message) for w in found if not issubclass(w.category, (DeprecationWarning, ResourceWarning))]
                self.assertEqual(texts, [])

    def test_tasks_are_registered(self):
        for task in roadloop.TASKS:
            spec = gymnasium.spec("roadloop/" + task)
            self.assertEqual((spec.namespace, spec.kwargs), ("roadloop", {"task": task}))
            self.assertIsNotNone(spec.vector_entry_point)

    def test_make_vec_sync(self):
        v = gymnasium.make_vec("roadloop/highway-fast-v0", 3, vectorization_mode="sync", address=ADDRESS)
        first, _ = v.reset(seed=7)
        if not OLD:
            own = gymnasium.make_vec("roadloop/highway-fast-v0", 3, address=ADDRESS)
            self.assertIsInstance(own.unwrapped, roadloop.RoadloopVectorEnv)
            np.testing.assert_array_equal(first, own.reset(seed=7)[0])
            own.close()
        for _ in range(40):
            v.step(v.action_space.sample())
        v.close()

    @unittest.skipIf(OLD, "vector_entry_point takes vector_kwargs before 1.0")
    def test_equals_gymnasiums_vector(self):
        """Results, infos and their types are those of SyncVectorEnv, in all modes."""
        from gymnasium.vector import AutoresetMode

        for mode in AutoresetMode:
            for task in TASKS:
                with self.subTest(mode=mode, task=task):
                    sync = gymnasium.make_vec(task, 3, vectorization_mode="sync", address=ADDRESS, vector_kwargs={"autoreset_mode": mode})
                    own = gymnasium.make_vec(task, 3, address=ADDRESS, autoreset_mode=mode)
                    self.assertEqual(own.metadata["autoreset_mode"], mode)
                    self.assertEqual(own.observation_space, sync.observation_space)
                    self.assertEqual(own.action_space, sync.action_space)
                    self.assertEqual(own.single_observation_space, sync.single_observation_space)
                    self.compare(sync.reset(seed=7)[0], own.reset(seed=7)[0])
                    own.action_space.seed(1)
                    later = np.zeros(3, bool)  # episodes after the first have seeds of the server
                    for _ in range(40):
                        actions = own.action_space.sample()
                        a, b = sync.step(actions), own.step(actions)
                        done = a[2] | a[3]
                        if mode is not AutoresetMode.DISABLED and later.any():
                            self.same_types(a, b)
                            break
                        for x, y in zip(a[1:4], b[1:4]):
                            self.compare(x, y)
                        if mode is not AutoresetMode.SAME_STEP or not done.any():
                            self.compare(a[0], b[0])
                        self.infos(a[4], b[4])
                        later |= done
                        if mode is AutoresetMode.DISABLED and done.any():
                            self.compare(sync.reset(options={"reset_mask": done.copy()})[0], own.reset(options={"reset_mask": done})[0])
                    sync.close()
                    own.close()

    def same_types(self, a, b):
        for x, y in zip(a, b):
            self.assertIs(type(x), type(y))
            if isinstance(x, np.ndarray):
                self.assertEqual((x.shape, x.dtype), (y.shape, y.dtype))

    def infos(self, a, b):
        """Keys that are false for all environments can be left out."""
        for k in a.keys() | b.keys():
            if k.startswith("_") and not (a.get(k, np.zeros(3)).any() or b.get(k, np.zeros(3)).any()):
                continue
            if "_" + k in b and not b["_" + k].any():
                continue
            self.compare(a[k], b[k])

    def compare(self, a, b):
        self.assertIs(type(a), type(b))
        if isinstance(a, dict):
            self.assertEqual(a.keys(), b.keys())
            for k in a:
                self.compare(a[k], b[k])
        elif isinstance(a, np.ndarray) and a.dtype != object:
            self.assertEqual(a.dtype, b.dtype)
            np.testing.assert_array_equal(a, b)
        elif isinstance(a, np.ndarray):
            for x, y in zip(a, b):
                self.compare(x, y)
        else:
            self.assertEqual(a, b)

    def test_stable_baselines3(self):
        try:
            from stable_baselines3.common.env_checker import check_env as check
            from stable_baselines3.common.vec_env import VecEnv, VecMonitor
        except ImportError as e:
            self.skipTest(str(e))
        env = roadloop.RoadloopEnv(address=ADDRESS)
        check(env)
        env.close()
        envs = roadloop.RoadloopSB3VecEnv(num_envs=4, address=ADDRESS)
        self.assertIsInstance(envs, VecEnv)
        monitor = VecMonitor(envs)
        monitor.seed(1)
        monitor.reset()
        lengths = []
        for _ in range(40):
            *_, infos = monitor.step(np.array([envs.action_space.sample() for _ in range(4)]))
            lengths += [i["episode"]["l"] for i in infos if "episode" in i]
        self.assertGreaterEqual(len(lengths), 4)  # an episode has at most 30 steps
        monitor.close()

    @unittest.skipUnless(OLD, "the vectors of 0.29.1")
    def test_old_vector(self):
        v = gymnasium.make_vec("roadloop/counter", 2, vectorization_mode="custom", vector_kwargs={"address": ADDRESS})
        self.assertIsInstance(v, roadloop.RoadloopVectorEnv)
        obs, _ = v.reset(seed=7)
        self.assertIn(obs, v.observation_space)
        for _ in range(3):
            *_, infos = v.step(v.action_space.sample())
        self.assertEqual([o["step"][0] for o in infos["final_observation"]], [3, 3])
        self.assertEqual([i["steps"] for i in infos["final_info"]], [3, 3])
        v.close()


if __name__ == "__main__":
    unittest.main()
