// SPDX-License-Identifier: Apache-2.0

/// What a model file and a plan may cost; passing one is `InferenceError.Reason.limitExceeded`.
///
/// The defaults are far above every net that Hearth ships and far below what a device lacks.
public struct ModelLimits: Sendable, Hashable {
    /// Bytes of the file.
    public var fileBytes = 16 << 20
    public var nodes = 4096
    public var initializers = 4096
    /// Inputs, and outputs, of the graph; also of one node.
    public var graphValues = 256
    public var attributesPerNode = 64
    /// Entries of one list attribute; tree ensembles keep their nodes in lists.
    public var listEntries = 1 << 20
    /// Bytes of one name or string attribute.
    public var nameBytes = 256
    public var metadataEntries = 256
    /// Bytes of one metadata value.
    public var metadataBytes = 1 << 16
    /// Dimensions of one tensor.
    public var dimensions = 6
    /// Elements of one tensor.
    public var elements = 4 << 20
    /// Constants of a plan, repacked weights and tables included, in elements.
    public var constantElements = 8 << 20
    /// Working memory of a session, in elements.
    public var arenaElements = 4 << 20
    /// Steps of a plan; a convolution in groups is as many.
    public var steps = 16_384
    /// Multiply-adds, moved elements and evaluated functions of one step.
    public var workPerStep = 64 << 20

    public init() {}

    public static let standard = ModelLimits()
}

extension InferenceError {
    /// The error for a passed limit, which it names.
    static func limit(_ what: String, at byte: Int? = nil, found: Int, most: Int) -> InferenceError
    {
        InferenceError(
            .limitExceeded, at: byte, found: "\(found) \(what)", expected: "at most \(most)")
    }
}

/// The product of dimensions, or an error: no overflow, no empty tensor, no passed limit.
func elementCount(
    of dimensions: [Int], limits: ModelLimits, at byte: Int? = nil
) throws(InferenceError) -> Int {
    if dimensions.count > limits.dimensions {
        throw .limit("dimensions", at: byte, found: dimensions.count, most: limits.dimensions)
    }
    var count = 1
    for dimension in dimensions {
        guard dimension > 0 else {
            throw InferenceError(
                .unsupported, at: byte, found: "a dimension of \(dimension)",
                expected: "dimensions of 1 or more")
        }
        let (product, overflow) = count.multipliedReportingOverflow(by: dimension)
        if overflow || product > limits.elements {
            throw .limit(
                "elements or more", at: byte, found: limits.elements, most: limits.elements)
        }
        count = product
    }
    return count
}
