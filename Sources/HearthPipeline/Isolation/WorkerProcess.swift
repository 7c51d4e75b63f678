// SPDX-License-Identifier: Apache-2.0
import CHearthSystem
import HearthIntake

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// One worker and the pipe its frames come through. The process ends with this value at the latest.
final class WorkerProcess {
    /// Time a worker may keep us waiting, beyond its processor time: a machine under load.
    static let waitFactor = 4

    /// A whole frame and as much as a pipe holds.
    static let bufferBytes = FrameDecoder.frameBytes + (1 << 20)

    private let process: pid_t
    private let result: Int32
    private var hasEnded = false
    private(set) var outcome = hearth_worker_outcome()

    /// Starts a worker on an input.
    ///
    /// - Throws: ``IntakeErrorCode/workerFailed`` if it cannot be started.
    init(
        program: String, _ input: IntakeInput, _ request: WorkerRequest
    ) throws(IntakeError) {
        let question = try Self.pipe(holding: WorkerRequest.byteLimit)
        defer { close(question.reading) }
        // The whole request fits the pipe, which nobody reads yet: a longer one fails here.
        let bytes = request.bytes
        let written =
            bytes.count <= WorkerRequest.byteLimit
            && Self.fits(bytes.count, question.writing) && Self.write(bytes, to: question.writing)
        close(question.writing)
        guard written else { throw Self.notStarted("the request is too long") }
        let answer = try Self.pipe(holding: 1 << 20)
        var process: pid_t = 0
        let companions = input.companions.prefix(Int(HEARTH_WORKER_COMPANIONS)).map(\.descriptor)
        let status = unsafe hearth_worker_start(
            program, input.descriptor, answer.writing, question.reading, companions,
            Int32(companions.count), &process)
        close(answer.writing)
        guard status == 0 else {
            close(answer.reading)
            throw Self.notStarted("error \(errno)")
        }
        self.process = process
        result = answer.reading
    }

    deinit { end(stop: true) }

    /// Hands the worker's frames to the sink until its last word.
    ///
    /// - Parameters:
    ///   - required: the layers that must be in force.
    ///   - buffer: room for frames, of ``bufferBytes``; kept by the caller for the next worker.
    /// - Throws: the worker's own error; ``IntakeErrorCode/workerFailed`` if it ended otherwise, or
    ///   sent what a sound worker does not send.
    func run(
        _ options: IntakeOptions, size: Int64, required: UInt32, buffer: inout [UInt8],
        into sink: some IntakeSink
    ) throws(IntakeError) -> WorkerReport {
        var decoder = FrameDecoder(options)
        var filled = 0
        var patience = Self.patience(size)
        while decoder.outcome == nil {
            if sink.wantsStop { throw stopped("not wanted any more") }
            guard wait(&patience) else { throw stopped("time limit") }
            let count = read(into: &buffer, from: filled)
            if count <= 0 { throw ended() }
            filled += count
            guard let taken = decoder.decode(buffer, filled: filled, into: sink) else {
                throw stopped("internal error of the reader")
            }
            if let report = decoder.report, report.layers & required != required {
                end(stop: true)
                throw IntakeError(
                    .notIsolated, "the worker's sandbox is not fully in force on this system")
            }
            Self.drop(taken, of: &filled, in: &buffer)
        }
        end(stop: false)
        guard let report = decoder.report, let result = decoder.outcome else { throw ended() }
        switch result {
        case .success: return report
        case .failure(let error): throw error
        }
    }

    /// Moves what is left to the front, in place.
    private static func drop(_ taken: Int, of filled: inout Int, in buffer: inout [UInt8]) {
        guard taken > 0 else { return }
        filled -= taken
        unsafe buffer.withUnsafeMutableBytes { bytes in
            guard let base = bytes.baseAddress else { return }
            // Both ends lie within the buffer: `taken` and `filled` were parts of it.
            _ = unsafe memmove(base, base + taken, filled)
        }
    }

    // MARK: Waiting

    /// Milliseconds that waiting for the worker may take in all.
    private static func patience(_ size: Int64) -> Int64 {
        let seconds = size == 0 ? 3600 : Int64(HEARTH_WORKER_CPU_SECONDS) + size >> 22
        return seconds * 1000 * Int64(waitFactor)
    }

    private func wait(_ patience: inout Int64) -> Bool {
        while patience > 0 {
            let start = Self.milliseconds()
            let ready = hearth_wait_readable(result, Int32(min(patience, 1000)))
            patience -= max(0, Self.milliseconds() - start)
            if ready != 0 { return true }
        }
        return false
    }

    private static func milliseconds() -> Int64 {
        var now = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &now)
        return Int64(now.tv_sec) * 1000 + Int64(now.tv_nsec) / 1_000_000
    }

    private func read(into buffer: inout [UInt8], from start: Int) -> Int {
        while true {
            let count = unsafe buffer.withUnsafeMutableBytes { bytes -> Int in
                let rest = unsafe UnsafeMutableRawBufferPointer(rebasing: bytes[start...])
                return unsafe systemRead(result, rest.baseAddress, rest.count)
            }
            if count >= 0 || errno != EINTR { return count }
        }
    }

    // MARK: The end

    private func end(stop: Bool) {
        guard !hasEnded else { return }
        hasEnded = true
        // Closed first: a worker that still writes meets a broken pipe instead of waiting for ever.
        close(result)
        unsafe hearth_worker_end(process, stop ? 1 : 0, &outcome)
    }

    private func stopped(_ reason: String) -> IntakeError {
        end(stop: true)
        return Self.failed(reason)
    }

    /// The pipe has ended before the last word: how the process ended tells why.
    private func ended() -> IntakeError {
        end(stop: false)
        return Self.failed(Self.reason(outcome))
    }

    static func reason(_ outcome: hearth_worker_outcome) -> String {
        switch (outcome.signal, outcome.code) {
        case (SIGSYS, _): "forbidden call"
        case (SIGXCPU, _): "time limit"
        // The kernel ends a process for want of memory, or behind the hard limit of time.
        case (SIGKILL, _):
            outcome.cpu_milliseconds >= Int64(HEARTH_WORKER_CPU_SECONDS) * 1000
                ? "time limit" : "memory limit"
        case (0, HEARTH_WORKER_OUT_OF_MEMORY): "memory limit"
        default: "internal error of the reader"
        }
    }

    private static func failed(_ reason: String) -> IntakeError {
        IntakeError(.workerFailed, "the reader was stopped: \(reason)")
    }

    private static func notStarted(_ reason: String) -> IntakeError {
        IntakeError(.workerFailed, "the reader could not be started: \(reason)")
    }

    // MARK: Pipes

    private static func pipe(
        holding bytes: Int
    ) throws(IntakeError) -> (reading: Int32, writing: Int32) {
        var ends: [Int32] = [-1, -1]
        guard unsafe hearth_pipe(&ends, Int32(bytes)) == 0 else {
            throw notStarted("error \(errno)")
        }
        return (ends[0], ends[1])
    }

    /// Where the larger pipe was not granted it holds 64 KiB.
    private static func fits(_ count: Int, _ descriptor: Int32) -> Bool {
        count <= max(65_536, Int(hearth_pipe_bytes(descriptor)))
    }

    private static func write(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
        unsafe bytes.withUnsafeBytes { bytes in
            var done = 0
            while done < bytes.count {
                let rest = unsafe UnsafeRawBufferPointer(rebasing: bytes[done...])
                let count = unsafe systemWrite(descriptor, rest.baseAddress, rest.count)
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { return false }
                done += count
            }
            return true
        }
    }
}

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
