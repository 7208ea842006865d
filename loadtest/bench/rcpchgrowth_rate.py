"""Runs in the Python apart: z-score and percentile of one height after another by rcpchgrowth, as fast as it offers.

Reads lines `{"sex": ["male", …], "age": [years, …], "height": [cm, …]}`, answers each with `{"seconds", "z"}`. Its bare
functions, without the sentences and centile bands that its Measurement adds.
"""

import json
import sys
import time

from rcpchgrowth import centile, sds_for_measurement


def main() -> None:
    """Answer until the input ends."""
    for line in sys.stdin:
        asked = json.loads(line)
        children = list(zip(asked["sex"], asked["age"], asked["height"], strict=True))
        scores = []
        start = time.thread_time()
        for sex, age, height in children:
            z = sds_for_measurement(
                reference="cdc", age=age, measurement_method="height", observation_value=height, sex=sex
            )
            centile(z)
            scores.append(z)
        seconds = time.thread_time() - start
        print(json.dumps({"seconds": seconds, "z": scores}), flush=True)


if __name__ == "__main__":
    main()
