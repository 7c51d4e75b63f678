// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthBiosignals
import HearthFormats
import HearthPipeline
import HearthTestSupport
import HearthVault

/// R13: files with erased data that are read in again.
public enum Resurrection: Experiment {
    public static let number = "R13"
    public static let title = "resurrection"
    public static let promise = "what was erased does not come back from a file, and is counted"

    public static func run(on bench: Bench) throws -> Outcome {
        let scratch = try Scratch(bench)
        let threads = Workers.count
        let attempts = bench.scale == .full ? 500 : 20
        let places = try (0..<threads).map { try scratch.place("worker\($0)") }
        let tallies = try Workers.run(threads) { worker in
            var rounds = ResurrectionRounds(folder: places[worker])
            for number in stride(from: worker, to: attempts, by: threads) {
                try rounds.attempt(
                    Disguise.allCases[number % Disguise.allCases.count],
                    seed: bench.seed &+ UInt64(number))
            }
            return rounds.tally
        }
        var outcome = Outcome(attempts: attempts)
        var counts: [String: Int] = [:]
        for tally in tallies {
            counts.merge(tally.counts, uniquingKeysWith: +)
            for failure in tally.failures { outcome.fail(failure) }
        }
        for (name, count) in counts.sorted(by: { $0.key < $1.key }) { outcome.show(name, count) }
        try control(&outcome, in: scratch.place("control"), bench.seed)
        return outcome
    }

    /// Without the erase's tombstones the same file brings everything back.
    private static func control(
        _ outcome: inout Outcome, in folder: String, _ seed: UInt64
    ) throws {
        let vault = try LabVault.create(in: folder)
        defer { vault.close() }
        let person = try vault.addPerson(label: "Marker Ada").id
        var random = SeededRandom(seed: seed)
        let rows = MadeRows(&random)
        let path = "\(folder)/a.csv"
        try WholeFile.write(Disguise.asIs.bytes(rows, &random), to: path)
        let ingest = { (who: PersonID) in
            var options = IngestOptions()
            options.isolation = .off
            return try Ingestor(vault: vault, person: who, options: options).ingest([path])
        }
        _ = try ingest(person)
        _ = try vault.erase(ErasureScope(person: person))
        // What was erased stays away from a person with the same label, and from no one else.
        let again = try ingest(vault.addPerson(label: "Marker Bob").id)
        outcome.control(
            "another person, for whom nothing was erased", isCaught: again.added > 0,
            "\(again.added) samples are stored")
    }
}

/// Heart rates and steps of some days, as text rows without their header.
struct MadeRows {
    var times: [(nanoseconds: Int64, quantity: Quantity, value: Int)] = []

    init(_ random: inout SeededRandom, days: Range<Int64> = 0..<4) {
        for day in days {
            for minute in stride(from: Int64(0), to: 1440, by: 20) {
                let time = LabVault.time(day: day, second: minute * 60)
                times.append((time, .heartRate, Int.random(in: 45...130, using: &random)))
                times.append((time, .steps, Int.random(in: 0...200, using: &random)))
            }
        }
    }

    static let header = "time,quantity,value,duration_s,vendor,model\n"

    func csv() -> String {
        Self.header
            + times.map { time, quantity, value in
                let date = Date(timeIntervalSince1970: Double(time / 1_000_000_000))
                let text = date.formatted(.iso8601)
                let duration = quantity == .steps ? "1200" : ""
                return "\(text),\(quantity.name),\(value),\(duration),Clockwork,Chronoscope 7\n"
            }.joined()
    }
}

/// Ways to hand in again what was erased.
enum Disguise: String, CaseIterable, Sendable {
    case asIs = "as it was"
    case renamed = "under another name"
    case zipped = "in a zip archive"
    case asNDJSON = "converted to NDJSON"
    case asCSV = "converted to CSV"
    case cut = "cut"
    case overlapped = "with new samples before and behind"
    case shuffled = "out of order"
    case doubled = "twice in one file"
    case reexported = "as another vault exports it"

    var name: String {
        switch self {
        case .renamed: "other name.txt"
        case .zipped: "data.zip"
        case .asNDJSON: "data.ndjson"
        default: "data.csv"
        }
    }

    /// The CSV text, or what it is before it is zipped or converted.
    func bytes(_ rows: MadeRows, _ random: inout SeededRandom) -> [UInt8] {
        var rows = rows
        switch self {
        case .cut:
            let first = Int.random(in: 0..<(rows.times.count / 2), using: &random)
            rows.times = Array(rows.times[first..<(first + rows.times.count / 3)])
        case .overlapped:
            rows.times += MadeRows(&random, days: 4..<6).times
            rows.times = MadeRows(&random, days: -2..<0).times + rows.times
        case .shuffled: rows.times.shuffle(using: &random)
        case .doubled: rows.times += rows.times
        default: break
        }
        return Array(rows.csv().utf8)
    }
}

/// Rounds on one thread: ingest, erase, ingest again in disguise.
struct ResurrectionRounds {
    struct Tally: Sendable {
        var counts: [String: Int] = [:]
        var failures: [String] = []
    }
    let folder: String
    var tally = Tally()
    private var vault: Vault?
    private var rounds = 0

    init(folder: String) { self.folder = folder }

    /// A new vault every 20 rounds, so that it stays small.
    private mutating func currentVault() throws -> Vault {
        defer { rounds += 1 }
        if let vault, !rounds.isMultiple(of: 20) { return vault }
        vault?.close()
        let place = "\(folder)/vault\(rounds)"
        let made = try LabVault.create(in: place)
        vault = made
        return made
    }

    mutating func attempt(_ disguise: Disguise, seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let vault = try currentVault()
        let person = try vault.addPerson(label: "person \(seed)").id
        let rows = MadeRows(&random)
        try write(Array(rows.csv().utf8), "data.csv")
        let first = try ingest("data.csv", into: vault, person)
        let file = try disguised(disguise, rows, &random)
        var scope = ErasureScope(person: person)
        let from = LabVault.time(day: 0, second: Int64.random(in: 0..<150_000, using: &random))
        scope.from = Timestamp(nanoseconds: from)
        scope.to = Timestamp(
            nanoseconds: from + Int64.random(in: 1...172_800, using: &random) * 1_000_000_000)
        let kind = Int.random(in: 0..<3, using: &random)
        if kind == 1 { scope.quantities = [.heartRate] }
        if kind == 2 { scope.devices = Set(try vault.streams(of: person).map(\.device.id)) }
        let record = try vault.erase(scope)
        let left = try samples(of: person, in: vault)
        let again = try ingest(file, into: vault, person)
        let now = try samples(of: person, in: vault)
        let name = "seed \(seed), \(disguise.rawValue)"
        let isErased = { (key: SampleKey) in
            key.time >= scope.from?.nanoseconds ?? 0 && key.time < scope.to?.nanoseconds ?? 0
                && (kind != 1 || key.quantity == .heartRate)
        }
        let back = now.subtracting(left).filter(isErased)
        if !back.isEmpty { tally.failures.append("\(name): \(back.count) samples came back") }
        if !left.isSubset(of: now) { tally.failures.append("\(name): samples were lost") }
        tally.counts["samples erased", default: 0] += record.samples
        tally.counts["samples refused", default: 0] += again.suppressedByErasure
        judge(
            again, disguise, name, first: first, record: record,
            fileErased: fileErased(file, isErased))
    }

    /// Every erased sample of the file is counted, unless the file as such is known.
    private mutating func judge(
        _ again: IngestReport, _ disguise: Disguise, _ name: String, first: IngestReport,
        record: ErasureRecord, fileErased: Int?
    ) {
        if again.verdicts.contains(where: { $0.status == .alreadyStored }) {
            tally.counts["files not read again, being known", default: 0] += 1
            return
        }
        guard let fileErased else { return }
        if again.suppressedByErasure != fileErased {
            tally.failures.append(
                "\(name): \(again.suppressedByErasure) of \(fileErased) erased samples counted")
        }
    }

    /// How many different samples of the plain text rows the erase covers; nil for other forms.
    private func fileErased(_ file: String, _ isErased: (SampleKey) -> Bool) -> Int? {
        var found: Set<SampleKey> = []
        var options = IngestOptions()
        options.isolation = .off
        _ = Inspector(options: options).inspect("\(folder)/\(file)") { _, block in
            for index in 0..<block.count {
                found.insert(
                    SampleKey(
                        quantity: block.quantity, time: block.times[index].nanoseconds,
                        value: block.columns.first?[index].bitPattern ?? 0))
            }
        }
        return found.count(where: isErased)
    }

    private func write(_ bytes: [UInt8], _ name: String) throws {
        try WholeFile.write(bytes, to: "\(folder)/\(name)")
    }

    /// Makes the file that is handed in again; says its name.
    private func disguised(
        _ disguise: Disguise, _ rows: MadeRows, _ random: inout SeededRandom
    ) throws -> String {
        let bytes = disguise.bytes(rows, &random)
        switch disguise {
        case .asNDJSON, .asCSV, .reexported:
            try write(bytes, "source.csv")
            let isLines = disguise == .asNDJSON
            try write(converted("source.csv", lines: isLines), disguise.name)
        case .zipped:
            try write(bytes, "inner.csv")
            unlink("\(folder)/data.zip")
            if let zip = Program.path(of: "zip") {
                _ = try Program.run(zip, ["-q", "data.zip", "inner.csv"], in: folder)
            } else {
                try write(bytes, disguise.name)
            }
        default: try write(bytes, disguise.name)
        }
        return disguise.name
    }

    /// As `hearth convert` writes it.
    private func converted(_ file: String, lines: Bool) -> [UInt8] {
        var bytes: [UInt8] = []
        if !lines { HearthCSVWriter().appendHeader(to: &bytes) }
        var options = IngestOptions()
        options.isolation = .off
        _ = Inspector(options: options).inspect("\(folder)/\(file)") { _, block in
            if lines {
                HearthNDJSONWriter().append(block, to: &bytes)
            } else {
                HearthCSVWriter().append(block, to: &bytes)
            }
        }
        return bytes
    }

    private func ingest(
        _ file: String, into vault: Vault, _ person: PersonID
    ) throws -> IngestReport {
        var options = IngestOptions()
        options.isolation = .off
        return try Ingestor(vault: vault, person: person, options: options)
            .ingest(["\(folder)/\(file)"])
    }

    private func samples(of person: PersonID, in vault: Vault) throws -> Set<SampleKey> {
        var found: Set<SampleKey> = []
        try vault.read(SampleQuery(person: person)) { stream, block in
            for index in 0..<block.count {
                found.insert(
                    SampleKey(
                        quantity: stream.quantity, time: block.times[index].nanoseconds,
                        value: block.columns.first?[index].bitPattern ?? 0))
            }
        }
        return found
    }
}

/// What a sample says, without where it came from.
struct SampleKey: Hashable {
    var quantity: Quantity
    var time: Int64
    var value: UInt32
}
