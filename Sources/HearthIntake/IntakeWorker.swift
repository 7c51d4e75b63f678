// SPDX-License-Identifier: Apache-2.0
public import CHearthSystem
import HearthFormats

/// What the worker process does once its sandbox is in force: reads the request, reads the input, writes
/// frames.
public enum IntakeWorker {
    private static let result: Int32 = 3
    private static let request: Int32 = 4
    private static let turns: Int32 = 5
    private static let memory: Int32 = 6

    /// - Returns: the exit code.
    public static func run(_ report: hearth_sandbox_report) -> Int32 {
        let request: WorkerRequest
        do throws(IntakeError) {
            let source = DescriptorSource(Self.request)
            var bytes: [UInt8] = []
            while bytes.count <= WorkerRequest.byteLimit {
                let piece = try source.take(4096)
                if piece.isEmpty { break }
                bytes += piece
            }
            request = try parsed(bytes)
        } catch {
            return HEARTH_WORKER_BAD_REQUEST
        }
        guard let slots = FrameSlots(result: result, turns: turns, memory: memory) else {
            return HEARTH_WORKER_OUT_OF_MEMORY
        }
        let writer = FrameWriter(write: slots.write)
        writer.hello(layers: report.layers, landlock: report.landlock_abi)
        if request.isReportOnly {
            writer.finish()
            return 0
        }
        let companions = request.companions.enumerated().map { index, name in
            IntakeInput.Companion(
                name: name, descriptor: HEARTH_WORKER_FIRST_COMPANION + Int32(index))
        }
        let input = IntakeInput(descriptor: 0, name: request.name, companions: companions)
        do throws(IntakeError) {
            try Intake(request.options, mapsFiles: true).run(input, into: writer)
            writer.finish()
        } catch {
            writer.fail(error)
        }
        return 0
    }

    private static func parsed(_ bytes: [UInt8]) throws(IntakeError) -> WorkerRequest {
        do throws(FrameError) { return try WorkerRequest(bytes) } catch {
            throw IntakeError(.readFailed, error.found)
        }
    }
}
