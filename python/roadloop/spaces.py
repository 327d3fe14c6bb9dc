"""Spaces from the spec of a task: those of Gymnasium, or simple ones if it is not installed."""

import numpy as np

try:
    from gymnasium.spaces import Box, Dict, Discrete, MultiDiscrete
except ImportError:

    class _Space:
        def __init__(self, shape, dtype):
            self.shape, self.dtype, self._random = shape, np.dtype(dtype), np.random.default_rng()

        def seed(self, seed=None):
            self._random = np.random.default_rng(seed)

        def __contains__(self, x):
            return self.contains(x)

    class Box(_Space):
        """Arrays with values from low to high."""

        def __init__(self, low, high, shape, dtype=np.float32):
            super().__init__(tuple(shape), dtype)
            self.low, self.high = np.full(self.shape, low, self.dtype), np.full(self.shape, high, self.dtype)

        def sample(self):
            if self.dtype == np.uint8:
                return self._random.integers(0, 256, self.shape, np.uint8)
            return self._random.uniform(self.low, self.high).astype(self.dtype)

        def contains(self, x):
            return (isinstance(x, np.ndarray) and x.shape == self.shape and x.dtype == self.dtype
                    and bool(np.all(x >= self.low) and np.all(x <= self.high)))

    class Discrete(_Space):
        """The integers from 0 to n - 1."""

        def __init__(self, n):
            super().__init__((), np.int64)
            self.n, self.start = n, 0

        def sample(self):
            return self._random.integers(self.n)

        def contains(self, x):
            return isinstance(x, (int, np.integer)) and 0 <= x < self.n

    class MultiDiscrete(_Space):
        """Arrays of integers from 0 to nvec - 1."""

        def __init__(self, nvec):
            self.nvec = np.asarray(nvec, np.int64)
            super().__init__(self.nvec.shape, np.int64)

        def sample(self):
            return self._random.integers(self.nvec)

        def contains(self, x):
            return isinstance(x, np.ndarray) and x.shape == self.shape and bool(np.all(x >= 0) and np.all(x < self.nvec))

    class Dict(_Space):
        """Dicts of arrays."""

        def __init__(self, spaces):
            super().__init__(None, object)
            self.spaces = spaces

        def seed(self, seed=None):
            for i, s in enumerate(self.spaces.values()):
                s.seed(None if seed is None else seed + i)

        def sample(self):
            return {k: s.sample() for k, s in self.spaces.items()}

        def contains(self, x):
            return isinstance(x, dict) and x.keys() == self.spaces.keys() and all(x[k] in s for k, s in self.spaces.items())


def space(s, batch=()):
    """Returns the space of a dict of the spec; batch is the shape in front of it."""
    if s["kind"] == "discrete":
        return MultiDiscrete(np.full(batch, s["n"])) if batch else Discrete(s["n"])
    shape = (*batch, *s.get("shape", ()))
    if s["kind"] == "image":
        return Box(0, 255, shape, np.uint8)
    return Box(np.float32(s.get("low", 0)), np.float32(s.get("high", 0)), shape, np.float32)


def observation_space(spec, batch=()):
    """Returns the space of the observation: a Dict if there are several arrays."""
    spaces = {s["name"]: space(s, batch) for s in spec["observation"]}
    return Dict(spaces) if len(spaces) > 1 else next(iter(spaces.values()))
