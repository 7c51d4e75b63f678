// SPDX-License-Identifier: Apache-2.0
import Foundation

/// What a child process of the laboratory found out.
struct ChildReport: Codable {
    var attempts = 0
    var failures: [String] = []
    var counts: [String: Int] = [:]

    mutating func fail(_ sentence: String) {
        counts["failed", default: 0] += 1
        if failures.count < 20 { failures.append(sentence) }
    }

    mutating func count(_ name: String, _ by: Int = 1) { counts[name, default: 0] += by }

    mutating func add(_ other: ChildReport) {
        attempts += other.attempts
        failures += other.failures.prefix(max(0, 20 - failures.count))
        counts.merge(other.counts) { $0 + $1 }
    }

    var failed: Int { counts["failed"] ?? 0 }
}

/// Runs parts of an experiment in processes of their own, with the library that injects faults.
struct ChildProcesses {
    let shim: String
    let program: String
    let folder: String

    init(shim: String, program: String, folder: String) {
        self.shim = shim
        self.program = program
        self.folder = folder
    }

    /// nil where the library cannot be built.
    init?(_ bench: Bench, in folder: String) throws {
        guard let library = try FaultShim.library() else { return nil }
        shim = library
        program =
            URL(fileURLWithPath: bench.program).deletingLastPathComponent()
            .appending(path: "hearth-faults").path
        self.folder = folder
    }

    struct Running {
        var process: Process
        var report: String
        var talk: String
        var place: String
    }

    /// Starts `hearth-faults act NAME key=value…`.
    func start(
        _ act: String, _ options: [String: String], environment: [String: String] = [:],
        fast: Bool = true, output: Pipe? = nil
    ) throws -> Running {
        let name = "\(folder)/child-\(UUID().uuidString)"
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        var all = options
        all["report"] = name + ".json"
        all["place"] = name + ".place"
        process.arguments = ["act", act] + all.map { "\($0.key)=\($0.value)" }.sorted()
        var variables = ["LD_PRELOAD": shim, "SWIFT_BACKTRACE": "enable=no", "LANG": "C.UTF-8"]
        if fast { variables["HEARTH_SHIM_FAST"] = "1" }
        for key in ["LD_LIBRARY_PATH", "PATH", "TMPDIR"] {
            variables[key] = ProcessInfo.processInfo.environment[key]
        }
        process.environment = variables.merging(environment) { $1 }
        _ = FileManager.default.createFile(atPath: name + ".talk", contents: nil)
        let talk = try FileHandle(
            forWritingTo: URL(fileURLWithPath: name + ".talk"))
        process.standardError = talk
        process.standardOutput = output ?? FileHandle.nullDevice
        process.standardInput = FileHandle.nullDevice
        try process.run()
        try talk.close()
        return Running(
            process: process, report: name + ".json", talk: name + ".talk", place: name + ".place")
    }

    /// What a child reports; one that died is a failure, told with where it was.
    func finish(_ running: Running) -> ChildReport {
        running.process.waitUntilExit()
        defer {
            for path in [running.report, running.talk, running.place] {
                try? FileManager.default.removeItem(atPath: path)
            }
        }
        let process = running.process
        if process.terminationReason == .exit, process.terminationStatus == 0,
            let data = FileManager.default.contents(atPath: running.report),
            let report = try? JSONDecoder().decode(ChildReport.self, from: data)
        {
            return report
        }
        func text(_ path: String) -> String {
            String(
                decoding: (FileManager.default.contents(atPath: path) ?? Data()).prefix(600),
                as: UTF8.self)
        }
        var report = ChildReport()
        report.attempts = 1
        report.fail(
            "a process ended with \(process.terminationStatus) at \(text(running.place)): "
                + text(running.talk))
        return report
    }

    /// Runs a child to its end.
    func run(
        _ act: String, _ options: [String: String], environment: [String: String] = [:],
        fast: Bool = true
    ) throws -> ChildReport {
        finish(try start(act, options, environment: environment, fast: fast))
    }

    /// Shares the work among as many children as there are cores; each gets `worker` and `workers`.
    func share(_ act: String, _ options: [String: String]) throws -> ChildReport {
        let workers = max(1, min(8, ProcessInfo.processInfo.activeProcessorCount))
        let running = try (0..<workers).map { worker in
            try start(
                act, options.merging(["worker": "\(worker)", "workers": "\(workers)"]) { $1 })
        }
        var report = ChildReport()
        for child in running { report.add(finish(child)) }
        return report
    }
}

/// A folder in memory where there is one, else in the experiment's own folder.
struct QuickFolder: ~Copyable {
    let path: String

    init(_ bench: Bench) throws {
        let memory = "/dev/shm"
        let isThere = FileManager.default.isWritableFile(atPath: memory)
        path = (isThere ? memory : bench.folder) + "/hearth-faults-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}

extension Outcome {
    /// Takes over what children found.
    mutating func take(_ report: ChildReport) {
        attempts += report.attempts
        for failure in report.failures { fail(failure) }
    }

    /// A rate with one digit behind the point.
    mutating func show(rate name: String, _ count: Int, in duration: Duration) {
        let seconds = max(duration / .seconds(1), 1e-3)
        show(name, String(format: "%.1f/s", Double(count) / seconds))
    }
}
