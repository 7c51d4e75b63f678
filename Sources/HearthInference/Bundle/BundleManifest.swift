// SPDX-License-Identifier: Apache-2.0
public import HearthBiosignals

/// What a bundle says of itself, signed.
public struct BundleManifest: Sendable, Equatable {
    /// An entry of the bundle.
    public struct Target: Sendable, Equatable {
        public var name: String
        /// SHA-256 in lower-case hexadecimal.
        public var digest: String
        /// Bytes.
        public var size: Int
    }

    /// Model files for one set of inputs.
    public struct Variant: Sendable, Equatable {
        public var name: String
        /// What must be present, such as `activity-counts` and `heart-rate`.
        public var inputs: [String]
        /// Model files by use, such as `online` and `night`, sorted by use.
        public var files: [(use: String, file: String)]

        public func file(for use: String) -> String? { files.first { $0.use == use }?.file }

        public static func == (a: Variant, b: Variant) -> Bool {
            a.name == b.name && a.inputs == b.inputs
                && a.files.elementsEqual(b.files) { $0.use == $1.use && $0.file == $1.file }
        }
    }

    public static let format = "hearth-model/1"

    /// Such as `sleep`.
    public var model: String
    /// For people, such as `1.2.0`; may go down when an older model is brought back.
    public var version: String
    /// For programs: rises with every bundle that is published, also one that brings back an older
    /// model.
    public var sequence: Int64
    /// After this the bundle is refused; `nil` for a bundle that lasts.
    public var expires: Timestamp?
    /// The lowest ``ModelEngine/version`` that runs it.
    public var minimumEngine: Int
    public var featureSchema: String
    /// SHA-256 of the feature schema in lower-case hexadecimal.
    public var featureDigest: String
    /// Meaning of the model's outputs, in order.
    public var labels: [String]
    /// Length of an epoch, seconds.
    public var epochSeconds: Int
    public var targets: [Target]
    /// From the most wanted to the least.
    public var variants: [Variant]
    /// What the model was trained on, in words.
    public var trainingData: String
    /// ``TrainingSubject`` digests of everyone in the training set, sorted.
    public var trainingSubjects: [String]
    /// Signed, and passed over by this version: room for what later ones need.
    public var extensions: CanonicalJSON

    /// The first variant whose inputs are all present.
    public func variant(for present: Set<String>) -> Variant? {
        variants.first { present.isSuperset(of: $0.inputs) }
    }

    public func wasTrained(on subject: String, of dataset: String) -> Bool {
        trainingSubjects.contains(TrainingSubject.digest(dataset: dataset, subject: subject))
    }
}

extension BundleManifest {
    /// Names every bundle has: a card, the parameters and golden vectors.
    static let cardName = "card.json"
    static let parametersName = "parameters.json"
    static let goldenPrefix = "golden"
    static let modelSuffix = ".onnx"

    private static let sha256Digits = 64
    private static let largest = CanonicalJSON.largestInteger
    /// 9999-12-31T23:59:59Z would not fit a `Timestamp`; the year 2261 is far enough.
    private static let latest: Int64 = 9_182_937_600

    /// Reads a manifest; every member must be there, none may be unknown.
    ///
    /// - Throws: `damaged`, `unsupported` for another format, `limitExceeded`.
    init(_ bytes: [UInt8]) throws(InferenceError) {
        let json = try CanonicalJSON(canonical: bytes, limits: BundleLimits.manifest)
        var fields = try JSONFields(json, of: "manifest")
        // The format first: a later one has other members.
        guard try fields.text("format") == Self.format else {
            throw InferenceError(.unsupported, found: "another format", expected: Self.format)
        }
        model = try Self.name(&fields, "model")
        version = try Self.name(&fields, "version")
        sequence = try fields.integer("sequence", in: 1...Self.largest)
        expires = try Self.expiry(&fields)
        minimumEngine = Int(try fields.integer("minimumEngine", in: 1...1_000_000))
        epochSeconds = Int(try fields.integer("epochSeconds", in: 1...86_400))
        labels = try fields.texts("labels", atLeast: 2)
        var features = try JSONFields(try fields.object("features"), of: "features")
        featureSchema = try features.text("schema")
        featureDigest = try Self.digest(&features)
        try features.close()
        var training = try JSONFields(try fields.object("training"), of: "training")
        trainingData = try training.text("data")
        trainingSubjects = try training.texts("subjects")
        try training.close()
        targets = try Self.targets(try fields.list("targets"))
        variants = try Self.variants(try fields.list("variants"))
        extensions = try fields.object("extensions")
        try fields.close()
        try checkNames()
    }

    private static func name(
        _ fields: inout JSONFields, _ name: String
    ) throws(InferenceError) -> String {
        let text = try fields.text(name)
        guard BundleContainer.isName(text) else {
            throw fields.wrongType(name, "a name of a to z, 0 to 9, dot, hyphen, underscore")
        }
        return text
    }

    private static func digest(_ fields: inout JSONFields) throws(InferenceError) -> String {
        let text = try fields.text("sha256")
        guard isDigest(text) else {
            throw fields.wrongType("sha256", "64 lower-case hexadecimal digits")
        }
        return text
    }

    private static func isDigest(_ text: String) -> Bool {
        Hexadecimal.bytes(text.utf8)?.count == sha256Digits / 2
    }

    private static func expiry(_ fields: inout JSONFields) throws(InferenceError) -> Timestamp? {
        let value = try fields.value("expires")
        if value == .null { return nil }
        guard let seconds = value.integer, (0...latest).contains(seconds) else {
            throw fields.wrongType("expires", "null or seconds since 1970, up to \(latest)")
        }
        return Timestamp(seconds: seconds)
    }

    private static func targets(_ list: [CanonicalJSON]) throws(InferenceError) -> [Target] {
        var targets: [Target] = []
        for json in list {
            var fields = try JSONFields(json, of: "target")
            let name = try name(&fields, "name")
            let digest = try digest(&fields)
            let size = try fields.integer("size", in: 0...Int64(BundleLimits.entryBytes))
            try fields.close()
            if let last = targets.last?.name, !last.utf8.lexicographicallyPrecedes(name.utf8) {
                throw InferenceError(
                    .damaged, found: "targets out of order or twice",
                    expected: "targets sorted by name")
            }
            targets.append(Target(name: name, digest: digest, size: Int(size)))
        }
        return targets
    }

    private static func variants(_ list: [CanonicalJSON]) throws(InferenceError) -> [Variant] {
        var variants: [Variant] = []
        for json in list {
            var fields = try JSONFields(json, of: "variant")
            let name = try name(&fields, "name")
            let inputs = try fields.texts("inputs", atLeast: 1)
            guard case .object(let members) = try fields.object("files"), !members.isEmpty else {
                throw fields.wrongType("files", "an object with a file for each use")
            }
            try fields.close()
            var files: [(use: String, file: String)] = []
            for member in members {
                guard let file = member.value.text else {
                    throw fields.wrongType("files", "names of files")
                }
                files.append((member.name, file))
            }
            variants.append(Variant(name: name, inputs: inputs, files: files))
        }
        return variants
    }

    /// What the parts say of each other.
    private func checkNames() throws(InferenceError) {
        let names = targets.map(\.name)
        for name in [Self.cardName, Self.parametersName] where !names.contains(name) {
            throw InferenceError(.damaged, found: "no target \(name)", expected: "one")
        }
        guard names.contains(where: { $0.hasPrefix(Self.goldenPrefix) }) else {
            throw InferenceError(.damaged, found: "no golden vectors", expected: "some")
        }
        guard !names.contains(BundleContainer.envelopeName) else {
            throw InferenceError(
                .damaged, found: "the envelope as a target", expected: "it signs, it is not signed")
        }
        guard !variants.isEmpty, Set(variants.map(\.name)).count == variants.count,
            Set(labels).count == labels.count
        else {
            throw InferenceError(
                .damaged, found: "no variant, or a variant or label twice",
                expected: "one or more, each once")
        }
        let files = variants.flatMap { $0.files.map(\.file) }
        guard files.allSatisfy({ $0.hasSuffix(Self.modelSuffix) && names.contains($0) }) else {
            throw InferenceError(
                .damaged, found: "a variant without its model file",
                expected: "targets that end in \(Self.modelSuffix)")
        }
        guard trainingSubjects.allSatisfy(Self.isDigest),
            trainingSubjects == trainingSubjects.sorted(),
            Set(trainingSubjects).count == trainingSubjects.count
        else {
            throw InferenceError(
                .damaged, found: "subjects out of order, twice or spelled out",
                expected: "sorted digests")
        }
    }
}
