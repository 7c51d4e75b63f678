// SPDX-License-Identifier: Apache-2.0
import CHearthSystem
import HearthIntake

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// One worker and the memory its frames come through. The process ends with this value at the latest.
final class WorkerProcess {
    /// Time a worker may keep us waiting, beyond its processor time: a machine under load.
    static let waitFactor = 4

    /// A whole frame and as much as a slot holds.
    static let bufferBytes = FrameDecoder.frameBytes + Int(HEARTH_WORKER_SLOT_BYTES)

    private let process: pid_t
    /// Tells that a slot is filled.
    private let answer: Pipe
    /// Tells that a slot was copied. Both ends stay open here: without a reader a write would end this
    /// process by a signal.
    private let turns: Pipe
    private let slots: SlotReader
    private var hasEnded = false
    private(set) var outcome = hearth_worker_outcome()

    /// Starts a worker on an input.
    ///
    /// - Throws: ``IntakeErrorCode/workerFailed`` if it cannot be started.
    init(
        program: String, _ input: IntakeInput, _ request: WorkerRequest
    ) throws(IntakeError) {
        let question = try Pipe(holding: WorkerRequest.byteLimit)
        // The whole request fits the pipe, which nobody reads yet: a longer one fails here.
        let bytes = request.bytes
        guard bytes.count <= WorkerRequest.byteLimit, question.fits(bytes.count),
            question.write(bytes)
        else { throw Self.notStarted("the request is too long") }
        question.closeWriting()
        guard let slots = SlotReader() else { throw Self.notStarted("no shared memory") }
        let answer = try Pipe(holding: 4096)
        let turns = try Pipe(holding: 4096)
        hearth_never_wait(turns.writing)
        var process: pid_t = 0
        let companions = input.companions.prefix(Int(HEARTH_WORKER_COMPANIONS)).map(\.descriptor)
        let status = unsafe companions.withUnsafeBufferPointer { companions in
            var handed = unsafe hearth_worker_descriptors(
                input: input.descriptor, result: answer.writing, request: question.reading,
                turns: turns.reading, memory: slots.descriptor,
                companions: companions.baseAddress, companion_count: Int32(companions.count))
            return unsafe hearth_worker_start(program, &handed, &process)
        }
        guard status == 0 else { throw Self.notStarted("error \(errno)") }
        answer.closeWriting()
        self.process = process
        self.answer = answer
        self.turns = turns
        self.slots = slots
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
            guard let count = nextCount() else { throw ended() }
            // A worker that does not wait for its turns fills that pipe, and the write fails.
            guard slots.take(count, into: &buffer, at: filled), turns.write([1]) else {
                throw stopped("internal error of the reader")
            }
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
            let ready = hearth_wait_readable(answer.reading, Int32(min(patience, 1000)))
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

    /// How much the next slot holds; `nil` if the worker has ended, or told less than a number.
    private func nextCount() -> Int? {
        var bytes = [UInt8](repeating: 0, count: MemoryLayout<UInt32>.size)
        guard answer.read(into: &bytes) == bytes.count else { return nil }
        return Int(unsafe bytes.withUnsafeBytes { unsafe $0.loadUnaligned(as: UInt32.self) })
    }

    // MARK: The end

    private func end(stop: Bool) {
        guard !hasEnded else { return }
        hasEnded = true
        // Closed first: a worker that still writes meets a broken pipe instead of waiting for ever.
        answer.close()
        turns.close()
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

    static func notStarted(_ reason: String) -> IntakeError {
        IntakeError(.workerFailed, "the reader could not be started: \(reason)")
    }
}
