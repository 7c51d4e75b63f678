// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// Which of several streams of one quantity is used: one, never a sum or a mixture.
///
/// Of the streams that cover at least four fifths of what the best one covers, the one of the device
/// known longest wins, so that a night is compared with nights of the same device. Then: the stream
/// that covers most minutes of the window; measured before derived; the smaller device pseudonym;
/// the file kind. The rule looks at the window and the order of devices only, so it gives the same
/// answer in a rebuild.
enum SourceResolution {
    /// Covering less of the best than this, a device's standing does not help.
    static let closeCoverage = 0.8

    /// The streams of `quantity` that have a sample in `span`, best first.
    static func ranked(_ series: [Series], _ quantity: Quantity, in span: TimeSpan) -> [Series] {
        let grain = grainMinutes(of: quantity)
        return ranked(series.filter { $0.id.quantity == quantity }) {
            coveredMinutes($0, in: span, grain: grain)
        }
    }

    /// Heart rate is wanted minute by minute. Of others a night's mean is taken, for which a value
    /// at an instant every five minutes is as good as one said to hold for five minutes. Of what a
    /// vendor gives once a day, a value at an instant is as good as one said to hold for the day.
    private static func grainMinutes(of quantity: Quantity) -> Int64 {
        switch quantity {
        case .heartRate, .rrInterval: 1
        case .restingHeartRate, .skinTemperature, .skinTemperatureDeviation: 48 * 60
        default: 5
        }
    }

    /// Best first by `coverage`; those with none are left out.
    static func ranked(_ series: [Series], coverage: (Series) -> Double) -> [Series] {
        let covered = series.map { (series: $0, coverage: coverage($0)) }
            .filter { $0.coverage > 0 }
        let close = (covered.map(\.coverage).max() ?? 0) * closeCoverage
        return
            covered
            .sorted { a, b in
                let (isClose, otherIsClose) = (a.coverage >= close, b.coverage >= close)
                if isClose != otherIsClose { return isClose }
                if isClose, a.series.rank != b.series.rank { return a.series.rank < b.series.rank }
                if a.coverage != b.coverage { return a.coverage > b.coverage }
                let (left, right) = (a.series.id, b.series.id)
                if left.origin.derivation != right.origin.derivation {
                    return left.origin.derivation == .measured
                }
                return left.device != right.device ? left.device < right.device : left < right
            }
            .map(\.series)
    }

    /// Minutes of `span`, counted from its start in grains, of which some sample touches a part.
    static func coveredMinutes(
        _ series: Series, in span: TimeSpan, grain: Int64 = 1
    ) -> Double {
        let minute = 60_000_000_000 * grain
        var covered: Int64 = 0
        // Minutes up to here are counted already; samples come in order of their start.
        var counted: Int64 = -1
        for sample in series.overlapping(span) {
            let own = sample.span
            let first = max(0, own.start.nanoseconds(since: span.start) / minute)
            let lastInstant =
                own.isEmpty ? own.start : min(own.end, span.end).advanced(byNanoseconds: -1)
            let last = max(first, lastInstant.nanoseconds(since: span.start) / minute)
            let from = max(first, counted + 1)
            if last >= from { covered += last - from + 1 }
            counted = max(counted, last)
        }
        return Double(covered * grain)
    }
}
