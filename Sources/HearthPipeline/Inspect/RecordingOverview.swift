// SPDX-License-Identifier: Apache-2.0
public import HearthBiosignals

/// What one recording is and holds, without a vault.
public struct RecordingOverview: Sendable {
    public let verdict: FileVerdict
    public let streams: [StreamOverview]
    /// The wall clock as the recording tells it; empty if it tells nothing.
    public let zone: ZoneTimeline
    /// One a device with raw acceleration.
    public let calibrations: [(device: SourceDevice, check: CalibrationCheck)]

    /// Reads inputs and describes each recording in them.
    public static func overviews(
        of path: String, options: IngestOptions = IngestOptions()
    ) -> [RecordingOverview] {
        var gathered: [String: OverviewGatherer] = [:]
        let verdicts = Inspector(options: options).inspect(path) { name, block in
            gathered[name, default: OverviewGatherer()].add(block)
        }
        return verdicts.map { verdict in
            (gathered[verdict.name] ?? OverviewGatherer()).overview(verdict)
        }
    }
}

/// Adds up the blocks of one recording.
private struct OverviewGatherer {
    private struct Key: Hashable {
        var device: SourceDevice
        var quantity: Quantity
        var origin: Origin
    }

    private var order: [Key] = []
    private var streams: [Key: StreamOverview] = [:]
    private var zones: [ZoneSpan] = []
    private var devices: [SourceDevice] = []
    private var checks: [SourceDevice: CalibrationCheck] = [:]

    mutating func add(_ block: SampleBlock) {
        if block.quantity == .zoneOffset {
            zones.append(contentsOf: block.zoneSpans)
            return
        }
        let key = Key(device: block.device, quantity: block.quantity, origin: block.origin)
        if streams[key] == nil { order.append(key) }
        streams[key, default: StreamOverview(block)].add(block)
        guard block.quantity == .acceleration || block.quantity == .deviceTemperature else {
            return
        }
        if checks[block.device] == nil { devices.append(block.device) }
        checks[block.device, default: CalibrationCheck()].add(block)
    }

    func overview(_ verdict: FileVerdict) -> RecordingOverview {
        let judged = devices.compactMap {
            device -> (device: SourceDevice, check: CalibrationCheck)? in
            guard let check = checks[device], check.hasSamples else { return nil }
            return (device, check)
        }
        return RecordingOverview(
            verdict: verdict, streams: order.compactMap { streams[$0] },
            zone: ZoneTimeline(zones), calibrations: judged)
    }
}
