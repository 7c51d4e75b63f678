// SPDX-License-Identifier: Apache-2.0
internal import HearthCrypto

/// A DSSE envelope: a payload, its type, and Ed25519 signatures over both.
///
/// - Source: `rfc8032`; DSSE 1.0 (https://github.com/secure-systems-lab/dsse)
struct SignedEnvelope {
    struct SignatureLine {
        var keyID: String
        var signature: [UInt8]
    }

    static let payloadType = "application/vnd.hearth.model-manifest+json"

    let payload: [UInt8]
    private let signatures: [SignatureLine]

    /// - Throws: `damaged` if it is not a canonical envelope, `unsupported` for another payload.
    init(_ bytes: [UInt8]) throws(InferenceError) {
        let json = try CanonicalJSON(canonical: bytes, limits: BundleLimits.envelope)
        var fields = try JSONFields(json, of: "envelope")
        let encoded = try fields.text("payload")
        let type = try fields.text("payloadType")
        let lines = try fields.list("signatures")
        try fields.close()
        guard type == Self.payloadType else {
            throw InferenceError(
                .unsupported, found: "another type of payload", expected: Self.payloadType)
        }
        guard let payload = Base64.bytes(encoded) else {
            throw InferenceError(.damaged, found: "no base64", expected: "a payload in base64")
        }
        guard (1...BundleLimits.signatures).contains(lines.count) else {
            throw InferenceError(
                .limitExceeded, found: "\(lines.count) signatures",
                expected: "1 to \(BundleLimits.signatures)")
        }
        var signatures: [SignatureLine] = []
        for line in lines { signatures.append(try Self.line(line)) }
        self.payload = payload
        self.signatures = signatures
    }

    private static func line(_ json: CanonicalJSON) throws(InferenceError) -> SignatureLine {
        var fields = try JSONFields(json, of: "signature")
        let keyID = try fields.text("keyid")
        let encoded = try fields.text("sig")
        try fields.close()
        guard let signature = Base64.bytes(encoded), signature.count == 64 else {
            throw InferenceError(
                .damaged, found: "no signature", expected: "64 bytes in base64")
        }
        return SignatureLine(keyID: keyID, signature: signature)
    }

    /// What is signed: type and payload with their lengths, so that neither can pass for the other.
    static func signedBytes(type: String, payload: [UInt8]) -> [UInt8] {
        Array("DSSEv1 \(type.utf8.count) \(type) \(payload.count) ".utf8) + payload
    }

    /// The ids of the trusted keys that signed.
    ///
    /// Signatures of other keys are passed over, so that a key can be replaced; a wrong signature
    /// in the name of a trusted key, or two in one name, are never passed over.
    ///
    /// - Throws: `notAuthentic`.
    func signers(trusted: TrustedKeys) throws(InferenceError) -> [String] {
        let message = Self.signedBytes(type: Self.payloadType, payload: payload)
        var signers: [String] = []
        for line in signatures {
            guard let key = trusted.key(named: line.keyID) else { continue }
            guard
                Signature.isValid(
                    line.signature, of: message.span, publicKey: key.publicKey)
            else {
                throw InferenceError(
                    .notAuthentic, found: "a signature that does not hold",
                    expected: "one made by the trusted key it names")
            }
            guard !signers.contains(key.id) else {
                throw InferenceError(
                    .notAuthentic, found: "two signatures of one key", expected: "one a key")
            }
            signers.append(key.id)
        }
        guard signers.count >= trusted.threshold else {
            throw InferenceError(
                .notAuthentic, found: "signatures of \(signers.count) trusted keys",
                expected: "at least \(trusted.threshold)")
        }
        return signers
    }
}
