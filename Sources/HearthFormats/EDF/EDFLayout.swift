// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// Makes the streams of a file from its signals.
struct EDFLayout {
    private let header: EDFHeader
    private let limits: ReadLimits
    private var names: [String: Int] = [:]
    private(set) var lanes: [EDFLane] = []
    /// Signals that hold annotations, in the file's order.
    private(set) var annotations: [Range<Int>] = []

    private static let modelCharacters = 40

    init(_ header: EDFHeader, limits: ReadLimits) {
        self.header = header
        self.limits = limits
        for signal in header.signals where signal.isAnnotations && signal.samples > 0 {
            annotations.append(signal.offset..<signal.offset + signal.samples * header.width)
        }
        guard header.duration > 0 else { return }
        var joined: Set<Int> = []
        for index in header.signals.indices where !joined.contains(index) {
            let signal = header.signals[index]
            guard !signal.isAnnotations, signal.samples > 0 else { continue }
            if let axes = axes(from: index, joined) {
                joined.formUnion(axes.indices)
                add(
                    .acceleration, axes.name,
                    axes.indices.map { channel(header.signals[$0], .acceleration, g($0)) }, signal)
            } else {
                let meaning = EDFMeaning(signal)
                let unit = meaning.namesUnit ? " [\(signal.unit.text)]" : ""
                add(
                    meaning.quantity, signal.label + unit,
                    [channel(signal, meaning.quantity, meaning.calibration)], signal)
            }
        }
    }

    private mutating func add(
        _ quantity: Quantity, _ name: String, _ channels: [EDFLane.Channel], _ signal: EDFSignal
    ) {
        // Two signals of one name are two devices to the store.
        let key = "\(quantity.rawValue) \(name)"
        let number = names[key, default: 0] + 1
        names[key] = number
        let suffix = number > 1 ? " #\(number)" : ""
        let model = String(name.prefix(Self.modelCharacters - suffix.count)) + suffix
        lanes.append(
            EDFLane(
                device: SourceDevice(vendor: header.vendor, model: model), quantity: quantity,
                samples: signal.samples, duration: header.duration, isWide: header.isBDF,
                channels: channels, limits: limits))
    }

    /// The three axes of the accelerometer whose first channel this is.
    private func axes(from index: Int, _ taken: Set<Int>) -> (indices: [Int], name: String)? {
        guard let first = EDFAxis(header.signals[index]) else { return nil }
        var found: [Int?] = [nil, nil, nil]
        for other in header.signals.indices.dropFirst(index) where !taken.contains(other) {
            let signal = header.signals[other]
            guard let axis = EDFAxis(signal), axis.stem == first.stem,
                signal.samples == header.signals[index].samples, found[axis.axis] == nil
            else { continue }
            found[axis.axis] = other
        }
        let indices = found.compactMap { $0 }
        return indices.count == 3 ? (indices, first.name) : nil
    }

    private func g(_ index: Int) -> EDFSignal.Calibration {
        let signal = header.signals[index]
        let calibration = signal.calibration ?? EDFSignal.Calibration(factor: 1, offset: 0)
        return calibration.times(signal.unit.factor)
    }

    private func channel(
        _ signal: EDFSignal, _ quantity: Quantity, _ calibration: EDFSignal.Calibration
    ) -> EDFLane.Channel {
        let storable: ClosedRange<Int32> =
            header.isBDF ? -8_388_608...8_388_607 : -32_768...32_767
        let scale = calibration.scale ?? Scale()
        let plausible = Self.plausible(scale, quantity.facts.plausible, storable)
        let declared = signal.calibration == nil ? nil : signal.digital
        return EDFLane.Channel(
            offset: signal.offset, scale: scale,
            digital: declared.flatMap { Self.covers($0, storable) ? nil : $0 },
            plausible: plausible == storable ? nil : plausible)
    }

    private static func covers(_ outer: ClosedRange<Int32>, _ inner: ClosedRange<Int32>) -> Bool {
        outer.lowerBound <= inner.lowerBound && outer.upperBound >= inner.upperBound
    }

    /// The stored values whose physical values lie in a range: values rise or fall with what is stored,
    /// so halving finds both ends.
    private static func plausible(
        _ scale: Scale, _ range: ClosedRange<Float>, _ storable: ClosedRange<Int32>
    ) -> ClosedRange<Int32> {
        func value(_ stored: Int32) -> Float { Float(stored) * scale.factor + scale.offset }
        /// The first stored value for which the test holds, which it does from there on.
        func first(_ holds: (Int32) -> Bool) -> Int32 {
            var low = storable.lowerBound
            var high = storable.upperBound + 1
            while low < high {
                let middle = low + (high - low) / 2
                if holds(middle) { high = middle } else { low = middle + 1 }
            }
            return low
        }
        let isRising = scale.factor > 0
        let start = first {
            isRising ? value($0) >= range.lowerBound : value($0) <= range.upperBound
        }
        let end = first { isRising ? value($0) > range.upperBound : value($0) < range.lowerBound }
        // Where nothing is plausible, a range that nothing stored is in.
        return start < end ? start...(end - 1) : .max ... .max
    }
}
