// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
import HearthDSP

/// The sorted samples of a day, its spans of time, and the record of which streams were used.
struct DayContext {
    let day: LocalDate
    let zone: ZoneTimeline
    /// Noon before to midnight after.
    let window: TimeSpan
    /// Local midnight to local midnight: 23 or 25 hours where the clock changed.
    let dayTime: TimeSpan
    let noon: Timestamp
    let series: [Series]
    /// What the person said of sleeps that touch the window.
    let corrections: [SleepCorrection]
    /// Raw acceleration of the device that recorded most of the window.
    let motion: DayMotion?
    /// Beats found in waveforms, and the intervals between them as streams.
    let beats: [DayBeats]
    let beatSeries: [Series]
    let stager: SleepModel?
    private let deviceOrder: [DeviceID]
    private(set) var used: Set<StreamID> = []

    /// A sleep that ends in the last hour before midnight may go on after it and belongs to the
    /// next date, whose window sees all of it.
    static let openBeforeMidnightSeconds: Int64 = 3600

    init(_ input: DayInput) {
        day = input.day
        zone = input.zone
        let bounds = DayScorer.window(of: input.day, zone: input.zone)
        window = TimeSpan(start: bounds.from, end: bounds.to)
        dayTime = TimeSpan(start: input.zone.instant(of: input.day), end: bounds.to)
        noon = input.zone.instant(of: input.day, secondsOfDay: DayScorer.noonSeconds)
        motion = DayMotion.best(input.motion, in: window)
        stager = input.stager
        let span = window
        corrections = input.corrections.filter {
            $0.overlaps(span.start, span.end)
                && SleepCorrection.isSound(from: $0.start, to: $0.end)
        }
        let order = input.deviceOrder
        deviceOrder = order
        func ranked(_ series: Series) -> Series {
            var ranked = series
            ranked.rank = order.firstIndex(of: series.id.device) ?? order.count
            return ranked
        }
        series = Series.normalized(input.series, in: window).map(ranked)
        beats = input.beats
        beatSeries = input.beats.map { ranked($0.series(in: span)) }
            .filter { !$0.samples.isEmpty }
    }

    /// The stream used for a quantity in `span`, noted as used.
    mutating func preferred(_ quantity: Quantity, in span: TimeSpan) -> Series? {
        guard let best = SourceResolution.ranked(series, quantity, in: span).first else {
            return nil
        }
        used.insert(best.id)
        return best
    }

    /// The place of a device among the person's, 0 for the one known longest.
    func place(of device: DeviceID) -> Int {
        deviceOrder.firstIndex(of: device) ?? deviceOrder.count
    }

    mutating func note(used ids: [StreamID]) { used.formUnion(ids) }

    /// Device labels of streams, sorted, each once.
    func labels(of ids: [StreamID]) -> [String] {
        var labels = Set(series.filter { ids.contains($0.id) }.map(\.label))
        if let motion, ids.contains(motion.stream) { labels.insert(motion.deviceLabel) }
        return labels.sorted()
    }

    func has(_ quantity: Quantity) -> Bool { series.contains { $0.id.quantity == quantity } }

    /// Whether a sleep belongs to this day: it ended on its date.
    func endsOnDay(_ span: TimeSpan) -> Bool {
        let shift = -Self.openBeforeMidnightSeconds
        return span.end > dayTime.start.advanced(bySeconds: shift)
            && span.end <= dayTime.end.advanced(bySeconds: shift)
    }
}
