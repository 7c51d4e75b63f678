// SPDX-License-Identifier: Apache-2.0
public import ArgumentParser
public import HearthBiosignals
public import HearthPipeline

// How the product's nouns are written on the command line.

extension LocalDate: ExpressibleByArgument {
    /// `yyyy-MM-dd`
    public init?(argument: String) { self.init(argument) }
}

extension StatedTime: ExpressibleByArgument {
    /// `HH:MM`, or `yyyy-MM-ddTHH:MM` with or without an offset.
    public init?(argument: String) { self.init(argument) }
}

extension CorrectionID: ExpressibleByArgument {
    /// A number from 1 on.
    public init?(argument: String) { self.init(argument) }
}

extension Quantity: ExpressibleByArgument {
    /// The quantity's name, such as `heart-rate`.
    public init?(argument: String) { self.init(name: argument) }

    public static var allValueStrings: [String] { allCases.map(\.name) }
}

extension DeviceID: ExpressibleByArgument {
    /// 16 hexadecimal digits.
    public init?(argument: String) {
        guard argument.count == 16, let value = UInt64(argument, radix: 16) else { return nil }
        self.init(rawValue: value)
    }
}
