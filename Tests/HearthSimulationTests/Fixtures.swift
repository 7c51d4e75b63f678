// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
import HearthSimulation

/// Wearers that several suites look at, made once.
enum Fixtures {
    /// Five days in January: no episodes.
    static let short = SimulatedWearer(
        SimulationSettings(seed: 1, start: LocalDate(dayNumber: 20_473), days: 5))
    static let sample = SimulatedWearer(.sample)
    static let sampleTruth = SimulationTruth(sample)
    static let sampleFiles = files(of: sample)

    static func files(of wearer: SimulatedWearer) -> [SimulatedFile] {
        var files: [SimulatedFile] = []
        for format in SimulatedFormat.allCases {
            wearer.write(format) { (file: SimulatedFile) in files.append(file) }
        }
        files.append(SimulatedFile(path: "truth.json", bytes: SimulationTruth(wearer).json()))
        return files
    }

    /// The sample's files whose path begins with `prefix`.
    static func files(_ prefix: String) -> [SimulatedFile] {
        sampleFiles.filter { $0.path.hasPrefix(prefix) }
    }

    /// FNV-1a over all paths and bytes.
    static func fingerprint(_ files: [SimulatedFile]) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for file in files {
            for byte in Array(file.path.utf8) + [0] + file.bytes {
                hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3
            }
        }
        return hash
    }
}
