// SPDX-License-Identifier: Apache-2.0
public import HearthBiosignals

/// Turns the bytes of one recording into samples. Bytes are handed in, in any cut; nothing is opened.
///
/// Contract, held by `checkReader` for every reader:
/// - The samples do not depend on how the input was cut.
/// - Input is hostile: every byte string is parsed or answered with a typed ``ReadIssue`` or
///   ``ReadError`` that names the byte offset; never a trap, never memory beyond the limits.
/// - Damage costs only itself: what is sound around it is delivered.
/// - Samples delivered plus samples counted in issues equal the samples present.
/// - Names, birth dates, e-mail addresses, serial numbers and notes are dropped here.
public protocol RecordingReader: ~Copyable {
    /// Reads the next bytes of the recording.
    ///
    /// - Throws: only if nothing further in this recording can be used.
    mutating func read(
        _ bytes: Span<UInt8>, into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError)

    /// The recording has ended: delivers what is buffered and reports what was cut off.
    mutating func finish(into sink: inout some SampleSink & ~Copyable) throws(ReadError)
}

/// Receives what a reader finds.
public protocol SampleSink: ~Copyable {
    /// Takes samples; blocks of one stream come in the file's order and may overlap.
    mutating func accept(_ block: SampleBlock)
    /// Takes a problem that did not end the reading.
    mutating func report(_ issue: ReadIssue)
    /// Takes what the person said about their days, which only Hearth's own exports hold.
    mutating func accept(_ statement: DayStatement)
}

extension SampleSink where Self: ~Copyable {
    /// Most receivers want samples alone.
    public mutating func accept(_ statement: DayStatement) {}
}
