// SPDX-License-Identifier: Apache-2.0
import HearthDSP
import Testing

@Suite struct SecondOrderFilterTests {
    // scipy 1.17.1: sosfilt(butter(2, 8, "high", fs=180, output="sos"), impulse), and 20, "low".
    static let high = [
        0.8206768005101668, -0.3209387657122289, -0.24864251025908846, -0.1838094681708835,
        -0.1282086572926885, -0.08243338450645904, -0.04624632468953646, -0.018865883117499392,
    ]
    static let low = [
        0.08042365897205703, 0.24555996428068105, 0.3089184696484625, 0.23330205042458657,
        0.12989201816246768, 0.0493251511672952, 0.003242961042690451, -0.015082235052461219,
    ]

    @Test func `impulses are answered as scipy's filters do`() {
        var high = SecondOrderFilter.highPass(8, rate: 180)
        var low = SecondOrderFilter.lowPass(20, rate: 180)
        for index in Self.high.indices {
            let impulse = index == 0 ? 1.0 : 0
            #expect(abs(high.next(impulse) - Self.high[index]) < 1e-12)
            #expect(abs(low.next(impulse) - Self.low[index]) < 1e-12)
        }
    }

    @Test func `the delay is scipy's group delay`() {
        let high = SecondOrderFilter.highPass(8, rate: 180).delay(at: 12.649, rate: 180)
        let low = SecondOrderFilter.lowPass(20, rate: 180).delay(at: 12.649, rate: 180)
        #expect(abs(high - 2.50063348) < 0.002)
        #expect(abs(low - 2.46074361) < 0.002)
    }
}
