// SPDX-License-Identifier: Apache-2.0

extension IrregularityModel {
    /// Names of the records the shipped coefficients were made with.
    public static let trainedOn: Set<String> = []

    /// The coefficients that ship.
    public static let shipped = IrregularityModel(
        centres: [], scales: [], weights: [], offset: -1, enter: 0, leave: -2)
}
