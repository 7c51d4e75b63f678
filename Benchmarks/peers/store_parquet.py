#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""store_parquet.py FILE ROWS: the rows of hearth-bench vault as Parquet with zstd; prints bytes a row."""
import os
import sys

import pyarrow
import pyarrow.parquet


def main() -> None:
    path, rows = sys.argv[1], int(sys.argv[2])
    state, rate, values = 1, 60, []
    for _ in range(rows):
        state = (state * 1_664_525 + 1_013_904_223) & 0xFFFFFFFF
        rate += (state >> 30) - 1 - (state >> 28 & 1)
        if rate < 45:
            rate = 45 + (state >> 24 & 7)
        if rate > 120:
            rate = 120 - (state >> 24 & 7)
        values.append(rate)
    times = [1_704_067_200_000_000_000 + row * 3_000_000_000 for row in range(rows)]
    table = pyarrow.table({
        "time": pyarrow.array(times, pyarrow.timestamp("ns")),
        "value": pyarrow.array(values, pyarrow.float32())})
    pyarrow.parquet.write_table(table, path, compression="zstd")
    print(f"parquet, zstd, bytes a row: {os.path.getsize(path) / rows:.3f}")
    # With the encodings a person who knows Parquet would choose.
    pyarrow.parquet.write_table(
        table, path, compression="zstd", use_dictionary=["value"],
        column_encoding={"time": "DELTA_BINARY_PACKED"}, compression_level=9)
    print(f"parquet, zstd, delta times, bytes a row: {os.path.getsize(path) / rows:.3f}")


main()
