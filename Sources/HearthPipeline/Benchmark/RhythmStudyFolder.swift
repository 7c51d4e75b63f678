// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthBiosignals
import HearthDSP
import HearthIntake
import HearthModels

/// Labelled intervals in any of four layouts, or a folder that holds such folders:
///
/// - `afdb-rr`: `qrsID.txt` (start sample, interval in seconds, end sample; 250 Hz) and `atrID.txt`
///   (rhythm changes as `rdann` prints them);
/// - `rr-24h/normal`: intervals in seconds, one a line, the first line the offset of the first beat;
/// - `rr-24h/healthy_ms`: intervals in milliseconds, one a line; both of the last may be gzipped;
/// - `mitdb`: annotations `ID.atr`, with the sampling rate from `ID.hea` (360 Hz without).
struct RhythmStudyFolder {
    struct Skipped: Sendable, Hashable {
        var id: String
        var reason: String
    }

    /// By set, then by name.
    var recordings: [RhythmRecording] = []
    var skipped: [Skipped] = []

    private static let bytesAtMost = 64 << 20
    private static let start = Timestamp(seconds: 1_600_000_000)
    static let samplingRateAFDB = 250.0

    /// - Throws: if nothing in the folder has one of the layouts.
    init(_ path: String) throws(IntakeError) {
        let root = URL(filePath: path)
        guard FileManager.default.fileExists(atPath: path) else {
            throw IntakeError(.notReadable, "\(path) is no folder that can be read")
        }
        for place in [
            ".", "afdb-rr", "rr-24h", "normal", "healthy_ms", "mitdb", "rr-24h/normal",
            "rr-24h/healthy_ms",
        ] {
            add(place == "." ? root : root.appending(path: place))
        }
        guard !recordings.isEmpty || !skipped.isEmpty else {
            throw IntakeError(
                .holdsNoRecording,
                "\(path) holds none of qrsID.txt with atrID.txt, ID.atr, or intervals one a line in a"
                    + " folder called normal or healthy_ms")
        }
        let order = Dictionary(
            uniqueKeysWithValues: RhythmSet.allCases.enumerated().map { ($1, $0) })
        recordings.sort {
            (order[$0.set] ?? 0, $0.id) < (order[$1.set] ?? 0, $1.id)
        }
        skipped.sort { $0.id < $1.id }
    }

    private mutating func add(_ folder: URL) {
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder.path) else {
            return
        }
        for name in names.sorted() {
            if name.hasPrefix("qrs"), name.hasSuffix(".txt") {
                let id = String(name.dropFirst(3).dropLast(4))
                read(id) { try Self.paroxysms(id, in: folder) }
            } else if name.hasSuffix(".atr") {
                let id = String(name.dropLast(4))
                read(id) { try Self.annotated(id, in: folder) }
            } else if let set = Self.set(of: folder), let id = Self.listName(name) {
                read(id) { try Self.list(name, id, set, in: folder) }
            }
        }
    }

    private mutating func read(_ id: String, _ body: () throws -> RhythmRecording) {
        do {
            let recording = try body()
            guard !recordings.contains(where: { $0.id == id && $0.set == recording.set }) else {
                return
            }
            recordings.append(recording)
        } catch {
            let reason = (error as? IntakeError)?.message ?? "it cannot be read"
            skipped.append(Skipped(id: id, reason: reason))
        }
    }

    private static func set(of folder: URL) -> RhythmSet? {
        switch folder.lastPathComponent {
        case "normal": .sinus
        case "healthy_ms": .healthy
        default: nil
        }
    }

    private static func listName(_ name: String) -> String? {
        var id = Substring(name)
        if id.hasSuffix(".gz") { id = id.dropLast(3) }
        guard id.hasSuffix(".txt"), !id.hasPrefix("."), id.contains(where: \.isNumber) else {
            return nil
        }
        id = id.dropLast(4)
        if id.hasSuffix("_rr_secs") { id = id.dropLast(8) }
        return String(id)
    }

    static func bytes(_ folder: URL, _ name: String) throws(IntakeError) -> [UInt8] {
        let file = folder.appending(path: name)
        guard let handle = try? FileHandle(forReadingFrom: file),
            let data = try? handle.read(upToCount: bytesAtMost + 1) ?? Data()
        else { throw IntakeError(.notReadable, "\(name) cannot be read") }
        guard data.count <= bytesAtMost else {
            throw IntakeError(.notReadable, "\(name) is larger than \(bytesAtMost >> 20) MB")
        }
        let content = [UInt8](data)
        return content.starts(with: [0x1F, 0x8B])
            ? try GzipFile.inflated(content, limit: bytesAtMost) : content
    }
}

// MARK: The layouts

extension RhythmStudyFolder {
    /// A beat at sample `end` of a recording.
    private static func time(_ sample: Double, _ rate: Double) -> Timestamp {
        start.advanced(byNanoseconds: Int64((sample / rate * 1e9).rounded()))
    }

    private static func paroxysms(
        _ id: String, in folder: URL
    ) throws(IntakeError) -> RhythmRecording {
        let changes = try rhythmChanges(folder, "atr\(id).txt")
        let name = "qrs\(id).txt"
        var beats: [Timed<Double>] = []
        var labels: [RhythmLabel] = []
        var next = 0
        var label = RhythmLabel.other
        for (line, fields) in lines(try bytes(folder, name)) {
            guard fields.count == 3, let seconds = Double(fields[1]), let end = Double(fields[2]),
                seconds.isFinite, abs(end) < 1e12
            else { throw fault(name, line, "start sample, interval in seconds, end sample") }
            while next < changes.count, changes[next].sample <= end {
                label = changes[next].label
                next += 1
            }
            beats.append(Timed(time(end, samplingRateAFDB), seconds * 1000))
            labels.append(label)
        }
        return RhythmRecording(id: id, set: .fibrillation, beats: beats, labels: labels)
    }

    /// Lines such as `0:00.272 68 + 0 0 0 (AFIB`; what is no rhythm change is passed over.
    private static func rhythmChanges(
        _ folder: URL, _ name: String
    ) throws(IntakeError) -> [(sample: Double, label: RhythmLabel)] {
        var changes: [(sample: Double, label: RhythmLabel)] = []
        for (line, fields) in lines(try bytes(folder, name)) {
            guard let mark = fields.last, mark.hasPrefix("(") else { continue }
            guard fields.count > 2, let sample = Double(fields[1]), sample.isFinite else {
                throw fault(name, line, "a time, a sample and a rhythm")
            }
            changes.append((sample, label(mark)))
        }
        guard !changes.isEmpty else {
            throw IntakeError(.notReadable, "\(name): found no change of rhythm")
        }
        return changes
    }

    static func label(_ mark: String) -> RhythmLabel {
        switch mark {
        case "(AFIB": .fibrillation
        case "(AFL": .flutter
        default: .other
        }
    }

    private static func list(
        _ name: String, _ id: String, _ set: RhythmSet, in folder: URL
    ) throws(IntakeError) -> RhythmRecording {
        let scale = set == .sinus ? 1000.0 : 1.0
        var beats: [Timed<Double>] = []
        var milliseconds = 0.0
        for (line, fields) in lines(try bytes(folder, name)) {
            if set == .sinus, line == 1 { continue }
            // A marker of an edited beat stands in place of a number in a few of these files.
            guard let value = fields.first.flatMap({ Double($0) }), value.isFinite,
                abs(value) < 1e7
            else { continue }
            milliseconds += max(0, value * scale)
            beats.append(
                Timed(
                    start.advanced(byNanoseconds: Int64((milliseconds * 1e6).rounded())),
                    value * scale))
        }
        guard !beats.isEmpty else {
            throw IntakeError(.notReadable, "\(name): found no interval")
        }
        let labels = Array(repeating: RhythmLabel.other, count: beats.count)
        return RhythmRecording(id: id, set: set, beats: beats, labels: labels)
    }

    /// Lines with their number from 1 and their fields; empty lines are passed over.
    private static func lines(_ bytes: [UInt8]) -> some Sequence<(Int, [String])> {
        bytes.split(separator: 10, omittingEmptySubsequences: false).enumerated().lazy.compactMap {
            index, line in
            let fields = line.split { $0 == 32 || $0 == 9 || $0 == 13 || $0 == 44 }
            return fields.isEmpty
                ? nil : (index + 1, fields.map { String(decoding: $0, as: UTF8.self) })
        }
    }

    private static func fault(_ name: String, _ line: Int, _ expected: String) -> IntakeError {
        IntakeError(.notReadable, "\(name): line \(line): expected \(expected)")
    }

    private static func annotated(
        _ id: String, in folder: URL
    ) throws(IntakeError) -> RhythmRecording {
        let file = try AnnotationFile(try bytes(folder, "\(id).atr"))
        let rate = samplingRate(folder, id)
        var beats: [Timed<Double>] = []
        var labels: [RhythmLabel] = []
        var premature: [Bool] = []
        var label = RhythmLabel.other
        var last: Int64?
        for one in file.annotations {
            if let rhythm = one.rhythm { label = Self.label(rhythm) }
            guard one.isBeat else { continue }
            defer { last = one.sample }
            guard let last, one.sample > last else { continue }
            beats.append(
                Timed(time(Double(one.sample), rate), Double(one.sample - last) / rate * 1000))
            labels.append(label)
            premature.append(one.isPremature)
        }
        guard !beats.isEmpty else { throw IntakeError(.notReadable, "\(id).atr: found no beat") }
        return RhythmRecording(
            id: id, set: .arrhythmia, beats: beats, labels: labels, premature: premature)
    }

    /// Hertz, from the first line of the header; 360, that of the arrhythmia database, without one.
    private static func samplingRate(_ folder: URL, _ id: String) -> Double {
        guard let header = try? bytes(folder, "\(id).hea"),
            let first = lines(header).first(where: { !$0.1[0].hasPrefix("#") }),
            first.1.count > 2, let rate = Double(first.1[2].prefix { $0 != "/" && $0 != "(" }),
            rate.isFinite, rate > 0
        else { return 360 }
        return rate
    }
}

/// Beats and changes of rhythm of an annotation file in MIT format.
struct AnnotationFile {
    struct Annotation {
        var sample: Int64
        var code: UInt8
        /// `(AFIB` and the like.
        var rhythm: String?

        var isBeat: Bool { (1...13).contains(code) || [25, 30, 34, 35, 38, 41].contains(code) }
        /// Aberrated, ventricular, junctional, atrial or supraventricular premature.
        var isPremature: Bool { [4, 5, 7, 8, 9].contains(code) }
    }

    private static let rhythmCode: UInt8 = 28

    private(set) var annotations: [Annotation] = []

    /// - Throws: if it ends inside an annotation.
    init(_ bytes: [UInt8]) throws(IntakeError) {
        var index = 0
        var sample: Int64 = 0
        func word(_ at: Int) throws(IntakeError) -> Int {
            guard at + 1 < bytes.count else {
                throw IntakeError(.notReadable, "found an end inside an annotation")
            }
            return Int(bytes[at]) | Int(bytes[at + 1]) << 8
        }
        while index + 1 < bytes.count {
            let value = try word(index)
            let code = UInt8(value >> 10)
            let low = value & 0x3FF
            index += 2
            switch code {
            case 0 where low == 0: return
            case 59:
                let high = Int32(truncatingIfNeeded: try word(index) << 16)
                sample &+= Int64(high | Int32(try word(index + 2)))
                index += 4
            case 60, 61, 62: break
            case 63:
                let end = min(bytes.count, index + low)
                let text = bytes[index..<end].prefix { $0 > 32 && $0 < 127 }
                if let last = annotations.indices.last, annotations[last].code == Self.rhythmCode {
                    annotations[last].rhythm = String(decoding: text, as: UTF8.self)
                }
                index += low + low % 2
            default:
                sample &+= Int64(low)
                annotations.append(Annotation(sample: sample, code: code))
            }
        }
    }
}
