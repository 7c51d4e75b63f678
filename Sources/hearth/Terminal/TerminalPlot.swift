// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// A plot of one series in block characters: time to the right, the mean or sum of each column.
struct TerminalPlot {
    private static let height = 8
    private static let blocks = Array(" ▁▂▃▄▅▆▇█")

    private let from: Timestamp
    private let seconds: Double
    private let showsSums: Bool
    private var sums: [Double]
    private var counts: [Int]

    init(from: Timestamp, to: Timestamp, width: Int, sums: Bool) {
        self.from = from
        self.seconds = max(1, to.seconds(since: from))
        self.showsSums = sums
        self.sums = Array(repeating: 0, count: max(10, width))
        self.counts = Array(repeating: 0, count: max(10, width))
    }

    mutating func add(_ value: Float, at time: Timestamp) {
        let share = time.seconds(since: from) / seconds
        guard share >= 0, share < 1 else { return }
        let column = min(sums.count - 1, Int(share * Double(sums.count)))
        sums[column] += Double(value)
        counts[column] += 1
    }

    var text: String {
        let values = zip(sums, counts).map { sum, count in
            count == 0 ? nil : (showsSums ? sum : sum / Double(count))
        }
        let present = values.compactMap(\.self)
        guard let low = present.min(), let high = present.max() else { return "no samples" }
        let floor = showsSums ? 0 : low
        let span = max(high - floor, 1e-9)
        let rows = (0..<Self.height).reversed().map { row in
            let cells = values.map { value -> Character in
                guard let value else { return " " }
                // At least one eighth, so that a present value is always visible.
                let level = max(1, (value - floor) / span * Double(Self.height * 8))
                return Self.blocks[Int(min(8, max(0, level - Double(row * 8))))]
            }
            let label = row == Self.height - 1 ? high : (row == 0 ? floor : nil)
            return Self.label(label) + String(cells)
        }
        return rows.joined(separator: "\n")
    }

    private static func label(_ value: Double?) -> String {
        let text = value.map { "\(($0 * 10).rounded() / 10)" } ?? ""
        return String(repeating: " ", count: max(0, 8 - text.count)) + text + " "
    }
}
