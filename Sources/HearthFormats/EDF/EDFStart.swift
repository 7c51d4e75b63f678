// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// When a recording began, on the wall clock of the place.
///
/// The header's date has two digits for the year, 85 to 99 for 19xx and 00 to 84 for 20xx; EDF+ writes
/// the whole date again as `Startdate dd-MMM-yyyy`.
/// - Source: `kemp1992`, `kemp2003`.
struct EDFStart: Equatable, Sendable {
    var date: LocalDate?
    var secondsOfDay: Int?
    /// The header's date and the one of EDF+ are not the same day.
    var isDisputed = false

    init(_ header: [UInt8]) {
        secondsOfDay = Self.parts(header[176..<184]).flatMap { parts in
            parts[0] < 24 && parts[1] < 60 && parts[2] < 60
                ? parts[0] * 3600 + parts[1] * 60 + parts[2] : nil
        }
        let short = Self.parts(header[168..<176]).flatMap { parts in
            LocalDate(
                year: parts[2] + (parts[2] >= 85 ? 1900 : 2000), month: parts[1], day: parts[0])
        }
        let full = Self.startdate(header[88..<168])
        date = short ?? full
        guard let short, let full, short != full else { return }
        // A century apart is what the short form cannot tell.
        if short.components.month == full.components.month,
            short.components.day == full.components.day,
            short.components.year % 100 == full.components.year % 100
        {
            date = full
        } else {
            isDisputed = true
        }
    }

    /// Three numbers of one or two digits with anything but digits between them.
    private static func parts(_ field: ArraySlice<UInt8>) -> [Int]? {
        let numbers = field.split { !TextNumber.isDigit($0) }
        guard numbers.count == 3, numbers.allSatisfy({ $0.count <= 2 }) else { return nil }
        return numbers.map { $0.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) } }
    }

    private static func startdate(_ field: ArraySlice<UInt8>) -> LocalDate? {
        let words = EDFText.printable(field).split(separator: " ")
        guard words.count >= 2, words[0].lowercased() == "startdate" else { return nil }
        let parts = words[1].split(separator: "-")
        let months = [
            "JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC",
        ]
        guard parts.count == 3, let day = Int(parts[0]), let year = Int(parts[2]),
            parts[2].utf8.count == 4, let month = months.firstIndex(of: parts[1].uppercased())
        else { return nil }
        return LocalDate(year: year, month: month + 1, day: day)
    }

    /// The instant of the start; what is not told is counted.
    ///
    /// Without a date time counts from 1970-01-01, so that the order and the distance of samples stay.
    func instant(_ output: inout SampleOutput) -> Timestamp {
        if isDisputed {
            output.count(
                .misplaced, at: ReadPosition(byte: 88), found: "two start dates that differ",
                expected: "one; the header's own is used", samplesLost: 0)
        }
        guard let date else {
            output.count(
                .unanchoredTime, at: ReadPosition(byte: 168),
                found: "no start date; time counts from 1970-01-01",
                expected: "a date such as 02.01.26", samplesLost: 0)
            return Timestamp(seconds: Int64(secondsOfDay ?? 0))
        }
        if secondsOfDay == nil {
            output.count(
                .invalidValue, at: ReadPosition(byte: 176),
                found: "no start time; midnight is used",
                expected: "a time such as 23.59.59", samplesLost: 0)
        }
        let seconds = secondsOfDay ?? 0
        var text = Array("\(date)T".utf8)
        TextNumber.appendPadded(seconds / 3600, width: 2, to: &text)
        text.append(UInt8(ascii: ":"))
        TextNumber.appendPadded(seconds / 60 % 60, width: 2, to: &text)
        text.append(UInt8(ascii: ":"))
        TextNumber.appendPadded(seconds % 60, width: 2, to: &text)
        let position = ReadPosition(byte: 168)
        guard let time = TextTime(text.span),
            let instant = output.instant(time, position: position, expected: "--zone")
        else { return Timestamp(seconds: Int64(seconds)) }
        return instant
    }
}
