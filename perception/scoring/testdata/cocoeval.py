# Prints the figures of pycocotools for a file of instances and a file of results:
# name of the category -> AP, AP50, AP75, AP of small, medium and large objects.
# usage: cocoeval.py PYTHONAPI INSTANCES RESULTS
import contextlib
import io
import json
import sys

sys.path.insert(0, sys.argv[1])
import numpy

numpy.float = float  # cocoapi of 2020 uses a name that numpy has removed
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

out = {}
with contextlib.redirect_stdout(io.StringIO()):
    truth = COCO(sys.argv[2])
    found = truth.loadRes(sys.argv[3])
    for category in truth.loadCats(truth.getCatIds()):
        e = COCOeval(truth, found, "bbox")
        e.params.catIds = [category["id"]]
        e.evaluate()
        e.accumulate()
        e.summarize()
        if e.stats[0] >= 0:
            out[category["name"]] = list(e.stats[:6])
    e = COCOeval(truth, found, "bbox")
    e.evaluate()
    e.accumulate()
    e.summarize()
    out["mean"] = list(e.stats[:6])
print(json.dumps(out))
