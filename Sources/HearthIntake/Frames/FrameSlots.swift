// SPDX-License-Identifier: Apache-2.0
import CHearthSystem

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// The worker's end of the shared memory: frames are put into its slots in turn.
///
/// After each slot four bytes go to `result`: how much the slot holds, in the machine's order. Once the
/// other side has copied a slot it gives a byte back through `turns`, and the slot may be filled again.
@safe final class FrameSlots {
    private let result: Int32
    private let turns: Int32
    private let memory: UnsafeMutableRawPointer
    private var slot = 0
    /// Slots that may be filled.
    private var free = Int(HEARTH_WORKER_SLOTS)

    static let bytes = Int(HEARTH_WORKER_SLOTS) * Int(HEARTH_WORKER_SLOT_BYTES)

    /// `nil` if the memory cannot be mapped.
    init?(result: Int32, turns: Int32, memory: Int32) {
        guard let mapped = unsafe hearth_map_shared(memory, Self.bytes) else { return nil }
        self.result = result
        self.turns = turns
        unsafe self.memory = unsafe mapped
    }

    /// Hands on bytes; false if nobody takes them.
    func write(_ bytes: [UInt8]) -> Bool {
        var done = 0
        while done < bytes.count {
            let count = min(Int(HEARTH_WORKER_SLOT_BYTES), bytes.count - done)
            guard awaitSlot() else { return false }
            unsafe bytes.withUnsafeBytes { all in
                // `slot` and `count` are bounded by the mapping's own measures.
                unsafe (memory + slot * Int(HEARTH_WORKER_SLOT_BYTES)).copyMemory(
                    from: all.baseAddress.unsafelyUnwrapped + done, byteCount: count)
            }
            guard tell(count) else { return false }
            slot = (slot + 1) % Int(HEARTH_WORKER_SLOTS)
            done += count
        }
        return true
    }

    private func awaitSlot() -> Bool {
        while free == 0 {
            var given = [UInt8](repeating: 0, count: Int(HEARTH_WORKER_SLOTS))
            let count = unsafe read(turns, &given, given.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return false }
            free += count
        }
        free -= 1
        return true
    }

    /// Four bytes go through a pipe whole or not at all.
    private func tell(_ bytes: Int) -> Bool {
        var count = UInt32(bytes)
        while true {
            let written = unsafe systemWrite(result, &count, MemoryLayout<UInt32>.size)
            if written < 0, errno == EINTR { continue }
            return written == MemoryLayout<UInt32>.size
        }
    }
}

private func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawPointer, _ count: Int) -> Int {
    unsafe write(descriptor, bytes, count)
}
