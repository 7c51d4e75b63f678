// SPDX-License-Identifier: Apache-2.0
import CHearthSystem
import HearthIntake

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A pipe that no other program inherits; both ends are closed with this value at the latest.
final class Pipe {
    private(set) var reading: Int32
    private(set) var writing: Int32

    /// - Parameter bytes: room wanted; where it is not granted the pipe holds less.
    /// - Throws: ``IntakeErrorCode/workerFailed`` if the system gives none.
    init(holding bytes: Int) throws(IntakeError) {
        var ends: [Int32] = [-1, -1]
        guard unsafe hearth_pipe(&ends, Int32(bytes)) == 0 else {
            throw WorkerProcess.notStarted("error \(errno)")
        }
        reading = ends[0]
        writing = ends[1]
    }

    deinit { close() }

    func close() {
        closeReading()
        closeWriting()
    }

    func closeReading() {
        if reading >= 0 { systemClose(reading) }
        reading = -1
    }

    func closeWriting() {
        if writing >= 0 { systemClose(writing) }
        writing = -1
    }

    /// Whether that many bytes can wait in the pipe. A larger pipe than usual may not be granted.
    func fits(_ count: Int) -> Bool {
        count <= max(65_536, Int(hearth_pipe_bytes(writing)))
    }

    /// Writes all bytes; false if that fails.
    func write(_ bytes: [UInt8]) -> Bool {
        unsafe bytes.withUnsafeBytes { bytes in
            var done = 0
            while done < bytes.count {
                let rest = unsafe UnsafeRawBufferPointer(rebasing: bytes[done...])
                let count = unsafe systemWrite(writing, rest.baseAddress, rest.count)
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { return false }
                done += count
            }
            return true
        }
    }

    /// Reads at most as many bytes as the buffer has; 0 or less at the end or on an error.
    func read(into buffer: inout [UInt8]) -> Int {
        while true {
            let count = unsafe buffer.withUnsafeMutableBytes {
                unsafe systemRead(reading, $0.baseAddress, $0.count)
            }
            if count >= 0 || errno != EINTR { return count }
        }
    }
}

private func systemClose(_ descriptor: Int32) { close(descriptor) }

private func systemRead(_ descriptor: Int32, _ buffer: UnsafeMutableRawPointer?, _ count: Int)
    -> Int
{
    guard let buffer = unsafe buffer else { return 0 }
    return unsafe read(descriptor, buffer, count)
}

private func systemWrite(_ descriptor: Int32, _ buffer: UnsafeRawPointer?, _ count: Int) -> Int {
    guard let buffer = unsafe buffer else { return 0 }
    return unsafe write(descriptor, buffer, count)
}
