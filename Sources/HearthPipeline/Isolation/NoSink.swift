// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
import HearthFormats
import HearthIntake

/// Takes nothing: for a worker that is asked of itself only.
final class NoSink: IntakeSink {
    var wantsStop: Bool { false }

    func begin(_ recording: IntakeRecording) {}
    func accept(_ block: SampleBlock) {}
    func report(_ issue: ReadIssue) {}
    func end(reason: String?) {}
    func passOver(_ name: String) {}
    func refuse(_ name: String, _ error: IntakeError) {}
    func progress(_ bytes: Int) {}
}
