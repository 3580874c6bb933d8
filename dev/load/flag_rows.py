"""What the rows of made-up flags have in common."""

from shared.verdicts import Box, Face, Findings

FINDINGS = Findings(
    engine="dlib-hog",
    version="1",
    thresholds={"score": 0.0},
    width=640,
    height=480,
    brightness=0.5,
    faces=(Face(box=Box(left=9, top=9, width=90, height=90), score=1.5),) * 2,
    decode_ms=1.5,
    detect_ms=100.0,
).model_dump_json()
