// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// The search for beats in one lead or several of the same regular signal.
///
/// Each lead's energy is divided by its usual height and the leads are added with the weight that each
/// deserves: a lead of noise says nothing. Peaks are then placed in the first lead that is usable.
struct BeatEngine: Codable, Sendable, Hashable {
    private static let rates = 1.0...20_000

    private let period: Period
    private var start: Timestamp
    private var taken: Int64 = 0
    private var leads: [BeatLead]
    private var finder: CandidateFinder
    private var chooser: BeatChooser
    /// Search samples so far.
    private var count = 0
    private var energies: [[Double]]
    /// What the finder is given; empty between calls.
    private var values: [Double] = []
    private var isReady: Bool
    private let startSamples: Int
    private var lastTime = Timestamp.distantPast

    /// - Parameter rates: samples a second that the kind of signal can have.
    init(
        _ tuning: BeatTuning, leads count: Int, rates: ClosedRange<Double>, start: Timestamp,
        period: Period
    ) throws(BeatRefusal) {
        let rate = 1e9 * Double(period.denominator) / Double(period.numerator)
        guard rates.contains(rate), Self.rates.contains(rate) else { throw .rateOutOfRange }
        let factor = max(1, Int(rate / tuning.searchRate))
        let searchRate = rate / Double(factor)
        self.start = start
        self.period = period
        leads = (0..<count).map { _ in BeatLead(tuning, rate: rate, factor: factor) }
        energies = Array(repeating: [], count: count)
        finder = CandidateFinder(rate: searchRate)
        chooser = BeatChooser(tuning, rate: searchRate)
        // Two leads can be weighed once each has shown itself.
        isReady = count == 1
        startSamples = 2 * Int(searchRate)
    }

    var leadCount: Int { leads.count }

    /// Takes at most ``BeatLead/chunk`` samples of a lead; every lead must be given as many before
    /// ``search(_:)``.
    mutating func take(_ samples: Span<Float>, lead: Int) {
        leads[lead].take(samples, &energies[lead])
        if lead == 0 { taken += Int64(samples.count) }
    }

    /// Looks at what all leads have.
    mutating func search(_ found: inout [DetectedBeat]) {
        if !isReady, energies[0].count < startSamples { return }
        look(&found)
    }

    private mutating func look(_ found: inout [DetectedBeat]) {
        if leads.count == 1 { swap(&values, &energies[0]) } else { fuse() }
        for value in values {
            if let candidate = finder.next(value, at: count) { chooser.add(candidate) }
            count += 1
            if count % BeatTuning.settleEvery == 0 { settle(isEnd: false, &found) }
        }
        values.removeAll(keepingCapacity: true)
        for lead in energies.indices { energies[lead].removeAll(keepingCapacity: true) }
    }

    /// What all leads say together, into `values`.
    private mutating func fuse() {
        let samples = energies[0].count
        var known = 0
        if !isReady {
            known = min(startSamples, samples)
            for lead in leads.indices { leads[lead].learn(energies[lead], upTo: known) }
            isReady = true
        }
        values.removeAll(keepingCapacity: true)
        values.append(contentsOf: repeatElement(0, count: samples))
        var weights = values
        // What the leads were weighed by is not learned from twice.
        for lead in leads.indices {
            leads[lead].weigh(energies[lead], learningFrom: known, &values, &weights)
        }
        for at in values.indices where weights[at] > 0 { values[at] /= weights[at] }
    }

    // MARK: Beats

    private mutating func settle(isEnd: Bool, _ found: inout [DetectedBeat]) {
        var chosen: [BeatChooser.Choice] = []
        chooser.settle(upTo: count, isEnd: isEnd) { chosen.append($0) }
        for choice in chosen {
            guard let beat = place(choice), beat.time > lastTime else { continue }
            lastTime = beat.time
            found.append(beat)
        }
    }

    /// The first lead with a fair share of the weight, so that peaks do not jump between leads.
    private var placingLead: Int {
        let all = leads.reduce(0) { $0 + $1.weight }
        return leads.indices.first { leads[$0].weight >= 0.2 * all } ?? 0
    }

    private mutating func place(_ choice: BeatChooser.Choice) -> DetectedBeat? {
        guard let peak = leads[placingLead].peak(near: choice.beat.index) else { return nil }
        let whole = peak.position.rounded(.down)
        let part = peak.position - whole
        let time = start.advanced(byNanoseconds: period.nanoseconds(times: Int64(whole)))
            .advanced(byNanoseconds: Int64(part * Double(period.nanoseconds(times: 1))))
        return DetectedBeat(
            time: time, amplitude: Float(peak.amplitude),
            quality: Float(choice.quality * peak.trust))
    }

    // MARK: Ends

    /// Nothing came until `time`.
    mutating func skip(to time: Timestamp, _ found: inout [DetectedBeat]) {
        let expected = start.advanced(byNanoseconds: period.nanoseconds(times: taken))
        // Half a sample more is the recorder's own rounding.
        let slack = max(1, period.nanoseconds(times: 3) / 2)
        guard time > expected.advanced(byNanoseconds: slack) else { return }
        finish(&found)
        start = time
        taken = 0
        count = 0
        finder = CandidateFinder(rate: chooser.rate)
        chooser.restart()
        for lead in leads.indices { leads[lead].restart() }
    }

    mutating func finish(_ found: inout [DetectedBeat]) {
        guard taken > 0 else { return }
        let more = Int(0.3 * chooser.rate)
        for lead in leads.indices { leads[lead].drain(more, &energies[lead]) }
        look(&found)
        if let last = finder.pending { chooser.add(last) }
        settle(isEnd: true, &found)
    }
}
