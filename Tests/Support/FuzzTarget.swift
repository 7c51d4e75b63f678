// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
import HearthFormats

/// What `hearth-fuzz` can be pointed at: inputs to start from, and the contract as the oracle.
public struct FuzzTarget: Sendable {
    /// As typed behind `hearth-fuzz`, and the folder of its finds in `Tests/Fuzz/Regressions`.
    public let name: String
    /// Inputs to start from.
    public let seeds: @Sendable () -> [[UInt8]]
    /// Makes sizes and checksums fit the bytes again.
    public var mend: (@Sendable (inout [UInt8]) -> Void)?
    /// What is wrong with how an input was taken, if anything; its number decides where it is cut.
    public let fault: @Sendable (_ bytes: [UInt8], _ number: Int) -> String?

    /// Every reader, first those of bytes, then those of rows; and the reader of model files.
    public static let all = recordings + databases + [models]

    private static let recordings = ReaderCatalog.kinds.map { kind in
        FuzzTarget(
            name: kind.name, seeds: { SeedFiles.bytes(of: kind) },
            mend: MutationFacts.of(kind).mend
        ) { bytes, number in
            var run = MutantRun(kind)
            return run.take(bytes, number: number)
        }
    }

    private static let databases = DatabaseCatalog.kinds.compactMap { kind -> FuzzTarget? in
        guard let start = DatabaseMutantRun(kind) else { return nil }
        let spelling = DatabaseSpelling(kind, start.seeds)
        return FuzzTarget(name: kind.name, seeds: { start.seeds.map(spelling.bytes) }) { bytes, _ in
            var run = start
            return run.take(spelling.database(bytes))
        }
    }

    private static let models = FuzzTarget(name: "onnx", seeds: ModelMutator.fixtures) { bytes, _ in
        var run = ModelMutantRun()
        return run.take(bytes)
    }
}
