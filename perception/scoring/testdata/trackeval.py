# Prints the figures of TrackEval for one sequence of MOTChallenge in the folder DIR:
# HOTA, DetA, AssA, MOTA, IDF1, ID switches.
# usage: trackeval.py TRACKEVAL DIR
import contextlib
import io
import json
import sys

sys.path.insert(0, sys.argv[1])
import numpy

numpy.float, numpy.int, numpy.bool = float, int, bool  # TrackEval uses names that numpy has removed
with contextlib.redirect_stdout(io.StringIO()):
    import trackeval

    folder = sys.argv[2]
    dataset = trackeval.datasets.MotChallenge2DBox(
        {
            "GT_FOLDER": folder + "/gt", "TRACKERS_FOLDER": folder + "/trackers", "SEQMAP_FILE": folder + "/seqmap.txt",
            "SKIP_SPLIT_FOL": True, "PRINT_CONFIG": False,
        }
    )
    evaluator = trackeval.Evaluator(
        {"USE_PARALLEL": False, "PRINT_CONFIG": False, "OUTPUT_SUMMARY": False, "OUTPUT_DETAILED": False,
         "PLOT_CURVES": False, "OUTPUT_EMPTY_CLASSES": False, "TIME_PROGRESS": False, "BREAK_ON_ERROR": True}
    )
    metrics = [trackeval.metrics.HOTA(), trackeval.metrics.CLEAR({"PRINT_CONFIG": False}), trackeval.metrics.Identity({"PRINT_CONFIG": False})]
    results, _ = evaluator.evaluate([dataset], metrics)
    (tracker,) = results["MotChallenge2DBox"].values()
    r = tracker["COMBINED_SEQ"]["pedestrian"]
print(json.dumps([float(r["HOTA"]["HOTA"].mean()), float(r["HOTA"]["DetA"].mean()), float(r["HOTA"]["AssA"].mean()),
                  float(r["CLEAR"]["MOTA"]), float(r["Identity"]["IDF1"]), int(r["CLEAR"]["IDSW"])]))
