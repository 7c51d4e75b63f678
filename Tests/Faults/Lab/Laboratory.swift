// SPDX-License-Identifier: Apache-2.0
import Foundation

/// All experiments, and the running of one.
public enum Laboratory {
    public static let experiments: [any Experiment.Type] = [
        Kills.self,
        PowerLoss.self,
        IOErrors.self,
        FullDisk.self,
        EraseCrash.self,
        BitFlips.self,
        StructureAttacks.self,
        Concurrency.self,
        SimulatedYears.self,
        Soak.self,
        EraseScan.self,
        RawDevice.self,
        Resurrection.self,
        SizeChannel.self,
        TwinStores.self,
        KnownAnswers.self,
        SecondReader.self,
        CrashHygiene.self,
        MemoryHygiene.self,
        NoSpill.self,
    ]

    /// What is kept of a run, as one JSON file an experiment.
    public struct Record: Codable, Sendable {
        public var number: String
        public var title: String
        public var promise: String
        public var scale: Scale
        /// Nil if all was tried.
        public var share: Share?
        public var seed: UInt64
        public var seconds: Double
        public var outcome: Outcome
    }

    public static func run(
        _ experiment: any Experiment.Type, scale: Scale, share: Share = Share(), seed: UInt64,
        recordings: String?, program: String
    ) throws -> Record {
        let folder = NSTemporaryDirectory() + "hearth-faults-\(UUID().uuidString)"
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let bench = Bench(
            scale: scale, share: share, seed: seed, folder: folder, recordings: recordings,
            program: program)
        let clock = ContinuousClock()
        let start = clock.now
        let outcome = try experiment.run(on: bench)
        return Record(
            number: experiment.number, title: experiment.title, promise: experiment.promise,
            scale: scale, share: share.isWhole ? nil : share, seed: seed,
            seconds: (clock.now - start) / .seconds(1), outcome: outcome)
    }
}
