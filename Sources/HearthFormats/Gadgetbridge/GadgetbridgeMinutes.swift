// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// Turns the vendor's code of each minute into stages and times without the device.
///
/// A minute lasts 60 s, or up to the device's next row where that comes sooner.
struct GadgetbridgeMinutes {
    enum State: Equatable {
        case stage(SleepStage)
        case notWorn
        case other
    }

    struct Stretch {
        var device: Int
        var start: Timestamp
        var duration: Int64
        var state: State
    }

    private struct Last {
        var start: Timestamp
        var state: State
    }

    private let kind: GadgetbridgeKind?
    private var last: [Int: Last] = [:]

    /// A code that continues the one before does so only across so many nanoseconds.
    private static let carried: Int64 = 300_000_000_000

    init(_ kind: GadgetbridgeKind?) { self.kind = kind }

    /// The columns to read: the code, and those that tell the stage.
    func columns(_ shape: TableShape) -> [String] {
        let names: [String] =
            switch kind {
            case .huami: ["RAW_KIND"]
            case .huamiExtended: ["RAW_KIND", "DEEP_SLEEP", "REM_SLEEP"]
            case nil: []
            }
        let present = names.compactMap(shape.column)
        return present.count == names.count ? present : []
    }

    /// Takes a row; answers the minute before of the same device, which is now known in full.
    mutating func take(
        _ cells: ArraySlice<CellValue>, _ device: GadgetbridgeDevice, at start: Timestamp
    ) -> Stretch? {
        let before = last[device.index]
        let gap = before.map { start.nanoseconds(since: $0.start) }
        var state = state(cells, device)
        if state == nil, let before, let gap, (0...Self.carried).contains(gap) {
            state = before.state
        }
        last[device.index] = Last(start: start, state: state ?? .other)
        guard let before, let gap, before.state != .other else { return nil }
        let duration = gap > 0 ? min(gap, GadgetbridgeTable.minute) : GadgetbridgeTable.minute
        return Stretch(
            device: device.index, start: before.start, duration: duration, state: before.state)
    }

    /// The last minute of each device.
    func finish() -> [Stretch] {
        last.sorted { $0.key < $1.key }.compactMap { device, last in
            guard last.state != .other else { return nil }
            return Stretch(
                device: device, start: last.start, duration: GadgetbridgeTable.minute,
                state: last.state)
        }
    }

    /// `nil` if the code says that nothing changed.
    private func state(_ cells: ArraySlice<CellValue>, _ device: GadgetbridgeDevice) -> State? {
        guard let first = cells.first?.wholeNumber, first >= 0 else { return .other }
        switch kind {
        case .huami: return device.isFirstMiBand ? firstMiBand(first) : classic(first)
        case .huamiExtended: return extended(first, cells)
        case nil: return .other
        }
    }

    private func firstMiBand(_ code: Int64) -> State {
        switch code {
        case 4: .stage(.deep)
        case 5: .stage(.light)
        case 3, 6: .notWorn
        default: .other
        }
    }

    private func classic(_ code: Int64) -> State? {
        switch code & 0xF {
        case 0, 10: nil
        case 3, 6: .notWorn
        case 9: .stage(.light)
        case 11: .stage(.deep)
        default: .other
        }
    }

    private func extended(_ code: Int64, _ cells: ArraySlice<CellValue>) -> State {
        switch code {
        case 115, 118: return .notWorn
        case 120:
            let start = cells.startIndex
            guard let deep = cells[start + 1].wholeNumber, let rem = cells[start + 2].wholeNumber
            else { return .stage(.asleep) }
            if rem & 127 > 55 { return .stage(.rem) }
            return .stage(deep & 127 > 42 ? .deep : .light)
        default: return .other
        }
    }
}
