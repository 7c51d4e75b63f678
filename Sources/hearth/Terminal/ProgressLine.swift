// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthPipeline
import HearthReport

/// One line on a terminal that is rewritten while an ingest runs; nothing elsewhere.
final class ProgressLine {
    private let isShown: Bool
    private var lastShown = Date.distantPast

    init(isShown: Bool = Screen.talkIsTerminal) { self.isShown = isShown }

    func update(_ progress: IngestProgress) {
        guard isShown, Date().timeIntervalSince(lastShown) > 0.1 else { return }
        lastShown = Date()
        let megabytes = progress.bytes / 1_000_000
        let text =
            "\(progress.file)/\(progress.files)  \(megabytes) MB  "
            + SafeText.clean(progress.name)
        Messages.write("\r\u{1B}[K" + text.prefix(Screen.width - 1))
    }

    func clear() {
        if isShown { Messages.write("\r\u{1B}[K") }
    }
}
