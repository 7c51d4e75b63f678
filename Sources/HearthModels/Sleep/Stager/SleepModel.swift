// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
public import HearthInference

/// Which inputs a night has; each has its own decoding and its own measured error.
public enum SleepInputs: String, Sendable, Codable, CaseIterable {
    /// Activity counts and heart rate.
    case both
    /// Heart rate, and steps by the minute.
    case coarse
    /// Heart rate about once a minute, with or without steps.
    case sparse
    /// Activity counts alone, also such as are made of raw acceleration.
    case motion
    /// Heart rate alone.
    case heart

    public var label: String {
        switch self {
        case .both: "activity counts and heart rate"
        case .coarse: "heart rate and steps"
        case .sparse: "a heart rate about once a minute"
        case .motion: "activity counts"
        case .heart: "heart rate"
        }
    }

    /// Fewer heart rates than this an epoch, on average, and the heart rate is sparse.
    static let sparseHeartRates = 1.5

    /// - Parameter density: heart rates an epoch, on average.
    init?(heart: Bool, motion: Bool, coarse: Bool, density: Double) {
        switch (heart, motion, coarse) {
        case (true, true, _): self = .both
        case (true, false, _) where density < Self.sparseHeartRates: self = .sparse
        case (true, false, true): self = .coarse
        case (true, false, false): self = .heart
        case (false, true, _): self = .motion
        case (false, false, _): return nil
        }
    }
}

/// The learned sleep stager: nets and trees, the normalisation of their input, and the decoding of their
/// scores.
///
/// - Source: trained by `Training/train_sleep.py` on `walch2019`; see `docs/models/sleep-stager.md`.
public struct SleepModel: Sendable {
    static let memberNames = ["online", "onlineTrees", "night", "backward", "nightTrees"]

    /// A net or an ensemble of trees.
    struct Member: Sendable {
        var name: String
        var plan: ModelPlan
        /// Places of its input in ``NightFeatures/names``.
        var columns: [Int]
        var readsBackward: Bool
    }

    struct Decodings: Sendable {
        var online: SleepDecoding
        var atNightEnd: SleepDecoding
    }

    /// For ``Metric/model``.
    static let name = "sleep-stager/1"

    public static let featureSchema = FeatureSchema(
        name: "sleep-epoch/1", features: NightFeatures.names)

    public let version: String
    let means: [Float]
    let scales: [Float]
    let clip: Float
    let online: [Member]
    let atNightEnd: [Member]
    let decodings: [SleepInputs: Decodings]
    /// Confusion of each kind of input with polysomnography, leaving each subject out, as the training
    /// measured it: rows the truth, columns the stager; wake, light, deep, REM.
    public let confusion: [SleepInputs: [[Double]]]

    /// - Throws: if the bundle's parameters or nets are not those of a sleep stager.
    public init(_ bundle: ModelBundle) throws(InferenceError) {
        try self.init(parameters: bundle.parameters) { bundle.entry($0) }
    }

    /// - Parameters:
    ///   - parameters: numbers beside the weights.
    ///   - file: the bytes of a model file by its name.
    public init(
        parameters: CanonicalJSON, file: (String) -> [UInt8]?
    ) throws(InferenceError) {
        let features = parameters["features"]?.list ?? []
        guard features.compactMap({ $0["name"]?.text }) == NightFeatures.names else {
            throw InferenceError(
                .schemaMismatch, found: "other features", expected: Self.featureSchema.name)
        }
        means = features.map { Float($0["mean"]?.double ?? .nan) }
        scales = features.map { Float($0["scale"]?.double ?? .nan) }
        clip = Float(parameters["clip"]?.double ?? .nan)
        guard clip > 0, means.allSatisfy(\.isFinite), scales.allSatisfy({ $0 > 0 && $0.isFinite })
        else { throw Self.fault("a normalisation that is none") }
        version = parameters["version"]?.text ?? ""
        var decodings: [SleepInputs: Decodings] = [:]
        var confusion: [SleepInputs: [[Double]]] = [:]
        for inputs in SleepInputs.allCases {
            guard let decoding = parameters["decoding"]?[inputs.rawValue],
                let online = decoding["online"], let night = decoding["atNightEnd"]
            else { throw Self.fault("no decoding for \(inputs.label)") }
            decodings[inputs] = Decodings(
                online: try SleepDecoding(online), atNightEnd: try SleepDecoding(night))
            let measured = parameters["accuracy"]?[inputs.rawValue]?["atNightEnd"]
            confusion[inputs] = measured?["pooled"]?["confusion"]?.list?.compactMap(\.doubles)
        }
        self.decodings = decodings
        self.confusion = confusion
        online = try Self.members(of: decodings.values.map(\.online), parameters, file)
        atNightEnd = try Self.members(of: decodings.values.map(\.atNightEnd), parameters, file)
        // Online nothing that comes later is known.
        guard online.allSatisfy(\.isCausal) else {
            throw Self.fault("an online model that looks ahead")
        }
    }

    /// The models that have a weight in some decoding.
    private static func members(
        of decodings: [SleepDecoding], _ parameters: CanonicalJSON, _ file: (String) -> [UInt8]?
    ) throws(InferenceError) -> [Member] {
        var members: [Member] = []
        for name in memberNames where decodings.contains(where: { $0.weights[name] != nil }) {
            let facts = parameters["models"]?[name]
            let columns = facts?["columns"]?.doubles?.compactMap { Int(exactly: $0) } ?? []
            guard columns.allSatisfy(NightFeatures.names.indices.contains),
                let bytes = facts?["file"]?.text.flatMap(file)
            else { throw fault("a model without a file, or with other columns") }
            let plan = try ModelPlan(ONNXModel(bytes))
            guard plan.inputCount == columns.count, plan.outputCount == 4 else {
                throw InferenceError(
                    .shapeMismatch,
                    found: "\(plan.inputCount) inputs and \(plan.outputCount) outputs",
                    expected: "\(columns.count) and 4")
            }
            let direction = facts?["direction"]?.text
            members.append(
                Member(
                    name: name, plan: plan, columns: columns,
                    readsBackward: direction == "backward"))
        }
        return members
    }

    private static func fault(_ found: String) -> InferenceError {
        InferenceError(.damaged, found: found, expected: "the parameters of a sleep stager")
    }

    /// The value of a feature as the nets take it; 0 where it is undefined.
    @inline(__always)
    func normalized(_ value: Float, _ column: Int) -> Float {
        let scaled = (value - means[column]) / scales[column]
        return scaled.isNaN ? 0 : min(max(scaled, -clip), clip)
    }
}

extension SleepModel {
    /// Cohen's kappa with polysomnography on people the stager had not seen; `nil` if the bundle does
    /// not say.
    public func kappa(_ inputs: SleepInputs) -> Double? {
        guard let counts = confusion[inputs], counts.count == 4,
            counts.allSatisfy({ $0.count == 4 })
        else { return nil }
        let total = counts.joined().reduce(0, +)
        let agreed = (0..<4).reduce(0) { $0 + counts[$1][$1] }
        let chance = (0..<4).reduce(0) { sum, stage in
            sum + counts[stage].reduce(0, +) * counts.reduce(0) { $0 + $1[stage] }
        }
        guard total > 0, chance < total * total else { return nil }
        let expected = chance / (total * total)
        return (agreed / total - expected) / (1 - expected)
    }
}

extension SleepModel.Member {
    fileprivate var isCausal: Bool {
        !readsBackward && columns.allSatisfy { $0 < SleepFeatures.names.count }
    }
}

extension SleepModel {
    /// The stager that is part of the program, checked like any other; a failure is a refusal that says
    /// why, and nothing is scored.
    public static let shipped: Result<SleepModel, BundleRefusal> = {
        do throws(BundleRefusal) {
            guard let embedded = EmbeddedBundle.named("sleep") else {
                throw BundleRefusal(
                    .container,
                    InferenceError(.damaged, found: "no sleep bundle", expected: "one"))
            }
            let bundle = try embedded.withBytes { (bytes) throws(BundleRefusal) in
                try ModelBundle(
                    verifying: bytes, trusted: .shipped,
                    engine: ModelEngine(schemas: [featureSchema]), at: .distantPast)
            }
            do throws(InferenceError) { return .success(try SleepModel(bundle)) } catch {
                throw BundleRefusal(.contents, error)
            }
        } catch {
            return .failure(error)
        }
    }()
}
