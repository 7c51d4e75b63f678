// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
public import HearthVault

/// What is there of each stream as readers are handed it: amended samples are a stream of their own,
/// and removed ones are none.
public enum SelectedStreams {
    private struct Source: Hashable {
        var device: DeviceID
        var quantity: Quantity
    }

    /// The streams of a selection with the number and the times of the samples in it, in the order of
    /// `StreamID`.
    ///
    /// The index answers where all of a stream is selected and nothing of it was amended; the rest is
    /// read, and with a purpose everything. Streams of which nothing is left are not listed.
    public static func all(_ vault: Vault, _ query: SampleQuery) throws -> [StreamSummary] {
        let stored = try vault.streams(of: query.person, for: query.purpose).filter {
            (query.quantities?.contains($0.stream.quantity) ?? true)
                && (query.devices?.contains($0.stream.device) ?? true)
                && $0.last >= query.from && $0.first < query.to
        }
        let amendments = try vault.records(of: query.person).amendments
        let changed = stored.filter { one in
            query.purpose != nil || one.first < query.from || one.last >= query.to
                || amendments.contains {
                    $0.device == one.stream.device && $0.quantity == one.stream.quantity
                        && $0.from <= one.last && $0.to > one.first
                }
        }
        guard !changed.isEmpty else { return stored }
        let sources = Set(changed.map(source))
        let counted = try counted(vault, query, sources, stored)
        let known = stored.filter { !sources.contains(source($0)) }
        return (known + counted).sorted { $0.stream < $1.stream }
    }

    private static func source(_ summary: StreamSummary) -> Source {
        Source(device: summary.stream.device, quantity: summary.stream.quantity)
    }

    /// The streams of these sources, by reading them.
    private static func counted(
        _ vault: Vault, _ query: SampleQuery, _ sources: Set<Source>, _ stored: [StreamSummary]
    ) throws -> [StreamSummary] {
        var part = query
        part.quantities = Set(sources.map(\.quantity))
        part.devices = Set(sources.map(\.device))
        var found: [StreamID: StreamSummary] = [:]
        try vault.read(part) { stream, block in
            let own = Source(device: stream.device, quantity: stream.quantity)
            guard block.count > 0, sources.contains(own) else { return }
            var summary: StreamSummary
            if let known = found[stream] {
                summary = known
            } else if let like = stored.first(where: { source($0) == own }) {
                summary = like
                summary.stream = stream
                summary.samples = 0
                summary.first = block.times[0]
            } else {
                return
            }
            summary.samples += block.count
            summary.last = block.times[block.count - 1]
            found[stream] = summary
        }
        return Array(found.values)
    }
}
