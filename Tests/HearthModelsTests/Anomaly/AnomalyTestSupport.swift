// SPDX-License-Identifier: Apache-2.0
import Foundation

enum Logarithm {
    static func ten(_ value: Double) -> Double { Foundation.log10(value) }
}

enum StoredSize {
    /// Bytes of the state as it is stored; 0 if it cannot be.
    static func of(_ state: some Encodable) -> Int {
        (try? JSONEncoder().encode(state).count) ?? 0
    }
}
