"""Driving environments of roadloop for Python.

Importing this package registers the tasks with Gymnasium, if it is installed:

    import gymnasium, roadloop
    env = gymnasium.make("roadloop/highway-fast-v0")
    envs = gymnasium.make_vec("roadloop/highway-fast-v0", num_envs=64)

The environments run in a server, the program roadloop. It is started when it is first
needed: the one that the environment variable ROADLOOP names, or the one on PATH. The
argument address connects to a server that runs already, such as "tcp:127.0.0.1:7000".
"""

from .client import Client, RoadloopError
from .env import RoadloopEnv, RoadloopVectorEnv, register

__all__ = ["Client", "RoadloopEnv", "RoadloopError", "RoadloopPufferEnv", "RoadloopSB3VecEnv", "RoadloopVectorEnv", "TASKS", "register"]
__version__ = "0.1.0"

#: Tasks that are registered with Gymnasium, as "roadloop/" and the name.
TASKS = (
    "highway-v0",
    "highway-fast-v0",
    "drive-highway-v0",
    "drive-town-v0",
    "drive-mixed-v0",
    "drive-library-v0",
    "drive-perceived-v0",
    "drive-camera-v0",
    "drive-camera-weather-v0",
    "drive-camera-highway-v0",
    "drive-camera-highway-weather-v0",
)

for _task in TASKS:
    register(_task)


def __getattr__(name):  # imported when they are used: their packages take seconds
    if name == "RoadloopSB3VecEnv":
        from .sb3 import RoadloopSB3VecEnv

        return RoadloopSB3VecEnv
    if name == "RoadloopPufferEnv":
        from .puffer import RoadloopPufferEnv

        return RoadloopPufferEnv
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
