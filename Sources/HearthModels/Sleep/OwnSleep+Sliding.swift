// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

extension OwnSleep {
    /// The sleeps of ``RestWindows`` that end on the wanted day, with their epochs: as
    /// ``find(_:noonToNoon:endsOnDay:)``, without a day that stands on noon.
    ///
    /// A sleep that starts before the grid is cut there; a grid from the noon before holds every
    /// sleep of a date that is shorter than twelve hours.
    static func findSliding(_ grid: MinuteGrid, endsOnDay: (TimeSpan) -> Bool) -> Finding {
        switch RestWindows.windows(of: grid.restMinutes) {
        case .missing(let reason):
            return .missing(reason)
        case .found(let windows):
            let sleeps = windows.filter { endsOnDay($0.span) }.compactMap { window in
                score(
                    grid, SleepBlock(span: window.span, asleepMinutes: Int(window.asleepMinutes)))
            }
            return sleeps.isEmpty
                ? .missing("No rest long enough to be a sleep ended on this day.") : .found(sleeps)
        }
    }
}
