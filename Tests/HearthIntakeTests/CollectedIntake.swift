// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthBiosignals
import HearthFormats

@testable import HearthIntake

/// Everything an intake told, in order.
final class CollectedIntake: IntakeSink {
    enum Event: Hashable {
        case begin(IntakeRecording)
        case block(SampleBlock)
        case issue(ReadIssue)
        case end(String?)
        case passOver(String)
        case refuse(String, IntakeError)
    }

    var events: [Event] = []
    var bytes = 0
    var wantsStop: Bool { false }

    func begin(_ recording: IntakeRecording) { events.append(.begin(recording)) }
    func accept(_ block: SampleBlock) { events.append(.block(block)) }
    func report(_ issue: ReadIssue) { events.append(.issue(issue)) }
    func end(reason: String?) { events.append(.end(reason)) }
    func passOver(_ name: String) { events.append(.passOver(name)) }
    func refuse(_ name: String, _ error: IntakeError) { events.append(.refuse(name, error)) }
    func progress(_ bytes: Int) { self.bytes += bytes }

    var samples: Int {
        events.reduce(0) { sum, event in
            if case .block(let block) = event { return sum + block.count }
            return sum
        }
    }

    var places: [String] {
        events.compactMap { event in
            if case .begin(let recording) = event { return recording.place }
            return nil
        }
    }

    /// Runs the intake over bytes, as a file.
    static func of(
        _ bytes: [UInt8], name: String = "input", options: IntakeOptions = IntakeOptions(),
        assembly: PartAssembly = .standard, companions: [(String, [UInt8])] = []
    ) throws -> (intake: CollectedIntake, error: IntakeError?) {
        let sink = CollectedIntake()
        let files = [bytes] + companions.map(\.1)
        let descriptors = try files.map(descriptor)
        defer { for descriptor in descriptors { close(descriptor) } }
        let input = IntakeInput(
            descriptor: descriptors[0], name: name,
            companions: zip(companions, descriptors.dropFirst()).map {
                IntakeInput.Companion(name: $0.0, descriptor: $1)
            })
        do throws(IntakeError) {
            try Intake(options, assembly: assembly).run(input, into: sink)
            return (sink, nil)
        } catch {
            return (sink, error)
        }
    }

    /// A file without a name that holds the bytes.
    private static func descriptor(_ bytes: [UInt8]) throws -> Int32 {
        let path = FileManager.default.temporaryDirectory
            .appending(path: "hearth-intake-\(UUID().uuidString)")
        try Data(bytes).write(to: path)
        defer { try? FileManager.default.removeItem(at: path) }
        return open(path.path, O_RDONLY)
    }
}

/// Hearth CSV with one heart rate a minute.
func heartRates(_ count: Int, day: Int = 5) -> [UInt8] {
    var text = "time,quantity,value\n"
    for minute in 0..<count {
        text += "2026-01-\(day < 10 ? "0" : "")\(day)T\(minute / 60 / 10)\(minute / 60 % 10):"
        text += "\(minute % 60 / 10)\(minute % 10):00Z,heart-rate,\(50 + minute % 90)\n"
    }
    return Array(text.utf8)
}
