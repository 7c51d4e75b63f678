// SPDX-License-Identifier: Apache-2.0
public import Foundation
import HearthFormats

/// Puts the files of a WFDB record together, as the caller of the reader does.
public enum WFDBParts {
    /// Annotators of the shared records, in the order their files are added.
    static let annotators = ["atr", "qrs", "gqrsh", "gqrsl", "sqrs", "anI", "wabp", "wqrs"]

    /// The parts of the record whose header is at `header`; files that are absent are left out.
    public static func parts(
        _ header: URL, annotated: Bool = true
    ) throws -> [(name: String, bytes: [UInt8])] {
        let folder = header.deletingLastPathComponent()
        func read(_ name: String) -> [UInt8]? {
            (try? Data(contentsOf: folder.appending(path: name))).map { [UInt8]($0) }
        }
        let bytes = [UInt8](try Data(contentsOf: header))
        var parts = [(name: header.lastPathComponent, bytes: bytes)]
        var (signals, segments) = WFDBHeader.partNames(in: bytes)
        for segment in segments {
            guard let own = read(segment + ".hea") else { continue }
            parts.append((segment + ".hea", own))
            for name in WFDBHeader.partNames(in: own).signals where !signals.contains(name) {
                signals.append(name)
            }
        }
        segments = []
        for name in signals {
            if let own = read(name) { parts.append((name, own)) }
        }
        let stem = header.deletingPathExtension().lastPathComponent
        for annotator in annotators where annotated {
            if let own = read(stem + "." + annotator) {
                parts.append((stem + "." + annotator, own))
            }
        }
        return parts
    }

    public static func stream(_ header: URL, annotated: Bool = true) throws -> [UInt8] {
        PartStream.bytes(try parts(header, annotated: annotated))
    }
}
