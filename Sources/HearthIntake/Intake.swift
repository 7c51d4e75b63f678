// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
import HearthFormats

/// From an input to samples: tells what it is, opens containers, puts recordings of several files
/// together, sends databases to theirs, and runs the reader of each recording.
///
/// The one door for bytes from outside. It runs the same in this process and in the worker.
public struct Intake {
    private let options: IntakeOptions
    private let assembly: PartAssembly
    private let mapsFiles: Bool

    /// - Parameter mapsFiles: database files may be mapped, so that one that shrinks while it is read
    ///   ends the process. For the worker, which is made for that.
    public init(_ options: IntakeOptions, mapsFiles: Bool = false) {
        self.init(options, assembly: .standard, mapsFiles: mapsFiles)
    }

    init(_ options: IntakeOptions, assembly: PartAssembly, mapsFiles: Bool = false) {
        self.options = options
        self.assembly = assembly
        self.mapsFiles = mapsFiles
    }

    /// Reads the whole input.
    ///
    /// - Throws: what makes the input as a whole unreadable, or its rest. Recordings that ended before
    ///   stand. Problems of one entry go to the sink.
    public func run(_ input: IntakeInput, into sink: some IntakeSink) throws(IntakeError) {
        let source = DescriptorSource(input.descriptor)
        let budget = ArchiveBudget(options.archiveLimits, fileBytes: source.length ?? 0)
        let run = IntakeRun(
            input: input, options: options, assembly: assembly, mapsFiles: mapsFiles,
            budget: budget, sink: sink)
        let prefix = try source.take(FormatDetector.prefixBytes)
        if prefix.isEmpty { throw IntakeError(.empty, "found an empty file") }
        try run.open(source, prefix)
    }
}

/// One input being read.
final class IntakeRun<Sink: IntakeSink> {
    let input: IntakeInput
    let options: IntakeOptions
    let assembly: PartAssembly
    let mapsFiles: Bool
    let budget: ArchiveBudget
    let sink: Sink
    private var recordings = 0
    /// Headers in archives that belong to a record read before: no records of their own.
    private var segments: Set<String> = []

    init(
        input: IntakeInput, options: IntakeOptions, assembly: PartAssembly, mapsFiles: Bool,
        budget: ArchiveBudget, sink: Sink
    ) {
        self.mapsFiles = mapsFiles
        self.input = input
        self.options = options
        self.assembly = assembly
        self.budget = budget
        self.sink = sink
    }

    // MARK: The input itself

    func open(_ source: DescriptorSource, _ prefix: [UInt8]) throws(IntakeError) {
        if assembly.isHeader(prefix) { return try readWithCompanions(source, prefix) }
        if DatabaseIntake.recognises(prefix) {
            if mapsFiles, source.length != nil {
                return try DatabaseIntake.read(
                    mapping: input.descriptor, options, into: sink)
            }
            let limit = options.archiveLimits.databaseBytes
            let bytes = try DatabaseIntake.collect(prefix, source, limit: limit)
            return try DatabaseIntake.read(bytes, at: "", options, into: sink)
        }
        let format = FormatDetector.detect(prefix.span)
        if case .recording(let kind)? = format { return read(kind, at: "", prefix, source) }
        guard case .container? = format else { throw .unknownFormat }
        let whole: any ByteSource = source.length == nil ? ChainSource(prefix, source) : source
        let again: (() throws(IntakeError) -> any ByteSource)? =
            source.length == nil ? nil : { [input] in DescriptorSource(input.descriptor) }
        try openArchive(whole, at: "", depth: 1, again: again)
        if recordings == 0, !sink.wantsStop {
            throw IntakeError(
                .holdsNoRecording,
                "found an archive without a recording; \(IntakeError.readable)")
        }
    }

    /// A header at the front; the files that belong to it were handed in.
    private func readWithCompanions(
        _ source: DescriptorSource, _ prefix: [UInt8]
    ) throws(IntakeError) {
        source.seek(to: 0)
        let header = try source.take(PartAssembly.headerBytes)
        let input = input
        let open = { (name: String) throws(IntakeError) -> (any ByteSource)? in
            input.companions.first { $0.name == name }.map { DescriptorSource($0.descriptor) }
        }
        var parts = [PartSource.Part(name: input.name) { DescriptorSource(input.descriptor) }]
        for name in try assembly.parts(header, named: input.name, open) {
            parts.append(PartSource.Part(name: name) { () throws(IntakeError) in try open(name) })
        }
        readParts(assembly.headerKind, parts, at: "", name: input.name)
    }

    private func companion(_ name: String) -> Int32? {
        input.companions.first { $0.name == name }?.descriptor
    }

    // MARK: Archives

    /// - Parameter again: opens the same bytes anew, for the parts of a recording; `nil` if they
    ///   come but once.
    private func openArchive(
        _ source: any ByteSource, at place: String, depth: Int,
        again: (() throws(IntakeError) -> any ByteSource)?
    ) throws(IntakeError) {
        let directory = try ZipDirectory(source, limits: options.archiveLimits)
        if let again, let names = directory?.names, let whole = assembly.wholeArchive(names) {
            let parts = whole.parts.map { part(named: $0, depth, again) }
            return readParts(whole.kind, parts, at: place, name: input.name + place)
        }
        let archive = try Archive(source, budget: budget, isOutermost: depth == 1)
        while !sink.wantsStop, let name = try archive.next() {
            try openEntry(archive, named: name, in: place, depth: depth, again: again)
        }
    }

    private func openEntry(
        _ archive: Archive, named name: String, in place: String, depth: Int,
        again: (() throws(IntakeError) -> any ByteSource)?
    ) throws(IntakeError) {
        let entry = place + "!" + name
        if segments.contains(entry) { return }
        let prefix = try archive.take(FormatDetector.prefixBytes)
        if let again, assembly.isHeader(prefix) {
            let header = prefix + (try archive.take(PartAssembly.headerBytes - prefix.count))
            // Names of siblings stand in the same folder of the archive.
            let folder = name.lastIndex(of: "/").map { String(name[...$0]) } ?? ""
            let own = String(name.dropFirst(folder.count))
            let names = try assembly.parts(header, named: own) { other throws(IntakeError) in
                try part(named: folder + other, depth, again).open()
            }
            for name in names where name.hasSuffix(".hea") {
                segments.insert(place + "!" + folder + name)
            }
            let parts = ([own] + names).map { part(named: folder + $0, depth, again) }
            return readParts(assembly.headerKind, parts, at: entry, name: entry)
        }
        if DatabaseIntake.recognises(prefix) { return try openDatabase(archive, prefix, at: entry) }
        let format = FormatDetector.detect(prefix.span)
        if case .recording(let kind)? = format { return read(kind, at: entry, prefix, archive) }
        guard case .container? = format else { return sink.passOver(entry) }
        guard depth < options.archiveLimits.depth else {
            let limit = options.archiveLimits.depth
            sink.refuse(
                entry,
                IntakeError(
                    .archiveLimit, "found an archive inside \(limit) others (limit: depth \(limit))"
                ))
            return
        }
        try openNested(archive, prefix, at: entry, depth: depth + 1)
    }

    /// An archive inside an archive: in memory if it is small, else as the stream it comes in.
    private func openNested(
        _ archive: Archive, _ prefix: [UInt8], at entry: String, depth: Int
    ) throws(IntakeError) {
        let head =
            prefix + (try archive.take(options.archiveLimits.memoryBytes - prefix.count))
        do throws(IntakeError) {
            if head.count < options.archiveLimits.memoryBytes {
                try openArchive(MemorySource(head), at: entry, depth: depth) {
                    () throws(IntakeError) in MemorySource(head)
                }
            } else {
                try openArchive(
                    ChainSource(head, archive), at: entry, depth: depth, again: nil)
            }
        } catch {
            // What was spent is spent for the file as a whole; damage costs the inner archive alone.
            if error.code == .archiveLimit { throw error }
            sink.refuse(entry, error)
        }
    }

    private func openDatabase(
        _ archive: Archive, _ prefix: [UInt8], at entry: String
    ) throws(IntakeError) {
        let limit = options.archiveLimits.databaseBytes
        let bytes = try DatabaseIntake.collect(prefix, archive, limit: limit)
        do throws(IntakeError) {
            try DatabaseIntake.read(bytes, at: entry, options, into: sink)
            recordings += 1
        } catch {
            if error.code == .unknownFormat {
                sink.passOver(entry)
            } else {
                sink.refuse(entry, error)
            }
        }
    }

    /// The entry of that name, found by reading the archive again.
    private func part(
        named name: String, _ depth: Int,
        _ again: @escaping () throws(IntakeError) -> any ByteSource
    ) -> PartSource.Part {
        let budget = budget
        let plain = name.split(separator: "/").last.map(String.init) ?? name
        return PartSource.Part(name: plain) { () throws(IntakeError) -> (any ByteSource)? in
            let archive = try Archive(try again(), budget: budget, isOutermost: depth == 1)
            while let found = try archive.next() {
                if found == name { return archive }
            }
            return nil
        }
    }

    // MARK: Recordings

    private func readParts(
        _ kind: FileKind, _ parts: [PartSource.Part], at place: String, name: String
    ) {
        read(kind, at: place, [], PartSource(parts))
    }

    private func read(
        _ kind: FileKind, at place: String, _ prefix: [UInt8], _ source: any ByteSource
    ) {
        recordings += 1
        let family = kind == .fitbit ? FitbitReader.family(of: prefix.span) : nil
        if options.selection == .survey {
            guard IntakeDetector.surveyed.contains(kind) else { return }
            if let family, !family.isZoneSource, !family.isPreferred { return }
        }
        sink.begin(
            IntakeRecording(place: place, kind: kind, hasNewerTwin: family?.twin != nil))
        let feed = RecordingFeed(limits: options.limits, zone: options.zone)
        do throws(RecordingFeed.Stop) {
            try feed.run(kind, named: input.name + place, prefix: prefix, from: source, into: sink)
            sink.end(reason: nil)
        } catch {
            switch error {
            case .reader(let error): sink.end(reason: error.description)
            case .source(let error): sink.end(reason: error.message)
            case .unwanted: break
            }
        }
    }
}

extension FitbitFamily {
    /// Another family holds the same samples and is left out where this one has them.
    fileprivate var isPreferred: Bool { FitbitFamily.allCases.contains(where: prefers) }
}
