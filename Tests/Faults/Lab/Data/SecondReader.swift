// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthBiosignals
import HearthCrypto
import HearthTestSupport
import HearthVault

/// R18: a reader in another language, written from the format's document alone.
public enum SecondReader: Experiment {
    public static let number = "R18"
    public static let title = "second reader"
    public static let promise =
        "an independent program opens every store and reads the same samples"

    private static let script = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../../VaultReader/read_vault.py").standardized.path

    public static func run(on bench: Bench) throws -> Outcome {
        var outcome = Outcome()
        guard let python = Program.path(of: "python3"),
            FileManager.default.fileExists(atPath: script)
        else {
            outcome.leftOut = "python3 or the reader's source is not here"
            return outcome
        }
        let scratch = try Scratch(bench)
        let folder = try scratch.place("reader")
        try WholeFile.write(Array("\(LabVault.passphrase)\n".utf8), to: "\(folder)/passphrase")
        var (samples, shapes) = (0, [String: Int]())
        for number in 0..<(bench.scale == .full ? 100 : 5) {
            let shape = Shape.allCases[number % Shape.allCases.count]
            let seed = bench.seed &+ UInt64(number)
            let place = try scratch.place("store")
            let ours = try shape.make(in: place, seed: seed)
            outcome.attempts += 1
            shapes[shape.rawValue, default: 0] += 1
            let (theirs, talk) = try read(python, place, folder)
            guard let theirs else {
                outcome.fail("seed \(seed), \(shape.rawValue): refused: \(talk)")
                continue
            }
            samples += theirs.count
            if ours != theirs {
                outcome.fail(
                    "seed \(seed), \(shape.rawValue): \(ours.subtracting(theirs).count) samples of "
                        + "\(ours.count) are not seen, \(theirs.subtracting(ours).count) are others"
                )
            }
        }
        outcome.show("samples compared", samples)
        outcome.show(
            "shapes",
            shapes.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
                .joined(separator: ", "))
        try control(&outcome, python, scratch, folder, bench.seed)
        return outcome
    }

    /// Our samples with one value changed, against the reader's.
    private static func control(
        _ outcome: inout Outcome, _ python: String, _ scratch: Scratch, _ folder: String,
        _ seed: UInt64
    ) throws {
        let place = try scratch.place("store")
        var ours = try Shape.plain.make(in: place, seed: seed)
        if let one = ours.popFirst() { ours.insert(one + "!") }
        let isSame = try read(python, place, folder).samples == ours
        try StoreImage(of: place).with(StoreImage.database) { bytes in
            // One in every 4,096 bytes: some lie in what SQLite uses.
            for at in stride(from: 10_192, to: bytes.count, by: 4096) { bytes[at] ^= 1 }
        }
        .lay(in: place)
        let isOpen = try read(python, place, folder).samples != nil
        outcome.control(
            "one sample that is another, and flipped bits", isCaught: !isSame && !isOpen,
            "sample \(isSame ? "not " : "")noticed, bits \(isOpen ? "not " : "")noticed")
    }

    private static func read(
        _ python: String, _ place: String, _ folder: String
    ) throws -> (samples: Set<String>?, talk: String) {
        let ending = try Program.run(
            python,
            [
                script, "\(place)/store", "--passphrase-file", "\(folder)/passphrase", "--state",
                "\(place)/state",
            ], in: folder)
        guard ending.code == 0 else { return (nil, String(ending.talk.suffix(300))) }
        return (Set(ending.output.split(separator: "\n").map { line(String($0)) }), "")
    }

    /// `{"person":…,"quantity":…,"time_ns":…}` in the form of ``SampleText``.
    private static func line(_ json: String) -> String {
        guard let value = try? JSONSerialization.jsonObject(with: Data(json.utf8)),
            let line = value as? [String: Any]
        else { return json }
        let values = (line["values"] as? [String]) ?? []
        let time = (line["time_ns"] as? NSNumber)?.int64Value ?? 0
        let duration = (line["duration_ns"] as? NSNumber)?.int64Value ?? 0
        let quality = (line["quality"] as? NSNumber)?.intValue ?? 0
        return [
            "\(line["person"] ?? "")", "\(line["quantity"] ?? "")", "\(line["vendor"] ?? "")",
            "\(line["model"] ?? "")", "\(line["origin"] ?? "")", "\(line["derivation"] ?? "")",
            "\(time)", "\(duration)", "\(values)", "\(quality)",
        ].joined(separator: "|")
    }

    /// Our samples in the same form.
    static func lines(of vault: Vault) throws -> Set<String> {
        var all: Set<String> = []
        for person in vault.people {
            try vault.read(SampleQuery(person: person.id)) { stream, block in
                for index in 0..<block.count {
                    let values = block.columns.map { column in
                        let digits = String(column[index].bitPattern, radix: 16)
                        return String(repeating: "0", count: 8 - digits.count) + digits
                    }
                    all.insert(
                        [
                            person.label, stream.quantity.name, block.device.vendor,
                            block.device.model, stream.origin.file.name,
                            stream.origin.derivation.name,
                            "\(block.times[index].nanoseconds)",
                            "\(block.duration(at: index))", "\(values)",
                            "\(block.quality(at: index))",
                        ].joined(separator: "|"))
                }
            }
        }
        return all
    }

    /// Kinds of store.
    enum Shape: String, CaseIterable, Sendable {
        case codes = "every quantity and kind of file"
        case crashed = "left by a crash"
        case rotated = "with all keys new"
        case erased = "after erases"
        case rich = "every layout of columns"
        case plain = "plain"
        case many = "many people and months"
        case rekeyed = "with a new passphrase and a recovery code"

        /// Makes the store and says what is in it.
        func make(in folder: String, seed: UInt64) throws -> Set<String> {
            var random = SeededRandom(seed: seed)
            let start =
                self == .rekeyed || self == .rotated ? "another" : LabVault.passphrase
            let vault = try Vault.create(
                at: LabVault.location(in: folder), passphrase: LabVault.secret(start),
                kdf: .minimum, slots: 64)
            try LabVault.fill(vault, days: 6, seed: seed, raw: self == .rich)
            try change(vault, &random)
            let lines = try SecondReader.lines(of: vault)
            if self == .rotated {
                _ = try vault.rotateKeys(
                    to: try Credential(LabVault.secret(), as: .passphrase), kdf: .minimum)
            }
            guard self == .crashed else {
                vault.close()
                return lines
            }
            let image = try StoreImage(of: folder)
            vault.close()
            try image.lay(in: folder)
            return lines
        }

        private func change(_ vault: Vault, _ random: inout SeededRandom) throws {
            switch self {
            case .plain, .crashed, .rotated: break
            case .erased:
                for _ in 0..<4 {
                    guard let scope = try EraseScan.scope(vault, &random) else { continue }
                    _ = try vault.erase(scope)
                }
            case .rich: try addLayouts(vault, &random)
            case .codes: try addCodes(vault, &random)
            case .many:
                for number in 0..<5 {
                    let person = try vault.addPerson(label: "person \(number)").id
                    let days = (0..<10).map { Int64($0 * 37 + number) }
                    try LabVault.ingest(
                        days.map { LabVault.block(.stress, day: $0, count: 8, &random) },
                        into: vault, for: person)
                }
            case .rekeyed:
                _ = try vault.addRecoveryCode()
                try vault.changePassphrase(to: LabVault.secret(), kdf: .minimum)
            }
        }

        /// A stream of every quantity and of every kind of file.
        private func addCodes(_ vault: Vault, _ random: inout SeededRandom) throws {
            let person = try vault.addPerson(label: "codes").id
            let (quantities, kinds) = (Quantity.allCases, FileKind.allCases)
            let blocks = (0..<max(quantities.count, kinds.count)).map { number in
                var block = LabVault.block(
                    quantities[number % quantities.count], day: Int64(number % 3), count: 24,
                    &random)
                block.origin = Origin(
                    file: kinds[number % kinds.count],
                    derivation: Bool.random(using: &random) ? .measured : .derived)
                let values = block.columns[0]
                block.columns = block.quantity.facts.columns.map { _ in values }
                return block
            }
            try LabVault.ingest(blocks, into: vault, for: person)
        }

        private func addLayouts(_ vault: Vault, _ random: inout SeededRandom) throws {
            guard let person = vault.people.first?.id else { return }
            var blocks: [SampleBlock] = []
            for _ in 0..<10 {
                let count = Int.random(in: 1...400, using: &random)
                let start = LabVault.time(day: Int64.random(in: 0..<6, using: &random), second: 0)
                var time = start
                let times = (0..<count).map { _ in
                    time += Int64.random(in: 1...200_000_000_000, using: &random)
                    return time
                }
                let column: SampleColumn =
                    switch Int.random(in: 0..<3, using: &random) {
                    case 0:
                        .float32(times.map { _ in Float.random(in: -1e6...1e6, using: &random) })
                    case 1:
                        .int16(
                            times.map { _ in Int16.random(in: .min ... .max, using: &random) },
                            HearthBiosignals.Scale(factor: 0.25, offset: 3))
                    default:
                        .float32(times.map { _ in Float(Int.random(in: 0...9, using: &random)) })
                    }
                blocks.append(
                    SampleBlock(
                        device: LabVault.ring, quantity: .ppg,
                        origin: Origin(file: .hearthNDJSON, derivation: .derived),
                        times: .irregular(times),
                        durations: Bool.random(using: &random)
                            ? times.map { _ in Int64.random(in: 0...10_000, using: &random) } : [],
                        columns: [column],
                        quality: Bool.random(using: &random)
                            ? times.map { _ in UInt8.random(in: 0...3, using: &random) } : []))
            }
            try LabVault.ingest(blocks, into: vault, for: person)
        }
    }
}
