// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// What a HealthKit type identifier means to Hearth.
struct AppleHealthType: Hashable {
    var quantity: Quantity
    var derivation: Derivation

    private static let quantityPrefix = "HKQuantityTypeIdentifier"

    /// `nil` for types that Hearth does not model.
    init?(identifier: String) {
        if identifier == "HKCategoryTypeIdentifierSleepAnalysis" {
            self.init(.sleepStage, .derived)
            return
        }
        guard identifier.hasPrefix(Self.quantityPrefix) else { return nil }
        switch identifier.dropFirst(Self.quantityPrefix.count) {
        case "HeartRate": self.init(.heartRate, .measured)
        case "RestingHeartRate": self.init(.restingHeartRate, .derived)
        case "HeartRateVariabilitySDNN": self.init(.hrvSDNN, .derived)
        case "HeartRateVariabilityRMSSD": self.init(.hrvRMSSD, .derived)
        case "StepCount": self.init(.steps, .measured)
        case "DistanceWalkingRunning", "DistanceCycling", "DistanceSwimming", "DistanceWheelchair":
            self.init(.distance, .measured)
        case "ActiveEnergyBurned": self.init(.activeEnergy, .derived)
        case "FlightsClimbed": self.init(.flightsClimbed, .measured)
        case "OxygenSaturation": self.init(.oxygenSaturation, .measured)
        case "RespiratoryRate": self.init(.respiratoryRate, .derived)
        case "BodyTemperature": self.init(.bodyTemperature, .measured)
        case "AppleSleepingWristTemperature": self.init(.skinTemperature, .measured)
        case "BodyMass": self.init(.bodyMass, .measured)
        case "VO2Max": self.init(.maximalOxygenUptake, .derived)
        case "ElectrodermalActivity": self.init(.eda, .measured)
        default: return nil
        }
    }

    init(_ quantity: Quantity, _ derivation: Derivation) {
        self.quantity = quantity
        self.derivation = derivation
    }

    /// The identifier if it can be shown in an issue: a plain word of HealthKit, nothing else.
    static func shown(_ identifier: String) -> String {
        let isPlain =
            identifier.utf8.count <= 80 && identifier.hasPrefix("HK")
            && identifier.utf8.allSatisfy { byte in
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
                    || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
            }
        return isPlain ? identifier : "another type"
    }
}

/// How a unit of the file becomes the unit of a quantity: `value * factor + offset`.
struct AppleHealthUnit: Hashable {
    var factor: Double
    var offset: Double = 0

    /// `nil` if the unit is not one of the quantity's.
    init?(_ unit: String, for quantity: Quantity) {
        let found: AppleHealthUnit? =
            switch quantity {
            case .heartRate, .restingHeartRate, .respiratoryRate: Self.rate(unit)
            case .hrvSDNN, .hrvRMSSD: Self.time(unit)
            case .steps, .flightsClimbed: unit == "count" ? Self(1) : nil
            case .distance: Self.length(unit)
            case .activeEnergy: Self.energy(unit)
            // The unit says percent, the value is a fraction.
            case .oxygenSaturation: unit == "%" ? Self(100) : nil
            case .bodyTemperature, .skinTemperature: Self.temperature(unit)
            case .bodyMass: Self.mass(unit)
            case .maximalOxygenUptake: Self.oxygenUptake(unit)
            case .eda: Self.conductance(unit)
            case .sleepStage: Self(1)
            default: nil
            }
        guard let found else { return nil }
        self = found
    }

    private init(_ factor: Double, offset: Double = 0) {
        self.factor = factor
        self.offset = offset
    }

    private static func rate(_ unit: String) -> Self? {
        switch unit {
        case "count/min", "/min": Self(1)
        case "count/s", "/s", "Hz": Self(60)
        default: nil
        }
    }

    private static func time(_ unit: String) -> Self? {
        switch unit {
        case "ms": Self(1)
        case "s": Self(1000)
        default: nil
        }
    }

    private static func length(_ unit: String) -> Self? {
        switch unit {
        case "m": Self(1)
        case "km": Self(1000)
        case "cm": Self(0.01)
        case "mm": Self(0.001)
        case "mi": Self(1609.344)
        case "yd": Self(0.9144)
        case "ft": Self(0.3048)
        case "in": Self(0.0254)
        default: nil
        }
    }

    /// HealthKit's `Cal` is the kilocalorie, its `cal` the small one; 4.184 J each.
    private static func energy(_ unit: String) -> Self? {
        switch unit {
        case "kcal", "Cal": Self(1)
        case "cal": Self(0.001)
        case "kJ": Self(1 / 4.184)
        case "J": Self(1 / 4184)
        default: nil
        }
    }

    private static func temperature(_ unit: String) -> Self? {
        switch unit {
        case "degC": Self(1)
        case "degF": Self(5.0 / 9, offset: -160.0 / 9)
        case "K": Self(1, offset: -273.15)
        default: nil
        }
    }

    private static func mass(_ unit: String) -> Self? {
        switch unit {
        case "kg": Self(1)
        case "g": Self(0.001)
        case "lb": Self(0.453_592_37)
        case "oz": Self(0.028_349_523_125)
        case "st": Self(6.350_293_18)
        default: nil
        }
    }

    /// The order of the factors and their signs vary between versions of iOS.
    private static func oxygenUptake(_ unit: String) -> Self? {
        switch unit {
        case "mL/min·kg", "mL/kg·min", "mL/(kg·min)", "mL/(min·kg)", "ml/kg*min", "ml/min*kg",
            "mL/kg*min", "mL/min*kg", "mL/(kg*min)", "ml/(kg*min)", "mL/kg/min", "ml/kg/min":
            Self(1)
        default: nil
        }
    }

    private static func conductance(_ unit: String) -> Self? {
        switch unit {
        case "mcS", "µS", "uS": Self(1)
        case "S": Self(1_000_000)
        default: nil
        }
    }
}
