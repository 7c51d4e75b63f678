// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
import HearthDSP
import HearthModels
import HearthVault

/// Raw acceleration of a person, read from the vault stream by stream and reduced to epochs, so that no
/// day of it is ever held in memory.
///
/// A day's recorder is calibrated from the week around the day (three days on either side), so that the
/// result depends on that week alone: ``reach`` is how far a change of the data reaches.
final class RawMotion {
    /// Days on either side of a day that its calibration looks at.
    static let reach: Int64 = 3
    private static let daySeconds: Int64 = 86_400

    private let vault: Vault
    private let person: PersonID
    private let streams: [StreamSummary]
    /// Moments in which a recorder lay still, by UTC day.
    private var still: [StreamID: [Int64: [StillWindow]]] = [:]

    init(vault: Vault, person: PersonID, streams: [StreamSummary]) {
        self.vault = vault
        self.person = person
        self.streams = streams.filter { $0.stream.quantity == .acceleration }
    }

    /// Whether anything was recorded within reach of a window.
    func touches(_ from: Timestamp, _ to: Timestamp) -> Bool {
        let week = Self.widened(from, to)
        return streams.contains { $0.first < week.to && $0.last >= week.from }
    }

    /// A window and what lies within reach of it.
    static func widened(_ from: Timestamp, _ to: Timestamp) -> (from: Timestamp, to: Timestamp) {
        (
            from.advanced(bySeconds: -reach * daySeconds),
            to.advanced(bySeconds: reach * daySeconds)
        )
    }

    /// The acceleration of a window, one element a stream that has any.
    func motion(from: Timestamp, to: Timestamp) throws -> [DayMotion] {
        var found: [DayMotion] = []
        for summary in streams where summary.first < to && summary.last >= from {
            let calibration = try calibration(of: summary.stream, around: from, to)
            var reduction = Reduction(try? calibration.get())
            try read(summary.stream, from, to) { reduction.push($0) }
            reduction.finish()
            guard reduction.samples > 0 else { continue }
            found.append(
                DayMotion(
                    stream: summary.stream, deviceLabel: label(of: summary.device),
                    samples: reduction.samples, epochs: reduction.epochs,
                    counts: reduction.counts, steps: reduction.steps,
                    notWorn: reduction.notWorn, uncalibrated: Self.words(calibration)))
        }
        return found
    }

    private func label(of device: StoredDevice) -> String {
        SourceDevice(vendor: device.vendor, model: device.model).label
    }

    // MARK: Calibration

    private func calibration(
        of stream: StreamID, around from: Timestamp, _ to: Timestamp
    ) throws -> Result<GravityCalibration, GravityCalibration.Refusal> {
        let week = Self.widened(from, to)
        var windows: [StillWindow] = []
        for day in week.from.utcDay...week.to.utcDay {
            windows += try stillWindows(of: stream, on: day)
        }
        do throws(GravityCalibration.Refusal) {
            return .success(try GravityCalibrator.fit(windows))
        } catch {
            return .failure(error)
        }
    }

    private func stillWindows(of stream: StreamID, on day: Int64) throws -> [StillWindow] {
        if let known = still[stream]?[day] { return known }
        var windows: [StillWindow] = []
        var finder = StillWindows()
        let collect: (Span<StillWindow>) -> Void = { span in
            for index in span.indices { windows.append(span[index]) }
        }
        let start = Timestamp(seconds: day * Self.daySeconds)
        try read(stream, start, start.advanced(bySeconds: Self.daySeconds)) {
            finder.push($0.span, emit: collect)
        }
        finder.finish(emit: collect)
        still[stream, default: [:]][day] = windows
        return windows
    }

    private static func words(
        _ calibration: Result<GravityCalibration, GravityCalibration.Refusal>
    ) -> String? {
        guard case .failure(let refusal) = calibration else { return nil }
        let why =
            switch refusal {
            case .tooFewStillWindows: "it lay still for too short a time"
            case .sphereNotCovered: "it did not lie still on enough of its sides"
            case .errorRemains: "its still moments do not fit a sphere of 1 g"
            }
        return "The accelerometer could not be calibrated: \(why); its values are used as they are."
    }

    // MARK: Reading

    private func read(
        _ stream: StreamID, _ from: Timestamp, _ to: Timestamp,
        _ body: ([AccelerationSample]) -> Void
    ) throws {
        let query = SampleQuery(
            person: person, quantities: [.acceleration], devices: [stream.device], from: from,
            to: to)
        try vault.read(query) { found, whole in
            guard found == stream else { return }
            let block = whole.trusted
            guard block.columns.count == 3 else { return }
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

/// The operators that a stream of raw acceleration runs through, and what they gave.
private struct Reduction {
    private(set) var samples = 0
    private(set) var epochs: [MotionEpoch] = []
    private(set) var counts: [MotionCount] = []
    private(set) var steps: [StepMinute] = []
    private(set) var notWorn: [TimeSpan] = []

    private var toEpochs: MotionEpochs
    private var toCounts = MotionCounts()
    private var toSteps = MotionSteps()
    private var toNonWear = NonWear()

    init(_ calibration: GravityCalibration?) {
        toEpochs = MotionEpochs(calibration: calibration)
    }

    mutating func push(_ input: [AccelerationSample]) {
        samples += input.count
        run { operators, output in
            operators.toEpochs.push(input.span) { output.epochs.append($0) }
            operators.toCounts.push(input.span) { output.counts.append($0) }
            operators.toSteps.push(input.span) { output.steps.append($0) }
            operators.toNonWear.push(input.span) { output.notWorn.append($0) }
        }
    }

    mutating func finish() {
        run { operators, output in
            operators.toEpochs.finish { output.epochs.append($0) }
            operators.toCounts.finish { output.counts.append($0) }
            operators.toSteps.finish { output.steps.append($0) }
            operators.toNonWear.finish { output.notWorn.append($0) }
        }
    }

    /// What the operators emit meanwhile, apart from them so that both can be changed at once.
    private struct Output {
        var epochs = Gathered<MotionEpoch>()
        var counts = Gathered<MotionCount>()
        var steps = Gathered<StepMinute>()
        var notWorn = Gathered<NonWearSpan>()
    }

    private mutating func run(_ body: (inout Reduction, inout Output) -> Void) {
        var output = Output()
        body(&self, &output)
        epochs += output.epochs.all
        counts += output.counts.all
        steps += output.steps.all
        notWorn += output.notWorn.all.map(\.span)
    }
}

private struct Gathered<Element> {
    var all: [Element] = []

    mutating func append(_ span: Span<Element>) {
        for index in span.indices { all.append(span[index]) }
    }
}
