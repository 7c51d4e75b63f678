// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
import HearthVault

/// Reads what an export selects quantity by quantity and month by month (UTC), so that a file holds
/// one of each however many devices there are.
struct MonthlyReader {
    let vault: Vault
    let query: SampleQuery
    let streams: [StreamSummary]

    init(_ vault: Vault, _ query: SampleQuery) throws {
        self.vault = vault
        self.query = query
        let stored = try vault.streams(of: query.person, for: query.purpose).filter {
            (query.quantities?.contains($0.stream.quantity) ?? true)
                && (query.devices?.contains($0.stream.device) ?? true)
                && $0.last >= query.from && $0.first < query.to
        }
        streams = query.purpose == nil ? stored : try Self.counted(stored, vault, query)
    }

    /// The streams with what may be read of them alone: the index counts what is held back, too.
    private static func counted(
        _ stored: [StreamSummary], _ vault: Vault, _ query: SampleQuery
    ) throws -> [StreamSummary] {
        var counted: [StreamSummary] = []
        try vault.read(query) { stream, block in
            guard block.count > 0 else { return }
            let last = block.times[block.count - 1]
            if let place = counted.firstIndex(where: { $0.stream == stream }) {
                counted[place].samples += block.count
                counted[place].last = max(counted[place].last, last)
            } else if var one = stored.first(where: { $0.device.id == stream.device }) {
                (one.stream, one.samples) = (stream, block.count)
                (one.first, one.last) = (block.times[0], last)
                counted.append(one)
            }
        }
        return counted
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
