"""Opens a data set with nuscenes-devkit and checks it with the functions of the devkit.

usage: check.py DEVKIT DATASET
"""

import json
import os
import sys

sys.path.insert(0, os.path.join(sys.argv[1], "python-sdk"))
sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), "shim"))  # after an installed pyquaternion

import matplotlib

matplotlib.use("Agg")

import numpy as np
from nuscenes.nuscenes import NuScenes
from nuscenes.utils.data_classes import LidarPointCloud, RadarPointCloud
from nuscenes.utils.geometry_utils import BoxVisibility, points_in_box, view_points
from nuscenes.utils.splits import get_scenes_of_split
from PIL import Image

nusc = NuScenes(version="v1.0-mini", dataroot=sys.argv[2], verbose=False)
found = dict(scenes=len(nusc.scene), samples=len(nusc.sample), images=0, boxes=0, lidar=0, counted=0, recounted=0, radar=0, moving=0, on_road=0)
for sample in nusc.sample:
    for channel, token in sample["data"].items():
        record = nusc.get("sample_data", token)
        path, boxes, intrinsic = nusc.get_sample_data(token, box_vis_level=BoxVisibility.ANY)
        if record["sensor_modality"] == "camera":
            assert Image.open(path).size == (record["width"], record["height"]), path
            found["images"] += 1
            for box in boxes:
                corners = view_points(box.corners(), intrinsic, normalize=True)[:2]
                assert corners[0].max() > 0 and corners[0].min() < record["width"], (path, corners)
                found["boxes"] += 1
        elif record["sensor_modality"] == "lidar":
            points = LidarPointCloud.from_file(path)
            assert np.isfinite(points.points).all()
            found["lidar"] += points.nbr_points()
            for box in boxes:
                found["counted"] += nusc.get("sample_annotation", box.token)["num_lidar_pts"]
                found["recounted"] += int(points_in_box(box, points.points[:3], wlh_factor=1.1).sum())
        else:
            points = RadarPointCloud.from_file(path)
            assert (points.points[0] >= 0).all(), "a radar looks forward"
            found["radar"] += points.nbr_points()
    pose = nusc.get("ego_pose", nusc.get("sample_data", sample["data"]["CAM_FRONT"])["ego_pose_token"])["translation"]
    log = nusc.get("log", nusc.get("scene", sample["scene_token"])["log_token"])
    found["on_road"] += int(nusc.get("map", log["map_token"])["mask"].is_on_mask(pose[0], pose[1])[0])
    for token in sample["anns"]:
        velocity = nusc.box_velocity(token)
        assert np.isnan(velocity).all() or np.linalg.norm(velocity) < 60, velocity
        found["moving"] += int(np.linalg.norm(velocity) > 1)
for record in nusc.sample_data:  # boxes of sweeps are interpolated
    nusc.get_boxes(record["token"])
listed = [s for name in ("train", "val", "test") for s in get_scenes_of_split("roadloop_" + name, nusc)]
assert sorted(listed) == sorted(s["name"] for s in nusc.scene), listed
json.dump(found, sys.stdout)
