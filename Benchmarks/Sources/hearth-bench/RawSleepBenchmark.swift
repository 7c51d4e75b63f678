// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthBiosignals
import HearthDSP
import HearthModels
import HearthPipeline

/// hearth-bench sleep raw FILE: a recording of raw acceleration through calibration, ENMO and angles,
/// counts, non-wear, sleep windows and stages, as a report computes them. The file is read twice, first
/// for the calibration, and no samples are kept.
struct RawSleepBenchmark {
    private let path: String
    private let model: SleepModel

    init(_ path: String) throws {
        self.path = path
        model = try SleepModel.shipped.get()
    }

    /// - Returns: whether a sleep was found.
    func run() -> Bool {
        let calibration = calibrate()
        let reduction = Reduction(calibration)
        read { reduction.push($0) }
        reduction.finish()
        let windows = HDCZA.windows(of: reduction.epochs, notWorn: reduction.notWorn).windows
        let counts = reduction.counts.filter { $0.coverage >= 0.5 }
            .map { Timed($0.time, Double($0.count)) }
        let stager = NightSleepStager(model)
        var minutes: [SleepStage: Double] = [:]
        for window in windows {
            let epochs = SleepEpochs.make(
                from: window.span.start, to: window.span.end, heartRate: [], counts: counts)
            for staged in stager.stage(epochs) { minutes[staged.stage, default: 0] += 0.5 }
        }
        print("calibrated: \(calibration.map { "\($0.windows) still windows" } ?? "no")")
        print("epochs of 5 s: \(reduction.epochs.count), not worn: \(reduction.notWorn.count)")
        print("sleep windows: \(windows.count)")
        for (stage, total) in minutes.sorted(by: { "\($0.key)" < "\($1.key)" }) {
            print("\(stage): \(total) min")
        }
        return !windows.isEmpty
    }

    private func calibrate() -> GravityCalibration? {
        var windows: [StillWindow] = []
        var finder = StillWindows()
        let collect: (Span<StillWindow>) -> Void = { span in
            for index in span.indices { windows.append(span[index]) }
        }
        read { finder.push($0.span, emit: collect) }
        finder.finish(emit: collect)
        return try? GravityCalibrator.fit(windows)
    }

    private func read(_ body: @escaping ([AccelerationSample]) -> Void) {
        var options = IngestOptions()
        options.isolation = .off
        _ = Inspector(options: options).inspect(path) { _, block in
            guard block.quantity == .acceleration, block.columns.count == 3 else { return }
            let (x, y, z) = (
                block.columns[0].values, block.columns[1].values, block.columns[2].values
            )
            body(
                (0..<block.count).map {
                    AccelerationSample(time: block.times[$0], x: x[$0], y: y[$0], z: z[$0])
                })
        }
    }
}

/// What the samples are reduced to.
private final class Reduction {
    private(set) var epochs: [MotionEpoch] = []
    private(set) var counts: [MotionCount] = []
    private(set) var notWorn: [TimeSpan] = []
    private var toEpochs: MotionEpochs
    private var toCounts = MotionCounts()
    private var toNonWear = NonWear()

    init(_ calibration: GravityCalibration?) { toEpochs = MotionEpochs(calibration: calibration) }

    func push(_ input: [AccelerationSample]) {
        toEpochs.push(input.span) { add($0, to: \.epochs) }
        toCounts.push(input.span) { add($0, to: \.counts) }
        toNonWear.push(input.span) { span in
            for index in span.indices { notWorn.append(span[index].span) }
        }
    }

    func finish() {
        toEpochs.finish { add($0, to: \.epochs) }
        toCounts.finish { add($0, to: \.counts) }
        toNonWear.finish { span in
            for index in span.indices { notWorn.append(span[index].span) }
        }
    }

    private func add<Element>(
        _ span: Span<Element>, to list: ReferenceWritableKeyPath<Reduction, [Element]>
    ) {
        for index in span.indices { self[keyPath: list].append(span[index]) }
    }
}

extension SampleColumn {
    /// The physical values of the whole column.
    fileprivate var values: [Float] {
        switch self {
        case .float32(let values): values
        case .int16(let values, let scale):
            values.map { Float($0) * scale.factor + scale.offset }
        case .int32(let values, let scale):
            values.map { Float($0) * scale.factor + scale.offset }
        }
    }
}
