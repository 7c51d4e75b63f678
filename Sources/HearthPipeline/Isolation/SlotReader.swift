// SPDX-License-Identifier: Apache-2.0
import CHearthSystem

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Our end of the memory that is shared with one worker. What lies in it may change at any time under a
/// hostile worker's hands, so it is copied before anything looks at it.
@safe final class SlotReader {
    static let bytes = Int(HEARTH_WORKER_SLOTS) * Int(HEARTH_WORKER_SLOT_BYTES)

    /// What the worker is handed.
    let descriptor: Int32
    private let memory: UnsafeMutableRawPointer
    private var slot = 0

    /// `nil` if the system has no such memory for us.
    init?() {
        descriptor = hearth_shared_memory(Self.bytes)
        guard descriptor >= 0 else { return nil }
        guard let mapped = unsafe hearth_map_shared(descriptor, Self.bytes) else {
            close(descriptor)
            return nil
        }
        unsafe memory = unsafe mapped
    }

    deinit {
        unsafe hearth_unmap(memory, Self.bytes)
        close(descriptor)
    }

    /// Copies the next slot to `start` of the buffer.
    ///
    /// - Returns: false if that is more than a slot holds or the buffer takes.
    func take(_ count: Int, into buffer: inout [UInt8], at start: Int) -> Bool {
        guard count > 0, count <= Int(HEARTH_WORKER_SLOT_BYTES), count <= buffer.count - start
        else {
            return false
        }
        unsafe buffer.withUnsafeMutableBytes { target in
            let rest = unsafe UnsafeMutableRawBufferPointer(rebasing: target[start...])
            // Within the mapping: `slot` is below the number of slots, `count` within one.
            unsafe rest.copyMemory(
                from: UnsafeRawBufferPointer(
                    start: memory + slot * Int(HEARTH_WORKER_SLOT_BYTES), count: count))
        }
        slot = (slot + 1) % Int(HEARTH_WORKER_SLOTS)
        return true
    }
}
