"""Environments with the interface of Stable-Baselines3, which need not be installed."""

import numpy as np

from . import server
from .client import Client
from .env import Seeds, _observation
from .spaces import observation_space, space

try:
    from stable_baselines3.common.vec_env import VecEnv as _VecEnv
except ImportError:

    class _VecEnv:
        """What VecEnv does for its subclasses."""

        def __init__(self, num_envs, observation_space, action_space):
            self.num_envs, self.observation_space, self.action_space = num_envs, observation_space, action_space
            self.reset_infos = [{} for _ in range(num_envs)]
            self._seeds = [None] * num_envs

        def seed(self, seed=None):
            self._seeds = [None if seed is None else seed + i for i in range(self.num_envs)]
            return self._seeds

        def step(self, actions):
            self.step_async(actions)
            return self.step_wait()

        def _reset_seeds(self):
            self._seeds = [None] * self.num_envs


class RoadloopSB3VecEnv(_VecEnv):
    """Environments that are stepped together, on all cores, as a VecEnv.

    infos have the measures of the task; at the end of an episode also
    "terminal_observation" and "TimeLimit.truncated". VecMonitor adds the statistics of
    episodes. The arguments are those of RoadloopEnv.
    """

    def __init__(self, task="highway-fast-v0", num_envs=1, *, render_mode=None, address=None, needs=None, evaluation=False):
        self._client = Client(address or server.address(), task, num_envs, autoreset="same-step", needs=needs)
        self.task_spec, self.render_mode = self._client.spec, render_mode
        if render_mode not in ((None, "rgb_array") if self._client.renders else (None,)):
            self._client.close()
            raise ValueError(f"{task} has no render mode {render_mode!r}")
        self._draw = Seeds(num_envs, evaluation).draw
        self._actions = None
        super().__init__(num_envs, observation_space(self.task_spec), space(self.task_spec["action"]))

    def reset(self):
        self._client.reset(self._draw(self._seeds))
        self._reset_seeds()
        self.reset_infos = [{} for _ in range(self.num_envs)]
        return self._observations()

    def step_async(self, actions):
        self._actions = actions

    def step_wait(self):
        self._client.step(self._actions)
        a, names = self._client.arrays, self.task_spec["measures"]
        terminated, truncated = a["terminated"].astype(np.bool_), a["truncated"].astype(np.bool_)
        dones = terminated | truncated
        infos = [dict(zip(names, m)) for m in a["measures"].tolist()]
        for i in np.flatnonzero(dones):
            infos[i]["terminal_observation"] = _observation(self._client, i, "final/")
            infos[i]["TimeLimit.truncated"] = bool(truncated[i] and not terminated[i])
        return self._observations(), a["reward"].astype(np.float32), dones, infos

    def _observations(self):
        out = {s["name"]: self._client.arrays["observation/" + s["name"]].copy() for s in self.task_spec["observation"]}
        return out if len(out) > 1 else next(iter(out.values()))

    def get_images(self):
        if self.render_mode != "rgb_array":
            return [None] * self.num_envs
        return [self._client.render(i) for i in range(self.num_envs)]

    def close(self):
        self._client.close()

    def get_attr(self, attr_name, indices=None):
        return [getattr(self, attr_name) for _ in self._indices(indices)]

    def set_attr(self, attr_name, value, indices=None):
        raise NotImplementedError("the environments are in the server, and have no attributes that can be set")

    def env_method(self, method_name, *args, indices=None, **kwargs):
        raise NotImplementedError("the environments are in the server, and have no methods that can be called")

    def env_is_wrapped(self, wrapper_class, indices=None):
        return [False for _ in self._indices(indices)]

    def _indices(self, indices):
        if indices is None:
            return range(self.num_envs)
        return [indices] if isinstance(indices, int) else indices
