"""Environments with the interfaces of Gymnasium, 0.29.1 and 1.x, which need not be installed."""

import functools

import numpy as np

from . import server
from .client import Client
from .spaces import observation_space, space

try:
    import gymnasium
    from gymnasium import Env as _Env
    from gymnasium.vector import VectorEnv as _VectorEnv

    _OLD = int(gymnasium.__version__.split(".")[0]) < 1
except ImportError:
    gymnasium, _OLD = None, False

    class _Env:
        """What gymnasium.Env does for its subclasses."""

        spec = None
        _np_random = None

        def reset(self, *, seed=None, options=None):
            if seed is not None:
                self._np_random = np.random.default_rng(seed)

        @property
        def np_random(self):
            if self._np_random is None:
                self._np_random = np.random.default_rng()
            return self._np_random

        @property
        def unwrapped(self):
            return self

        def __enter__(self):
            return self

        def __exit__(self, *args):
            self.close()

    class _VectorEnv(_Env):
        """What gymnasium.vector.VectorEnv does for its subclasses."""

        closed = False

        def close(self, **kwargs):
            if not self.closed:
                self.close_extras(**kwargs)
                self.closed = True

try:
    from gymnasium.vector import AutoresetMode
except ImportError:
    AutoresetMode = None

#: The highest bit of a seed: episodes of training and evaluation never meet.
_TRAINING = 1 << 63


class Seeds:
    """Draws the seeds of the episodes of n environments, each from its own generator.

    Environment i of seed s has the episodes of a single environment that is reset with
    the seed s + i.
    """

    def __init__(self, n, evaluation):
        self._random = [None] * n
        self._bit = 0 if evaluation else _TRAINING

    def draw(self, seeds, mask=None):
        """Returns seeds of episodes, after new generators where seeds are not None."""
        out = np.zeros(len(self._random), np.uint64)
        for i, seed in enumerate(seeds):
            if mask is None or mask[i]:
                if seed is not None or self._random[i] is None:
                    self._random[i] = np.random.default_rng(seed)
                out[i] = draw(self._random[i], self._bit)
        return out


def draw(random, bit):
    """Returns the seed of an episode, drawn from a generator."""
    return int(random.integers(1 << 63, dtype=np.uint64)) | bit


class RoadloopEnv(_Env):
    """One environment.

    needs is a task_spec that a policy was trained with: a task with another one is
    refused. Episodes are of training unless evaluation is true; the two never have a seed
    in common. reset(options={"episode": n}) begins the episode with that very seed of
    roadloop.

    info has the measures of the task, for the episode so far. task_spec is the spec of
    the task.
    """

    metadata = {"render_modes": ["rgb_array"], "render_fps": 10}

    def __init__(self, task="highway-fast-v0", *, render_mode=None, address=None, needs=None, evaluation=False):
        self._client = Client(address or server.address(), task, needs=needs)
        self.task_spec = self._client.spec
        self.metadata = _metadata(self._client, render_mode)
        self.render_mode = render_mode
        self.observation_space = observation_space(self.task_spec)
        self.action_space = space(self.task_spec["action"])
        self._bit = 0 if evaluation else _TRAINING

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        episode = (options or {}).get("episode")
        if episode is None:
            episode = draw(self.np_random, self._bit)
        self._client.reset([episode])
        return _observation(self._client, 0), {}

    def step(self, action):
        self._client.step(np.asarray(action)[np.newaxis])
        a = self._client.arrays
        info = dict(zip(self.task_spec["measures"], a["measures"][0].tolist()))
        return _observation(self._client, 0), float(a["reward"][0]), bool(a["terminated"][0]), bool(a["truncated"][0]), info

    def load_policy(self, path):
        """Loads a policy of `roadloop policy train` for act, or one that comes with roadloop by its name.

        One that does not fit the task is refused.
        """
        self._client.load_policy(path)

    def act(self):
        """Returns the action of the policy for the last observation."""
        return self._client.act()[0].astype(self.action_space.dtype)

    def render(self):
        return self._client.render(0) if self.render_mode == "rgb_array" else None

    def close(self):
        self._client.close()


class RoadloopVectorEnv(_VectorEnv):
    """Environments that are stepped together, on all cores.

    autoreset_mode is that of Gymnasium, or its name: "NextStep", "SameStep" or "Disabled".
    Without it, it is NextStep, and SameStep for Gymnasium before 1.0. With copy=False,
    observations are arrays that the next step overwrites. The other arguments are those
    of RoadloopEnv.
    """

    metadata = {"render_modes": ["rgb_array"], "render_fps": 10}

    def __init__(self, task="highway-fast-v0", num_envs=1, *, autoreset_mode=None, copy=True, render_mode=None,
                 address=None, needs=None, evaluation=False, max_episode_steps=None):
        if max_episode_steps is not None:
            raise ValueError("max_episode_steps: the task has its own limit")
        name = getattr(autoreset_mode, "value", autoreset_mode) or ("SameStep" if _OLD else "NextStep")
        modes = {"NextStep": "next-step", "SameStep": "same-step", "Disabled": "manual"}
        if name not in modes:
            raise ValueError(f"autoreset mode {name!r}, not one of {', '.join(modes)}")
        self._client = Client(address or server.address(), task, num_envs, autoreset=modes[name], needs=needs)
        self.task_spec = self._client.spec
        single, batched = observation_space(self.task_spec), observation_space(self.task_spec, (num_envs,))
        action = self.task_spec["action"]
        if _OLD:
            super().__init__(num_envs, single, space(action))
        self.num_envs = num_envs
        self.single_observation_space, self.observation_space = single, batched
        self.single_action_space, self.action_space = space(action), space(action, (num_envs,))
        self.metadata = {**_metadata(self._client, render_mode), "autoreset_mode": AutoresetMode(name) if AutoresetMode else name}
        self.render_mode = render_mode
        self._mode, self._copy = name, copy
        self._seeds = Seeds(num_envs, evaluation)
        self._done = np.zeros(num_envs, np.bool_)

    def reset(self, *, seed=None, options=None):
        """Begins episodes: of seed + i in environment i, of a list of seeds, or further ones.

        options={"reset_mask": array of bools} begins those where it is true.
        """
        n = self.num_envs
        if seed is None or isinstance(seed, (int, np.integer)):
            if seed is not None:
                self._np_random, self._np_random_seed = np.random.default_rng(int(seed)), int(seed)
            seed = [None if seed is None else int(seed) + i for i in range(n)]
        if len(seed) != n:
            raise ValueError(f"{len(seed)} seeds for {n} environments")
        mask = (options or {}).get("reset_mask")
        if mask is not None:
            mask = np.asarray(mask)
            if mask.shape != (n,) or mask.dtype != np.bool_ or not mask.any():
                raise ValueError(f"reset_mask must be {n} bools, at least one of them true")
        self._client.reset(self._seeds.draw(seed, mask), mask)
        self._done = np.zeros(n, np.bool_) if mask is None else self._done & ~mask
        return self._observations(), {}

    def step(self, actions):
        if self._mode == "Disabled" and self._done.any():
            raise AssertionError(f"environments {np.flatnonzero(self._done).tolist()} are done; reset them first")
        self._client.step(actions)
        a = self._client.arrays
        terminated, truncated = a["terminated"].astype(np.bool_), a["truncated"].astype(np.bool_)
        begun, self._done = self._done, terminated | truncated
        infos = {}
        measures = dict(zip(self.task_spec["measures"], a["measures"].T.copy()))
        if self._mode == "NextStep":
            _add(infos, measures, ~begun)
        elif self._mode == "SameStep":
            _add(infos, measures, ~self._done)
            if self._done.any():
                self._add_final(infos, measures)
        else:
            _add(infos, measures, np.ones(self.num_envs, np.bool_))
        return self._observations(), a["reward"].copy(), terminated, truncated, infos

    def _add_final(self, infos, measures):
        """Adds the last observations and infos of episodes, under the names of the installed Gymnasium."""
        observations = np.full(self.num_envs, None, object)
        old = np.full(self.num_envs, None, object)
        for i in np.flatnonzero(self._done):
            observations[i] = _observation(self._client, i, "final/")
            old[i] = {k: float(v[i]) for k, v in measures.items()}
        name = "final_observation" if _OLD else "final_obs"
        infos[name], infos["_" + name] = observations, self._done.copy()
        infos["final_info"], infos["_final_info"] = old if _OLD else _add({}, measures, self._done), self._done.copy()

    def _observations(self):
        out = {s["name"]: self._client.arrays["observation/" + s["name"]] for s in self.task_spec["observation"]}
        if self._copy:
            out = {k: v.copy() for k, v in out.items()}
        return out if len(out) > 1 else next(iter(out.values()))

    def load_policy(self, path):
        """Loads a policy of `roadloop policy train` for act, or one that comes with roadloop by its name.

        One that does not fit the task is refused.
        """
        self._client.load_policy(path)

    def act(self):
        """Returns the actions of the policy for the last observations."""
        return self._client.act().astype(self.action_space.dtype)

    def render(self):
        """Returns a tuple of images, one of each environment."""
        if self.render_mode != "rgb_array":
            return None
        return tuple(self._client.render(i) for i in range(self.num_envs))

    def close_extras(self, **kwargs):
        self._client.close()


def _metadata(client, render_mode):
    modes = ["rgb_array"] if client.renders else []
    if render_mode is not None and render_mode not in modes:
        client.close()
        raise ValueError(f"{client.spec['task']} has no render mode {render_mode!r}, only {modes}")
    return {"render_modes": modes, "render_fps": max(1, round(client.spec["rate"]))}


def _observation(client, i, prefix="observation/"):
    """Returns a copy of the observation of environment i."""
    out = {s["name"]: client.arrays[prefix + s["name"]][i].copy() for s in client.spec["observation"]}
    return out if len(out) > 1 else next(iter(out.values()))


def _add(infos, measures, mask):
    """Adds measures as Gymnasium's vector environments do: arrays, zero where the mask is false."""
    for k, v in measures.items():
        infos[k], infos["_" + k] = np.where(mask, v, 0.0), mask.copy()
    return infos


def register(task):
    """Registers a task with Gymnasium as "roadloop/" and its name, if Gymnasium is installed."""
    name = "roadloop/" + task
    if gymnasium is None or name in gymnasium.envs.registration.registry:
        return
    vector = "roadloop.env:RoadloopVectorEnv"
    if _OLD:  # it does not pass kwargs to a vector_entry_point
        vector = functools.partial(RoadloopVectorEnv, task=task)
    gymnasium.register(id=name, entry_point="roadloop.env:RoadloopEnv", vector_entry_point=vector, kwargs={"task": task})
