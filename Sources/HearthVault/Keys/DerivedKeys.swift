// SPDX-License-Identifier: Apache-2.0
internal import HearthCrypto
private import Synchronization

/// Keys that were derived from one passphrase before, so that one vault can be opened a million
/// times.
///
/// Only the fault laboratory makes one; the program derives anew at every opening. One owner, one
/// passphrase: what is known is found by salt and work alone.
package final class DerivedKeys: Sendable {
    private struct Work: Hashable {
        var salt: [UInt8]
        var parameters: KDFParameters
    }
    private let known = Mutex<[Work: DataKey]>([:])

    package init() {}

    func key(
        from secret: borrowing SecretBytes, salt: [UInt8], _ parameters: KDFParameters
    ) throws(CryptoError) -> SecretBytes {
        let work = Work(salt: salt, parameters: parameters)
        if let known = known.withLock({ $0[work] }) { return try known.key.copy() }
        let key = DataKey(
            id: DataKey.noID,
            key: try Argon2id.deriveKey(from: secret, salt: salt, parameters))
        // Every damaged salt asks for another key; those are not worth keeping.
        known.withLock { if $0.count < 16 { $0[work] = key } }
        return try key.key.copy()
    }
}
