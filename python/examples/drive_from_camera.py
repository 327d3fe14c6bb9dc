"""A driving stack in another process: it reads camera frames over TCP, and sends steering and acceleration.

    roadloop serve --tcp 127.0.0.1:7000 &
    python3 python/examples/drive_from_camera.py --address tcp:127.0.0.1:7000

It needs NumPy alone, and nothing that was trained: bright pixels are lane markings, the lane is the one with which most
of them agree, and a pixel ahead that is not like asphalt is in the way. It knows neither signals nor crossing traffic,
so it drives on highways only, and not as well as a policy that was trained for it.
"""

import argparse
import os
import sys

import numpy as np

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import roadloop  # noqa: E402

# What this stack was made for. The server refuses it for a task with anything else.
NEEDS = {
    "task": "drive-camera-highway-v0",
    "observation": [
        {"name": "camera-96", "kind": "image", "shape": [96, 96, 3]},
        {"name": "navigation", "kind": "box", "shape": [17], "low": -1, "high": 1},
    ],
    "action": {"name": "steering-acceleration", "kind": "box", "shape": [2], "low": -1, "high": 1},
    "rate": 10,
}

# The camera: focal length and row of the optical axis in pixels, height in m and pitch down in rad.
FOCAL, CENTER, AXIS, HEIGHT, PITCH = 75.35, 48.0, 44.0, 1.4, 0.02
AHEAD = 1.7  # m from the rear axle to the camera
HORIZON = AXIS - FOCAL * np.tan(PITCH)
# The ground under each pixel below the horizon, in the vehicle frame: x forward, y left, m.
ROWS = np.arange(int(HORIZON) + 4, 96)
X = (AHEAD + FOCAL * HEIGHT / (ROWS + 0.5 - HORIZON))[:, None] * np.ones(96)
Y = (X - AHEAD) * (CENTER - (np.arange(96) + 0.5)) / FOCAL

WHEELBASE, LANE = 2.578, 3.5  # m
LIMIT = 14  # index of the speed limit in navigation
OFFSETS = np.arange(-2.0, 2.05, 0.1)  # of the middle of the lane, m
HEADINGS = np.arange(-0.16, 0.165, 0.02)  # of the lane, rad


class Stack:
    """One car: the lane it follows, and what is in its way."""

    def __init__(self):
        self.offset, self.heading = 0.0, 0.0

    def act(self, image, navigation):
        """Returns steering and acceleration, from -1 to 1."""
        gray = image[ROWS].astype(np.float32).mean(2)
        self.find_lane(image[ROWS], gray)
        speed, limit = 40 * navigation[0], 40 * navigation[LIMIT]
        ahead = max(8.0, 0.9 * speed)
        aside = self.offset + self.heading * ahead
        angle = np.arctan(WHEELBASE * 2 * aside / (ahead**2 + aside**2))
        steer = angle / min(0.6, np.arctan(WHEELBASE * 4.5 / max(speed**2, 1)))
        gap = self.free(gray)
        want = min(limit, max(0.0, gap - 4) / 1.6)
        accel = np.clip(0.8 * (want - speed), -5, 1.5)
        return np.clip([steer, accel / (2.4 if accel > 0 else 6.0)], -1, 1)

    def find_lane(self, image, gray):
        """Moves the lane toward the offset and heading with which most marking pixels agree."""
        sums = np.cumsum(np.pad(gray, ((0, 0), (8, 8)), mode="edge"), 1)
        around = (sums[:, 16:] - sums[:, :-16]) / 16
        yellow = image[..., 0].astype(np.float32) - image[..., 2]
        bright = ((gray > around + 18) | (yellow > 60)) & (X < 32) & (np.abs(Y) < 6)
        x, y = X[bright], Y[bright]
        if len(x) < 4:
            return
        middle = self.offset + self.heading * 15
        line = OFFSETS[:, None, None] + HEADINGS[None, :, None] * x  # middle of the lane at x
        off = np.abs(np.abs(y - line) - LANE / 2)
        votes = (np.maximum(0, 1 - off / 0.35) * np.sqrt(x / 10)).sum(2)
        votes -= 0.6 * np.abs(OFFSETS[:, None] + HEADINGS * 15 - middle)  # another lane agrees as well
        i, k = np.unravel_index(np.argmax(votes), votes.shape)
        self.offset += 0.4 * (OFFSETS[i] - self.offset)
        self.heading += 0.4 * (HEADINGS[k] - self.heading)

    def free(self, gray):
        """Returns the distance in m along the lane that looks like asphalt."""
        path = np.abs(Y - (self.offset + self.heading * X)) < 0.9
        near = path & (X < 9)
        road = np.median(gray[near]) if near.any() else 0.0
        for row in range(len(ROWS) - 1, 1, -1):  # away from the car
            here = path[row] & path[row - 1]
            if here.any() and np.abs(gray[row - 1 : row + 1][:, here] - road).min() > 22:
                return X[row, 0] - 3.5
        return 90.0


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--address", default="tcp:127.0.0.1:7000", help="of roadloop serve")
    parser.add_argument("--episodes", type=int, default=10)
    parser.add_argument("--seed", type=int, default=10000, help="of the first episode")
    args = parser.parse_args()
    client = roadloop.Client(args.address, NEEDS["task"], needs=NEEDS)
    names = client.spec["measures"]
    reached = 0
    for seed in range(args.seed, args.seed + args.episodes):
        client.reset([seed])
        stack, done = Stack(), False
        while not done:
            a = client.arrays
            client.step([stack.act(a["observation/camera-96"][0], a["observation/navigation"][0])])
            done = a["terminated"][0] or a["truncated"][0]
        m = dict(zip(names, client.arrays["measures"][0]))
        why = ", ".join(k for k in ("collision", "off-road", "wrong-way", "route-deviation", "blocked") if m[k]) or "time"
        print(f"episode {seed}: {m['distance']:5.0f} m in {m['time']:4.1f} s, " + ("at the goal" if m["success"] else why))
        reached += int(m["success"])
    client.close()
    print(f"{reached} of {args.episodes} episodes reached the goal")


if __name__ == "__main__":
    main()
