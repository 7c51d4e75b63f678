// SPDX-License-Identifier: Apache-2.0
public import HearthBiosignals

/// A computation over a stream that gives the same answer however the stream is cut.
///
/// Its stored properties are its whole state: a copy, or its encoded form, is a checkpoint that
/// resumes bit for bit. Batch is one push and a finish. Held by `checkOperator` for every operator.
public protocol StreamOperator<Input, Output>: Codable, Sendable {
    associatedtype Input: Sendable
    associatedtype Output: Sendable

    /// Takes the next elements, in time order.
    mutating func push(_ input: Span<Input>, emit: (Span<Output>) -> Void)
    /// Nothing came until `time`: a gap, or a watermark in a live stream.
    mutating func skip(to time: Timestamp, emit: (Span<Output>) -> Void)
    /// The stream has ended: emits what is pending.
    mutating func finish(emit: (Span<Output>) -> Void)
}

extension StreamOperator {
    /// The answer for a whole stream at once.
    public mutating func batch(_ input: [Input]) -> [Output] {
        var output: [Output] = []
        let collect: (Span<Output>) -> Void = { span in
            for index in span.indices { output.append(span[index]) }
        }
        push(input.span, emit: collect)
        finish(emit: collect)
        return output
    }
}

/// Two operators as one: what the first emits, the second takes.
public struct Chain<First: StreamOperator, Second: StreamOperator>: StreamOperator
where First.Output == Second.Input {
    public typealias Input = First.Input
    public typealias Output = Second.Output

    public var first: First
    public var second: Second

    public init(_ first: First, _ second: Second) {
        self.first = first
        self.second = second
    }

    public mutating func push(_ input: Span<Input>, emit: (Span<Output>) -> Void) {
        var next = second
        first.push(input) { next.push($0, emit: emit) }
        second = next
    }

    public mutating func skip(to time: Timestamp, emit: (Span<Output>) -> Void) {
        var next = second
        first.skip(to: time) { next.push($0, emit: emit) }
        next.skip(to: time, emit: emit)
        second = next
    }

    public mutating func finish(emit: (Span<Output>) -> Void) {
        var next = second
        first.finish { next.push($0, emit: emit) }
        next.finish(emit: emit)
        second = next
    }
}

/// A value at an instant: the usual element of a stream.
public struct Timed<Value: Codable & Sendable & Hashable>: Codable, Sendable, Hashable {
    public var time: Timestamp
    public var value: Value

    public init(_ time: Timestamp, _ value: Value) {
        self.time = time
        self.value = value
    }
}
