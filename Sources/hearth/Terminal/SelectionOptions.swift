// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import HearthBiosignals
import HearthPipeline

/// Which part of a person's data: quantities, devices, local dates.
struct SelectionOptions: ParsableArguments {
    @Option(
        name: .customLong("quantity"),
        help: ArgumentHelp("Only this quantity; may be repeated.", valueName: "name"))
    var quantities: [Quantity] = []

    @Option(
        name: .customLong("device"),
        help: ArgumentHelp("Only this device, by its id; may be repeated.", valueName: "id"))
    var devices: [DeviceID] = []

    @Option(help: ArgumentHelp("First local day, as yyyy-MM-dd.", valueName: "day"))
    var from: LocalDate?

    @Option(help: ArgumentHelp("Last local day, as yyyy-MM-dd.", valueName: "day"))
    var to: LocalDate?

    func validate() throws {
        if let from, let to, from > to { throw ValidationError("--from lies behind --to") }
    }

    var quantitySet: Set<Quantity>? { quantities.isEmpty ? nil : Set(quantities) }
    var deviceSet: Set<DeviceID>? { devices.isEmpty ? nil : Set(devices) }

    /// The first instant of `from` on the person's wall clock.
    func start(in zone: ZoneTimeline) -> Timestamp? { from.map { zone.instant(of: $0) } }

    /// The first instant behind `to` on the person's wall clock.
    func end(in zone: ZoneTimeline) -> Timestamp? {
        to.map { zone.instant(of: $0.advanced(by: 1)) }
    }
}

extension DeviceID {
    /// 16 hexadecimal digits, as files and the command line show it.
    var text: String {
        let digits = String(rawValue, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
