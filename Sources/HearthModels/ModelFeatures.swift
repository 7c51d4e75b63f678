// SPDX-License-Identifier: Apache-2.0
public import HearthInference

/// The features that this program computes for learned models.
public enum ModelFeatures {
    public static let all: [FeatureSchema] = [SleepModel.featureSchema]
}
