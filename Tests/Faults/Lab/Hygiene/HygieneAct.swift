// SPDX-License-Identifier: Apache-2.0
import CHearthSystem
import Foundation

/// What a program does at its start against crashes, looked at in a process of its own: a limit that
/// was lowered cannot be raised again.
enum HygieneAct {
    private static let signals = [
        SIGSEGV, SIGBUS, SIGILL, SIGTRAP, SIGABRT, SIGFPE, SIGQUIT, SIGSYS,
    ]

    static func run() -> ChildReport {
        var report = ChildReport()
        func check(_ holds: Bool, _ sentence: String) {
            report.attempts += 1
            if !holds { report.fail(sentence) }
        }
        signal(SIGQUIT, SIG_IGN)
        _ = umask(0o022)
        setenv("SWIFT_BACKTRACE", "enable=yes", 1)
        let missing = hearth_crash_hygiene_missing()
        check(missing & UInt32(HEARTH_HYGIENE_SIGNALS) != 0, "a signal that is ignored is not told")
        check(missing & UInt32(HEARTH_HYGIENE_UMASK) != 0, "readable new files are not told")
        check(hearth_crash_hygiene() == 0, "something could not be brought into force")
        check(hearth_crash_hygiene_missing() == 0, "something is told as missing")
        #if os(Linux)
            for number in signals {
                var action = sigaction()
                sigaction(number, nil, &action)
                check(
                    action.__sigaction_handler.sa_handler == nil, "signal \(number) has a handler")
            }
            var core = rlimit()
            getrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &core)
            check(core.rlim_cur == 0 && core.rlim_max == 0, "a core file could be written")
        #endif
        check(umask(0o077) == 0o077, "new files can be read by others")
        let trace = getenv("SWIFT_BACKTRACE").map { String(cString: $0) }
        check(trace == "enable=no", "a crash would print where it was")
        return report
    }
}
