// SPDX-License-Identifier: Apache-2.0
internal import CHearthBundles

/// The bundle files that are part of the program. They are checked like any other.
public struct EmbeddedBundle: Sendable {
    /// The file's name, such as `sleep.hearthmodel`.
    public let name: String
    private let index: Int

    public static var all: [EmbeddedBundle] {
        (0..<hearth_bundle_count()).map { index in
            let name = unsafe hearth_bundle_name(index).map { unsafe String(cString: $0) }
            return EmbeddedBundle(name: name ?? "", index: Int(index))
        }
    }

    /// The embedded bundle of a name; `nil` if there is none.
    public static func named(_ name: String) -> EmbeddedBundle? {
        all.first { $0.name == name || $0.name == "\(name).hearthmodel" }
    }

    /// Lends the file's bytes.
    public func withBytes<Value, Failure: Error>(
        _ body: (Span<UInt8>) throws(Failure) -> Value
    ) throws(Failure) -> Value {
        // The bytes are constants of the program: they are there as long as it runs, and the count
        // is the compiler's.
        let start = unsafe hearth_bundle_bytes(index)
        let buffer = unsafe UnsafeBufferPointer(start: start, count: hearth_bundle_size(index))
        return try body(unsafe buffer.span)
    }
}
