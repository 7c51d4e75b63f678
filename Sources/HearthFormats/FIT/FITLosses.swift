// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// Counts what was not delivered, by reason and stream, and the messages that were skipped.
///
/// Plain arrays, as an absent heart rate in every record of a ride is ordinary.
struct FITLosses: Sendable {
    /// Why a sample was not delivered, or what is odd about one that was.
    enum Reason: Int, CaseIterable {
        case sentinel, implausible, unanchored, untimed, wildTime, unknownLevel, overHeld, repeated
        /// From here on nothing is lost.
        case backwards, localClock, gap, levelGap, noStepCycles, deletedNap

        var losesSample: Bool { rawValue < Self.backwards.rawValue }
    }

    private struct Count {
        var times = 0
        var position = ReadPosition(byte: 0)
    }

    private struct MessageCount {
        var globalNumber: UInt16
        var times = 0
        var position = ReadPosition(byte: 0)
    }

    private static let streams = FITStream.allCases.count
    private var counts = [Count](
        repeating: Count(), count: Reason.allCases.count * FITStream.allCases.count)
    private var messages: [MessageCount] = []
    private var messageIndex: [UInt16: Int] = [:]

    init() {}

    @inline(__always)
    mutating func count(_ reason: Reason, _ stream: FITStream, at position: ReadPosition) {
        let index = reason.rawValue * Self.streams + Int(stream.rawValue)
        if counts[index].times == 0 { counts[index].position = position }
        counts[index].times += 1
    }

    /// Where messages of a global number are counted; asked once a definition.
    mutating func tally(of globalNumber: UInt16) -> Int {
        if let known = messageIndex[globalNumber] { return known }
        messages.append(MessageCount(globalNumber: globalNumber))
        messageIndex[globalNumber] = messages.count - 1
        return messages.count - 1
    }

    @inline(__always)
    mutating func countMessage(_ tally: Int, at position: ReadPosition) {
        if messages[tally].times == 0 { messages[tally].position = position }
        messages[tally].times += 1
    }

    /// Hands everything over to the issues.
    func report(into tally: inout IssueTally) {
        for reason in Reason.allCases {
            for stream in FITStream.allCases {
                let count = counts[reason.rawValue * Self.streams + Int(stream.rawValue)]
                guard count.times > 0 else { continue }
                tally.count(
                    reason.code, at: count.position,
                    found: "\(stream.quantity.name): \(reason.found)", expected: reason.expected,
                    samplesLost: reason.losesSample ? count.times : 0, times: count.times)
            }
        }
        for message in messages where message.times > 0 { report(message, into: &tally) }
    }

    private func report(_ message: MessageCount, into tally: inout IssueTally) {
        let number = message.globalNumber
        if let name = FITProfile.messageName(number) {
            tally.count(
                .ignored, at: message.position, found: "message \(name) (\(number))",
                expected: "a message with health measurements", times: message.times)
        } else {
            tally.count(
                .unknownElement, at: message.position, found: "message \(number)",
                expected: "a message of the published profile", times: message.times)
        }
    }
}

extension FITLosses.Reason {
    var code: ReadIssueCode {
        switch self {
        case .sentinel: .sentinelValue
        case .implausible, .wildTime: .implausibleValue
        case .unanchored, .untimed, .localClock: .unanchoredTime
        case .unknownLevel, .levelGap: .invalidValue
        case .overHeld: .limitExceeded
        case .repeated: .duplicate
        case .backwards: .timeBackwards
        case .gap, .noStepCycles, .deletedNap: .ignored
        }
    }

    var found: String {
        switch self {
        case .sentinel: "the mark for no value"
        case .implausible: "a value outside the plausible range"
        case .unanchored: "a time since power-up that nothing ties to the calendar"
        case .untimed: "a value without a time"
        case .wildTime: "a time after 2057"
        case .unknownLevel: "a code that the format does not have"
        case .overHeld: "more values with a time since power-up than are held back"
        case .repeated: "the same event time again"
        case .backwards: "a time before the one ahead of it"
        case .localClock: "times since power-up, tied by the local clock; the zone is not known"
        case .gap: "a gap marked by the device"
        case .levelGap: "a level that is not behind the one ahead within three hours"
        case .noStepCycles: "cycles of an activity without steps"
        case .deletedNap: "a nap that was deleted on the device"
        }
    }

    var expected: String {
        switch self {
        case .sentinel, .untimed, .unknownLevel: "a value with a time"
        case .implausible: "a value within the quantity's range"
        case .unanchored, .localClock: "a time correlation message"
        case .wildTime: "a time in 1998...2057"
        case .overHeld: "ReadLimits.blockSamples x 16 at most"
        case .repeated, .backwards: "times that go forward"
        case .gap: "beats in a row"
        case .levelGap: "levels in a row; this one is taken for one sample"
        case .noStepCycles: "walking or running"
        case .deletedNap: "a nap that stands"
        }
    }
}
