// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

@testable import HearthInference

@Suite struct SessionTests {
    private static let stateful = ["gru", "tcn"].map { ModelFixture(name: $0) }

    @Test(arguments: stateful)
    func `a stream cut anywhere and taken up from its encoded state gives the same bits`(
        _ fixture: ModelFixture
    ) throws {
        let plan = try fixture.plan()
        let inputs = try fixture.golden().map(\.input)
        var whole = ModelSession(plan)
        let expected = inputs.map { whole.step($0) }
        for cut in stride(from: 0, to: inputs.count, by: 7) {
            var first = ModelSession(plan)
            for input in inputs[..<cut] { _ = first.step(input) }
            let stored = try JSONEncoder().encode(first.state)
            var second = ModelSession(plan)
            _ = second.step(inputs[0])
            try second.restore(JSONDecoder().decode(ModelState.self, from: stored))
            #expect(inputs[cut...].map { second.step($0) } == Array(expected[cut...]), "cut \(cut)")
        }
    }

    @Test(arguments: stateful)
    func `a reset session begins again, and a copy goes its own way`(_ fixture: ModelFixture) throws
    {
        let inputs = try fixture.golden().prefix(9).map(\.input)
        var session = ModelSession(try fixture.plan())
        let expected = inputs.map { session.step($0) }
        var copy = session
        session.reset()
        #expect(inputs.map { session.step($0) } == expected)
        _ = copy.step(inputs[0])
        #expect(copy.state != session.state)
    }

    @Test func `a state of another size is refused`() throws {
        var session = ModelSession(try ModelFixture(name: "gru").plan())
        #expect(throws: InferenceError.self) { try session.restore(ModelState([1, 2, 3])) }
    }

    @Test func `a state that is not a number survives encoding`() throws {
        let state = ModelState([.nan, .infinity, -0.0])
        let copy = try JSONDecoder().decode(ModelState.self, from: JSONEncoder().encode(state))
        #expect(copy == state)
    }
}
