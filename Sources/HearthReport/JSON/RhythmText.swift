// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// The rhythm over days, for programs.
enum RhythmText {
    static func rhythm(_ rhythm: RhythmSummary) -> JSONText {
        .object([
            "metrics": .list(rhythm.metrics.map(JSONReport.metric)),
            "raster": .object([
                "cellMinutes": .integer(RasterPlot.cellMinutes),
                "days": .list(
                    rhythm.raster.days.enumerated().map { index, cells in
                        .object([
                            "day": .text(
                                rhythm.raster.first.advanced(by: Int64(index)).description),
                            "cells": .text(String(cells.map(letter))),
                        ])
                    }),
            ]),
        ])
    }

    /// One letter a cell, as in the hypnogram.
    private static func letter(_ cell: RasterPlot.Cell) -> Character {
        switch cell {
        case .awake: "W"
        case .asleep: "S"
        case .unknown: "U"
        }
    }
}
