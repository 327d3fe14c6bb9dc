#!/usr/bin/python3
"""Compares roadloop's network with PyTorch on this machine's processor.

Needs Debian's python3-torch; nothing else of roadloop does. Both sides have the
same layers, the same loss and batches of the same size, in float32, and take turns,
so that a machine that slows down slows both. Printed are medians and factors.

    make compare
"""

import re
import statistics
import subprocess
import sys
import time

import torch
from torch import nn
from torch.nn import functional as F

ROUNDS = 5
SECONDS = 3.0
WIDTHS = [16, 32, 64, 96, 128, 32]
HEADS = 20
CLASSES = torch.tensor([1, 1, 1, 1.2, 2, 1.5, 1.5, 1.5]).view(1, 8, 1, 1)


class Block(nn.Sequential):
    def __init__(self, channels, out, kernel=3, stride=1):
        super().__init__(
            nn.Conv2d(channels, out, kernel, stride, kernel // 2, bias=False), nn.BatchNorm2d(out), nn.ReLU(inplace=True)
        )


class Network(nn.Module):
    """network.DefaultConfig: an encoder to stride 32 and a decoder to stride 4."""

    def __init__(self):
        super().__init__()
        w = WIDTHS
        self.s4 = nn.Sequential(Block(3, w[0], stride=2), Block(w[0], w[1], stride=2))
        self.s8 = nn.Sequential(Block(w[1], w[2], stride=2), Block(w[2], w[2]))
        self.s16 = nn.Sequential(Block(w[2], w[3], stride=2), Block(w[3], w[3]))
        self.s32 = nn.Sequential(Block(w[3], w[4], stride=2), Block(w[4], w[4]))
        self.merge16 = Block(w[4] + w[3], w[3], 1)
        self.merge8 = Block(w[3] + w[2], w[2], 1)
        self.merge4 = Block(w[2] + w[1], w[5], 1)
        self.trunk = Block(w[5], w[5])
        self.heads = nn.Conv2d(w[5], HEADS, 1)

    def forward(self, x):
        a = self.s4(x)
        b = self.s8(a)
        c = self.s16(b)
        d = self.s32(c)
        up = lambda t: F.interpolate(t, scale_factor=2, mode="nearest")
        d = self.merge16(torch.cat([up(d), c], 1))
        d = self.merge8(torch.cat([up(d), b], 1))
        d = self.merge4(torch.cat([up(d), a], 1))
        return self.heads(self.trunk(d))


def loss(heads, target):
    """network.LossConfig: focal, L1 and cross-entropy, with the default weights."""
    x, y = heads[:, :8], target[:, :8]
    p = torch.sigmoid(x)
    hit = (y == 1).float()
    focal = hit * (1 - p) ** 2 * F.logsigmoid(x) + (1 - hit) * (1 - y) ** 4 * p**2 * F.logsigmoid(-x)
    total = -(CLASSES * focal).sum() / hit.sum().clamp(min=1)
    mask = target[:, 20:21]
    for first, last, weight in [(8, 10, 1), (10, 12, 1.5), (12, 13, 1.5), (13, 15, 0.4)]:
        total = total + weight * ((heads[:, first:last] - target[:, first:last]).abs() * mask).sum() / mask.sum().clamp(min=1)
    cells = heads[:, :1].numel()
    total = total + F.binary_cross_entropy_with_logits(heads[:, 15:16], target[:, 15:16], reduction="sum") / cells
    lanes = target[:, 16:20]
    judged = F.binary_cross_entropy_with_logits(heads[:, 16:20], lanes, weight=1 + 12 * lanes, reduction="sum")
    return total + 4 * judged / cells


def rate(step, images):
    """Frames a second of a step that handles that many."""
    step()
    start, n = time.perf_counter(), 0
    while time.perf_counter() - start < SECONDS:
        step()
        n += images
    return n / (time.perf_counter() - start)


def torch_train(layout):
    torch.set_num_threads(2)
    net = Network().to(memory_format=layout)
    images = torch.randn(32, 3, 192, 320).contiguous(memory_format=layout)
    target = torch.rand(32, 23, 48, 80).contiguous(memory_format=layout)

    def step():
        for p in net.parameters():
            p.grad = None
        loss(net(images), target).backward()

    return rate(step, 32)


def torch_infer(layout, script):
    torch.set_num_threads(1)
    net = Network().eval().to(memory_format=layout)
    image = torch.randn(1, 3, 192, 320).contiguous(memory_format=layout)
    with torch.no_grad():
        run = torch.jit.freeze(torch.jit.trace(net, image)) if script else net
        for _ in range(10):
            run(image)
        return rate(lambda: run(image), 1)


def ours(package, bench, cores):
    """frames/s of a benchmark of roadloop's."""
    out = subprocess.run(
        ["taskset", "-c", cores, "go", "test", package, "-run", "^$", "-bench", bench, "-benchtime", f"{SECONDS:.0f}s"],
        capture_output=True, text=True, check=True,
    ).stdout
    return float(re.search(r"([\d.]+) frames/s", out).group(1))


def main():
    plain, last = torch.contiguous_format, torch.channels_last
    rows = {
        "training step, batch 32, 2 cores": {
            "roadloop": lambda: ours("./perception/network", "TrainStep/replicas=2$", "0,1"),
            "PyTorch": lambda: torch_train(plain),
            "PyTorch, channels last": lambda: torch_train(last),
        },
        "inference, batch 1, 1 core": {
            "roadloop": lambda: ours("./perception/inference", "Infer/default/native$", "0"),
            "OpenCV DNN": lambda: ours("./perception/inference", "Infer/default/opencv$", "0"),
            "PyTorch, eager": lambda: torch_infer(plain, False),
            "PyTorch, TorchScript": lambda: torch_infer(plain, True),
        },
    }
    for what, sides in rows.items():
        rates = {name: [] for name in sides}
        for _ in range(ROUNDS):
            for name, measure in sides.items():
                rates[name].append(measure())
        print(what)
        mine = rates["roadloop"]
        for name, theirs in rates.items():
            factor = statistics.median(a / b for a, b in zip(mine, theirs))
            print(f"  {name:24} {statistics.median(theirs):7.1f} frames/s   roadloop is {factor:.2f}x as fast")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
