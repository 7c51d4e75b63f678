// SPDX-License-Identifier: Apache-2.0
public import HearthFormats
public import Testing

/// The contract of every `RecordingReader`, checked on one sound recording.
///
/// - Parameters:
///   - bytes: a recording the reader accepts.
///   - samples: how many samples it holds (delivered plus lost), if known.
///   - exhaustive: up to this size every cut and every truncation is tried; above it 200 seeded
///     ones are.
public func checkReader<Reader: RecordingReader & ~Copyable>(
    _ bytes: [UInt8], samples: Int? = nil, exhaustive: Int = 2048, seed: UInt64 = 1,
    sourceLocation: SourceLocation = #_sourceLocation, make: () -> Reader
) {
    let whole = readAll(bytes, with: make)
    #expect(whole.error == nil, "a sound recording was refused", sourceLocation: sourceLocation)
    if let samples {
        #expect(
            whole.sampleCount + whole.samplesLost == samples,
            "samples delivered + samples lost != samples present", sourceLocation: sourceLocation)
    }
    checkCuts(bytes, whole, exhaustive, seed, sourceLocation, make)
    checkDamage(bytes, exhaustive, seed, sourceLocation, make)
}

private func checkCuts<Reader: RecordingReader & ~Copyable>(
    _ bytes: [UInt8], _ whole: CollectingSink, _ exhaustive: Int, _ seed: UInt64,
    _ sourceLocation: SourceLocation, _ make: () -> Reader
) {
    func expectSame(_ cuts: [Int], _ what: String) {
        let pieces = readAll(bytes, cuts: cuts, with: make)
        #expect(
            pieces.streams == whole.streams, "samples differ: \(what), seed \(seed)",
            sourceLocation: sourceLocation)
        #expect(
            pieces.issues == whole.issues, "issues differ: \(what), seed \(seed)",
            sourceLocation: sourceLocation)
    }
    if bytes.count <= 1 << 18 { expectSame(Array(1..<max(2, bytes.count)), "byte by byte") }
    var random = SeededRandom(seed: seed)
    for round in 0..<20 {
        let count = Int.random(in: 1...16, using: &random)
        let cuts = (0..<count).map { _ in Int.random(in: 0...bytes.count, using: &random) }.sorted()
        expectSame(cuts, "random cuts, round \(round)")
    }
}

private func checkDamage<Reader: RecordingReader & ~Copyable>(
    _ bytes: [UInt8], _ exhaustive: Int, _ seed: UInt64, _ sourceLocation: SourceLocation,
    _ make: () -> Reader
) {
    var random = SeededRandom(seed: seed &+ 1)
    let lengths =
        bytes.count <= exhaustive
        ? Array(0..<bytes.count)
        : (0..<200).map { _ in Int.random(in: 0..<bytes.count, using: &random) }
    for length in lengths {
        expectHonest(readAll(Array(bytes[..<length]), with: make), length, sourceLocation)
    }
    for _ in 0..<min(400, bytes.count * 8) {
        var damaged = bytes
        let bit = Int.random(in: 0..<bytes.count * 8, using: &random)
        damaged[bit / 8] ^= 1 << UInt8(bit % 8)
        expectHonest(readAll(damaged, with: make), damaged.count, sourceLocation)
    }
}

/// Whatever was read, every sample is finite and every position lies inside the input.
private func expectHonest(
    _ sink: CollectingSink, _ length: Int, _ sourceLocation: SourceLocation
) {
    let positions = sink.issues.map(\.position.byte) + (sink.error.map { [$0.position.byte] } ?? [])
    #expect(
        positions.allSatisfy { (0...Int64(length)).contains($0) },
        "an issue points outside the recording", sourceLocation: sourceLocation)
    let finite = sink.streams.values.allSatisfy { samples in
        samples.allSatisfy { $0.values.allSatisfy(\.isFinite) && $0.duration >= 0 }
    }
    #expect(finite, "a sample is not a number", sourceLocation: sourceLocation)
}
