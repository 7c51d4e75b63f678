// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthBiosignals
import HearthFormats
import HearthModels
import HearthPipeline
import HearthReport

/// The overview of one recording in words.
struct InspectText {
    private let overview: RecordingOverview

    init(_ overview: RecordingOverview) { self.overview = overview }

    var text: String {
        let verdict = overview.verdict
        var lines = [SafeText.clean(verdict.name)]
        if verdict.status == .ignored {
            lines.append("  verdict     no recording, passed over")
            return lines.joined(separator: "\n")
        }
        if verdict.kind != nil || verdict.isUnknownFormat {
            lines.append("  format      \(verdict.kind?.name ?? "none that Hearth reads")")
        }
        lines.append("  verdict     \(verdictWords)")
        let devices = overview.streams.map { SafeText.clean($0.device.label) }
        let distinct = devices.enumerated().filter { devices.firstIndex(of: $1) == $0 }.map(\.1)
        let named = distinct.filter { !$0.isEmpty }
        if !named.isEmpty { lines.append("  device      \(shortened(named))") }
        if let span { lines.append("  span        \(span)") }
        lines.append(contentsOf: clock)
        if !overview.streams.isEmpty { lines.append(indented(table)) }
        lines.append(contentsOf: gaps)
        lines.append(contentsOf: overview.calibrations.map(Self.calibration))
        lines.append(contentsOf: issues)
        return lines.joined(separator: "\n")
    }

    private var verdictWords: String {
        let verdict = overview.verdict
        return switch verdict.status {
        case .ingested: "sound, \(verdict.samples) samples"
        case .salvaged: "damaged, \(verdict.samples) samples are sound"
        case .rejected: "cannot be read"
        case .ignored: "no recording, passed over"
        case .alreadyStored: "known"
        }
    }

    private func shortened(_ names: [String]) -> String {
        let rest = names.count > 4 ? " and \(names.count - 4) more" : ""
        return names.prefix(4).joined(separator: ", ") + rest
    }

    private var span: String? {
        guard let first = overview.streams.map(\.first).min(),
            let last = overview.streams.map(\.last).max()
        else { return nil }
        let zone = overview.zone.spans.isEmpty ? " UTC" : ""
        return "\(wallClock(first)) to \(wallClock(last))\(zone)"
    }

    private func wallClock(_ time: Timestamp) -> String {
        WallClock.text(time, in: overview.zone)
    }

    private var clock: [String] {
        let spans = overview.zone.spans
        guard let first = spans.first else {
            return overview.streams.isEmpty
                ? []
                : ["  clock       the file does not tell its time zone; times are shown in UTC"]
        }
        let changes = spans.count > 1 ? ", changes \(Self.times(spans.count - 1))" : ""
        return ["  clock       \(Self.offset(first)) (\(Self.words(first.origin)))\(changes)"]
    }

    private static func times(_ count: Int) -> String { count == 1 ? "once" : "\(count) times" }

    static func offset(_ span: ZoneSpan) -> String {
        let minutes = abs(Int(span.offsetSeconds)) / 60
        let sign = span.offsetSeconds < 0 ? "-" : "+"
        return "UTC\(sign)" + String(format: "%02d:%02d", minutes / 60, minutes % 60)
    }

    static func words(_ origin: ZoneOrigin) -> String {
        switch origin {
        case .user: "you said so"
        case .file: "stated in the file"
        case .metadata: "attached to records"
        case .inferred: "inferred from two clocks"
        case .unknown: "not known"
        }
    }

    private var table: String {
        var table = TextTable(
            ["stream", "unit", "samples", "rate", "gaps", "device"], rightAligned: [2, 3, 4])
        for stream in overview.streams {
            let derived = stream.origin.derivation == .derived ? " (derived)" : ""
            table.add([
                stream.quantity.name + derived, stream.quantity.facts.unit, "\(stream.samples)",
                Self.rate(stream), stream.gapCount > 0 ? "\(stream.gapCount)" : "",
                SafeText.clean(stream.device.label),
            ])
        }
        return table.text
    }

    private func indented(_ text: String) -> String {
        text.split(separator: "\n").map { "    " + $0 }.joined(separator: "\n")
    }

    static func rate(_ stream: StreamOverview) -> String {
        if let hertz = stream.hertz { return rate(hertz) }
        guard let seconds = stream.usualSeconds, seconds > 0 else { return "" }
        return "about every " + duration(seconds)
    }

    static func rate(_ hertz: Double) -> String {
        hertz >= 0.01 ? String(format: "%.6g Hz", hertz) : String(format: "1 per %.6g s", 1 / hertz)
    }

    private var gaps: [String] {
        overview.streams.filter { $0.gapCount > 0 }.prefix(4).map { stream in
            let longest = stream.longestGaps.max { $0.seconds < $1.seconds }
            let place = longest.map {
                ", longest \(Self.duration($0.seconds)) from \(wallClock($0.start))"
            }
            return
                "  missing     \(stream.quantity.name): \(stream.gapCount) \(stream.gapCount == 1 ? "gap" : "gaps"), "
                + "\(Self.duration(stream.gapSeconds)) together" + (place ?? "")
        }
    }

    static func duration(_ seconds: Double) -> String {
        if seconds < 120 { return String(format: "%.3g s", seconds) }
        if seconds < 7200 { return String(format: "%.0f min", seconds / 60) }
        return String(format: "%.1f h", seconds / 3600)
    }

    private static func calibration(_ judged: (device: SourceDevice, check: CalibrationCheck))
        -> String
    {
        func milli(_ value: Double) -> String { String(format: "%.1f mg", value * 1000) }
        switch judged.check.outcome() {
        case .success(let fit):
            return "  gravity     off by \(milli(fit.errorBefore)) at rest, "
                + "\(milli(fit.errorAfter)) after calibration (\(fit.windows) still windows)"
        case .failure(.tooFewStillWindows(let found)):
            return "  gravity     cannot be judged: \(found) still windows of 10 s, "
                + "\(GravityCalibrator.fewestWindows) are needed"
        case .failure(.sphereNotCovered):
            return "  gravity     cannot be judged: the recorder did not lie on all its sides"
        case .failure(.errorRemains(let before, let after)):
            return "  gravity     off by \(milli(before)) at rest; calibration leaves "
                + "\(milli(after)), too much to be used"
        }
    }

    private var issues: [String] {
        var lines: [String] = []
        if let reason = overview.verdict.reason {
            let word = overview.verdict.status == .rejected ? "refused     " : "ended early "
            lines.append("  \(word)\(reason)")
        }
        for issue in overview.verdict.issues {
            lines.append("  \(issue.isDamage ? "issue" : "note ")       \(issue)")
        }
        return lines
    }
}
