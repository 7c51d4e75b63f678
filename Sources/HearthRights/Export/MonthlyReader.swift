// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
import HearthVault

/// Reads what an export selects quantity by quantity and month by month (UTC), so that a file holds
/// one of each however many devices there are.
struct MonthlyReader {
    let vault: Vault
    let query: SampleQuery
    /// What is selected of each stream, as it is handed out.
    let streams: [StreamSummary]

    init(_ vault: Vault, _ query: SampleQuery) throws {
        self.vault = vault
        self.query = query
        streams = try SelectedStreams.all(vault, query)
    }

    /// The quantities that have samples, in the order of their codes.
    var quantities: [Quantity] {
        Array(Set(streams.map(\.stream.quantity))).sorted { $0.rawValue < $1.rawValue }
    }

    func streams(of quantity: Quantity) -> [StreamSummary] {
        streams.filter { $0.stream.quantity == quantity }
    }

    /// Calls `body` for each month that may have samples of the quantity; the query is cut to it.
    func forEachMonth(
        of quantity: Quantity, _ body: (String, SampleQuery) throws -> Void
    ) throws {
        try forEachSpan(streams(of: quantity), isMonthly: true) { start, part in
            var part = part
            part.quantities = [quantity]
            try body(ExportText.month(start), part)
        }
    }

    /// Calls `body` for each UTC day that may have samples of the streams.
    func forEachDay(
        of streams: [StreamSummary], _ body: (LocalDate, SampleQuery) throws -> Void
    ) throws {
        try forEachSpan(streams, isMonthly: false) { start, part in
            try body(LocalDate(dayNumber: start.utcDay), part)
        }
    }

    private func forEachSpan(
        _ streams: [StreamSummary], isMonthly: Bool,
        _ body: (Timestamp, SampleQuery) throws -> Void
    ) throws {
        guard let first = streams.map(\.first).min(), let last = streams.map(\.last).max() else {
            return
        }
        let from = max(first, query.from)
        var day = from.utcDay
        if isMonthly { day -= Int64(LocalDate(dayNumber: day).components.day - 1) }
        let end = min(last.utcDay, query.to.utcDay)
        while day <= end {
            let start = Timestamp(seconds: day * 86_400)
            let following = isMonthly ? Self.nextMonth(day) : day + 1
            // A span without any stream's samples inside costs no look into the vault.
            let stop = Timestamp(seconds: following * 86_400)
            var part = query
            part.from = max(query.from, start)
            part.to = min(query.to, stop)
            if streams.contains(where: { $0.last >= part.from && $0.first < part.to }) {
                try body(start, part)
            }
            day = following
        }
    }

    private static func nextMonth(_ day: Int64) -> Int64 {
        let (year, month, _) = LocalDate(dayNumber: day).components
        let next = month == 12 ? (year + 1, 1) : (year, month + 1)
        return LocalDate(year: next.0, month: next.1, day: 1)?.dayNumber ?? day + 31
    }
}
