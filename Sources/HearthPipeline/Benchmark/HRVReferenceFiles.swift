// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthBiosignals
import HearthDSP
import HearthIntake
import HearthModels

/// A number as text published it.
struct PublishedNumber: Sendable, Hashable {
    var value: Double
    /// Half of the last digit; zero for a number printed in full.
    var rounding: Double

    init(exact value: Double) {
        self.value = value
        rounding = 0
    }

    init?(_ text: some StringProtocol) {
        let trimmed = text.trimmingCharacters(in: .whitespaces)
        guard let value = Double(trimmed), value.isFinite else { return nil }
        self.value = value
        let mantissa = trimmed.prefix { $0 != "e" && $0 != "E" }
        let places = mantissa.firstIndex(of: ".").map {
            mantissa.distance(from: $0, to: mantissa.endIndex) - 1
        }
        rounding = 0.5 * pow(10, -Double(places ?? 0))
    }
}

/// The parts of files with published measures that the comparison reads.
enum HRVReferenceFiles {
    static let bytesAtMost = 64 << 20
    /// Rows, beats or values of one file.
    static let mostRows = 2_000_000

    static func bytes(_ url: URL) throws(IntakeError) -> [UInt8] {
        guard let handle = try? FileHandle(forReadingFrom: url),
            let data = try? handle.read(upToCount: bytesAtMost + 1) ?? Data()
        else { throw IntakeError(.notReadable, "\(url.lastPathComponent) cannot be read") }
        guard data.count <= bytesAtMost else {
            throw IntakeError(
                .notReadable, "\(url.lastPathComponent) is larger than \(bytesAtMost >> 20) MB")
        }
        return [UInt8](data)
    }

    // MARK: CSV

    /// Rows of comma-separated fields by the names in the first line; fields may stand in quotes.
    static func table(_ url: URL) throws(IntakeError) -> [[String: String]] {
        let text = String(decoding: try bytes(url), as: UTF8.self)
        var rows: [[String: String]] = []
        var header: [String] = []
        for line in text.split(whereSeparator: \.isNewline).prefix(mostRows) {
            let fields = fields(of: line)
            if header.isEmpty {
                header = fields
                continue
            }
            guard fields.count == header.count else { continue }
            rows.append(Dictionary(zip(header, fields)) { first, _ in first })
        }
        return rows
    }

    static func fields(of line: Substring) -> [String] {
        var fields: [String] = []
        var field: [UInt8] = []
        var isQuoted = false
        for byte in line.utf8 {
            switch byte {
            case UInt8(ascii: "\""): isQuoted.toggle()
            case UInt8(ascii: ",") where !isQuoted:
                fields.append(String(decoding: field, as: UTF8.self))
                field.removeAll(keepingCapacity: true)
            default: field.append(byte)
            }
        }
        fields.append(String(decoding: field, as: UTF8.self))
        return fields
    }

    // MARK: NumPy

    /// One row of integers or floats of eight bytes, lowest byte first.
    static func numbers(_ url: URL) throws(IntakeError) -> [Double] {
        let bytes = try bytes(url)
        let name = url.lastPathComponent
        guard bytes.count >= 10, bytes[0] == 0x93, bytes[6] == 1 else {
            throw IntakeError(.notReadable, "\(name): found no NumPy array of version 1")
        }
        let start = 10 + Int(bytes[8]) + Int(bytes[9]) << 8
        guard start <= bytes.count else {
            throw IntakeError(.notReadable, "\(name): the header runs past the end")
        }
        let header = String(decoding: bytes[10..<start], as: UTF8.self)
        let isFloat = header.contains("'<f8'")
        guard isFloat || header.contains("'<i8'") else {
            throw IntakeError(.notReadable, "\(name): found other numbers; expected <i8 or <f8")
        }
        return stride(from: start, to: bytes.count - 7, by: 8).map { at in
            var word: UInt64 = 0
            for byte in bytes[at..<at + 8].reversed() { word = word << 8 | UInt64(byte) }
            return isFloat
                ? Double(bitPattern: word) : Double(Int64(bitPattern: word))
        }
    }

    // MARK: Annotations

    /// Sample numbers of all entries of an annotation file in MIT format, whatever their kind.
    static func annotatedSamples(_ url: URL) throws(IntakeError) -> [Int64] {
        let bytes = try bytes(url)
        var samples: [Int64] = []
        var time: Int64 = 0
        var at = 0
        func word(_ at: Int) -> Int { Int(bytes[at]) | Int(bytes[at + 1]) << 8 }
        while at + 1 < bytes.count, samples.count < mostRows {
            let (kind, distance) = (word(at) >> 10, word(at) & 1023)
            at += 2
            switch kind {
            case 0 where distance == 0: return samples
            case 59:
                guard at + 3 < bytes.count else { return samples }
                time += Int64(Int32(truncatingIfNeeded: word(at) << 16 | word(at + 2)))
                at += 4
            case 60...62: break
            case 63: at += distance + distance % 2
            default:
                time += Int64(distance)
                samples.append(time)
            }
        }
        return samples
    }
}
