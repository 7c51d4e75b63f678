// SPDX-License-Identifier: Apache-2.0
internal import HearthBiosignals

/// The samples of one stream that wait to be sealed, as flat columns in the order they came.
final class Lane {
    let stream: CatalogStream
    let layout: [ColumnLayout]
    var series: Series
    /// Bytes of the columns.
    private(set) var bytes = 0

    init(_ stream: CatalogStream, _ layout: [ColumnLayout]) {
        self.stream = stream
        self.layout = layout
        series = Series(columns: layout.map(\.empty))
    }

    /// Takes a block of this layout.
    func append(_ block: SampleBlock) {
        series.appendMarks(block.durations, block.quality, count: block.count)
        for index in series.columns.indices { series.columns[index].append(block.columns[index]) }
        switch block.times {
        case .irregular(let times): series.times.append(contentsOf: times)
        case .regular(_, _, let count):
            let axis = block.times
            series.times.append(contentsOf: (0..<count).lazy.map { axis[$0].nanoseconds })
        }
        let width = 8 + (series.durations.isEmpty ? 0 : 8) + (series.quality.isEmpty ? 0 : 1)
        bytes = series.count * (width + 4 * series.columns.count)
    }
}
