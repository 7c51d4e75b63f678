// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// A raster cut into what can be drawn and said: runs, sleeps in words, and the share of days asleep
/// at each time.
struct RasterFacts {
    struct Run {
        var cell: RasterPlot.Cell
        /// Cells, the end not included.
        var from: Int
        var to: Int
    }

    let raster: RasterPlot

    init(_ raster: RasterPlot) { self.raster = raster }

    /// True if any cell is known.
    var isKnown: Bool { raster.days.contains { $0.contains { $0 != .unknown } } }

    /// Equal neighbours joined, in order.
    static func runs(_ cells: [RasterPlot.Cell]) -> [Run] {
        var runs: [Run] = []
        for (index, cell) in cells.enumerated() {
            if let last = runs.last, last.cell == cell {
                runs[runs.count - 1].to = index + 1
            } else {
                runs.append(Run(cell: cell, from: index, to: index + 1))
            }
        }
        return runs
    }

    /// The sleeps that begin on the day of a row: `22:50 to 06:40, 13:10 to 13:50`. Wakes of up to
    /// an hour are not told.
    static func sleeps(_ row: RasterPlot.Row) -> String {
        let mostBetween = 60 / RasterPlot.cellMinutes
        var sleeps: [Run] = []
        for run in runs(row.cells) where run.cell == .asleep {
            if let last = sleeps.last, run.from - last.to <= mostBetween {
                sleeps[sleeps.count - 1].to = run.to
            } else {
                sleeps.append(run)
            }
        }
        // What is there at midnight began on the day before, unless that is not drawn.
        let own = sleeps.filter { $0.from > 0 && $0.from < RasterPlot.columns }
        guard !own.isEmpty else {
            let isUnknown = row.cells.prefix(RasterPlot.columns).allSatisfy { $0 == .unknown }
            return isUnknown ? "not known" : "none began"
        }
        return own.map { "\(clock($0.from)) to \(clock($0.to))" }.joined(separator: ", ")
    }

    /// Hours asleep in the cells of one date.
    static func hoursAsleep(_ day: [RasterPlot.Cell]) -> Double {
        Double(day.count { $0 == .asleep } * RasterPlot.cellMinutes) / 60
    }

    /// Share of the known cells that are asleep at each time, from noon to noon; `nil` where none is
    /// known. `columns` divides those of the raster.
    func profile(columns: Int) -> [Double?] {
        guard columns > 0, RasterPlot.columns % columns == 0 else { return [] }
        let width = RasterPlot.columns / columns
        return (0..<columns).map { column in
            var (asleep, known) = (0, 0)
            for offset in 0..<width {
                let cell = (RasterPlot.columns / 2 + column * width + offset) % RasterPlot.columns
                for day in raster.days where day[cell] != .unknown {
                    known += 1
                    if day[cell] == .asleep { asleep += 1 }
                }
            }
            return known > 0 ? Double(asleep) / Double(known) : nil
        }
    }

    /// The wall clock at the start of a cell: `22:50`.
    static func clock(_ cell: Int) -> String {
        WallClock.clock(cell % RasterPlot.columns * RasterPlot.cellMinutes * 60)
    }
}
