// SPDX-License-Identifier: Apache-2.0
public import HearthInference

/// The features that this program computes for learned models.
public enum ModelFeatures {
    /// Of the test bundle, which scores nothing.
    public static let test = FeatureSchema(name: "test/1", features: ["one", "two"])

    public static let all: [FeatureSchema] = [test]
}
