// SPDX-License-Identifier: Apache-2.0

/// The person's rhythm over the weeks that end on a day.
public struct RhythmSummary: Sendable, Codable, Hashable {
    /// Regularity, timing, social jetlag and the rhythm of activity; each says why if it is missing.
    public var metrics: [Metric]
    public var raster: RasterPlot

    public init(metrics: [Metric], raster: RasterPlot) {
        self.metrics = metrics
        self.raster = raster
    }
}

/// Days of sleep and wake as cells of the wall clock, for drawing them one below the other.
///
/// Shape: dates one after another, the oldest first; a day has ``columns`` cells of equal length
/// from 0:00 to 24:00. Drawn as a double plot (``rows``) a night over midnight is whole.
public struct RasterPlot: Sendable, Hashable {
    /// What is known of a cell. The raw value is the digit it is stored as.
    public enum Cell: UInt8, Sendable, Hashable, CaseIterable {
        case awake = 0
        case asleep = 1
        case unknown = 2
    }

    /// A day and the one after it.
    public struct Row: Sendable, Hashable {
        /// Of the first half.
        public var day: LocalDate
        /// Twice ``RasterPlot/columns`` cells, from 0:00 of the day to 24:00 of the next.
        public var cells: [Cell]
    }

    /// Of ten minutes each.
    public static let columns = 144
    public static let cellMinutes = 1440 / columns

    public var first: LocalDate
    /// ``columns`` cells each.
    public let days: [[Cell]]

    /// Days of another length are cut, or filled with unknown cells.
    public init(first: LocalDate, days: [[Cell]]) {
        self.first = first
        self.days = days.map { day in
            let missing = max(0, Self.columns - day.count)
            return Array(day.prefix(Self.columns)) + Array(repeating: .unknown, count: missing)
        }
    }

    /// One row fewer than there are days, because the last day stands in the second half only.
    public var rows: [Row] {
        days.indices.dropLast().map { index in
            Row(day: first.advanced(by: Int64(index)), cells: days[index] + days[index + 1])
        }
    }
}

/// Cells are one text a day, a digit a cell.
extension RasterPlot: Codable {
    private enum CodingKeys: CodingKey { case first, days }

    /// - Throws: `DecodingError` for a day of another length or a digit that is no state.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let texts = try container.decode([String].self, forKey: .days)
        let days = texts.map { text in
            text.utf8.compactMap { Cell(rawValue: $0 &- UInt8(ascii: "0")) }
        }
        let isSound = zip(texts, days).allSatisfy { text, day in
            text.utf8.count == Self.columns && day.count == Self.columns
        }
        guard isSound else {
            throw DecodingError.dataCorruptedError(
                forKey: .days, in: container,
                debugDescription: "a day of a raster has \(Self.columns) cells of three states")
        }
        self.init(first: try container.decode(LocalDate.self, forKey: .first), days: days)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(first, forKey: .first)
        let texts = days.map { day in
            String(decoding: day.map { UInt8(ascii: "0") + $0.rawValue }, as: UTF8.self)
        }
        try container.encode(texts, forKey: .days)
    }
}
