// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
import HearthModels
import HearthTestSupport

/// Builds the series of simulated days. Times are wall-clock minutes of a zone.
struct DayBuilder {
    var zone = ZoneTimeline([
        ZoneSpan(start: .distantPast, offsetSeconds: 3600, origin: .user)
    ])
    var series: [InputSeries] = []

    static let minute: Int64 = 60_000_000_000

    static func stream(
        _ quantity: Quantity, device: UInt64 = 1, file: FileKind = .hearthCSV,
        derivation: Derivation = .measured
    ) -> StreamID {
        StreamID(
            person: PersonID(rawValue: 1), device: DeviceID(rawValue: device), quantity: quantity,
            origin: Origin(file: file, derivation: derivation))
    }

    /// The instant of a wall-clock minute counted from a day's midnight; may be negative.
    func instant(_ day: LocalDate, minute: Int) -> Int64 {
        let days = Calendrical.floorDivide(Int64(minute), 1440)
        let rest = Calendrical.floorModulo(Int64(minute), 1440)
        return zone.instant(of: day.advanced(by: days), secondsOfDay: Int(rest) * 60).nanoseconds
    }

    /// Adds samples given as (minute of the day, minutes it lasts, value).
    mutating func add(
        _ quantity: Quantity, _ day: LocalDate, device: UInt64 = 1, label: String = "Test watch",
        vendor: String = "Test", file: FileKind = .hearthCSV, derivation: Derivation = .measured,
        _ samples: [(minute: Int, length: Int, value: Float)]
    ) {
        series.append(
            InputSeries(
                stream: Self.stream(quantity, device: device, file: file, derivation: derivation),
                deviceLabel: label, vendor: vendor,
                times: samples.map { instant(day, minute: $0.minute) },
                durations: samples.contains { $0.length > 0 }
                    ? samples.map { Int64($0.length) * Self.minute } : [],
                columns: [samples.map(\.value)]))
    }

    /// A plain day: awake, asleep 23:00 to 07:00, awake; heart rate every minute, steps by day.
    mutating func addPlainDay(
        _ day: LocalDate, nightRate: Float = 55, seed: UInt64, respiration: Float? = 15,
        temperature: Float? = 34
    ) {
        var random = SeededRandom(seed: seed)
        var rate: [(Int, Int, Float)] = []
        var steps: [(Int, Int, Float)] = []
        for minute in -720..<1440 {
            let asleep = (-60..<420).contains(minute) || minute >= 1380
            let noise = Float.random(in: -2...2, using: &random)
            rate.append((minute, 0, (asleep ? nightRate : 78) + noise))
            if !asleep, minute % 7 == 0 { steps.append((minute, 1, 110)) }
        }
        add(.heartRate, day, rate)
        add(.steps, day, steps)
        func nightly(_ quantity: Quantity, _ value: Float, _ spread: Float) {
            add(
                quantity, day,
                stride(from: 0, to: 400, by: 20).map {
                    ($0, 0, value + Float.random(in: -spread...spread, using: &random))
                })
        }
        if let respiration { nightly(.respiratoryRate, respiration, 0.5) }
        if let temperature { nightly(.skinTemperature, temperature, 0.1) }
    }

    func input(_ day: LocalDate) -> DayInput { DayInput(day: day, zone: zone, series: series) }

    func features(_ day: LocalDate) -> DayFeatures { DayScorer.features(input(day)) }
}

extension DayFeatures {
    func metric(_ id: String) -> Metric? { metrics.first { $0.id == id } }
}
