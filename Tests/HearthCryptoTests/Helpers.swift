// SPDX-License-Identifier: Apache-2.0

import HearthCrypto

/// Bytes from pairs of hexadecimal digits; white space is ignored.
func hex(_ text: String) -> [UInt8] {
    let digits = text.compactMap(\.hexDigitValue)
    return stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
}

func hexText(_ bytes: [UInt8]) -> String {
    bytes.map { byte in
        let text = String(byte, radix: 16)
        return byte < 16 ? "0" + text : text
    }.joined()
}

func secret(_ bytes: [UInt8]) throws -> SecretBytes { try SecretBytes(copying: bytes.span) }
func secret(_ text: String) throws -> SecretBytes { try secret(Array(text.utf8)) }

extension SecretBytes {
    /// A copy outside locked memory, for comparing.
    borrowing func revealed() -> [UInt8] { withBytes { bytes in bytes.indices.map { bytes[$0] } } }
}

/// Owns a secret, so that many can be kept in an array.
final class Keeper {
    let secret: SecretBytes
    init(_ secret: consuming SecretBytes) { self.secret = secret }
}

/// The error code that `body` throws, nil if it throws none.
func code(_ body: () throws(CryptoError) -> Void) -> CryptoErrorCode? {
    do {
        try body()
        return nil
    } catch {
        return error.code
    }
}
