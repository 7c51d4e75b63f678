// SPDX-License-Identifier: Apache-2.0
public import HearthBiosignals

/// The classes in which stagers are compared.
public enum StageClasses {
    /// In the order of every confusion matrix of four.
    public static let four: [SleepStage] = [.wake, .light, .deep, .rem]
    /// Wake, NREM, REM.
    public static let three = [0, 1, 1, 2]
    /// Wake, sleep.
    public static let two = [0, 1, 1, 1]

    /// The class of a stage; `nil` if the stage is not known.
    public static func index(of stage: SleepStage) -> Int? { four.firstIndex(of: stage) }
}

/// A night's epochs that polysomnography scored, with what a stager says of them.
public struct StagedNight: Sendable {
    /// Classes of ``StageClasses/four``.
    public private(set) var truth: [Int] = []
    public private(set) var said: [Int] = []
    public private(set) var probabilities: [SIMD4<Double>] = []
    /// Epochs the stager left open. They count as light sleep, the majority, with certainty.
    public private(set) var open = 0

    private static let light = 1

    public init() {}

    /// Epochs without a true stage are passed over.
    public init(truth: [SleepStage], staged: [StagedEpoch]) {
        for (stage, epoch) in zip(truth, staged) {
            guard let stage = StageClasses.index(of: stage) else { continue }
            self.truth.append(stage)
            if let said = StageClasses.index(of: epoch.stage) {
                self.said.append(said)
                probabilities.append(SIMD4<Double>(epoch.probabilities))
            } else {
                open += 1
                said.append(Self.light)
                probabilities.append(SIMD4(0, 1, 0, 0))
            }
        }
    }

    mutating func append(_ other: StagedNight) {
        truth += other.truth
        said += other.said
        probabilities += other.probabilities
        open += other.open
    }
}

/// What a stager reaches on a night, or on all nights together.
public struct StagingFigures: Sendable, Hashable {
    /// Epochs that polysomnography scored.
    public var epochs: Int
    public var open: Int
    /// Of the hypnogram: wake, light, deep, REM.
    public var four: StageScore
    /// Wake, NREM and REM by the largest of the three probabilities.
    public var threeByProbability: Double?
    public var wakeSpecificity: Double?
    public var calibration: StageCalibration
    public var brier: Double?
    public var wakeBrier: Double?
    public var logLoss: Double?

    public init(_ night: StagedNight) {
        let truth = night.truth
        epochs = truth.count
        open = night.open
        four = StageScore(classes: 4)
        for (truth, said) in zip(truth, night.said) { four.add(truth: truth, said: said) }
        let all = night.probabilities
        threeByProbability = StageProbabilities.threeClassAccuracy(truth: truth, all)
        wakeSpecificity = StageProbabilities.wakeSpecificity(truth: truth, wake: all.map { $0[0] })
        calibration = StageCalibration(truth: truth, all)
        brier = StageProbabilities.brier(truth: truth, all)
        wakeBrier = StageProbabilities.wakeBrier(truth: truth, all)
        logLoss = StageProbabilities.logLoss(truth: truth, all)
    }

    /// Of the hypnogram: wake, NREM, REM.
    public var three: StageScore { four.merged(StageClasses.three) }
    /// Of the hypnogram: wake, sleep.
    public var two: SleepWakeScore { SleepWakeScore(four.merged(StageClasses.two), open: open) }
}

/// The figures that are told person by person.
public enum StagingMeasure: String, Sendable, CaseIterable {
    case kappa4, accuracy4, accuracy3, accuracy3OfHypnogram, wakeSpecificityAt93, accuracy2, kappa2,
        sensitivity2, specificity2, calibrationError, brier

    public var label: String {
        switch self {
        case .kappa4: "kappa, 4 classes"
        case .accuracy4: "accuracy, 4 classes"
        case .accuracy3: "accuracy, 3 classes"
        case .accuracy3OfHypnogram: "accuracy, 3 classes, hypnogram"
        case .wakeSpecificityAt93: "wake specificity at 93 % sleep sensitivity"
        case .accuracy2: "accuracy, sleep and wake"
        case .kappa2: "kappa, sleep and wake"
        case .sensitivity2: "sleep sensitivity"
        case .specificity2: "wake specificity"
        case .calibrationError: "calibration error"
        case .brier: "Brier score"
        }
    }

    /// `nil` where the figure is undefined.
    public func value(of figures: StagingFigures) -> Double? {
        switch self {
        case .kappa4: figures.four.kappa
        case .accuracy4: figures.four.accuracy
        case .accuracy3: figures.threeByProbability
        case .accuracy3OfHypnogram: figures.three.accuracy
        case .wakeSpecificityAt93: figures.wakeSpecificity
        case .accuracy2: figures.two.accuracy
        case .kappa2: figures.two.kappa
        case .sensitivity2: figures.two.sensitivity
        case .specificity2: figures.two.specificity
        case .calibrationError: figures.calibration.error
        case .brier: figures.brier
        }
    }
}
