// SPDX-License-Identifier: Apache-2.0
public import HearthBiosignals
internal import HearthCrypto

/// A model that may be run: every check was made, and nothing of it was handed out before.
///
/// There is no other way to get one than ``init(verifying:trusted:engine:at:)``, so whatever scores
/// with a bundle scores with a verified one.
public struct ModelBundle: Sendable {
    public let manifest: BundleManifest
    public let card: ModelCard
    /// Numbers of the model beside its weights: feature normalisation, transitions, thresholds.
    public let parameters: CanonicalJSON
    /// Ids of the trusted keys that signed it.
    public let signers: [String]
    /// SHA-256 of the whole file in lower-case hexadecimal.
    public let digest: String
    private let entries: [String: [UInt8]]

    /// Checks a bundle in the order of ``BundleRefusal/Check`` and stops at the first fault.
    ///
    /// - Parameters:
    ///   - bytes: the whole file.
    ///   - trusted: the keys that may sign.
    ///   - engine: what this build can run.
    ///   - time: now, for the expiry; this code reads no clock.
    public init(
        verifying bytes: Span<UInt8>, trusted: TrustedKeys, engine: ModelEngine, at time: Timestamp
    ) throws(BundleRefusal) {
        let places = try Self.places(in: bytes)
        let envelopePlace = places[BundleContainer.envelopeName] ?? 0..<0
        let envelopeBytes = Self.copy(bytes, envelopePlace)
        let envelope = try BundleRefusal.during(.envelope) { () throws(InferenceError) in
            try SignedEnvelope(envelopeBytes)
        }
        signers = try BundleRefusal.during(.signature) { () throws(InferenceError) in
            try envelope.signers(trusted: trusted)
        }
        let manifest = try BundleRefusal.during(.manifest) { () throws(InferenceError) in
            try BundleManifest(envelope.payload)
        }
        let entries = try Self.entries(of: manifest, at: places, in: bytes)
        try Self.check(manifest, fits: engine)
        try Self.check(manifest, at: time)
        card = try BundleRefusal.during(.contents) { () throws(InferenceError) in
            try ModelCard(entries[BundleManifest.cardName] ?? [])
        }
        parameters = try BundleRefusal.during(.contents) { () throws(InferenceError) in
            try CanonicalJSON(
                canonical: entries[BundleManifest.parametersName] ?? [],
                limits: BundleLimits.parameters)
        }
        digest = SHA256Hasher.text(of: bytes)
        self.manifest = manifest
        self.entries = entries
    }

    /// The bytes of an entry, as signed; `nil` if there is none of that name.
    public func entry(_ name: String) -> [UInt8]? { entries[name] }

    /// The bytes of a variant's model file; `nil` if the variant has none for the use.
    public func model(_ variant: BundleManifest.Variant, for use: String) -> [UInt8]? {
        variant.file(for: use).flatMap { entries[$0] }
    }

    /// Golden vectors by name.
    public var golden: [(name: String, bytes: [UInt8])] {
        entries.filter { $0.key.hasPrefix(BundleManifest.goldenPrefix) }
            .sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    private static func places(
        in bytes: Span<UInt8>
    ) throws(BundleRefusal) -> [String: Range<Int>] {
        do {
            var places: [String: Range<Int>] = [:]
            for entry in try BundleContainer(bytes).entries { places[entry.name] = entry.place }
            return places
        } catch {
            throw BundleRefusal(.container, error)
        }
    }

    private static func copy(_ bytes: Span<UInt8>, _ place: Range<Int>) -> [UInt8] {
        var copy: [UInt8] = []
        copy.reserveCapacity(place.count)
        for index in place { copy.append(bytes[index]) }
        return copy
    }

    /// The entries the manifest lists: all of them, no others, of the right size and digest.
    private static func entries(
        of manifest: BundleManifest, at places: [String: Range<Int>], in bytes: Span<UInt8>
    ) throws(BundleRefusal) -> [String: [UInt8]] {
        guard manifest.targets.count + 1 == places.count else {
            throw BundleRefusal(
                .entries, .notAuthentic, found: "\(places.count - 1) entries beside the envelope",
                expected: "\(manifest.targets.count), as the manifest lists")
        }
        var entries: [String: [UInt8]] = [:]
        for target in manifest.targets {
            guard let place = places[target.name] else {
                throw BundleRefusal(
                    .entries, .notAuthentic, found: "an entry the manifest does not list",
                    expected: target.name)
            }
            guard place.count == target.size else {
                throw BundleRefusal(
                    .entries, .notAuthentic, at: place.lowerBound,
                    found: "\(target.name) of \(place.count) bytes", expected: "\(target.size)")
            }
            let content = copy(bytes, place)
            guard SHA256Hasher.text(of: content) == target.digest else {
                throw BundleRefusal(
                    .entries, .notAuthentic, at: place.lowerBound,
                    found: "\(target.name) with another digest", expected: "the manifest's")
            }
            entries[target.name] = content
        }
        return entries
    }

    private static func check(
        _ manifest: BundleManifest, fits engine: ModelEngine
    ) throws(BundleRefusal) {
        guard manifest.minimumEngine <= engine.version else {
            throw BundleRefusal(
                .engine, .unsupported, found: "a model for engine \(manifest.minimumEngine)",
                expected: "at most \(engine.version), which this program has")
        }
        guard let schema = engine.schemas.first(where: { $0.name == manifest.featureSchema }) else {
            throw BundleRefusal(
                .features, .schemaMismatch, found: "a feature schema this program does not have",
                expected: engine.schemas.map(\.name).joined(separator: ", "))
        }
        guard schema.digest == manifest.featureDigest else {
            throw BundleRefusal(
                .features, .schemaMismatch, found: "another digest of \(schema.name)",
                expected: "the digest of this program's features")
        }
    }

    private static func check(
        _ manifest: BundleManifest, at time: Timestamp
    ) throws(BundleRefusal) {
        guard let expires = manifest.expires, time > expires else { return }
        throw BundleRefusal(
            .expiry, .notAuthentic, found: "a bundle past its time",
            expected: "one that has not expired")
    }
}
