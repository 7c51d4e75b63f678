// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthTestSupport
import HearthVault

/// Fills the file system it is given while a vault works on it.
struct FillAct {
    private let place: PlaceFile
    private let seed: UInt64
    private let rounds: Int
    private let isControl: Bool
    private let root: String
    private var random: SeededRandom
    private var report = ChildReport()
    private let calls: ShimCalls

    init(_ options: SystemActs.Options) throws {
        place = try PlaceFile(options)
        seed = try options.seed()
        rounds = try options.number("rounds")
        isControl = options.values["control"] != nil
        root = try options.text("root")
        random = SeededRandom(seed: seed)
        calls = try ShimCalls()
    }

    mutating func run() throws -> ChildReport {
        for round in 0..<rounds {
            let folder = "\(root)/round-\(round)"
            mkdir(folder, 0o700)
            report.attempts += 1
            var step = "create"
            do { try run(folder, round, &step) } catch {
                report.fail("seed \(seed), round \(round), \(step): \(error)")
            }
            calls.remove(folder)
            unlink(filler)
        }
        return report
    }

    private var filler: String { root + "/filler" }

    private mutating func run(_ folder: String, _ round: Int, _ step: inout String) throws {
        func at(_ name: String) -> String {
            place.note("seed \(seed), round \(round), \(name)")
            return name
        }
        let location = VaultLocation(store: folder + "/store", state: folder + "/state")
        var acting = try ActingVault(creatingAt: location)
        try acting.perform(.addPerson("Ada"))
        for number in 0..<Int.random(in: 2..<8, using: &random) {
            try acting.perform(VaultAct.next("Ada", number, &random))
        }
        step = at("ingest on a disk that fills up")
        fill(leaving: Int.random(in: 0..<1 << 20, using: &random))
        var wasFull = false
        for number in 10..<160 where !wasFull {
            if Int.random(in: 0..<30, using: &random) == 0 { fill(leaving: 0) }
            do { try acting.perform(VaultAct.next("Ada", number, &random)) } catch {
                guard (error as? VaultError)?.code == .diskFull else { throw error }
                wasFull = true
            }
        }
        if !wasFull { report.count("the disk was not full in time") }
        fill(leaving: 0)
        report.count("filled", 1)
        step = at("read on the full disk")
        try acting.perform(.read)
        step = at("verify on the full disk")
        try verify(acting)
        if Bool.random(using: &random) {
            step = at("open on the full disk")
            acting.close()
            acting = try ActingVault(openingAt: location, expecting: acting.expected)
            try acting.perform(.read)
            fill(leaving: 0)
        }
        if isControl { return try eraseWithoutBallast(acting) }
        step = at("erase on the full disk")
        try acting.perform(VaultAct.anErase("Ada", &random))
        step = at("read after the erase")
        try acting.perform(.read)
        try verify(acting)
        if Bool.random(using: &random) {
            step = at("a second erase on the full disk")
            try acting.perform(VaultAct.anErase("Ada", &random))
            report.count("second erases")
        }
        step = at("go on when there is room")
        unlink(filler)
        try acting.perform(VaultAct.next("Ada", 900, &random))
        try acting.perform(.reopen)
        try acting.perform(.read)
        try verify(acting)
        acting.close()
    }

    /// The control: without the room that is kept for it, an erase cannot finish.
    private mutating func eraseWithoutBallast(_ acting: ActingVault) throws {
        unlink(acting.location.store + "/ballast")
        fill(leaving: 0)
        do { try acting.perform(VaultAct.anErase("Ada", &random)) } catch let error as VaultError {
            if error.code == .diskFull { report.count("control noticed") }
        }
        acting.close()
    }

    private func verify(_ acting: ActingVault) throws {
        if let problem = try acting.vault.verify().problems.first {
            throw ActingVault.Wrong(description: "verify: \(problem)")
        }
    }

    /// Writes until only about so many bytes are left; with 0 until nothing can be written.
    private func fill(leaving rest: Int) {
        let file = open(filler, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        guard file >= 0 else { return }
        defer { close(file) }
        for size in [1 << 20, 1 << 14, 4096, 512, 1] {
            let bytes = [UInt8](repeating: 0xA5, count: size)
            while true {
                var space = statvfs()
                if rest > 0, statvfs(root, &space) == 0,
                    Int(space.f_bavail) * Int(space.f_frsize) < rest + size
                {
                    break
                }
                if rest > 0, size < 4096 { break }
                guard bytes.withUnsafeBytes({ write(file, $0.baseAddress, $0.count) }) == size
                else { break }
            }
        }
        fsync(file)
    }
}

/// R5: a real, small file system is filled at random moments.
public enum FullDisk: Experiment {
    public static let number = "R5"
    public static let title = "full disk"
    public static let promise =
        "on a full disk reading, verifying and erasing finish; afterwards work goes on"

    /// The file systems to try, in the order of worth: a script that mounts one on `$PLACE`.
    private static let mounts: [(name: String, unshare: [String], script: String)] = [
        (
            "ext4 on a loop device", ["-m"],
            "truncate -s 40M $PLACE.img && mkfs.ext4 -q -m 0 $PLACE.img && "
                + "mount -o loop $PLACE.img $PLACE"
        ),
        ("tmpfs", ["-m"], "mount -t tmpfs -o size=32m none $PLACE"),
        ("tmpfs", ["-rm"], "mount -t tmpfs -o size=32m none $PLACE"),
    ]

    public static func run(on bench: Bench) throws -> Outcome {
        var outcome = Outcome()
        guard let children = try ChildProcesses(bench, in: bench.folder) else {
            outcome.leftOut = FaultShim.missing
            return outcome
        }
        let rounds = bench.scale == .full ? 300 : 5
        let start = ContinuousClock.now
        for way in mounts where try canMount(way, bench.folder) {
            let report = try run(way, children, rounds: rounds, seed: bench.seed)
            outcome.take(report)
            outcome.show("file system", way.name)
            outcome.show("times filled", report.counts["filled"] ?? 0)
            outcome.show("second erases on the full disk", report.counts["second erases"] ?? 0)
            outcome.show(rate: "rounds", report.attempts, in: .now - start)
            let control = try run(way, children, rounds: 3, seed: bench.seed, " control=1")
            let noticed = control.counts["control noticed"] ?? 0
            outcome.control(
                "an erase without the ballast", isCaught: noticed > 0,
                "\(noticed) of \(control.attempts) could not finish")
            return outcome
        }
        outcome.leftOut = "no file system can be mounted here"
        return outcome
    }

    private static func canMount(
        _ way: (name: String, unshare: [String], script: String), _ folder: String
    ) throws -> Bool {
        try process(way, folder, "true", [:]).wait() == 0
    }

    private struct Shell {
        let process: Process
        func wait() -> Int32 {
            process.waitUntilExit()
            return process.terminationStatus
        }
    }

    /// Runs a command in a mount name space of its own with the file system mounted.
    private static func process(
        _ way: (name: String, unshare: [String], script: String), _ folder: String,
        _ command: String, _ environment: [String: String]
    ) throws -> Shell {
        let place = "\(folder)/disk-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/unshare")
        process.arguments = way.unshare + ["/bin/sh", "-c", "\(way.script) && { \(command); }"]
        process.environment = environment.merging([
            "PLACE": place, "PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8",
        ]) { $1 }
        process.standardError = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        guard (try? process.run()) != nil else { throw CocoaError(.executableNotLoadable) }
        return Shell(process: process)
    }

    private static func run(
        _ way: (name: String, unshare: [String], script: String), _ children: ChildProcesses,
        rounds: Int, seed: UInt64, _ more: String = ""
    ) throws -> ChildReport {
        let report = "\(children.folder)/fill.json"
        let talk = "\(children.folder)/fill.talk"
        let library = ProcessInfo.processInfo.environment["LD_LIBRARY_PATH"] ?? ""
        let shell = try process(
            way, children.folder,
            "LD_PRELOAD=\"$SHIM\" HEARTH_SHIM_KDF=1 SWIFT_BACKTRACE=enable=no \"$PROGRAM\" act fill"
                + " root=\"$PLACE\" seed=\(seed) rounds=\(rounds)"
                + more + " report=\"$REPORT\" place=\"$REPORT.place\" 2> \"$TALK\"",
            [
                "SHIM": children.shim, "PROGRAM": children.program, "REPORT": report,
                "TALK": talk, "LD_LIBRARY_PATH": library,
            ])
        let code = shell.wait()
        if code == 0, let data = FileManager.default.contents(atPath: report) {
            return try JSONDecoder().decode(ChildReport.self, from: data)
        }
        var broken = ChildReport()
        let said = [report + ".place", talk].compactMap {
            FileManager.default.contents(atPath: $0).map { String(decoding: $0, as: UTF8.self) }
        }
        broken.attempts = 1
        broken.fail("the process ended with \(code): \(said.joined(separator: " "))")
        return broken
    }
}
