// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
import HearthFormats
import HearthTestSupport
import Testing

@Suite struct EmpaticaE4ReaderTests {
    private static let start: Int64 = 1_551_453_301_000_000_000

    private func read(_ text: String, name: String = "", limits: ReadLimits = .standard)
        -> CollectingSink
    {
        readAll(Array(text.utf8)) { EmpaticaE4Reader(ReadContext(limits: limits, name: name)) }
    }

    private func codes(_ sink: CollectingSink) -> [String] { sink.issues.map(\.code.name) }

    private func detect(_ text: String) -> DetectedFormat? {
        FormatDetector.detect(Array(text.utf8.prefix(4096)).span)
    }

    @Test func `acceleration is in 64ths of g`() {
        let sink = read(
            "1551453301.000000, 1551453301.000000, 1551453301.000000\n"
                + "32.000000, 32.000000, 32.000000\n-64,32,1\n0,0,64\n")
        let expected: [[Float]] = [[-1, 0.5, 0.015625], [0, 0, 1]]
        #expect(sink.samples(of: .acceleration).map(\.values) == expected)
        #expect(
            sink.samples(of: .acceleration).map(\.time) == [Self.start, Self.start + 31_250_000])
        #expect(codes(sink) == [])
    }

    @Test func `64 hertz is the pulse wave and 1 hertz the vendor's heart rate`() {
        let wave = read("1551453301.00\n64.000000\n-0.00\n1.25\n", name: "EDA.csv")
        #expect(wave.values(.ppg) == [0, 1.25])
        let rate = read("1551453311.000000\n1.000000\n88.00\n88.67\n")
        #expect(
            rate.samples(of: .heartRate).map(\.time)
                == [10, 11].map { Self.start + $0 * 1_000_000_000 })
        #expect(rate.values(.heartRate) == [88, 88.67])
        #expect(rate.streams.keys.first?.origin.derivation == .derived)
        #expect(rate.streams.keys.first?.device == SourceDevice(vendor: "Empatica", model: "E4"))
    }

    @Test(arguments: [
        ("EDA.csv", Quantity.eda), ("a/b/A00204_EDA (1).csv", .eda),
        ("x.zip!TEMP.csv", .skinTemperature),
        ("temp.CSV", .skinTemperature),
    ])
    func `the name tells what comes at 4 hertz`(name: String, quantity: Quantity) {
        let sink = read("1551453301.000000\n4.000000\n31.61\n31.63\n", name: name)
        #expect(sink.values(quantity) == [31.61, 31.63])
        #expect(sink.samples(of: quantity).map(\.time) == [Self.start, Self.start + 250_000_000])
    }

    @Test(arguments: ["", "data.csv", "ACC.csv", "template.csv"])
    func `without a name that tells nothing is read`(name: String) {
        let sink = read("1551453301.000000\n4.000000\n31.61\n31.63\n", name: name)
        #expect(sink.sampleCount == 0 && sink.samplesLost == 2)
        #expect(sink.issue(.unsupported)?.expected.contains("EDA or TEMP") == true)
    }

    @Test func `intervals end where their time says, and gaps are gaps`() {
        let sink = read("1551453301.000000, IBI\n145.5,0.62509\n146.5,0.890666\n500,1\n")
        #expect(sink.values(.rrInterval) == [625.09, 890.666, 1000])
        #expect(sink.samples(of: .rrInterval).first?.time == Self.start + 145_500_000_000)
        #expect(sink.streams.keys.first?.origin.derivation == .derived)
        #expect(codes(sink) == [])
    }

    @Test func `intervals and tags out of order are counted`() {
        let sink = read("1551453301.000000, IBI\n2,1\n1,1\n2,1\n3,1,1\n4,1\n")
        #expect(sink.values(.rrInterval) == [1000, 1000])
        #expect(sink.samplesLost == 3)
        #expect(Set(codes(sink)) == ["time-backwards", "duplicate", "invalid-value"])
        let tags = read("1551453311.68\n1551453310.00\nx\n1551453319.49\n")
        #expect(tags.sampleCount == 2 && tags.samplesLost == 2)
    }

    @Test func `tags are only times`() {
        let sink = read("1551453311.68\n1551453318.17\n")
        #expect(sink.values(.event) == [1, 1])
        #expect(sink.samples(of: .event).first?.time == Self.start + 10_680_000_000)
        #expect(read("1551453311.68\n").values(.event) == [1])
        #expect(read("1551453311.000\n", name: "tags.csv").values(.event) == [1])
        let cut = read("1551453311.68\n", name: "BVP.csv")
        #expect(cut.sampleCount == 0 && codes(cut) == ["truncated"])
    }

    @Test func `a bad row keeps its place in time`() {
        let sink = read("1551453301.000000\n1.000000\n60\nx\n\n999\n61\n\n\n")
        #expect(
            sink.samples(of: .heartRate).map { ($0.time - Self.start) / 1_000_000_000 } == [0, 4])
        #expect(sink.samplesLost == 3)
        #expect(Set(codes(sink)) == ["invalid-value", "implausible-value", "damaged"])
    }

    @Test func `columns that disagree are told of`() {
        let sink = read(
            "1551453301, 1551453302, 1551453301\n32, 32, 64\n1,2,3\n1,2\n5000,0,0\n1,2,3")
        #expect(sink.samples(of: .acceleration).count == 2 && sink.samplesLost == 2)
        #expect(sink.issues.filter { $0.code == .damaged }.count == 2)
        #expect(sink.issue(.truncated) != nil)
    }

    @Test(arguments: [
        "", "x\n", "5\n4\n1\n", "1551453301.0\n-4\n", "1551453301.0,x\n", "1551453301.0\nx\n",
    ])
    func `other files are refused`(text: String) {
        #expect(read(text).error != nil)
    }

    @Test func `the samples and the lines of a recording are limited`() {
        var limits = ReadLimits.standard
        limits.samples = 2
        #expect(read("1551453301.0\n64\n1\n2\n3\n", limits: limits).error?.code == .limitExceeded)
        limits = .standard
        limits.recordBytes = 32
        let sink = read(
            "1551453301.0\n64\n1\n" + String(repeating: "9", count: 50) + "\n2\n", limits: limits)
        #expect(sink.sampleCount == 2 && sink.samplesLost == 1)
        #expect(sink.issue(.limitExceeded) != nil)
    }

    @Test func `detection is strict`() {
        #expect(detect("1551453301.000000\n4.000000\n1\n") == .recording(.empaticaE4))
        #expect(detect("1551453301\n4\n1\n") == .recording(.empaticaE4))
        #expect(detect("1551453301.000000, IBI\n") == .recording(.empaticaE4))
        #expect(detect("1551453311.68\n1551453318.17\n") == .recording(.empaticaE4))
        #expect(detect("1551453311.68\r\n") == .recording(.empaticaE4))
        for other in [
            "1551453301\n5\n6\n", "1551453301,5\n1551453302,6\n", "12.5\n4.0\n", "time,value\n",
            "1551453301,60,61\n1551453302,60,61\n", "1551453301\n", "1551453311\n1551453312\n",
            "1551453301.0\n0\n", "1551453301.0\nabc\n",
        ] {
            #expect(detect(other) == nil, "\(other)")
        }
    }

    @Test func `the reader keeps the contract`() {
        let rows = (0..<60).map { "\($0 - 30),\($0),x\($0 % 7 == 0 ? "" : "1")" }
        let texts = [
            ("1551453301.5\n4\n0.25\n0.5\n\nx\n0.75\n", "EDA.csv", 5),
            ("1551453301.0, 1551453301.0, 1551453301.0\n32, 32, 32\n1,2,3\n4,5,6\n", "", 2),
            ("1551453301.0, IBI\n1,0.8\n2,0.9\n2,0.9\n", "", 3),
            ("1551453311.68\n1551453318.17\n1551453319.49\n", "tags.csv", 3),
            ("1551453301.0\n64\n" + rows.joined(separator: "\n") + "\n", "", 60),
        ]
        for (text, name, samples) in texts {
            checkReader(Array(text.utf8), samples: samples) {
                EmpaticaE4Reader(ReadContext(name: name))
            }
        }
    }

    @Test(
        .enabled(if: SharedData.isPresent, "needs the shared recordings"),
        arguments: [
            (
                "BiometricsMSR2023",
                [
                    "ACC": 117_156, "BVP": 234_311, "EDA": 14_646, "HR": 3651, "IBI": 570,
                    "TEMP": 14_640,
                ]
            ),
            (
                "devicely",
                ["ACC": 890, "BVP": 2054, "EDA": 133, "HR": 28, "IBI": 49, "TEMP": 103, "tags": 4]
            ),
            (
                "flirt",
                ["ACC": 9998, "BVP": 9998, "EDA": 9998, "HR": 4998, "IBI": 4999, "TEMP": 4998]
            ),
        ])
    func `real files are read as a slow parser reads them`(folder: String, files: [String: Int])
        throws
    {
        for (name, count) in files {
            let bytes = try SharedData.bytes("formats/empatica/e4/\(folder)/\(name).csv")
            #expect(
                FormatDetector.detect(Array(bytes.prefix(4096)).span) == .recording(.empaticaE4))
            let sink = readAll(bytes) { EmpaticaE4Reader(ReadContext(name: "\(name).csv")) }
            #expect(sink.error == nil)
            #expect(sink.sampleCount + sink.samplesLost == count, "\(folder) \(name)")
            #expect(sink.samplesLost == 0, "\(folder) \(name) \(sink.issues)")
            for match in EmpaticaE4References.matches(bytes, name: "\(name).csv", sink) {
                #expect(match.holds, "\(folder) \(name): \(match.sentence)")
            }
        }
    }
}
