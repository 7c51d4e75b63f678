// SPDX-License-Identifier: Apache-2.0
import Foundation
import Synchronization

/// Work shared out to as many threads as there are cores.
enum Workers {
    static var count: Int { max(1, ProcessInfo.processInfo.activeProcessorCount) }

    /// What `body` gave on each thread; the first error, if any threw.
    static func run<Part: Sendable>(
        _ threads: Int = count, _ body: @escaping @Sendable (Int) throws -> Part
    ) throws -> [Part] {
        let box = Box<Part>()
        let group = DispatchGroup()
        for number in 0..<threads {
            group.enter()
            let thread = Thread {
                let result = Result { try body(number) }
                box.results.withLock { $0.append((number, result)) }
                group.leave()
            }
            thread.stackSize = 8 << 20
            thread.start()
        }
        group.wait()
        let results = box.results.withLock { $0 }
        return try results.sorted { $0.0 < $1.0 }.map { try $0.1.get() }
    }

    private final class Box<Part: Sendable>: Sendable {
        let results = Mutex<[(Int, Result<Part, any Error>)]>([])
    }
}

/// Programs run to their end.
enum Program {
    struct Ending: Sendable {
        var code: Int32
        var output: String
        var talk: String
    }

    /// Runs a program; its output goes through files, which cannot fill up and block.
    static func run(
        _ path: String, _ arguments: [String], in folder: String,
        environment: [String: String]? = nil
    ) throws -> Ending {
        let process = Process()
        process.executableURL = URL(filePath: path)
        process.arguments = arguments
        process.currentDirectoryURL = URL(filePath: folder)
        if let environment { process.environment = environment }
        let names = ["out", "err"].map { "\(folder)/.\($0)-\(UUID().uuidString)" }
        for name in names { try Data().write(to: URL(filePath: name)) }
        defer { for name in names { unlink(name) } }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = try FileHandle(forWritingTo: URL(filePath: names[0]))
        process.standardError = try FileHandle(forWritingTo: URL(filePath: names[1]))
        try process.run()
        process.waitUntilExit()
        let texts = try names.map {
            String(decoding: try WholeFile.read($0), as: UTF8.self)
        }
        let code =
            process.terminationReason == .exit
            ? process.terminationStatus : 128 + process.terminationStatus
        return Ending(code: code, output: texts[0], talk: texts[1])
    }

    /// Where a program is; nil where it is not installed.
    static func path(of name: String) -> String? {
        ["/usr/bin", "/bin", "/usr/sbin", "/sbin", "/usr/local/bin"].map { "\($0)/\(name)" }
            .first { FileManager.default.isExecutableFile(atPath: $0) }
    }
}
