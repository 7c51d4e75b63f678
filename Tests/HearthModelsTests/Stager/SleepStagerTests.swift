// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthBiosignals
import HearthDSP
import HearthInference
import HearthTestSupport
import Testing

@testable import HearthModels

/// The shipped stager against what PyTorch, LightGBM and the training's own decoding made of the same
/// simulated night.
@Suite struct SleepStagerTests {
    let model: SleepModel
    let bundle: ModelBundle

    init() throws {
        model = try SleepModel.shipped.get()
        let embedded = try #require(EmbeddedBundle.named("sleep"))
        bundle = try embedded.withBytes { (bytes) throws(BundleRefusal) in
            try ModelBundle(
                verifying: bytes, trusted: .shipped,
                engine: ModelEngine(schemas: ModelFeatures.all), at: .distantPast)
        }
    }

    struct Golden: Decodable {
        var x: [[Float]]
        var logits: [[Float]]
    }

    @Test func `every net gives the logits of PyTorch and every forest those of LightGBM`() throws {
        let bytes = try #require(bundle.entry("golden.json"))
        let golden = try JSONDecoder().decode([String: Golden].self, from: Data(bytes))
        #expect(Set(golden.keys) == Set(SleepModel.memberNames))
        for (name, expected) in golden {
            let file = try #require(bundle.parameters["models"]?[name]?["file"]?.text)
            var session = ModelSession(
                try ModelPlan(ONNXModel(try #require(bundle.entry(file)))))
            for (row, logits) in zip(expected.x, expected.logits) {
                let found = session.step(row)
                for (a, b) in zip(found, logits) { #expect(abs(a - b) <= 1e-4, "\(name)") }
                let best = { (v: [Float]) in v.indices.max { v[$0] < v[$1] } }
                #expect(best(found) == best(logits), "\(name)")
            }
        }
    }

    struct Scored: Decodable {
        var stages: String
        /// Of every eighth epoch.
        var probabilities: [[Float]]
    }

    private func expected() throws -> [String: Scored] {
        let file = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "Fixtures/sleep-scoring.json")
        return try JSONDecoder().decode([String: Scored].self, from: Data(contentsOf: file))
    }

    /// Online an epoch is decoded for what is there at the time; the training decodes whole nights.
    private func epochs(of night: [SleepEpoch], decodedFor inputs: SleepInputs) -> [Bool] {
        var features = SleepFeatures()
        var row = [Float](repeating: 0, count: SleepFeatures.names.count)
        return night.map { epoch in
            var span = row.mutableSpan
            features.step(epoch, into: &span)
            let present = features.present
            return inputs
                == SleepInputs(
                    heart: present.heartRate, motion: present.motion, coarse: present.coarse,
                    density: present.density)
        }
    }

    private func compare(
        _ found: [StagedEpoch], _ expected: Scored, _ name: String, only wanted: [Bool]? = nil
    ) {
        let codes: [SleepStage: Character] = [.wake: "0", .light: "1", .deep: "2", .rem: "3"]
        let stages = Array(expected.stages)
        #expect(found.count == stages.count)
        var scored = 0
        for (index, epoch) in found.enumerated() where epoch.stage != .unscored {
            guard wanted?[index] ?? true else { continue }
            scored += 1
            #expect(codes[epoch.stage] == stages[index], "\(name), epoch \(index)")
            guard index.isMultiple(of: 8) else { continue }
            for stage in 0..<4 {
                let wanted = expected.probabilities[index / 8][stage]
                #expect(abs(epoch.probabilities[stage] - wanted) < 1e-3, "\(name), epoch \(index)")
            }
        }
        #expect(scored > 300, "\(name)")
    }

    @Test(arguments: [SleepInputs.both, .coarse, .motion, .heart])
    func `a night is staged as the training stages it`(_ inputs: SleepInputs) throws {
        let night = try SleepFeaturesTests.Golden().night().map { $0.kept(for: inputs) }
        let expected = try expected()
        #expect(NightSleepStager.inputs(of: night) == inputs)
        compare(
            NightSleepStager(model).stage(night),
            try #require(expected["\(inputs.rawValue).atNightEnd"]), "\(inputs) at night's end")
        var online = OnlineSleepStager(model)
        compare(
            online.batch(night), try #require(expected["\(inputs.rawValue).online"]),
            "\(inputs) online", only: epochs(of: night, decodedFor: inputs))
    }

    @Test func `online equals batch, saved and restored at every cut`() throws {
        let night = try SleepFeaturesTests.Golden().night()
        let model = model
        checkOperator({ OnlineSleepStager(model) }, input: Array(night.prefix(150)))
    }

    @Test func `a state of another version is refused`() throws {
        let state = try JSONEncoder().encode(OnlineSleepStager(model))
        let text = String(decoding: state, as: UTF8.self)
            .replacing("\"version\":\"\(model.version)\"", with: "\"version\":\"0.0.1\"")
        #expect(throws: DecodingError.self) {
            try JSONDecoder().decode(OnlineSleepStager.self, from: Data(text.utf8))
        }
    }

    @Test func `without input nothing is scored`() {
        let empty = Array(repeating: SleepEpoch(), count: 40)
        #expect(NightSleepStager.inputs(of: empty) == nil)
        #expect(NightSleepStager(model).stage(empty).allSatisfy { $0.stage == .unscored })
        var online = OnlineSleepStager(model)
        #expect(online.batch(empty).allSatisfy { $0.stage == .unscored })
        #expect(NightSleepStager(model).stage([]).isEmpty)
    }

    @Test func `a heart rate once a minute has its own decoding`() {
        let night = (0..<960).map { index in
            index.isMultiple(of: 2)
                ? SleepEpoch(heartRates: 1, heartRate: 55 + Double(index % 7), variance: 0)
                : SleepEpoch()
        }
        #expect(NightSleepStager.inputs(of: night) == .sparse)
        let staged = NightSleepStager(model).stage(night)
        #expect(staged.allSatisfy { $0.stage != .unscored })
        #expect(staged.allSatisfy { abs($0.probabilities.sum() - 1) < 1e-5 })
    }

    @Test func `the bundle states its error on people it had not seen`() throws {
        for inputs in SleepInputs.allCases {
            let kappa = try #require(model.kappa(inputs), "\(inputs)")
            #expect(kappa > 0.15 && kappa < 0.7, "\(inputs)")
        }
        #expect(model.kappa(.both) ?? 0 > model.kappa(.motion) ?? 1)
    }
}
