// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// A workout that is being read: its statistics follow as children.
struct AppleHealthWorkout {
    var stream: Int
    var span: AppleHealthBody.TimeSpan
    var sport: Float
    /// Kilocalories and metres of the older attributes.
    var totalEnergy: Double?
    var totalDistance: Double?
    /// The same from statistics, which replaced the attributes with iOS 16 and win.
    var energy: Double?
    var distance: Double?

    /// Sport, kcal and m; 0 where the file tells none.
    var values: [Float] {
        [sport, Float(energy ?? totalEnergy ?? 0), Float(distance ?? totalDistance ?? 0)]
    }
}

extension AppleHealthBody {
    /// The attributes of a workout beyond those of a record.
    private struct WorkoutFields {
        var activity = 0..<0
        var energy = 0..<0
        var energyUnit = 0..<0
        var distance = 0..<0
        var distanceUnit = 0..<0
        var sum = 0..<0

        init(_ attributes: borrowing XMLAttributes, in segment: Span<UInt8>) {
            for index in attributes.indices {
                let attribute = attributes[index]
                let name = attribute.name
                let value = attribute.value
                if XMLByteSearch.equal(segment, name, "workoutActivityType") {
                    activity = value
                } else if XMLByteSearch.equal(segment, name, "totalEnergyBurned") {
                    energy = value
                } else if XMLByteSearch.equal(segment, name, "totalEnergyBurnedUnit") {
                    energyUnit = value
                } else if XMLByteSearch.equal(segment, name, "totalDistance") {
                    distance = value
                } else if XMLByteSearch.equal(segment, name, "totalDistanceUnit") {
                    distanceUnit = value
                } else if XMLByteSearch.equal(segment, name, "sum") {
                    sum = value
                }
            }
        }
    }

    mutating func beginWorkout(
        _ attributes: borrowing XMLAttributes, _ segment: Span<UInt8>, _ position: ReadPosition
    ) throws(ReadError) {
        workout = nil
        let fields = AppleHealthFields(attributes, in: segment)
        guard let span = span(fields, segment, position) else { return }
        let device = AppleHealthDevice.source(
            device: XMLEntities.expand(segment, fields.device),
            sourceName: XMLEntities.expand(segment, fields.sourceName))
        let stream = try streams.index(
            of: device, AppleHealthType(.workout, .measured), at: position)
        let own = WorkoutFields(attributes, in: segment)
        let sport = AppleHealthSport.code(of: Self.text(segment, own.activity))
        workout = AppleHealthWorkout(
            stream: stream, span: span, sport: Float(sport),
            totalEnergy: amount(
                own.energy, own.energyUnit, of: .activeEnergy, segment, position),
            totalDistance: amount(
                own.distance, own.distanceUnit, of: .distance, segment, position))
    }

    /// Statistics directly inside a workout; those of its activities would count twice.
    mutating func takeStatistics(
        _ attributes: borrowing XMLAttributes, _ segment: Span<UInt8>, _ position: ReadPosition
    ) {
        guard var current = workout else { return }
        let fields = AppleHealthFields(attributes, in: segment)
        let sum = WorkoutFields(attributes, in: segment).sum
        guard let type = AppleHealthType(identifier: Self.text(segment, fields.type)),
            type.quantity == .activeEnergy || type.quantity == .distance,
            let amount = amount(sum, fields.unit, of: type.quantity, segment, position)
        else { return }
        if type.quantity == .activeEnergy {
            current.energy = (current.energy ?? 0) + amount
        } else {
            current.distance = (current.distance ?? 0) + amount
        }
        workout = current
    }

    /// The workout is complete.
    mutating func endWorkout(at offset: Int64) throws(ReadError) {
        guard let done = workout else { return }
        workout = nil
        let position = position(offset)
        let isTaken = try streams.add(
            done.values, at: done.span.startNanoseconds, duration: done.span.durationNanoseconds,
            to: done.stream, position)
        if !isTaken { notes.note(.implausible, at: position, samplesLost: 1) }
    }

    private mutating func amount(
        _ value: Range<Int>, _ unit: Range<Int>, of quantity: Quantity, _ segment: Span<UInt8>,
        _ position: ReadPosition
    ) -> Double? {
        guard !value.isEmpty else { return nil }
        guard let number = DecimalNumber.parse(segment, value),
            let unit = AppleHealthUnit(Self.text(segment, unit), for: quantity)
        else {
            notes.note(.badWorkoutValue, at: position)
            return nil
        }
        return number * unit.factor + unit.offset
    }
}

/// Activities of HealthKit as the sport codes of `workout` streams, which are those of FIT.
enum AppleHealthSport {
    private static let prefix = "HKWorkoutActivityType"

    /// 0 for activities without a code of their own.
    static func code(of activity: String) -> Int {
        guard activity.hasPrefix(prefix) else { return 0 }
        return codes[String(activity.dropFirst(prefix.count))] ?? 0
    }

    private static let codes: [String: Int] = [
        "Running": 1, "TrackAndField": 1, "Cycling": 2, "HandCycling": 2, "Elliptical": 4,
        "StairClimbing": 4, "Stairs": 4, "StepTraining": 4, "FitnessGaming": 4, "Swimming": 5,
        "Basketball": 6, "Soccer": 7, "Tennis": 8, "AmericanFootball": 9,
        "FunctionalStrengthTraining": 10, "TraditionalStrengthTraining": 10, "CoreTraining": 10,
        "CrossTraining": 10, "MixedCardio": 10, "MixedMetabolicCardioTraining": 10,
        "Flexibility": 10, "Cooldown": 10, "PreparationAndRecovery": 10, "Pilates": 10,
        "Barre": 10, "Yoga": 10, "TaiChi": 10, "Walking": 11, "CrossCountrySkiing": 12,
        "DownhillSkiing": 13, "Snowboarding": 14, "Rowing": 15, "Hiking": 17,
        "SwimBikeRun": 18, "Transition": 3, "PaddleSports": 19, "Golf": 25,
        "EquestrianSports": 27, "Hunting": 28, "Fishing": 29, "Climbing": 31, "Sailing": 32,
        "SkatingSports": 33, "SnowSports": 58, "SurfingSports": 38, "Boxing": 47,
        "Kickboxing": 47, "Baseball": 49, "Softball": 49, "UnderwaterDiving": 53,
        "HighIntensityIntervalTraining": 62, "Badminton": 64, "Racquetball": 64, "Squash": 64,
        "TableTennis": 64, "Pickleball": 64, "WheelchairWalkPace": 65, "WheelchairRunPace": 66,
        "MindAndBody": 67, "DiscSports": 69, "AustralianFootball": 70, "Handball": 70,
        "Cricket": 71, "Rugby": 72, "Hockey": 73, "Lacrosse": 74, "Volleyball": 75,
        "WaterFitness": 78, "WaterPolo": 78, "WaterSports": 78, "Archery": 79,
        "MartialArts": 80, "Wrestling": 80, "CardioDance": 83, "SocialDance": 83, "Dance": 83,
        "DanceInspiredTraining": 83, "JumpRope": 84,
    ]
}
