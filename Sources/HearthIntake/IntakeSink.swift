// SPDX-License-Identifier: Apache-2.0
public import HearthBiosignals
public import HearthFormats

/// Receives what an intake finds, in the order of the input.
///
/// For each recording: `begin`, then blocks and issues, then `end`. Between recordings: entries that
/// were passed over or refused.
public protocol IntakeSink: AnyObject, SampleSink {
    func begin(_ recording: IntakeRecording)

    /// The recording is over; `reason` says why it stopped early, with the place where it did.
    func end(reason: String?)

    /// An entry that is no recording.
    func passOver(_ name: String)

    /// An entry that cannot be read.
    func refuse(_ name: String, _ error: IntakeError)

    /// Further bytes were read from the input.
    func progress(_ bytes: Int)

    /// True once nothing more is wanted: the intake then stops.
    var wantsStop: Bool { get }
}

/// A recording found in an input.
public struct IntakeRecording: Sendable, Hashable {
    /// Where in the input: empty for the input itself, else `!` and the entry's name, once for each
    /// level of nesting. Without control characters.
    public var place: String
    public var kind: FileKind
    /// Another part of the same export may hold the same samples in a better form.
    public var hasNewerTwin: Bool

    public init(place: String, kind: FileKind, hasNewerTwin: Bool = false) {
        self.place = place
        self.kind = kind
        self.hasNewerTwin = hasNewerTwin
    }
}

/// How an input is read.
public struct IntakeOptions: Sendable, Hashable {
    /// Which recordings of an input are read.
    public enum Selection: UInt8, Sendable, Hashable {
        case everything = 0
        /// Of an export what tells clock offsets; of Fitbit's also the newer of two trees.
        case survey = 1
    }

    public var limits = ReadLimits.standard
    public var archiveLimits = ArchiveLimits.standard
    /// The person's wall clock, for local times without a zone.
    public var zone = ZoneTimeline()
    public var selection = Selection.everything

    public init() {}
}

/// An input: an open descriptor and what it is called. The name is never opened.
public struct IntakeInput: Sendable, Hashable {
    /// A further file of the same recording.
    public struct Companion: Sendable, Hashable {
        public var name: String
        public var descriptor: Int32

        public init(name: String, descriptor: Int32) {
            self.name = name
            self.descriptor = descriptor
        }
    }

    /// Open for reading. A regular file is read from its start, wherever it stands.
    public var descriptor: Int32
    /// The last component of the path: a hint for formats that look alike inside.
    public var name: String
    public var companions: [Companion]

    public init(descriptor: Int32, name: String, companions: [Companion] = []) {
        self.descriptor = descriptor
        self.name = name
        self.companions = companions
    }
}
