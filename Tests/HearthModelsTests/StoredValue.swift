// SPDX-License-Identifier: Apache-2.0
import Foundation

extension CircadianTests {
    /// A value written as JSON and read back.
    static func stored<Value: Codable>(_ value: Value) throws -> Value {
        try JSONDecoder().decode(Value.self, from: JSONEncoder().encode(value))
    }
}
