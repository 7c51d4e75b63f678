// SPDX-License-Identifier: Apache-2.0
public import HearthBiosignals
import HearthDSP

/// The monitors of live scoring, by the name and version under which their state is saved.
///
/// A new one is a line here.
enum LiveCatalog {
    static let monitors: [any LiveMonitor.Type] = [
        HeartRateWatch.self,
        EffortWatch.self,
        BeatWatch.self,
        RhythmWatch.self,
        ChangeWatch.self,
    ]

    /// Quantities that some monitor looks at; others need not be put in order.
    static let quantities: Set<Quantity> = monitors.reduce(into: []) {
        $0.formUnion($1.primary)
        $0.formUnion($1.context)
    }
}

/// All monitors of all streams of a live session: samples in order of time in, findings out.
///
/// A value; its encoded form is a checkpoint. Findings come in the order of the samples that caused
/// them, and of one sample in the order of the catalog.
public struct LiveScorers: Codable, Sendable {
    /// Every so often all monitors hear how far time has gone, so that a window of a stream that
    /// fell silent ends.
    static let tickNanoseconds: Int64 = 60_000_000_000

    /// A monitor and the stream that it watches.
    private struct Placed: Sendable {
        var lane: UInt32
        var monitor: any LiveMonitor
    }

    public let settings: LiveSettings
    private var lanes: [Quantity] = []
    private var placed: [Placed] = []
    /// For each lane, which monitors hear its samples.
    private var routes: [[Int]] = []
    private var tick = Int64.min

    public init(settings: LiveSettings = LiveSettings()) { self.settings = settings }

    /// Whether some monitor looks at samples of a quantity.
    public static func takes(_ quantity: Quantity) -> Bool {
        LiveCatalog.quantities.contains(quantity)
    }

    /// Names and versions of the monitors.
    public static var models: [String] { LiveCatalog.monitors.map { $0.model } }

    /// Adds a stream; returns the number that its samples carry.
    public mutating func addLane(_ quantity: Quantity) -> UInt32 {
        let lane = UInt32(lanes.count)
        lanes.append(quantity)
        for type in LiveCatalog.monitors where type.primary.contains(quantity) {
            placed.append(Placed(lane: lane, monitor: type.init(settings, quantity: quantity)))
        }
        connect()
        return lane
    }

    /// Takes the next sample; `emit` gets each finding and the lane that it is about.
    public mutating func push(_ sample: LiveSample, emit: (LiveFinding, UInt32) -> Void) {
        let minute = Calendrical.floorDivide(sample.time.nanoseconds, Self.tickNanoseconds)
        if minute > tick { advance(to: minute, emit: emit) }
        let one: InlineArray<1, LiveSample> = [sample]
        let route = routes[Int(sample.lane)]
        for index in route {
            let lane = placed[index].lane
            placed[index].monitor.push(one.span) { found in
                for at in found.indices { emit(found[at], lane) }
            }
        }
    }

    /// The input has ended: every monitor says what it holds back.
    public mutating func finish(emit: (LiveFinding, UInt32) -> Void) {
        for index in placed.indices {
            let lane = placed[index].lane
            placed[index].monitor.finish { found in
                for at in found.indices { emit(found[at], lane) }
            }
        }
    }

    private mutating func advance(to minute: Int64, emit: (LiveFinding, UInt32) -> Void) {
        let isFirst = tick == .min
        tick = minute
        if isFirst { return }
        let (time, overflow) = minute.multipliedReportingOverflow(by: Self.tickNanoseconds)
        if overflow { return }
        for index in placed.indices {
            let lane = placed[index].lane
            placed[index].monitor.skip(to: Timestamp(nanoseconds: time)) { found in
                for at in found.indices { emit(found[at], lane) }
            }
        }
    }

    private mutating func connect() {
        routes = lanes.indices.map { lane in
            placed.indices.filter { index in
                placed[index].lane == UInt32(lane)
                    || type(of: placed[index].monitor).context.contains(lanes[lane])
            }
        }
    }
}

extension LiveScorers {
    private enum Key: String, CodingKey {
        case settings, lanes, monitors, tick, lane, model, state
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(settings, forKey: .settings)
        try container.encode(lanes, forKey: .lanes)
        try container.encode(tick, forKey: .tick)
        var list = container.nestedUnkeyedContainer(forKey: .monitors)
        for one in placed {
            var entry = list.nestedContainer(keyedBy: Key.self)
            try entry.encode(one.lane, forKey: .lane)
            try entry.encode(type(of: one.monitor).model, forKey: .model)
            try one.monitor.encode(to: entry.superEncoder(forKey: .state))
        }
    }

    /// - Throws: if the state is of other monitors or versions than this program's.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        settings = try container.decode(LiveSettings.self, forKey: .settings)
        lanes = try container.decode([Quantity].self, forKey: .lanes)
        tick = try container.decode(Int64.self, forKey: .tick)
        var list = try container.nestedUnkeyedContainer(forKey: .monitors)
        while !list.isAtEnd {
            let entry = try list.nestedContainer(keyedBy: Key.self)
            let model = try entry.decode(String.self, forKey: .model)
            let lane = try entry.decode(UInt32.self, forKey: .lane)
            guard Int(lane) < lanes.count,
                let type = LiveCatalog.monitors.first(where: { $0.model == model })
            else {
                throw DecodingError.dataCorrupted(
                    DecodingError.Context(
                        codingPath: [], debugDescription: "a monitor of another version"))
            }
            let state = try entry.superDecoder(forKey: .state)
            placed.append(Placed(lane: lane, monitor: try type.init(from: state)))
        }
        let expected = lanes.indices.flatMap { lane in
            LiveCatalog.monitors.filter { $0.primary.contains(lanes[lane]) }
                .map { "\(lane) \($0.model)" }
        }
        guard placed.map({ "\($0.lane) \(type(of: $0.monitor).model)" }) == expected else {
            throw DecodingError.dataCorrupted(
                DecodingError.Context(codingPath: [], debugDescription: "other monitors"))
        }
        connect()
    }
}
