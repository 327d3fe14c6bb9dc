"""Tests of the package. `go test ./policy/serve` runs them with a server at ROADLOOP_ADDRESS.

Its task counter counts three steps, and ends terminated if the seed of the episode is even;
observations are the step, the seed modulo 1000 and .5, and an image.
"""

import copy
import os
import socket
import unittest

import numpy as np

import roadloop
from roadloop.env import _TRAINING, _OLD

ADDRESS = os.environ["ROADLOOP_ADDRESS"]
TCP = os.environ["ROADLOOP_TCP"]
TASKS = ("counter", "highway-fast-v0")


def equal(a, b):
    if type(a) is not type(b):
        return False
    if isinstance(a, dict):
        return a.keys() == b.keys() and all(equal(a[k], b[k]) for k in a)
    if isinstance(a, np.ndarray):
        return a.dtype == b.dtype and np.array_equal(a, b)
    return a == b


class EnvRules(unittest.TestCase):
    """The rules of Gymnasium's check_env, restated: they hold without Gymnasium, too."""

    def envs(self):
        for task in TASKS:
            for address in (ADDRESS, TCP):
                with self.subTest(task=task, address=address):
                    env = roadloop.RoadloopEnv(task, address=address)
                    yield env
                    env.close()
                    env.close()

    def test_reset(self):
        for env in self.envs():
            observations, states = [], []
            for seed in (123, None, 123, None, 456):
                obs, info = env.reset(seed=seed)
                self.assertIn(obs, env.observation_space)
                self.assertIsInstance(info, dict)
                observations.append(obs)
                states.append(copy.deepcopy(env.unwrapped._np_random.bit_generator.state))
            self.assertTrue(equal(observations[0], observations[2]), "equal seeds, other observations")
            self.assertTrue(equal(observations[1], observations[3]), "equal seeds, other second episodes")
            self.assertFalse(equal(observations[0], observations[4]), "other seeds, equal observations")
            self.assertEqual(states[0], states[2])
            self.assertNotEqual(states[0], states[4])
            generator = env.np_random
            env.reset(seed=123)
            self.assertIsNot(env.np_random, generator, "a seed must make a new generator")

    def test_step(self):
        for env in self.envs():
            env.action_space.seed(123)
            action = env.action_space.sample()
            self.assertIn(action, env.action_space)
            results = []
            for _ in range(2):
                env.reset(seed=123)
                state = copy.deepcopy(env.np_random.bit_generator.state)
                results.append(env.step(action))
                self.assertEqual(env.np_random.bit_generator.state, state, "a step draws no numbers")
            obs, reward, terminated, truncated, info = results[0]
            self.assertIn(obs, env.observation_space)
            self.assertIs(type(reward), float)
            self.assertIs(terminated, False)
            self.assertIs(truncated, False)
            self.assertEqual(set(info), set(env.task_spec["measures"]))
            self.assertTrue(all(equal(a, b) for a, b in zip(*results)), "equal seeds and actions, other results")

    def test_episode(self):
        for env in self.envs():
            env.reset(seed=5)
            env.action_space.seed(5)
            done = False
            while not done:
                obs, _, terminated, truncated, _ = env.step(env.action_space.sample())
                self.assertIn(obs, env.observation_space)
                done = terminated or truncated
            with self.assertRaisesRegex(roadloop.RoadloopError, "is done; reset it first"):
                env.step(env.action_space.sample())
            env.reset()

    def test_render(self):
        with roadloop.RoadloopEnv("counter", address=ADDRESS, render_mode="rgb_array") as env:
            self.assertIn("rgb_array", env.metadata["render_modes"])
            env.reset()
            env.step([0, 0])
            image = env.render()
            self.assertEqual((image.shape, image.dtype), ((1, 2, 3), np.uint8))
            self.assertEqual(image[0, 0, 0], 1)
        with self.assertRaisesRegex(ValueError, "no render mode"):
            roadloop.RoadloopEnv("highway-fast-v0", address=ADDRESS, render_mode="rgb_array")

    def test_seeds_of_training_and_evaluation(self):
        for evaluation in (False, True):
            env = roadloop.RoadloopEnv("counter", address=ADDRESS, evaluation=evaluation)
            obs, _ = env.reset(seed=9)
            drawn = int(np.random.default_rng(9).integers(1 << 63, dtype=np.uint64))
            self.assertEqual(obs["step"][1], (drawn if evaluation else drawn | _TRAINING) % 1000)
            obs, _ = env.reset(options={"episode": 17})
            self.assertEqual(obs["step"][1], 17)
            env.close()


class VectorRules(unittest.TestCase):
    def vector(self, n, mode, task="counter", address=ADDRESS, **kwargs):
        v = roadloop.RoadloopVectorEnv(task, n, autoreset_mode=mode, address=address, **kwargs)
        self.addCleanup(v.close)
        return v

    def test_equals_single_environments(self):
        """Environment i of seed s is the single environment of seed s + i."""
        for task in TASKS:
            for address in (ADDRESS, TCP):
                v = self.vector(3, "Disabled", task, address)
                singles = [roadloop.RoadloopEnv(task, address=address) for _ in range(3)]
                batch, _ = v.reset(seed=40)
                obs = [e.reset(seed=40 + i)[0] for i, e in enumerate(singles)]
                v.action_space.seed(1)
                for _ in range(60):
                    for i in range(3):
                        one = {k: b[i] for k, b in batch.items()} if isinstance(batch, dict) else batch[i]
                        self.assertTrue(equal(one, obs[i]))
                    self.assertIn(batch, v.observation_space)
                    actions = v.action_space.sample()
                    batch, rewards, terminated, truncated, infos = v.step(actions)
                    for i, e in enumerate(singles):
                        obs[i], reward, end, cut, info = e.step(actions[i])
                        self.assertEqual((reward, end, cut), (rewards[i], terminated[i], truncated[i]))
                        self.assertEqual(info, {k: infos[k][i] for k in info})
                    done = terminated | truncated
                    if done.any():
                        with self.assertRaises(AssertionError):
                            v.step(actions)
                        batch, _ = v.reset(options={"reset_mask": done})
                        for i in np.flatnonzero(done):
                            obs[i], _ = singles[i].reset()
                for e in singles:
                    e.close()

    def test_next_step(self):
        v = self.vector(2, "NextStep")
        v.reset(seed=1)
        actions = np.full((2, 2), .5, np.float32)
        steps = []
        for _ in range(5):
            obs, rewards, terminated, truncated, infos = v.step(actions)
            steps.append((obs["step"][0, 0], rewards[0], bool(terminated[0] | truncated[0]), infos["steps"][0], bool(infos["_steps"][0])))
        self.assertEqual(steps, [(1, .5, False, 1, True), (2, .5, False, 2, True), (3, .5, True, 3, True),
                                 (0, 0, False, 0, False), (1, .5, False, 1, True)])

    def test_same_step(self):
        v = self.vector(2, "SameStep")
        v.reset(seed=1)
        actions = np.full((2, 2), .5, np.float32)
        for _ in range(2):
            *_, infos = v.step(actions)
            self.assertEqual(infos.keys(), {"steps", "_steps"})
        obs, _, terminated, truncated, infos = v.step(actions)
        self.assertTrue((terminated | truncated).all())
        self.assertEqual(obs["step"][:, 0].tolist(), [0, 0])
        final = infos["final_observation" if _OLD else "final_obs"]
        self.assertEqual([f["step"][0] for f in final], [3, 3])
        info = infos["final_info"]
        self.assertEqual(info[1]["steps"] if _OLD else info["steps"][1], 3)
        self.assertTrue(infos["_final_info"].all())

    def test_observations_are_copies(self):
        kept = self.vector(2, "NextStep")
        first, _ = kept.reset(seed=1)
        before = copy.deepcopy(first)
        kept.step(np.zeros((2, 2)))
        self.assertTrue(equal(first, before))
        views = self.vector(2, "NextStep", copy=False)
        first, _ = views.reset(seed=1)
        views.step(np.zeros((2, 2)))
        self.assertEqual(first["step"][0, 0], 1)
        with self.assertRaises(ValueError):
            first["step"][0, 0] = 7

    def test_seeds(self):
        v = self.vector(3, "NextStep")
        first, _ = v.reset(seed=[5, 6, 7])
        second, _ = v.reset()
        again, _ = v.reset(seed=5)
        self.assertTrue(equal(first, again))
        self.assertTrue(equal(second, v.reset()[0]))
        for bad in ([1, 2], [1, 2, 3, 4]):
            with self.assertRaises(ValueError):
                v.reset(seed=bad)
        for bad in ([True] * 2, [1, 0, 0], [False] * 3):
            with self.assertRaises(ValueError):
                v.reset(options={"reset_mask": np.array(bad)})

    def test_render(self):
        v = self.vector(2, "NextStep", render_mode="rgb_array")
        v.reset()
        self.assertEqual([i.shape for i in v.render()], [(1, 2, 3)] * 2)

    def test_bad_arguments(self):
        with self.assertRaisesRegex(ValueError, "autoreset mode"):
            self.vector(1, "Sometimes")
        with self.assertRaisesRegex(ValueError, "max_episode_steps"):
            self.vector(1, "NextStep", max_episode_steps=9)


class SB3Rules(unittest.TestCase):
    def test_episode(self):
        v = roadloop.RoadloopSB3VecEnv("counter", 2, address=ADDRESS)
        v.seed(1)
        obs = v.reset()
        self.assertIn(obs, roadloop.RoadloopVectorEnv("counter", 2, address=ADDRESS).observation_space)
        for step in range(1, 4):
            obs, rewards, dones, infos = v.step(np.full((2, 2), .5))
            self.assertEqual((rewards.dtype, rewards.tolist()), (np.float32, [.5, .5]))
            self.assertEqual(dones.tolist(), [step == 3] * 2)
            self.assertEqual([i["steps"] for i in infos], [step, step])
        for i in range(2):
            last = infos[i]["terminal_observation"]
            self.assertEqual(last["step"][0], 3)
            self.assertEqual(infos[i]["TimeLimit.truncated"], last["step"][1] % 2 == 1)
            self.assertEqual(obs["step"][i, 0], 0)
        self.assertEqual(v.env_is_wrapped(object), [False, False])
        self.assertEqual(v.get_attr("render_mode", 0), [None])
        v.close()
        v.close()

    def test_seeds(self):
        v = roadloop.RoadloopSB3VecEnv("highway-fast-v0", 4, address=ADDRESS)
        v.seed(3)
        first = v.reset()
        self.assertFalse(equal(first, v.reset()))
        v.seed(3)
        self.assertTrue(equal(first, v.reset()))
        v.close()


class PufferRules(unittest.TestCase):
    def puffer(self, n=2, task="highway-fast-v0", **kwargs):
        env = roadloop.RoadloopPufferEnv(n, task, address=ADDRESS, **kwargs)
        self.addCleanup(env.close)
        return env

    def test_equals_the_vector(self):
        """Observations, rewards and ends are those of RoadloopVectorEnv, in the buffers."""
        env = self.puffer(3, seed=7)
        v = roadloop.RoadloopVectorEnv("highway-fast-v0", 3, autoreset_mode="SameStep", address=ADDRESS)
        self.addCleanup(v.close)
        buffers = (env.observations, env.rewards, env.terminals, env.truncations)
        obs, infos = env.reset()
        self.assertEqual(infos, [])
        self.assertTrue(np.array_equal(obs, v.reset(seed=7)[0]))
        v.action_space.seed(1)
        returns, lengths, episodes = np.zeros(3), np.zeros(3, int), 0
        for _ in range(60):
            actions = v.action_space.sample()
            out = env.step(actions)
            want = v.step(actions)
            self.assertTrue(all(a is b for a, b in zip(out[:4], buffers)))
            self.assertTrue(np.array_equal(out[0], want[0]) and np.array_equal(out[1], want[1].astype(np.float32)))
            self.assertTrue(np.array_equal(out[2], want[2]) and np.array_equal(out[3], want[3]))
            returns, lengths = returns + want[1], lengths + 1
            done = np.flatnonzero(want[2] | want[3])
            self.assertEqual([(i["episode_return"], i["episode_length"]) for i in out[4]], list(zip(returns[done], lengths[done])))
            self.assertTrue(all("crashed" in i for i in out[4]))
            returns[done], lengths[done], episodes = 0, 0, episodes + len(done)
        self.assertGreater(episodes, 3)

    def test_callers_buffers(self):
        """A caller's buffers are written, and a seed repeats an episode."""
        own = self.puffer()
        obs = own.reset(seed=3)[0].copy()
        buf = {"observations": np.zeros((2, 5, 5), np.float32), "rewards": np.zeros(2, np.float32), "terminals": np.zeros(2, bool),
               "truncations": np.zeros(2, bool), "masks": np.ones(2, bool), "actions": np.zeros(2, np.int32)}
        env = self.puffer(buf=buf)
        env.reset(seed=3)
        self.assertTrue(np.array_equal(buf["observations"], obs))
        env.step(buf["actions"])
        self.assertGreater(buf["rewards"].min(), 0)

    def test_images_and_numbers(self):
        with self.assertRaisesRegex(ValueError, "counter has images and numbers"):
            self.puffer(task="counter")


class Policies(unittest.TestCase):
    def test_act(self):
        """The test server's policy acts by the number of the step."""
        for address in (ADDRESS, TCP):
            env = roadloop.RoadloopEnv("counter", address=address)
            env.reset(seed=1)
            with self.assertRaisesRegex(roadloop.RoadloopError, "there is no policy") as e:
                env.act()
            self.assertEqual(e.exception.code, "policy")
            env.load_policy(__file__)
            for step in range(3):
                action = env.act()
                self.assertTrue(equal(action, np.float32([step / 10, -1])))
                env.step(action)
            env.close()
        v = roadloop.RoadloopVectorEnv("counter", 2, address=ADDRESS)
        v.reset(seed=1)
        v.load_policy(__file__)
        self.assertTrue(equal(v.act(), np.float32([[0, -1], [0, -1]])))
        v.close()

    def test_refused(self):
        env = roadloop.RoadloopEnv("highway-fast-v0", address=ADDRESS)
        env.reset(seed=1)
        with self.assertRaisesRegex(roadloop.RoadloopError, "the policy is for the task counter"):
            env.load_policy(__file__)
        env.step(1)  # it goes on
        env.close()


class Errors(unittest.TestCase):
    def test_bad_actions(self):
        env = roadloop.RoadloopEnv("highway-fast-v0", address=ADDRESS)
        env.reset(seed=1)
        for bad in (5, -1, .5, float("nan")):
            with self.assertRaisesRegex(roadloop.RoadloopError, "want an integer from 0 to 4"):
                env.step(bad)
        with self.assertRaisesRegex(ValueError, "actions of shape"):
            env.step([1, 2])
        env.step(1)  # it goes on
        env.close()
        with self.assertRaisesRegex(roadloop.RoadloopError, "connection is closed"):
            env.step(1)

    def test_refused(self):
        spec = roadloop.RoadloopEnv("counter", address=ADDRESS).task_spec
        roadloop.RoadloopEnv("counter", address=ADDRESS, needs=spec).close()
        spec["observation"][0]["shape"] = [4]
        for make in (roadloop.RoadloopEnv, lambda task, **k: roadloop.RoadloopVectorEnv(task, 2, **k)):
            with self.assertRaisesRegex(roadloop.RoadloopError, r"needs the observation step box\[4\]") as e:
                make("counter", address=ADDRESS, needs=spec)
            self.assertEqual(e.exception.code, "needs")
            with self.assertRaisesRegex(roadloop.RoadloopError, "unknown task"):
                make("moon", address=ADDRESS)

    def test_no_server(self):
        for address in ("unix:/nowhere/socket", "127.0.0.1:1"):
            with self.assertRaises(roadloop.RoadloopError) as e:
                roadloop.RoadloopEnv(address=address)
            self.assertEqual(e.exception.code, "connection")
        with self.assertRaisesRegex(ValueError, "want unix:PATH or tcp:HOST:PORT"):
            roadloop.RoadloopEnv(address="here")

    def test_server_that_leaves(self):
        with socket.create_server(("127.0.0.1", 0)) as s:
            with self.assertRaisesRegex(roadloop.RoadloopError, "does not answer"):
                roadloop.Client("127.0.0.1:%d" % s.getsockname()[1], "counter", timeout=.2)

    def test_fork(self):
        env = roadloop.RoadloopEnv("counter", address=ADDRESS)
        env.reset()
        read, write = os.pipe()
        pid = os.fork()
        if pid == 0:
            try:
                env.step([0, 0])
            except roadloop.RoadloopError as e:
                os.write(write, str(e).encode())
            os._exit(0)
        os.close(write)
        os.waitpid(pid, 0)
        self.assertIn("another process", os.read(read, 999).decode())
        os.close(read)
        env.step([0, 0])
        env.close()


if __name__ == "__main__":
    unittest.main()
