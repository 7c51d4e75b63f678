// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
import HearthDSP
public import HearthModels

/// Judges a raw accelerometer by the moments in which it lay still.
public struct CalibrationCheck: Sendable {
    /// The fit over everything that came, or why there is none; computed anew at each call.
    public func outcome() -> Result<GravityCalibration, GravityCalibration.Refusal> {
        var windows = still
        var rest = finder
        rest.finish { found in
            for index in found.indices { windows.append(found[index]) }
        }
        let known = windows.compactMap { temperatures[$0.index].map { $0.sum / $0.count } }
        do throws(GravityCalibration.Refusal) {
            return .success(try GravityCalibrator.fit(windows, temperatures: known))
        } catch {
            return .failure(error)
        }
    }

    private struct Warmth: Sendable {
        var sum = 0.0
        var count = 0.0
    }

    private var finder = StillWindows()
    private var still: [StillWindow] = []
    private var temperatures: [Int64: Warmth] = [:]
    /// False while no acceleration came.
    private(set) var hasSamples = false

    init() {}

    mutating func add(_ block: SampleBlock) {
        switch block.quantity {
        case .acceleration where block.columns.count == 3: addAcceleration(block)
        case .deviceTemperature: addTemperature(block)
        default: return
        }
    }

    private mutating func addAcceleration(_ block: SampleBlock) {
        hasSamples = true
        let x = block.columns[0].values
        let y = block.columns[1].values
        let z = block.columns[2].values
        let samples = (0..<block.count).map { index in
            AccelerationSample(time: block.times[index], x: x[index], y: y[index], z: z[index])
        }
        var found: [StillWindow] = []
        finder.push(samples.span) { windows in
            for index in windows.indices { found.append(windows[index]) }
        }
        still.append(contentsOf: found)
    }

    private mutating func addTemperature(_ block: SampleBlock) {
        for index in 0..<block.count {
            let window = Calendrical.floorDivide(
                block.times[index].nanoseconds, StillWindows.windowNanoseconds)
            temperatures[window, default: Warmth()].sum += Double(block.columns[0][index])
            temperatures[window, default: Warmth()].count += 1
        }
    }
}

extension SampleColumn {
    /// The physical values of the whole column.
    var values: [Float] {
        switch self {
        case .float32(let values): values
        case .int16(let values, let scale):
            values.map { Float($0) * scale.factor + scale.offset }
        case .int32(let values, let scale):
            values.map { Float($0) * scale.factor + scale.offset }
        }
    }
}
