// SPDX-License-Identifier: Apache-2.0

/// The limits of every reader, each with its reason. Passing one is an error that names it.
public struct ReadLimits: Sendable, Hashable {
    /// Bytes of one recording after decompression. Exports of ten years of second-by-second data
    /// stay under 16 GiB.
    public var recordingBytes: Int64 = 16 << 30
    /// Samples of one recording. A hundred days of 100 Hz are 0.9 thousand million.
    public var samples: Int64 = 1_000_000_000
    /// Bytes of one text field. Device descriptions in Apple exports are under 1 KiB.
    public var fieldBytes = 64 << 10
    /// Bytes of one row, element or record kept in memory until it is complete.
    public var recordBytes = 1 << 20
    /// Nesting of XML elements or JSON values. Real exports stay under 8.
    public var depth = 64
    /// Attributes of one XML element or keys of one row. Real exports stay under 20.
    public var attributes = 128
    /// Distinct kinds of issue kept a recording; further kinds are counted together.
    public var issueKinds = 256
    /// Samples gathered before a block is handed on: 4,096 keeps blocks in the cache.
    public var blockSamples = 4096
    /// Open streams (devices x quantities) of one recording.
    public var streams = 4096
    /// Signals of one file of signals. Amplifiers for research have 256 electrodes and a few inputs.
    public var signals = 512
    /// Samples of one signal in one data record. An hour of 2,048 Hz is 7.4 million.
    public var signalRecordSamples = 10_000_000
    /// Bytes of one data record, kept in memory until it is complete. The format's own advice is 60 KiB;
    /// recorders that write a minute of 256 electrodes at once stay under 64 MiB.
    public var signalRecordBytes = 64 << 20

    public init() {}

    public static let standard = ReadLimits()
}
