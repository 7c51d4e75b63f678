// SPDX-License-Identifier: Apache-2.0
import CHearthSystem
public import HearthIntake

/// Where the bytes of inputs are parsed.
public enum Isolation: String, Sendable, CaseIterable {
    /// In a worker process whose sandbox is fully in force; else the input is refused.
    case required
    /// In a worker process with the layers that this system has; in this process if no worker is
    /// installed.
    case bestEffort = "best-effort"
    /// In this process, which holds the keys.
    case off

    /// The layers without which a worker is no sandbox.
    static let essential =
        HEARTH_SANDBOX_HYGIENE | HEARTH_SANDBOX_LIMITS | HEARTH_SANDBOX_NO_NEW_PRIVS
        | HEARTH_SANDBOX_SECCOMP | HEARTH_SANDBOX_SELF_TEST

    /// What an ingest should say once: where inputs are parsed if that is not a sound sandbox.
    public var warning: String? {
        if self == .off { return "isolation is off: files are parsed in the process with the keys" }
        guard let report = WorkerProgram.report() else {
            return self == .required
                ? nil : "hearth-worker is not installed beside hearth: files are parsed without it"
        }
        return report.layers & Self.essential == Self.essential
            ? nil : "the sandbox is not fully in force here; `hearth doctor` says what is missing"
    }
}

/// Runs the intake of one input after the other, in worker processes or here.
final class IntakeDriver {
    private let isolation: Isolation
    private let program: String?
    /// How the last worker ended and what it used.
    private(set) var lastOutcome: hearth_worker_outcome?

    private var buffer: [UInt8] = []

    init(_ options: IngestOptions) {
        isolation = options.isolation
        program = isolation == .off ? nil : options.workerProgram
    }

    /// Reads an input.
    ///
    /// - Parameter worker: one that ``start(_:_:)`` began with the same input and options; without it a
    ///   new one is started.
    func run(
        _ input: IntakeInput, size: Int64, _ options: IntakeOptions,
        worker: WorkerProcess? = nil, into sink: some IntakeSink
    ) throws(IntakeError) {
        let started = worker == nil ? try start(input, options) : worker
        guard let started else { return try Intake(options).run(input, into: sink) }
        defer { lastOutcome = started.outcome }
        if buffer.isEmpty { buffer = [UInt8](repeating: 0, count: WorkerProcess.bufferBytes) }
        let required = isolation == .required ? UInt32(Isolation.essential) : 0
        _ = try started.run(
            options, size: size, required: required, buffer: &buffer, into: sink)
    }

    /// Starts a worker on an input, which then reads ahead as far as its pipe holds; `nil` if inputs
    /// are parsed in this process.
    func start(
        _ input: IntakeInput, _ options: IntakeOptions
    ) throws(IntakeError) -> WorkerProcess? {
        guard let program else {
            guard isolation != .required else {
                throw IntakeError(.notIsolated, "hearth-worker is not installed beside hearth")
            }
            return nil
        }
        let request = WorkerRequest(
            name: input.name, companions: input.companions.map(\.name), options: options)
        return try WorkerProcess(program: program, input, request)
    }
}

/// The worker's program, installed beside the one that runs.
public enum WorkerProgram {
    /// The path, or `nil` if there is none.
    public static let path: String? = {
        var buffer = [CChar](repeating: 0, count: 4096)
        let count = unsafe hearth_executable_path(&buffer, buffer.count)
        guard count > 0 else { return nil }
        let own = String(
            decoding: buffer.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
        guard let slash = own.lastIndex(of: "/") else { return nil }
        let path = own[...slash] + "hearth-worker"
        return unsafe hearth_is_executable(String(path)) ? String(path) : nil
    }()

    /// What a worker says of its sandbox; `nil` if there is none or it does not start.
    public static func report() -> WorkerReport? {
        guard let path else { return nil }
        let options = IntakeOptions()
        var request = WorkerRequest(name: "", companions: [], options: options)
        request.isReportOnly = true
        do throws(IntakeError) {
            let empty = try InputFile.null()
            defer { withExtendedLifetime(empty) { _ in } }
            let input = IntakeInput(descriptor: empty.descriptor, name: "")
            let worker = try WorkerProcess(program: path, input, request)
            var buffer = [UInt8](repeating: 0, count: WorkerProcess.bufferBytes)
            return try worker.run(
                options, size: 1, required: 0, buffer: &buffer, into: NoSink())
        } catch {
            return nil
        }
    }
}
