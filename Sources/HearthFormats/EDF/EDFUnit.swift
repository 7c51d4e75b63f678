// SPDX-License-Identifier: Apache-2.0

/// The physical dimension of a signal, as far as it decides what the signal is.
struct EDFUnit: Sendable, Equatable {
    enum Dimension: Sendable {
        /// Times the factor: microvolts.
        case voltage
        /// Times the factor: g.
        case acceleration
        /// Times the factor: microsiemens.
        case conductance
        case percent
        /// Per minute.
        case rate
        case celsius, fahrenheit
        case none, other
    }
    var dimension: Dimension
    /// From the file's unit to the one the dimension names.
    var factor: Double
    /// The unit as text, in printable ASCII.
    var text: String

    init(_ field: ArraySlice<UInt8>) {
        let written = Self.withoutMicro(EDFText.trimmed(field))
        text = EDFText.printable(written[...])
        (dimension, factor) = Self.meaning(text)
    }

    /// The sign for micro, as Latin-1 or either character of UTF-8, becomes `u`; a degree sign goes.
    private static func withoutMicro(_ field: ArraySlice<UInt8>) -> [UInt8] {
        let bytes = Array(field)
        var plain: [UInt8] = []
        var index = 0
        while index < bytes.count {
            let pair = (bytes[index], index + 1 < bytes.count ? bytes[index + 1] : 0)
            switch pair {
            case (0xC2, 0xB5), (0xCE, 0xBC):
                plain.append(UInt8(ascii: "u"))
                index += 1
            case (0xC2, 0xB0): index += 1
            case (0xB5, _): plain.append(UInt8(ascii: "u"))
            case (0xB0, _): break
            default: plain.append(bytes[index])
            }
            index += 1
        }
        return plain
    }

    /// Upper and lower case matter only between mega and milli, which no body signal needs.
    private static func meaning(_ text: String) -> (Dimension, Double) {
        switch text.lowercased() {
        case "": (.none, 1)
        case "v": (.voltage, 1e6)
        case "mv": (.voltage, 1e3)
        case "uv": (.voltage, 1)
        case "nv": (.voltage, 1e-3)
        case "g": (.acceleration, 1)
        case "mg", "milli-g", "millig": (.acceleration, 1e-3)
        // Standard gravity, 9.80665 m/s².
        case "m/s2", "m/s^2", "m/s/s", "ms-2", "m.s-2": (.acceleration, 1 / 9.80665)
        case "us", "usiemens": (.conductance, 1)
        case "ns", "nsiemens": (.conductance, 1e-3)
        case "%", "percent", "pct": (.percent, 1)
        case "bpm", "/min", "1/min", "beats/min", "min-1", "b/min": (.rate, 1)
        case "degc", "c", "cel", "celsius", "deg c", "grad c": (.celsius, 1)
        case "degf", "f", "deg f": (.fahrenheit, 1)
        default: (.other, 1)
        }
    }
}
