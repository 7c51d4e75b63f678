// SPDX-License-Identifier: Apache-2.0
import CHearthSystem
import HearthIntake

// Before anything else: no rights but those that parsing needs.
var report = hearth_sandbox_report()
unsafe hearth_sandbox_enter(0, &report)
hearth_exit(IntakeWorker.run(report))
