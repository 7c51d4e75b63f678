// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
import HearthFormats
import HearthTestSupport
import Testing

@Suite struct FitbitCSVTests {
    struct Case: Sendable {
        var text: String
        var quantity: Quantity
        var values: [Float]
        var duration: Int64 = 0
        var derivation = Derivation.measured
        var issues: [String] = []
    }

    static let cases: [Case] = [
        Case(
            text: "timestamp,beats per minute,data source\n1970-01-01T00:00:03Z,72.0,W\n"
                + "1970-01-01T00:00:08Z,,W\n1970-01-01T00:00:09Z,73,W\n",
            quantity: .heartRate, values: [72, 73]),
        Case(
            text: "timestamp,beats per minute,data source\n1970-01-01T00:00:00Z,61.5,W\n"
                + "1970-01-02T00:00:00Z,62,W\n",
            quantity: .restingHeartRate, values: [61.5, 62], derivation: .derived),
        Case(
            text: "timestamp,steps,data source\r\n1970-01-01T00:00:00.000Z,34,W\r\n",
            quantity: .steps, values: [34], duration: 60),
        Case(
            text: "timestamp,distance,data source\n1970-01-01T00:00:09.096319Z,8.80,W\n",
            quantity: .distance, values: [8.8], duration: 60),
        Case(
            text: "timestamp,floors,data source\n1970-01-01T00:00:00Z,1,W\n",
            quantity: .flightsClimbed, values: [1], duration: 60),
        Case(
            text: "timestamp,oxygen saturation percentage,data source\n"
                + "1970-01-01T00:00:00Z,96.5,W\n1970-01-01T00:01:00Z,50.0,W\n",
            quantity: .oxygenSaturation, values: [96.5], issues: ["sentinel-value"]),
        Case(
            text: "timestamp,root mean square of successive differences milliseconds,"
                + "standard deviation milliseconds,data source\n1970-01-01T00:00:00Z,31.5,,W\n",
            quantity: .hrvRMSSD, values: [31.5], duration: 300),
        Case(
            text: "timestamp,root mean square of successive differences milliseconds,"
                + "standard deviation milliseconds\n1970-01-01T00:00:00Z,,40.5\n",
            quantity: .hrvSDNN, values: [40.5], duration: 300),
        Case(
            text: "timestamp,temperature celsius,data source\n1970-01-01T00:00:00Z,33.1,W\n",
            quantity: .skinTemperature, values: [33.1]),
        Case(
            text: "timestamp,weight grams,data source\n1970-01-01T00:00:00.000000Z,62400,W\n",
            quantity: .bodyMass, values: [62.4]),
        Case(
            text: "timestamp,breaths per minute,data source\n1970-01-01T00:00:00Z,13.8,W\n",
            quantity: .respiratoryRate, values: [13.8], derivation: .derived),
        Case(
            text: "timestamp,average percentage,lower bound percentage,upper bound percentage,"
                + "baseline percentage,standard deviation percentage,data source\n"
                + "1970-01-01T00:00:00Z,94.8,93.2,96.5,0.0,0.0,W\n",
            quantity: .oxygenSaturation, values: [94.8], derivation: .derived),
        Case(
            text: "timestamp,average heart rate variability milliseconds,non rem heart rate beats"
                + " per minute,entropy,data source\n1970-01-01T00:00:00,41.5,58,2.9,W\n"
                + "1970-01-02T00:00:00,0,58,2.9,W\n",
            quantity: .hrvRMSSD, values: [41.5], derivation: .derived, issues: ["sentinel-value"]),
        Case(
            text: "timestamp,nightly temperature celsius,baseline temperature celsius\n"
                + "1970-01-01T00:00:00Z,32.5,NaN\n",
            quantity: .skinTemperature, values: [32.5], derivation: .derived),
        Case(
            text: "timestamp,nightly temperature celsius,baseline temperature celsius\n"
                + "1970-01-01T00:00:00Z,32.5,32\n",
            quantity: .skinTemperatureDeviation, values: [0.5], derivation: .derived),
        Case(
            text: "timestamp,deep sleep stats - milli breaths per minute,full sleep stats - milli"
                + " breaths per minute,data source\n1970-01-01T00:00:00Z,-1.0,15800,W\n"
                + "1970-01-02T00:00:00Z,-1.0,15.9,W\n1970-01-03T00:00:00Z,-1.0,-1.0,W\n",
            quantity: .respiratoryRate, values: [15.8, 15.9], derivation: .derived,
            issues: ["sentinel-value"]),
        Case(
            text: "timestamp,rmssd,coverage,low_frequency,high_frequency\n"
                + "1970-01-01T00:00:00,28.9,0.98,400.1,300.2\n",
            quantity: .hrvRMSSD, values: [28.9], duration: 300),
        Case(
            text: "timestamp,rmssd,nremhr,entropy\n1970-01-01T00:00:00,30.1,55.2,2.1\n",
            quantity: .hrvRMSSD, values: [30.1], derivation: .derived),
        Case(
            text: "timestamp,daily_respiratory_rate\n1970-01-01T00:00:00,14.2\n",
            quantity: .respiratoryRate, values: [14.2], derivation: .derived),
        Case(
            text: "timestamp,full_sleep_breathing_rate,full_sleep_standard_deviation\n"
                + "1970-01-01T00:00:00,14.2,1\n",
            quantity: .respiratoryRate, values: [14.2], derivation: .derived),
        Case(
            text: "timestamp,value\n1970-01-01T00:00:00Z,97.1\n1970-01-01T00:01:00Z,50.0\n",
            quantity: .oxygenSaturation, values: [97.1], issues: ["sentinel-value"]),
        Case(
            text:
                "timestamp,average_value,lower_bound,upper_bound\n1970-01-01T00:00:00Z,95,93,97\n",
            quantity: .oxygenSaturation, values: [95], derivation: .derived),
        Case(
            text: "type,sleep_start,sleep_end,temperature_samples,nightly_temperature\n"
                + "SKIN,1970-01-01T00:00,1970-01-01T07:00:00,453,34.5\n",
            quantity: .skinTemperature, values: [34.5], duration: 25_200, derivation: .derived),
        Case(
            text: "recorded_time,temperature\n1970-01-01T00:00,-2.09\n",
            quantity: .skinTemperatureDeviation, values: [-2.09]),
    ]

    @Test(arguments: cases.indices)
    func `each file gives its quantity`(index: Int) throws {
        let fact = Self.cases[index]
        let sink = readFitbit(fact.text)
        #expect(sink.error == nil)
        #expect(sink.samples(of: fact.quantity).map { $0.values[0] } == fact.values)
        #expect(
            sink.samples(of: fact.quantity).allSatisfy {
                $0.duration == fact.duration * 1_000_000_000
            })
        #expect(sink.samples(of: fact.quantity).first.map { $0.time / 60_000_000_000 } == 0)
        let stream = sink.streams.keys.first { $0.quantity == fact.quantity }
        #expect(stream?.origin == Origin(file: .fitbit, derivation: fact.derivation))
        #expect(fitbitCodes(sink) == fact.issues)
        checkReader(Array(fact.text.utf8)) { FitbitReader() }
    }

    @Test(arguments: [
        "timestamp,calories,data source\n1970-01-01T00:00:00Z,1.07,W\n",
        "recorded_time,temperature,sensor_type\n1970-01-01T00:00,28.5,UNKNOWN\n",
        "timestamp,Infrared to Red Signal Ratio\n06/24/25 16:00:00,-7\n",
        "timestamp,beats per minute,data source\n1970-01-01T00:00:00Z,61,W\n",
    ])
    func `what Hearth has no quantity for, or cannot tell, is counted and not read`(text: String) {
        let sink = readFitbit(text)
        #expect(sink.sampleCount == 0)
        #expect(fitbitCodes(sink) == ["unsupported"] && sink.samplesLost == 1)
    }

    @Test(arguments: [
        "no data", "a,b\n1,2\n", "timestamp,steps,distance millimeters\n", "timestamp\n",
    ])
    func `an unknown header is refused`(text: String) {
        #expect(readFitbit(text).error?.code == .unsupported)
    }

    @Test func `a file of a header alone is empty, not wrong`() {
        let sink = readFitbit("timestamp,steps,data source\n")
        #expect(sink.error == nil && sink.issues == [] && sink.sampleCount == 0)
    }

    @Test func `sources are kept apart and their names dropped`() {
        let sink = readFitbit(
            """
            timestamp,steps,data source
            1970-01-01T00:00:00Z,34,Charge 5
            1970-01-01T00:00:00Z,33,Jo's phone
            1970-01-01T00:00:00Z,33,Phone Health Connect
            1970-01-01T00:01:00Z,35,Charge 5

            """)
        let devices = sink.streams.keys.map(\.device)
        #expect(Set(devices).count == 3 && Set(devices.map(\.unit)).count == 3)
        #expect(devices.allSatisfy { $0.vendor == "Fitbit" && $0.unit != 0 })
        #expect(Set(devices.map(\.model)) == ["", "Health Connect"])
        #expect(sink.streams.values.map(\.count).sorted() == [1, 1, 2])
    }

    @Test func `daily values at midnight name a date, whatever the zone says`() {
        let zone = ZoneTimeline([
            ZoneSpan(start: Timestamp(seconds: 0), offsetSeconds: -18_000, origin: .user)
        ])
        let sink = readFitbit(
            "timestamp,breaths per minute\n1970-01-02T00:00:00Z,14\n1970-01-03T12:00:00Z,15\n",
            zone: zone)
        let times: [Int64] = [104_400, 216_000]
        #expect(sink.samples(of: .respiratoryRate).map(fitbitSeconds) == times)
        #expect(sink.issues == [])
    }

    @Test func `a bad row costs itself`() {
        let sink = readFitbit(
            """
            timestamp,steps,data source
            1970-01-01T00:00:00Z,34,W
            1970-01-01T00:01:00Z,x,W
            1970-01-01T00:61:00Z,1,W
            1970-01-01T00:02:00Z,1
            "1970-01-01T00:02:00Z,1,W
            1970-01-01T00:03:00Z,-5,W
            1970-01-01T00:04:00Z,35,"W"

            """)
        #expect(sink.samples(of: .steps).map { $0.values[0] } == [34, 35])
        #expect(sink.samplesLost == 5)
        #expect(
            Set(fitbitCodes(sink)) == ["invalid-value", "damaged", "implausible-value"])
    }
}
