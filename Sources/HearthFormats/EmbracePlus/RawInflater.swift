// SPDX-License-Identifier: Apache-2.0
import CZlib

/// Inflates raw deflate data that arrives in pieces, a bounded piece of output at a time.
///
/// The only place that calls zlib. Its state refers to its own address,
/// so it lives on the heap, and each call lends zlib the two buffers for its duration only.
@safe struct RawInflater: ~Copyable {
    enum Outcome: Sendable, Equatable {
        /// Everything handed in was taken, or the output is full.
        case going
        case ended
        case damaged
    }

    private let state: UnsafeMutablePointer<z_stream>
    private var isOpen: Bool
    /// Handed out by the last call; its content before `produced` is the output.
    private(set) var buffer: [UInt8]
    private(set) var produced = 0

    init(outputBytes: Int = 64 << 10) {
        buffer = Array(repeating: 0, count: max(1, outputBytes))
        unsafe state = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
        unsafe state.initialize(to: z_stream())
        isOpen =
            unsafe inflateInit2_(state, -15, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
            == Z_OK
    }

    deinit {
        if isOpen { _ = unsafe inflateEnd(state) }
        unsafe state.deinitialize(count: 1)
        unsafe state.deallocate()
    }

    /// Starts over with a new stream.
    mutating func reset() {
        produced = 0
        if isOpen { isOpen = unsafe inflateReset(state) == Z_OK }
    }

    /// Takes bytes from `index` on and fills ``buffer`` up to ``produced``.
    mutating func inflate(_ bytes: Span<UInt8>, _ index: inout Int) -> Outcome {
        produced = 0
        guard isOpen else { return .damaged }
        let from = index
        let room = buffer.count
        let stream = unsafe state
        let result = unsafe bytes.withUnsafeBufferPointer { input -> Int32 in
            unsafe buffer.withUnsafeMutableBufferPointer { output -> Int32 in
                // zlib's interface lacks `const` here; it does not write to its input.
                unsafe stream.pointee.next_in = UnsafeMutablePointer(
                    mutating: input.baseAddress?.advanced(by: from))
                unsafe stream.pointee.avail_in = UInt32(clamping: input.count - from)
                unsafe stream.pointee.next_out = output.baseAddress
                unsafe stream.pointee.avail_out = UInt32(clamping: room)
                let result = unsafe CZlib.inflate(stream, Z_NO_FLUSH)
                unsafe stream.pointee.next_in = nil
                unsafe stream.pointee.next_out = nil
                return result
            }
        }
        let left = unsafe Int(stream.pointee.avail_in)
        let taken = min(bytes.count - from, Int(UInt32(clamping: bytes.count - from))) - left
        index = from + max(0, taken)
        produced = room - (unsafe Int(stream.pointee.avail_out))
        switch result {
        case Z_OK, Z_BUF_ERROR: return .going
        case Z_STREAM_END: return .ended
        default: return .damaged
        }
    }

    /// Lends the buffer away; ``giveBack(_:)`` must follow.
    mutating func takeBuffer() -> [UInt8] {
        var taken: [UInt8] = []
        swap(&taken, &buffer)
        return taken
    }

    mutating func giveBack(_ lent: consuming [UInt8]) { buffer = lent }
}
