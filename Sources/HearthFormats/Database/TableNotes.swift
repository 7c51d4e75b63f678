// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// What can be wrong with a row of a database.
enum RowNote: Int, CaseIterable {
    case badTime, backwards, badValue, sentinel, implausible, noValue
    case unknownStage, unplacedStage, badUnit
    case unknownDevice, noParent, badOffset
    case personal, notRead, unknownTable, damaged

    var code: ReadIssueCode {
        switch self {
        case .badTime, .badValue, .noValue, .badUnit, .badOffset: .invalidValue
        case .backwards: .timeBackwards
        case .sentinel: .sentinelValue
        case .implausible: .implausibleValue
        case .unknownStage, .unknownTable: .unknownElement
        case .unplacedStage: .unanchoredTime
        case .unknownDevice, .noParent: .misplaced
        case .personal: .ignored
        case .notRead: .unsupported
        case .damaged: .damaged
        }
    }

    fileprivate var words: (found: String, expected: String) {
        switch self {
        case .badTime: ("a row without a sound time", "a time from 2000 to 2100")
        case .backwards: ("a row that ends before it starts", "the start first")
        case .badValue: ("a value in another form", "a number")
        case .sentinel: ("the device's mark for no value", "a value")
        case .implausible: ("a value out of range", "a value the quantity can have")
        case .noValue: ("a row without a value", "a value")
        case .unknownStage: ("an unknown sleep stage", "a stage of the vendor's list")
        case .unplacedStage: ("a sleep stage without its other end", "the row that bounds it")
        case .badUnit: ("a unit the quantity does not have", "one of its units")
        case .unknownDevice: ("a row of a device that is not listed", "a row of the device table")
        case .noParent: ("a row without its record", "the record that the key names")
        case .badOffset: ("an offset from UTC out of range", "at most 18 hours")
        case .personal: ("rows", "nothing: personal data are dropped")
        case .notRead: ("rows", "tables that Hearth models; this is not read")
        case .unknownTable: ("rows", "tables of the published layout")
        case .damaged: ("damage", "a sound table; the rows behind the damage are lost")
        }
    }
}

/// Counts what is wrong with the rows of one table without making strings.
struct TableNotes {
    private struct Count {
        var times = 0
        var samplesLost = 0
        var first: Int64 = 0
    }

    private var counts = [Count](repeating: Count(), count: RowNote.allCases.count)

    @inline(__always)
    mutating func note(_ note: RowNote, row: Int64, samplesLost: Int = 1) {
        if counts[note.rawValue].times == 0 { counts[note.rawValue].first = row }
        counts[note.rawValue].times += 1
        counts[note.rawValue].samplesLost += samplesLost
    }

    /// Counts everything into `output` and starts anew.
    ///
    /// - Parameter table: how the table is shown; never the name in the file unless it is a known one.
    mutating func flush(_ table: String, into output: inout SampleOutput) {
        for note in RowNote.allCases {
            let count = counts[note.rawValue]
            guard count.times > 0 else { continue }
            output.count(
                note.code, at: ReadPosition(byte: 0, record: count.first),
                found: "\(note.words.found) in \(table)", expected: note.words.expected,
                samplesLost: count.samplesLost, times: count.times)
            counts[note.rawValue] = Count()
        }
    }
}

extension RowSource where Self: ~Copyable {
    /// The rows of a table; damage is counted and ends only this table.
    func rows(
        of table: String, columns: [String], orderedBy order: [String] = [],
        _ body: (_ row: Int64, _ cells: [CellValue]) throws(ReadError) -> Void
    ) throws(ReadError) -> Int64? {
        do throws(ReadError) {
            try forEachRow(of: table, columns: columns, orderedBy: order, body)
            return nil
        } catch {
            guard error.code == .damaged else { throw error }
            return error.position.record
        }
    }

    /// Counts the rows of a table that is not read.
    func countRows(
        of table: String, as note: RowNote, _ notes: inout TableNotes
    ) throws(ReadError) {
        let damage = try rows(of: table, columns: []) { (row, _) throws(ReadError) in
            notes.note(note, row: row, samplesLost: 0)
        }
        if let damage { notes.note(.damaged, row: damage, samplesLost: 0) }
    }
}
