// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthBiosignals
import Testing

@Suite struct LocalDateTests {
    /// Counts days one by one, with the leap rule written out.
    @Test func `every day from 1970 to 2100 agrees with a slow count`() {
        var number: Int64 = 0
        var weekday = 3  // 1970-01-01 was a Thursday.
        for year in 1970...2100 {
            let isLeap = year % 400 == 0 || (year % 4 == 0 && year % 100 != 0)
            let lengths = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
            for (monthIndex, length) in lengths.enumerated() {
                for day in 1...length {
                    let date = LocalDate(year: year, month: monthIndex + 1, day: day)
                    #expect(date?.dayNumber == number)
                    let parts = LocalDate(dayNumber: number).components
                    #expect(parts == (year, monthIndex + 1, day))
                    #expect(date?.weekday == weekday)
                    #expect(date.flatMap { LocalDate($0.description) } == date)
                    number += 1
                    weekday = (weekday + 1) % 7
                }
                #expect(LocalDate(year: year, month: monthIndex + 1, day: length + 1) == nil)
            }
        }
    }

    @Test func `days before 1970 count backwards`() {
        #expect(LocalDate(year: 1969, month: 12, day: 31)?.dayNumber == -1)
        #expect(LocalDate(year: 1600, month: 2, day: 29)?.dayNumber == -135_081)
        #expect(LocalDate(dayNumber: -1).weekday == 2)
        #expect(LocalDate(dayNumber: -135_081).components == (1600, 2, 29))
    }

    @Test(arguments: [
        "2024-2-29", "2023-02-29", "2024-13-01", "2024-00-10", "2024-01-00", "24-01-01", "",
        "2024-01-01T00", "2024--01", "+024-01-01", "२०२४-०१-०१", "0000-01-01",
    ])
    func `a text that is no date is refused`(text: String) {
        #expect(LocalDate(text) == nil)
    }

    @Test func `a date survives JSON and a bad one is refused`() throws {
        let date = try #require(LocalDate("2024-02-29"))
        let data = try JSONEncoder().encode([date])
        #expect(String(decoding: data, as: UTF8.self) == "[\"2024-02-29\"]")
        #expect(try JSONDecoder().decode([LocalDate].self, from: data) == [date])
        #expect(throws: DecodingError.self) {
            try JSONDecoder().decode([LocalDate].self, from: Data("[\"2024-02-30\"]".utf8))
        }
    }
}
