// SPDX-License-Identifier: Apache-2.0
import HearthInference
import Testing

@Suite struct InferenceErrorTests {
    @Test func `an error says where, what was found and what was expected`() {
        let error = InferenceError(
            .limitExceeded, at: 12, found: "a tensor of 2^40 elements", expected: "at most 2^24")
        #expect(
            error.description
                == "byte 12: found a tensor of 2^40 elements; expected at most 2^24")
    }
}
