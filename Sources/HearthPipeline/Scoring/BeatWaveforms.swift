// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
import HearthModels
import HearthVault

/// Electrocardiograms and pulse waves of a person, read from the vault stream by stream and reduced to
/// beats, so that no day of them is ever held in memory.
struct BeatWaveforms {
    private static let signals: [Quantity: WaveformBeats.Signal] = [.ecg: .ecg, .ppg: .ppg]

    private let vault: Vault
    private let person: PersonID
    private let streams: [StreamSummary]

    init(vault: Vault, person: PersonID, streams: [StreamSummary]) {
        self.vault = vault
        self.person = person
        self.streams = streams.filter { Self.signals[$0.stream.quantity] != nil }
    }

    /// The beats of a window, one element a stream that has a sample in it.
    func beats(from: Timestamp, to: Timestamp) throws -> [DayBeats] {
        var found: [DayBeats] = []
        for summary in streams where summary.first < to && summary.last >= from {
            let stream = summary.stream
            guard let signal = Self.signals[stream.quantity] else { continue }
            var finder = WaveformBeats(signal)
            let query = SampleQuery(
                person: person, quantities: [stream.quantity], devices: [stream.device],
                from: from, to: to)
            try vault.read(query) { other, whole in
                guard other == stream else { return }
                let block = whole.trusted
                guard let values = block.columns.first else { return }
                finder.push(block.times, values)
            }
            finder.finish()
            guard finder.samples > 0 else { continue }
            let device = SourceDevice(vendor: summary.device.vendor, model: summary.device.model)
            found.append(
                DayBeats(
                    stream: stream, deviceLabel: device.label, vendor: device.vendor,
                    found: finder))
        }
        return found
    }
}
