// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthBiosignals
import HearthPipeline
import HearthTestSupport
import HearthVault

/// R15: what the sizes in a store tell of the wearer.
public enum SizeChannel: Experiment {
    public static let number = "R15"
    public static let title = "size side channel"
    public static let promise = "the store file does not tell rest from movement"

    /// Recordings by different makers that are at hand with some minutes; the first three with both
    /// rest and movement are taken.
    private static let recordings = [
        "formats/empatica/e4/BiometricsMSR2023/ACC.csv",
        "formats/axivity-cwa/openmovement/example-610-steps.cwa",
        "formats/axivity-cwa/scikit-digital-health/ax3_sample.cwa",
        "formats/empatica/e4/flirt/ACC.csv",
        "formats/axivity-cwa/scikit-digital-health/ax6_sample.cwa",
        "formats/axivity-cwa/paradigma/test_data.CWA",
    ]
    /// How many times as much the active windows move as the still ones, at least.
    private static let contrast = 1.9
    static let limit = 0.55

    public static func run(on bench: Bench) throws -> Outcome {
        var outcome = Outcome()
        let paths = recordings.map { "\(bench.recordings ?? "")/\($0)" }
        guard bench.recordings != nil, let gzip = Program.path(of: "gzip"),
            paths.allSatisfy(FileManager.default.fileExists(atPath:))
        else {
            outcome.leftOut = "the recordings of real devices, or gzip, are not here"
            return outcome
        }
        let scratch = try Scratch(bench)
        for path in paths where outcome.attempts < 3 {
            let name = URL(filePath: path).deletingLastPathComponent().lastPathComponent
            let windows = try MotionWindow.all(of: path)
            guard windows.count >= 12, let first = windows.first else {
                outcome.fail("\(name): only \(windows.count) windows")
                continue
            }
            let isActive = MotionWindow.activity(windows)
            let contrast = MotionWindow.contrast(windows)
            guard contrast >= Self.contrast else {
                outcome.show("\(name): not taken, contrast", String(format: "%.1f", contrast))
                continue
            }
            outcome.attempts += 1
            let file = try fileView(windows, in: scratch.place("whole"))
            let area = Self.area(file, isActive)
            let sealed = try chunkView(windows, gzip, in: scratch.place("chunks"))
            let control = Self.area(sealed, isActive)
            outcome.show(
                "\(name), \(windows.count) windows of \(Int(first.seconds)) s: AUC from the store",
                String(format: "%.3f", area))
            if bench.scale == .full {
                let steps = try commitView(windows, in: scratch.place("steps"))
                outcome.show(
                    "\(name): AUC for one who sees the store after each window's commit",
                    String(format: "%.3f", Self.area(steps, isActive)))
            }
            if area > limit { outcome.fail("\(name): AUC \(area)") }
            outcome.control(
                "\(name), sealed chunks of their own size", isCaught: control >= 0.95,
                String(format: "AUC %.3f", control))
        }
        let taken = outcome.attempts
        if taken < 3 { outcome.fail("only \(taken) recordings will do") }
        return outcome
    }

    /// The recording is ingested as a file is. All that the store shows in the order of time is
    /// the sizes of
    /// the large packs, in the order in which they lie; each window is judged by the pack in its
    /// place.
    private static func fileView(_ windows: [MotionWindow], in folder: String) throws -> [Double] {
        let vault = try LabVault.create(in: folder)
        let person = try vault.addPerson(label: "Marker Ada").id
        try LabVault.ingest(windows.flatMap(\.blocks), into: vault, for: person)
        vault.close()
        let bytes = try WholeFile.read("\(folder)/\(StoreImage.database)")
        let rows = try EraseScan.packs(StoreImage(of: folder), folder).filter {
            $0.bytes.count > 4096
        }
        let placed = rows.compactMap { row -> (place: Int, size: Int)? in
            let probe = row.bytes.prefix(24)
            guard let at = firstPlace(of: probe, in: bytes) else { return nil }
            return (at, row.bytes.count)
        }.sorted { $0.place < $1.place }
        guard !placed.isEmpty else { return windows.map { _ in 0 } }
        return windows.indices.map { index in
            Double(placed[index * placed.count / windows.count].size)
        }
    }

    private static func firstPlace(of probe: ArraySlice<UInt8>, in bytes: [UInt8]) -> Int? {
        let wanted = Array(probe)
        return bytes.withUnsafeBytes { all in
            var at = 0
            while at + wanted.count <= all.count,
                let hit = memchr(all.baseAddress! + at, Int32(wanted[0]), all.count - at)
            {
                let place = UnsafeRawPointer(hit) - all.baseAddress!
                guard place + wanted.count <= all.count else { return nil }
                if memcmp(hit, wanted, wanted.count) == 0 { return place }
                at = place + 1
            }
            return nil
        }
    }

    /// One who can look after every commit sees when a pack is begun: more than one look at the
    /// store.
    private static func commitView(_ windows: [MotionWindow], in folder: String) throws -> [Double]
    {
        let vault = try LabVault.create(in: folder)
        let person = try vault.addPerson(label: "Marker Ada").id
        var sizes: [Double] = []
        var last = 0
        for window in windows {
            try LabVault.ingest(window.blocks, into: vault, for: person)
            let place = folder + "-look"
            try StoreImage(of: folder).lay(in: place)
            let database = TestDatabase(path: "\(place)/\(StoreImage.database)")
            let total = (database.rows("SELECT sum(length(ct)) FROM pack") ?? []).first?.id ?? 0
            sizes.append(Double(Int(total) - last))
            last = Int(total)
        }
        vault.close()
        return sizes
    }

    /// Each window compressed and sealed by itself, as stores without packs keep it.
    private static func chunkView(
        _ windows: [MotionWindow], _ gzip: String, in folder: String
    ) throws -> [Double] {
        for (index, window) in windows.enumerated() {
            try WholeFile.write(window.differences, to: "\(folder)/w\(index)")
        }
        let names = windows.indices.map { "w\($0)" }
        let ending = try Program.run(gzip, ["-9"] + names, in: folder)
        guard ending.code == 0 else { throw CocoaError(.executableLoad) }
        return try names.enumerated().map { index, name in
            Double(try WholeFile.read("\(folder)/\(name).gz").count)
                / Double(max(1, windows[index].samples))
        }
    }

    /// How often an active window scores above a still one; equal scores count half.
    static func area(_ scores: [Double], _ isActive: [Bool?]) -> Double {
        var (wins, pairs) = (0.0, 0.0)
        for (a, one) in zip(scores, isActive) where one == true {
            for (b, other) in zip(scores, isActive) where other == false {
                pairs += 1
                wins += a > b ? 1 : (a == b ? 0.5 : 0)
            }
        }
        return pairs > 0 ? wins / pairs : 0.5
    }
}

/// A stretch of a recording: five minutes, or a twenty-fourth of a short one.
struct MotionWindow {
    var seconds = 0.0
    var samples = 0
    var blocks: [SampleBlock] = []
    /// Differences of the axes in 1/256 g, two bytes each: what a compressor likes.
    var differences: [UInt8] = []
    /// Standard deviation of the vector's length, in g.
    var motion = 0.0

    static func all(of path: String) throws -> [MotionWindow] {
        var options = IngestOptions()
        options.isolation = .off
        var blocks: [SampleBlock] = []
        _ = Inspector(options: options).inspect(path) { _, block in
            if block.quantity == .acceleration { blocks.append(block) }
        }
        let times = blocks.flatMap {
            [$0.times[0].nanoseconds, $0.times[$0.count - 1].nanoseconds]
        }
        guard let start = times.min(), let end = times.max(), end > start else { return [] }
        let length = min(300_000_000_000, (end - start) / 24 + 1)
        var windows: [MotionWindow] = []
        for from in stride(from: start, to: end - length / 2, by: Int64.Stride(length)) {
            windows.append(MotionWindow(blocks, from: from, to: from + length))
        }
        return windows.filter { $0.samples > 50 }
    }

    private init(_ all: [SampleBlock], from: Int64, to: Int64) {
        seconds = Double(to - from) / 1e9
        var lengths: [Double] = []
        var last = [Int16](repeating: 0, count: 3)
        for block in all {
            let inside = (0..<block.count).filter {
                (from..<to).contains(block.times[$0].nanoseconds)
            }
            guard let first = inside.first, let end = inside.last else { continue }
            blocks.append(block.part(first...end))
            samples += inside.count
            for index in inside {
                var square = 0.0
                for axis in 0..<3 {
                    let value = block.columns[axis][index]
                    square += Double(value * value)
                    let level = Int16(clamping: Int((value * 256).rounded()))
                    let difference = level &- last[axis]
                    last[axis] = level
                    differences += [
                        UInt8(truncatingIfNeeded: difference),
                        UInt8(truncatingIfNeeded: difference >> 8),
                    ]
                }
                lengths.append(square.squareRoot())
            }
        }
        let mean = lengths.reduce(0, +) / Double(max(1, lengths.count))
        let squares = lengths.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        motion = (squares / Double(max(1, lengths.count))).squareRoot()
    }

    /// Median motion of the active windows over that of the still ones.
    static func contrast(_ windows: [MotionWindow]) -> Double {
        let sorted = windows.map(\.motion).sorted()
        return sorted[sorted.count * 5 / 6] / max(1e-6, sorted[sorted.count / 6])
    }

    /// The third with most motion is active, the third with least still.
    static func activity(_ windows: [MotionWindow]) -> [Bool?] {
        let sorted = windows.map(\.motion).sorted()
        let (low, high) = (sorted[sorted.count / 3], sorted[sorted.count * 2 / 3])
        return windows.map { $0.motion < low ? false : ($0.motion >= high ? true : nil) }
    }
}

extension SampleBlock {
    /// Some samples in a row.
    fileprivate func part(_ range: ClosedRange<Int>) -> SampleBlock {
        SampleBlock(
            device: device, quantity: quantity, origin: origin,
            times: .irregular(range.map { times[$0].nanoseconds }),
            columns: columns.map { column in
                switch column {
                case .float32(let values): .float32(Array(values[range]))
                case .int16(let values, let scale): .int16(Array(values[range]), scale)
                case .int32(let values, let scale): .int32(Array(values[range]), scale)
                }
            })
    }
}
