"""Environments with the interface of PufferLib 3.0, which need not be installed."""

import numpy as np

from . import server
from .client import Client
from .env import Seeds
from .spaces import Box, Discrete, space

try:
    from pufferlib import PufferEnv as _PufferEnv
except ImportError:

    class _PufferEnv:
        """What PufferEnv does for its subclasses."""

        def __init__(self, buf=None):
            n, action = self.num_agents, self.single_action_space
            if buf is None:
                discrete = isinstance(action, Discrete)
                buf = {
                    "observations": np.zeros((n, *self.single_observation_space.shape), self.single_observation_space.dtype),
                    "rewards": np.zeros(n, np.float32),
                    "terminals": np.zeros(n, bool),
                    "truncations": np.zeros(n, bool),
                    "masks": np.ones(n, bool),
                    "actions": np.zeros((n, *action.shape), np.int32 if discrete else action.dtype),
                }
            for name, array in buf.items():
                setattr(self, name, array)
            self.agent_ids = np.arange(n)


class RoadloopPufferEnv(_PufferEnv):
    """Environments that are stepped together, on all cores, as one native environment of PufferLib.

    Each environment is an agent. Observations, rewards and ends are written into the
    buffers of PufferLib. The observation is one array: several ones of numbers are joined
    in the order of the task. An episode that ends is followed by the next one in the same
    step; infos then has one dict for it, with the measures of the task, episode_return and
    episode_length. The other arguments are those of RoadloopEnv.
    """

    def __init__(self, num_envs=64, task="highway-fast-v0", *, render_mode=None, address=None, needs=None, evaluation=False,
                 buf=None, seed=0):
        self._client = Client(address or server.address(), task, num_envs, autoreset="same-step", needs=needs)
        self.task_spec, self.render_mode, self.num_agents = self._client.spec, render_mode, num_envs
        spaces = [space(s) for s in self.task_spec["observation"]]
        if len(spaces) > 1 and any(s.dtype != np.float32 for s in spaces):
            self._client.close()
            raise ValueError(f"{task} has images and numbers, PufferLib takes one array; use RoadloopEnv and pufferlib.emulation")
        self.single_observation_space = spaces[0]
        if len(spaces) > 1:
            low, high = (np.concatenate([getattr(s, bound).ravel() for s in spaces]) for bound in ("low", "high"))
            self.single_observation_space = Box(low, high, low.shape, np.float32)
        self.single_action_space = space(self.task_spec["action"])
        self._draw, self._first = Seeds(num_envs, evaluation).draw, seed
        self._returns, self._lengths = np.zeros(num_envs), np.zeros(num_envs, np.int64)
        super().__init__(buf)

    def reset(self, seed=None):
        seed = self._first if seed is None else seed
        self._client.reset(self._draw([seed + i for i in range(self.num_agents)]))
        self._returns[:], self._lengths[:] = 0, 0
        self.rewards[:], self.terminals[:], self.truncations[:] = 0, False, False
        self._observe()
        return self.observations, []

    def step(self, actions):
        self._client.step(actions)
        a = self._client.arrays
        self.rewards[:], self.terminals[:], self.truncations[:] = a["reward"], a["terminated"], a["truncated"]
        self._returns += a["reward"]
        self._lengths += 1
        infos = []
        for i in np.flatnonzero(self.terminals | self.truncations):
            infos.append({**dict(zip(self.task_spec["measures"], a["measures"][i].tolist())),
                          "episode_return": float(self._returns[i]), "episode_length": int(self._lengths[i])})
            self._returns[i], self._lengths[i] = 0, 0
        self._observe()
        return self.observations, self.rewards, self.terminals, self.truncations, infos

    def _observe(self):
        at, n = 0, self.num_agents
        flat = self.observations.reshape(n, -1)
        for s in self.task_spec["observation"]:
            values = self._client.arrays["observation/" + s["name"]].reshape(n, -1)
            flat[:, at:at + values.shape[1]] = values
            at += values.shape[1]

    def render(self):
        return self._client.render(0) if self.render_mode == "rgb_array" else None

    def close(self):
        self._client.close()
