// SPDX-License-Identifier: Apache-2.0

/// How much of an experiment is run.
public enum Scale: String, Codable, Sendable {
    /// The part that runs with every change, in seconds.
    case short
    /// All of it, as `docs/reliability.md` publishes.
    case full
}

/// The `number`-th of `count` equal parts; numbers begin at 1.
public struct Share: Codable, Equatable, Sendable {
    public var number = 1
    public var count = 1

    public init() {}

    /// From `k/n`; nil for anything else.
    public init?(_ text: String) {
        let parts = text.split(separator: "/").compactMap { Int($0) }
        guard parts.count == 2, parts[1] > 0, (1...parts[1]).contains(parts[0]) else { return nil }
        (number, count) = (parts[0], parts[1])
    }

    public var isWhole: Bool { count == 1 }
}

/// What an experiment may use.
public struct Bench: Sendable {
    public var scale: Scale
    /// Which part of all there is to try: an experiment that tries everything may be run in parts.
    public var share = Share()
    /// Every random choice follows from it; it is printed with the outcome.
    public var seed: UInt64
    /// An empty folder of the experiment's own; removed afterwards.
    public var folder: String
    /// Recordings of real devices, or nil where there are none.
    public var recordings: String?
    /// The `hearth` binary, for experiments with the whole program.
    public var program: String

    public init(
        scale: Scale, share: Share = Share(), seed: UInt64, folder: String, recordings: String?,
        program: String
    ) {
        self.scale = scale
        self.share = share
        self.seed = seed
        self.folder = folder
        self.recordings = recordings
        self.program = program
    }
}

/// One promise of the vault, and the attempt to break it.
///
/// An experiment is honest only with a control: the same attempt against something that is known
/// to break, which has to be noticed. An outcome whose control was not noticed has failed.
public protocol Experiment: Sendable {
    /// Such as `R2`: its place in `docs/reliability.md`.
    static var number: String { get }
    static var title: String { get }
    /// What must never happen, in a sentence.
    static var promise: String { get }
    /// Whether it tries everything there is, so that it can be run in parts.
    static var isExhaustive: Bool { get }
    static func run(on bench: Bench) throws -> Outcome
}

extension Experiment {
    public static var isExhaustive: Bool { false }
}

/// What came of an experiment.
public struct Outcome: Codable, Sendable {
    /// How often the promise was put to the test.
    public var attempts: Int
    /// Where it was broken, each in a sentence with what is needed to repeat it; at most 20 are kept.
    public var failures: [String] = []
    /// What was counted or measured beside, in the order to show.
    public var figures: [Figure] = []
    public var controls: [Control] = []
    /// Why it, or a part, could not be run here.
    public var leftOut: String?

    public struct Figure: Codable, Sendable {
        public var name: String
        public var value: String
    }

    /// Something that has to fail, and whether the experiment saw it fail.
    public struct Control: Codable, Sendable {
        public var name: String
        public var isCaught: Bool
        public var detail: String
    }

    public init(attempts: Int = 0) { self.attempts = attempts }

    public var isKept: Bool { failures.isEmpty && controls.allSatisfy(\.isCaught) }

    public mutating func fail(_ sentence: @autoclosure () -> String) {
        if failures.count < 20 { failures.append(sentence()) }
    }

    public mutating func show(_ name: String, _ value: some CustomStringConvertible) {
        figures.append(Figure(name: name, value: value.description))
    }

    public mutating func control(_ name: String, isCaught: Bool, _ detail: String) {
        controls.append(Control(name: name, isCaught: isCaught, detail: detail))
    }
}
