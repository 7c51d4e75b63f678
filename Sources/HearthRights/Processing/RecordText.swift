// SPDX-License-Identifier: Apache-2.0

/// Numbers of things in records and letters.
enum RecordText {
    static func people(_ count: Int) -> String { counted(count, "person", "people") }

    static func counted(_ count: Int, _ one: String, _ many: String) -> String {
        "\(count) \(count == 1 ? one : many)"
    }
}
