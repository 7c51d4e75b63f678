// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// What the lines above a table of epochs tell. Names, birth dates and addresses are not looked at.
struct ActivityHeader: Sendable {
    let variant: ActivityVariant
    private(set) var model: String
    private(set) var unit: UInt64 = 0
    private(set) var epochSeconds: Int64?
    private(set) var startDate: ActivityDate?
    private(set) var startSecond: Int64?
    /// Seconds east of UTC, if the file tells.
    private(set) var offset: Int32?
    private(set) var mode: Int?
    var order = ActivityDateOrder()
    /// What is taken where nothing tells.
    private(set) var defaultOrder = ActivityDate.Order.monthFirst
    /// A table of raw acceleration, which looks alike.
    private(set) var isRaw = false

    /// From the first line, which names the program; `nil` if it is none of those known.
    init?(first line: String) {
        let text = line.lowercased()
        if let range = Self.find("created by actigraph", in: text) {
            variant = .actiGraph
            model = Self.model(of: line, behind: range)
            isRaw = Self.find(" hz", in: text) != nil
            if Self.find("date format d", in: text) != nil { order.stated = .dayFirst }
            if Self.find("date format m", in: text) != nil { order.stated = .monthFirst }
        } else if text.contains("actical") {
            variant = .actical
            model = "Actical"
        } else if text.contains("actiware") {
            variant = .actiwatch
            model = "Actiwatch"
            let isEnglish = text.contains("export file") || text.contains("data file")
            defaultOrder = isEnglish ? .monthFirst : .dayFirst
        } else {
            return nil
        }
    }

    var vendor: String { variant == .actiGraph ? "ActiGraph" : "Philips Respironics" }

    mutating func take(_ cells: [String]) {
        for cell in cells {
            if let date = ActivityDate(Array(cell.utf8).span) { order.see(date) }
        }
        guard let label = cells.first?.lowercased() else { return }
        if variant == .actiGraph {
            takeActiGraph(label)
        } else if cells.count > 1 {
            takePair(label, cells)
        }
    }

    /// The epoch from columns of the table itself.
    mutating func setEpoch(_ seconds: Int64) {
        if epochSeconds == nil, (1...86_400).contains(seconds) { epochSeconds = seconds }
    }

    // MARK: ActiGraph: key and value in one cell

    private mutating func takeActiGraph(_ label: String) {
        if let value = Self.value(of: label, "serial number:") {
            setUnit(value.uppercased())
        } else if let value = Self.value(of: label, "start time") {
            startSecond = ActivityDate.secondsOfDay(Array(value.utf8).span)
        } else if let value = Self.value(of: label, "start date") {
            startDate = ActivityDate(Array(value.utf8).span)
            if let startDate { order.see(startDate) }
        } else if let value = Self.value(of: label, "download date") {
            if let date = ActivityDate(Array(value.utf8).span) { order.see(date) }
        } else if let value = Self.value(of: label, "epoch period (hh:mm:ss)") {
            if let seconds = ActivityDate.secondsOfDay(Array(value.utf8).span) { setEpoch(seconds) }
        } else if let range = Self.find("mode = ", in: label) {
            let digits = label[range.upperBound...].prefix { $0.isASCII && $0.isNumber }
            mode = Int(digits).flatMap { $0 <= 0xFFFF ? $0 : nil }
        }
    }

    private static func value(of label: String, _ key: String) -> String? {
        guard label.hasPrefix(key) else { return nil }
        let value = label.dropFirst(key.count).drop { $0 == " " }
        return String(value)
    }

    private static func model(of line: String, behind range: Range<String.Index>) -> String {
        let distance = line.lowercased().distance(
            from: line.lowercased().startIndex, to: range.upperBound)
        guard distance < line.count else { return "" }
        let words = line.dropFirst(distance).split(separator: " ")
            .prefix { !$0.lowercased().hasPrefix("actilife") }
        guard words.count < 4 else { return "" }
        return printable(words.joined(separator: " "))
    }

    // MARK: Actical and Actiwatch: key and value side by side

    private mutating func takePair(_ label: String, _ cells: [String]) {
        let value = cells[1]
        let serial = ["serial", "serienummer", "seriennummer", "série"]
        if serial.contains(where: { label.contains($0) }) {
            setUnit(value)
        } else if label.contains("actiwatch"), label.contains("type") {
            model = Self.printable("Actiwatch " + value)
        } else if offset == nil, value.count == 6, value.dropFirst(3).first == ":" {
            offset = TextTime.offset(Array(value.utf8).span)
        } else if cells.count > 2, epochSeconds == nil, let seconds = Int64(value) {
            let word = cells[2].lowercased()
            if word.hasPrefix("sec") || word.hasPrefix("sek") { setEpoch(seconds) }
        }
    }

    private mutating func setUnit(_ serial: String) {
        let bytes = Array(serial.utf8)
        unit = bytes.isEmpty ? 0 : NameHash.of(bytes)
    }

    /// At most forty printable ASCII characters.
    private static func printable(_ text: String) -> String {
        String(decoding: text.utf8.filter { (0x20...0x7E).contains($0) }.prefix(40), as: UTF8.self)
    }

    /// Where a word stands in a text.
    private static func find(_ word: String, in text: String) -> Range<String.Index>? {
        var start = text.startIndex
        while start < text.endIndex {
            if text[start...].hasPrefix(word) {
                return start..<text.index(start, offsetBy: word.count)
            }
            start = text.index(after: start)
        }
        return nil
    }
}
