// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// The texts of annotations that Hearth writes.
enum EDFNotes {
    /// EDF+ has texts for single stages only; light sleep, which is one of two, has words of its own.
    static func text(_ stage: SleepStage) -> String {
        switch stage {
        case .wake: "Sleep stage W"
        case .deep: "Sleep stage N3"
        case .rem: "Sleep stage R"
        case .unscored: "Sleep stage ?"
        case .light: "Light sleep"
        case .asleep: "Asleep"
        case .inBed: "In bed"
        }
    }

    static func text(_ event: EventKind) -> String {
        switch event {
        case .marker: "Event marker"
        case .recorderIdle: "Recorder idle"
        case .recorderStart: "Recorder start"
        case .recorderStop: "Recorder stop"
        case .note: "Note"
        default: "Code \(event.rawValue)"
        }
    }

    /// What the words of such a text mean; `nil` for other texts.
    static func kind(_ words: [String]) -> EDFAnnotations.Kind? {
        switch words {
        case ["light", "sleep"]: .stage(.light)
        case ["asleep"]: .stage(.asleep)
        case ["in", "bed"]: .stage(.inBed)
        case ["recorder", "idle"]: .event(.recorderIdle)
        case ["recorder", "start"]: .event(.recorderStart)
        case ["recorder", "stop"]: .event(.recorderStop)
        default:
            words.count == 2 && words[0] == "code"
                ? UInt16(words[1]).map { .event(EventKind(rawValue: $0)) } : nil
        }
    }

    /// The notes of a block of stages or events.
    static func notes(_ block: SampleBlock) -> [EDFFilePlan.Note] {
        guard let column = block.columns.first else { return [] }
        return (0..<block.count).compactMap { index in
            guard let code = UInt16(exactly: column[index]) else { return nil }
            let text: String
            if block.quantity == .sleepStage {
                guard let stage = UInt8(exactly: code).flatMap(SleepStage.init) else { return nil }
                text = Self.text(stage)
            } else {
                text = Self.text(EventKind(rawValue: code))
            }
            return EDFFilePlan.Note(
                onset: block.times[index], duration: block.duration(at: index), text: text)
        }
    }
}
