// SPDX-License-Identifier: Apache-2.0

/// From the bytes of an input to blocks of samples: containers, databases, recordings of several
/// files, and the reader of each kind. Holds no keys, opens no path, and runs in the worker process.
public enum HearthIntake {}
