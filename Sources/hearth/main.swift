// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import CHearthSystem

// Before anything else: a crash must print no memory, and files are for their owner only.
_ = hearth_crash_hygiene()
HearthCommand.main()
