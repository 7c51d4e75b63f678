// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
import HearthFormats
import HearthVault

/// Takes what a reader delivers and holds it back until the recording turned out sound.
///
/// A small recording is handed to the session as a whole at its end, so that one that changed while
/// it was read leaves nothing behind. One that outgrows the stage is passed through as it comes.
struct StagingSink: SampleSink {
    /// Samples held back at most: about 32 MB.
    static let stageSamples = 1 << 20

    private let session: IngestSession
    private var staged: [SampleBlock] = []
    private var stagedSamples = 0
    private(set) var isPassingThrough = false
    private(set) var samples = 0
    private(set) var issues: [ReadIssue] = []
    /// What the person said; whoever ends the recording takes it from here.
    private(set) var statements: [DayStatement] = []
    /// Days of quantities that another part of the same export holds: not taken from here.
    var leftOut: DayCoverage?
    /// The vault's refusal; everything after it is dropped and the caller throws it.
    private(set) var failure: VaultError?

    init(into session: IngestSession) { self.session = session }

    mutating func accept(_ whole: SampleBlock) {
        let block = leftOut.map { withoutRepeated(whole, $0) } ?? whole
        guard block.count > 0 else { return }
        samples += block.count
        if isPassingThrough {
            append(block)
        } else {
            staged.append(block)
            stagedSamples += block.count
            if stagedSamples > Self.stageSamples {
                release()
                isPassingThrough = true
            }
        }
    }

    mutating func report(_ issue: ReadIssue) { issues.append(issue) }

    mutating func accept(_ statement: DayStatement) { statements.append(statement) }

    /// The samples of days that the newer tree does not hold; the others are counted.
    private mutating func withoutRepeated(
        _ block: SampleBlock, _ covered: DayCoverage
    ) -> SampleBlock {
        let kept = (0..<block.count).filter { !covered.contains(block, at: block.times[$0]) }
        let dropped = block.count - kept.count
        guard dropped > 0 else { return block }
        if let index = issues.firstIndex(where: { $0.found == Self.repeated }) {
            issues[index].count += dropped
            issues[index].samplesLost += dropped
        } else {
            issues.append(
                ReadIssue(
                    .duplicate, at: ReadPosition(byte: 0), found: Self.repeated,
                    expected: "one of the two trees", count: dropped, samplesLost: dropped))
        }
        return block.picking(kept)
    }

    private static let repeated = "samples that the newer tree of the export holds too"

    /// Hands everything held back to the session.
    mutating func release() {
        for block in staged { append(block) }
        staged.removeAll()
        stagedSamples = 0
    }

    private mutating func append(_ block: SampleBlock) {
        guard failure == nil else { return }
        do throws(VaultError) { try session.append(block) } catch { failure = error }
    }
}
