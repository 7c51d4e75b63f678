// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthBiosignals
import HearthModels
import HearthPipeline

/// Overviews of recordings as JSON, as in `Schemas/inspection.schema.json`.
struct InspectJSON: Encodable {
    struct Recording: Encodable {
        var name: String
        var kind: String?
        var status: String
        var samples: Int
        var reason: String?
        var streams: [Stream]
        var clock: [Offset]
        var gravity: [Gravity]
        var issues: [IngestJSON.Issue]
    }

    struct Stream: Encodable {
        var quantity: String
        var unit: String
        var vendor: String
        var model: String
        var derivation: String
        var samples: Int
        var first: String
        var last: String
        var hertz: Double?
        var gaps: Int
        var missingSeconds: Double
    }

    struct Offset: Encodable {
        var from: String
        var offsetSeconds: Int32
        var origin: String
    }

    struct Gravity: Encodable {
        var vendor: String
        var model: String
        var stillWindows: Int?
        var errorBefore: Double?
        var errorAfter: Double?
        var offset: [Double]?
        var scale: [Double]?
        var temperatureSlope: [Double]?
        var refused: String?
    }

    var schema = "hearth.inspection/1"
    var recordings: [Recording]

    init(_ overviews: [RecordingOverview]) { recordings = overviews.map(Self.recording) }

    private static func recording(_ overview: RecordingOverview) -> Recording {
        Recording(
            name: overview.verdict.name, kind: overview.verdict.kind?.name,
            status: overview.verdict.status.rawValue, samples: overview.verdict.samples,
            reason: overview.verdict.reason, streams: overview.streams.map(stream),
            clock: overview.zone.spans.map {
                Offset(
                    from: instant($0.start), offsetSeconds: $0.offsetSeconds,
                    origin: "\($0.origin)")
            },
            gravity: overview.calibrations.map(gravity),
            issues: overview.verdict.issues.map(IngestJSON.Issue.init))
    }

    private static func stream(_ stream: StreamOverview) -> Stream {
        Stream(
            quantity: stream.quantity.name, unit: stream.quantity.facts.unit,
            vendor: stream.device.vendor, model: stream.device.model,
            derivation: stream.origin.derivation.name, samples: stream.samples,
            first: instant(stream.first), last: instant(stream.last), hertz: stream.hertz,
            gaps: stream.gapCount, missingSeconds: stream.gapSeconds)
    }

    private static func gravity(
        _ judged: (device: SourceDevice, check: CalibrationCheck)
    ) -> Gravity {
        var result = Gravity(vendor: judged.device.vendor, model: judged.device.model)
        switch judged.check.outcome() {
        case .success(let fit):
            result.stillWindows = fit.windows
            result.errorBefore = fit.errorBefore
            result.errorAfter = fit.errorAfter
            result.offset = fit.offset
            result.scale = fit.scale
            result.temperatureSlope = fit.temperatureSlope
        case .failure(.tooFewStillWindows(let found)):
            result.stillWindows = found
            result.refused = "too-few-still-windows"
        case .failure(.sphereNotCovered): result.refused = "sphere-not-covered"
        case .failure(.errorRemains(let before, let after)):
            result.errorBefore = before
            result.errorAfter = after
            result.refused = "error-remains"
        }
        return result
    }

    private static func instant(_ time: Timestamp) -> String {
        WallClock.text(time, in: ZoneTimeline()).replacing(" ", with: "T") + "Z"
    }

    var text: String {
        get throws {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            return String(decoding: try encoder.encode(self), as: UTF8.self)
        }
    }
}
