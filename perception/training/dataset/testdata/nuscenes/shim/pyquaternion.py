"""What nuscenes-devkit uses of pyquaternion, for machines that do not have it."""

import numpy as np


class Quaternion:
    """A rotation as w, x, y, z."""

    def __init__(self, *args, scalar=None, vector=None, axis=None, radians=None, angle=None, matrix=None):
        if matrix is not None:
            self.elements = _from_matrix(np.asarray(matrix, float)[:3, :3])
        elif axis is not None:
            half = (radians if radians is not None else angle) / 2
            axis = np.asarray(axis, float)
            self.elements = np.append(np.cos(half), np.sin(half) * axis / np.linalg.norm(axis))
        elif scalar is not None:
            self.elements = np.append(scalar, vector).astype(float)
        elif len(args) == 1 and isinstance(args[0], Quaternion):
            self.elements = args[0].elements.copy()
        else:
            self.elements = np.asarray(args[0] if len(args) == 1 else args, float)

    w = property(lambda self: self.elements[0])
    x = property(lambda self: self.elements[1])
    y = property(lambda self: self.elements[2])
    z = property(lambda self: self.elements[3])

    @property
    def inverse(self):
        return Quaternion(self.elements * [1, -1, -1, -1] / np.dot(self.elements, self.elements))

    def __mul__(self, other):
        a, b = self.elements, other.elements
        return Quaternion(np.append(a[0] * b[0] - np.dot(a[1:], b[1:]), a[0] * b[1:] + b[0] * a[1:] + np.cross(a[1:], b[1:])))

    @property
    def rotation_matrix(self):
        w, x, y, z = self.elements / np.linalg.norm(self.elements)
        return np.array([
            [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
            [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
            [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)]])

    @property
    def yaw_pitch_roll(self):
        w, x, y, z = self.elements / np.linalg.norm(self.elements)
        return (np.arctan2(2 * (w * z - x * y), 1 - 2 * (y * y + z * z)), np.arcsin(2 * (w * y + z * x)),
                np.arctan2(2 * (w * x - y * z), 1 - 2 * (x * x + y * y)))

    @staticmethod
    def slerp(q0, q1, amount=0.5):
        a, b = q0.elements, q1.elements
        dot = np.dot(a, b)
        if dot < 0:
            b, dot = -b, -dot
        angle = np.arccos(min(1, dot))
        if angle < 1e-6:
            return Quaternion(a + amount * (b - a))
        return Quaternion((np.sin((1 - amount) * angle) * a + np.sin(amount * angle) * b) / np.sin(angle))


def _from_matrix(m):
    vectors = np.linalg.eigh(np.array([
        [m[0, 0] - m[1, 1] - m[2, 2], m[1, 0] + m[0, 1], m[2, 0] + m[0, 2], m[2, 1] - m[1, 2]],
        [m[1, 0] + m[0, 1], m[1, 1] - m[0, 0] - m[2, 2], m[2, 1] + m[1, 2], m[0, 2] - m[2, 0]],
        [m[2, 0] + m[0, 2], m[2, 1] + m[1, 2], m[2, 2] - m[0, 0] - m[1, 1], m[1, 0] - m[0, 1]],
        [m[2, 1] - m[1, 2], m[0, 2] - m[2, 0], m[1, 0] - m[0, 1], m[0, 0] + m[1, 1] + m[2, 2]]]) / 3)[1]
    x, y, z, w = vectors[:, 3]
    return np.array([w, x, y, z]) * (1 if w >= 0 else -1)
