// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import HearthBiosignals
import HearthPipeline

/// How input files are read.
struct ReadingOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Clock offset for files with local times only, such as +02:00.", valueName: "offset"))
    var zone: String?

    @Option(
        help: ArgumentHelp(
            "Where files are parsed: required (in a sandbox or not at all), best-effort, off "
                + "(default: best-effort).", valueName: "level"),
        transform: ReadingOptions.isolation)
    var isolation = Isolation.bestEffort

    func ingestOptions() throws -> IngestOptions {
        var options = IngestOptions()
        options.isolation = isolation
        guard let zone else { return options }
        guard let seconds = Self.offset(zone) else {
            throw ValidationError("--zone takes an offset such as +02:00 or -0530")
        }
        options.zone = ZoneTimeline([
            ZoneSpan(start: .distantPast, offsetSeconds: seconds, origin: .user)
        ])
        return options
    }

    private static func isolation(_ text: String) throws -> Isolation {
        guard let level = Isolation(rawValue: text) else {
            throw ValidationError("--isolation takes required, best-effort or off")
        }
        return level
    }

    /// `+02:00`, `+0200` or `Z` in seconds.
    private static func offset(_ text: String) -> Int32? {
        if text == "Z" { return 0 }
        let digits = text.dropFirst().filter { $0 != ":" }
        guard let sign = text.first, sign == "+" || sign == "-", digits.count == 4,
            let hours = Int32(digits.prefix(2)), let minutes = Int32(digits.suffix(2)),
            hours <= 18, minutes < 60
        else { return nil }
        return (sign == "-" ? -1 : 1) * (hours * 3600 + minutes * 60)
    }
}
