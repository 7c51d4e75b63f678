// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
import HearthTestSupport
import Testing

@testable import HearthFormats

func readEDF(_ file: EDFBuilder, _ context: ReadContext = ReadContext()) -> CollectingSink {
    readAll(file.bytes) { EDFReader(context) }
}

/// 2026-01-02T03:04:05Z, where the builder's files begin.
let edfStart: Int64 = 1_767_323_045_000_000_000

@Suite struct EDFReaderTests {
    @Test(arguments: [false, true])
    func `any cut and any damage keep the contract`(bdf: Bool) {
        checkReader(EDFBuilder.night(bdf: bdf).bytes) { EDFReader() }
        checkReader(EDFBuilder.night(records: 12, bdf: bdf, gaps: false).bytes) { EDFReader() }
    }

    @Test func `samples delivered and lost are the samples present`() {
        // 8 + 4 + 2 (of three axes) + 3 a record, and one stage or note.
        checkReader(EDFBuilder.night(records: 4).bytes, samples: 4 * 17 + 4) { EDFReader() }
    }

    @Test func `a signal is what its label and its unit say together`() {
        let cases: [(String, String, Quantity, String)] = [
            ("EEG Fpz-Cz", "uV", .eeg, "EEG Fpz-Cz"), ("Fp1", "uV", .eeg, "Fp1"),
            ("C4-A1", "mV", .eeg, "C4-A1"), ("EEG", "", .signal, "EEG"),
            ("ECG II", "mV", .ecg, "ECG II"), ("EKG", "V", .ecg, "EKG"),
            ("EOG(L)", "uV", .eog, "EOG(L)"), ("EMG submental", "nV", .emg, "EMG submental"),
            ("Resp oro-nasal", "", .respiration, "Resp oro-nasal"),
            ("Airflow", "mV", .respiration, "Airflow [mV]"), ("Thorax", "", .respiration, "Thorax"),
            ("Resp rate", "bpm", .signal, "Resp rate [bpm]"),
            ("SaO2", "%", .oxygenSaturation, "SaO2"),
            ("SpO2", "", .signal, "SpO2"), ("Pulse", "bpm", .heartRate, "Pulse"),
            ("Heart Rate", "1/min", .heartRate, "Heart Rate"),
            ("Temp rectal", "DegC", .bodyTemperature, "Temp rectal"),
            ("Skin temp", "degC", .skinTemperature, "Skin temp"),
            ("Temp", "degC", .signal, "Temp [degC]"), ("BVP", "", .ppg, "BVP"),
            ("EDA", "uS", .eda, "EDA"), ("Event marker", "", .signal, "Event marker"),
            ("sine 1 Hz", "uV", .signal, "sine 1 Hz [uV]"),
            ("Status", "Boolean", .signal, "Status [Boolean]"),
        ]
        for (label, unit, quantity, model) in cases {
            var file = EDFBuilder(
                [.init(label, unit, physical: ("0", "100"), digital: ("0", "100"), samples: "1")],
                records: 1)
            file.append([80])
            let layout = StoredSink.read(file.bytes)
            let meaning = layout.order.first
            let isDropped = layout.issues.contains { $0.code == .implausibleValue }
            #expect(isDropped || meaning?.quantity == quantity, "\(label)")
            #expect(isDropped || meaning?.device.model == model, "\(label)")
        }
    }

    @Test func `voltages become microvolts, whatever the file writes`() {
        for (unit, factor) in [("V", 1e6), ("mV", 1e3), ("uV", 1), ("nV", 1e-3)]
            as [(String, Float)]
        {
            var file = EDFBuilder(
                [.init("ECG", unit, physical: ("-0.2", "0.2"), digital: ("-2", "2"), samples: "1")],
                records: 1)
            file.append([1])
            #expect(
                readEDF(file).values(.ecg).first.map { abs($0 - 0.1 * factor) < 0.01 * factor }
                    == true)
        }
        var file = EDFBuilder(
            [.init("ECG", "", physical: ("-2", "2"), digital: ("-2", "2"), samples: "1")],
            records: 1)
        file.signals[0].unit = "µV"
        file.append([1])
        #expect(readEDF(file).values(.ecg) == [1])
        // The same sign in Latin-1 is one byte.
        var bytes = file.bytes
        let place = 256 + 96
        bytes.replaceSubrange(
            place..<place + 8, with: [0xB5, 0x56] + [UInt8](repeating: 0x20, count: 6))
        #expect(readAll(bytes) { EDFReader() }.values(.ecg) == [1])
    }

    @Test func `three axes of one rate are one stream in g`() {
        func axis(_ name: String) -> EDFBuilder.Signal {
            .init(
                "Acc " + name, "mg", physical: ("-2000", "2000"), digital: ("-2000", "2000"),
                samples: "2")
        }
        var file = EDFBuilder([axis("Z"), axis("X"), axis("Y")], records: 1)
        file.append([1000, 1001])
        file.append([0, 1])
        file.append([-500, -501])
        let samples = readEDF(file).samples(of: .acceleration)
        #expect(samples.count == 2)
        #expect(
            samples.first.map { zip($0.values, [0, -0.5, 1]).allSatisfy { abs($0 - $1) < 1e-6 } }
                == true)
        file.signals[1].samples = "1"
        #expect(readEDF(file).samples(of: .acceleration).isEmpty)
        #expect(readEDF(file).streams.keys.allSatisfy { $0.quantity == .signal })
    }

    @Test func `signals of one name are told apart`() {
        var file = EDFBuilder([.init("EEG F1-Ref"), .init("EEG F1-Ref")], records: 1)
        file.append([1, 2, 3, 4, 5, 6, 7, 8])
        #expect(
            Set(readEDF(file).streams.keys.map(\.device.model)) == ["EEG F1-Ref", "EEG F1-Ref #2"])
    }

    @Test func `implausible values are dropped and the rest keeps its times`() {
        var file = EDFBuilder(
            [.init("SpO2", "%", physical: ("0", "100"), digital: ("0", "100"), samples: "1")],
            records: 5)
        for value in [97, 0, 96, 127, 95] { file.append([value]) }
        let sink = readEDF(file)
        #expect(sink.values(.oxygenSaturation) == [97, 96, 95])
        #expect(
            sink.samples(of: .oxygenSaturation).map { ($0.time - edfStart) / 1_000_000_000 } == [
                0, 2, 4,
            ])
        #expect(sink.issue(.implausibleValue)?.samplesLost == 2)
        // 127 lies outside the digital range too; such values are counted.
        #expect(sink.issue(.implausibleValue, "digital range")?.count == 1)
        file = EDFBuilder(
            [.init("SpO2", "%", physical: ("0", "100"), digital: ("0", "100"), samples: "1000")],
            records: 1)
        file.append((0..<1000).map { $0.isMultiple(of: 2) ? 97 : 0 })
        #expect(readEDF(file).values(.oxygenSaturation).count == 500)
    }

    @Test func `values outside the digital range are kept and counted`() {
        var file = EDFBuilder(
            [.init("Fp1", physical: ("0", "100"), digital: ("0", "100"))], records: 1)
        file.append([-1, 0, 100, 101])
        let sink = readEDF(file)
        #expect(sink.values(.eeg) == [-1, 0, 100, 101])
        #expect(sink.issue(.implausibleValue, "digital range")?.count == 2)
        #expect(sink.samplesLost == 0)
    }

    @Test func `an empty range is an issue and leaves the samples as stored`() {
        for (physical, digital) in [
            (("5", "5"), ("-100", "100")), (("-5", "5"), ("7", "7")), (("x", "5"), ("0", "1")),
        ] {
            var file = EDFBuilder(
                [.init("ECG", "mV", physical: physical, digital: digital)], records: 1)
            file.append([1, 2, 3, 4])
            let sink = readEDF(file)
            #expect(sink.values(.signal) == [1, 2, 3, 4])
            #expect(sink.issue(.invalidValue, "range is empty") != nil)
        }
    }

    @Test func `a range turned upside down is read as it says`() {
        var file = EDFBuilder(
            [.init("Fp1", physical: ("100", "-100"), digital: ("-100", "100"))], records: 1)
        file.append([-100, 0, 50, 100])
        #expect(readEDF(file).values(.eeg) == [100, 0, -50, -100])
    }

    @Test func `24 bits keep their sign`() {
        var file = EDFBuilder(
            [.init("Fp1", physical: ("-8388608", "8388607"), digital: ("-8388608", "8388607"))],
            records: 1, bdf: true)
        file.signals[0].label = "x"
        file.append([-8_388_608, -1, 0, 8_388_607])
        #expect(readEDF(file).values(.signal) == [-8_388_608, -1, 0, 8_388_607])
    }

    @Test func `files are known by their header, not by their name`() {
        func detect(_ bytes: [UInt8]) -> DetectedFormat? {
            FormatDetector.detect(Array(bytes.prefix(FormatDetector.prefixBytes)).span)
        }
        #expect(detect(EDFBuilder.night().bytes) == .recording(.edf))
        #expect(detect(EDFBuilder.night(bdf: true).bytes) == .recording(.edf))
        #expect(detect(Array(EDFBuilder.night().bytes.prefix(255))) == nil)
        #expect(detect([UInt8](repeating: 0x20, count: 512)) == nil)
        #expect(detect(Array("0       ".utf8) + [UInt8](repeating: 0x20, count: 512)) == nil)
    }

    @Test func `only a recorder that is known is named, never a person or a hospital`() {
        var file = EDFBuilder.night()
        file.patient = "1234567 F 02-MAY-1951 Mueller_Hanna"
        file.recording = "Startdate 02-JAN-2026 Charite Dr_Weber Nox_A1_123456"
        let sink = readEDF(file)
        #expect(Set(sink.streams.keys.map(\.device.vendor)) == ["Nox"])
        let said =
            sink.streams.keys.map(\.device.label).joined() + sink.issues.map(\.description).joined()
        for name in ["Mueller", "Hanna", "Weber", "Charite", "1951", "123456"] {
            #expect(!said.contains(name))
        }
    }
}
