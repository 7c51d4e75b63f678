// SPDX-License-Identifier: Apache-2.0

extension MutationFacts {
    static let whoop = MutationFacts(
        isText: true, words: tableWords + ["UTC-08:00", "UTCZ", "UTC+99:00", "Nap", "true"],
        head: firstLine,
        seeds: [
            TableFixtures.whoopCycles, TableFixtures.whoopSleeps,
            TableFixtures.whoopWorkouts,
        ].map { Array($0.utf8) })

    static let withings = MutationFacts(
        isText: true,
        words: tableWords + ["\"[60,60]\"", "[", "]", "[[60]]", "start,duration,value"],
        head: firstLine,
        seeds: [
            TableFixtures.withingsSleep, TableFixtures.withingsWeight,
            TableFixtures.withingsPressure, TableFixtures.withingsActivities,
        ].map {
            Array($0.utf8)
        })

    static let miFitness = MutationFacts(
        isText: true, words: tableWords + jsonWords + ["heart_rate", "sleep", "\"\"items\"\":[{"],
        head: firstLine,
        seeds: [TableFixtures.miFitness, TableFixtures.miSports].map {
            Array($0.utf8)
        })

    static let zeppLife = MutationFacts(
        isText: true, words: tableWords + ["+0000", "+0800", "heartRate"], head: firstLine,
        seeds: TableFixtures.zepp.map { Array($0.utf8) })

    static let openStrap = MutationFacts(
        isText: true, words: tableWords + ["deep", "rem", "1785000000", "1785000000000"],
        head: firstLine, seeds: TableFixtures.openStrap.map { Array($0.utf8) })

    static let hrvApp = MutationFacts(
        isText: true, words: tableWords + ["2017-27-07", "800", "0.8", "98.234    X", "nSeq"],
        head: firstLine, seeds: TableFixtures.hrv.map { Array($0.utf8) })

    static let gpx = MutationFacts(
        isText: true, words: trackWords + ["<trkpt>", "</trkpt>", "<trk>", "<ns3:hr>60</ns3:hr>"],
        head: { _ in Array("<gpx creator=\"x\"><trk><trkseg>\n".utf8) },
        seeds: [Array(TrackFixtures.gpx.utf8)])

    static let tcx = MutationFacts(
        isText: true,
        words: trackWords + ["<Lap>", "</Lap>", "<Trackpoint>", "<Value>70</Value>", "<Courses>"],
        head: { _ in
            Array("<TrainingCenterDatabase><Activities><Activity Sport=\"Running\">\n".utf8)
        },
        seeds: [Array(TrackFixtures.tcx.utf8)])

    private static let tableWords = [
        ",", ";", "\t", ",,", "-", "null", "n/a", "0", "-1", "\"\"\"", "\"a,b\"", "99999",
        "2026-03-29 02:30:00",
    ]

    private static let trackWords = [
        "<!--", "-->", "<![CDATA[", "]]>", "<!ENTITY a \"b\">", "&a;", "<x>", "</x>", "<x/>",
        "<time>2026-03-29T02:30:00</time>", "<hr>", "'", ">", "<?",
    ]
}

/// Tables as the vendors' exports write them, built from their published columns.
public enum TableFixtures {
    public static let whoopCycles = """
        Cycle start time,Cycle end time,Cycle timezone,Recovery score %,Resting heart rate (bpm),\
        Heart rate variability (ms),Skin temp (celsius),Blood oxygen %,Day Strain,\
        Energy burned (cal),Max HR (bpm),Average HR (bpm),Sleep onset,Wake onset,\
        Sleep performance %,Respiratory rate (rpm),Asleep duration (min),In bed duration (min),\
        Light sleep duration (min),Deep (SWS) duration (min),REM duration (min),\
        Awake duration (min),Sleep need (min),Sleep debt (min),Sleep efficiency %,\
        Sleep consistency %
        2026-03-30 00:15:54,,UTC+02:00,83,51,63,34.48,97.00,,,,,2026-03-30 00:15:54,\
        2026-03-30 08:24:44,89,14.0,466,488,250,91,125,22,529,54,95,85
        2026-03-28 23:40:00,2026-03-30 00:15:54,UTC+01:00,41,55,42,33.82,96.5,17.8,2725,183,75,\
        2026-03-28 23:40:00,2026-03-29 07:39:40,86,14.5,427,449,239,110,78,22,508,49,95,81
        2026-03-27 23:00:00,2026-03-28 23:00:00,UTC-08:00,,,,,,4.2,384,143,68,,,,,,,,,,,,,,

        """

    public static let whoopSleeps = """
        \u{FEFF}Cycle start time,Cycle end time,Cycle timezone,Sleep onset,Wake onset,\
        Sleep performance %,Respiratory rate (rpm),Asleep duration (min),Nap
        2026-03-30 00:15:54,,UTCZ,2026-03-30 13:00:00,2026-03-30 13:40:00,,15.1,35,true
        2026-03-30 00:15:54,,UTCZ,2026-03-30 00:15:54,2026-03-30 08:24:44,89,14.0,466,false

        """

    public static let whoopWorkouts = """
        Cycle start time,Cycle end time,Cycle timezone,Workout start time,Workout end time,\
        Duration (min),Activity name,Activity Strain,Energy burned (cal),Max HR (bpm),\
        Average HR (bpm),HR Zone 1 %,GPS enabled,Distance (meters)
        2026-03-30 00:15:54,,UTC-05:00,2026-03-30 17:47:03,2026-03-30 19:24:40,97,Cycling,17.1,\
        1137.0,183,147,17,false,8046
        2026-03-29 00:15:54,,UTC-05:00,2026-03-29 20:00:00,2026-03-29 20:30:00,30,\
        "Basket Weaving, Underwater",1.0,0.0,100,90,0,false,

        """

    public static let withingsSleep = """
        von,bis,"leicht (s)","tief (s)","rem (s)","wach (s)",Aufwachen,\
        "Durchschnittliche Herzfrequenz"
        2026-01-02 23:10:00,2026-01-03 06:50:00,14400,5400,7200,900,1,58
        2026-01-03 23:05:00,2026-01-04 06:40:00,14000,5000,7000,800,0,0

        """

    public static let withingsWeight = """
        Date,"Weight (kg)","Fat mass (kg)","Bone mass (kg)","Muscle mass (kg)",Comments
        2026-01-02 07:00:00,70.5,12.1,3.1,53.2,
        2026-01-03 07:01:00,70.4,,,,"after a run"

        """

    public static let withingsPressure = """
        Date,"Heart rate",Systolic,Diastolic,Comments
        2026-01-02 08:00:00,61,120,80,

        """

    public static let withingsActivities = """
        from,to,"from (manual)","to (manual)",Timezone,"Activity type",Data,GPS,Modified
        2026-01-02T10:00:00+01:00,2026-01-02T10:30:00+01:00,,,Europe/Paris,Walking,\
        "{""calories"":120.5,""distance"":2500,""hr_average"":98}",,2026-01-02T11:00:00+01:00

        """

    public static let miFitness = """
        Uid,Sid,Key,Time,Value,UpdateTime
        1,dev1,heart_rate,1767315600,"{""time"":1767315600,""bpm"":61}",1767319200
        1,dev1,heart_rate,1767315660,"{""time"":1767315660,""bpm"":0}",1767319200
        1,dev1,steps,1767315600,"{""time"":1767315600,""steps"":12,""distance"":9,\
        ""calories"":1}",1767319200
        1,dev1,spo2,1767315700,"{""time"":1767315700,""spo2"":97}",1767319200
        1,dev1,stress,1767315800,"{""time"":1767315800,""stress"":33}",1767319200
        1,dev1,valid_stand,1767315800,"{""start_time"":1}",1767319200
        1,dev1,sleep,1767337200,"{""bedtime"":1767308400,""wake_up_time"":1767337200,\
        ""timezone"":32,""avg_hr"":55,""items"":[{""start_time"":1767308400,\
        ""end_time"":1767312000,""state"":3},{""end_time"":1767315600,\
        ""start_time"":1767312000,""state"":2},{""start_time"":1767315600,\
        ""end_time"":1767337200,""state"":9}]}",1767339200

        """

    public static let miSports = """
        Uid,Sid,Key,Time,Category,Value,UpdateTime
        1,dev1,outdoor_running,1767340000,run,"{""start_time"":1767340000,\
        ""end_time"":1767343600,""distance"":10000,""calories"":700,""avg_hrm"":150,\
        ""timezone"":4}",1767344000

        """

    public static let zepp = [
        """
        date,time,heartRate
        2026-03-02,00:00,55
        2026-03-02,00:01,56
        2026-03-02,00:02,0

        """,
        """
        time,heartRate
        2026-03-02 08:00:00+0000,77
        2026-03-02 08:10:00+0000,79

        """,
        """
        date,deepSleepTime,shallowSleepTime,wakeTime,start,stop,REMTime,naps
        2026-03-02,90,250,10,2026-03-01 16:00:00+0000,2026-03-01 23:00:00+0000,70,
        2026-03-03,0,0,0,2026-03-02 16:00:00+0000,2026-03-02 16:00:00+0000,0,

        """,
        """
        date,time,steps
        2026-03-02,09:00,100
        2026-03-02,09:01,0

        """,
        """
        date,steps,distance,runDistance,calories
        2026-03-02,8000,6000,0,300

        """,
        """
        type,startTime,sportTime(s),maxPace(/meter),minPace(/meter),distance(m),avgPace(/meter),\
        calories(kcal)
        17,2026-03-02 10:00:00+0000,5400,-1.0,-1.0,-1.0,-1.0,640.0

        """,
        """
        time,weight,height,bmi,fatRate,bodyWaterRate,boneMass,metabolism,muscleRate,visceralFat
        2026-03-01 01:00:00+0000,80.0,180.0,0,0,0,0,0,0,0

        """,
    ]

    public static let openStrap = [
        """
        \u{FEFF}date,readiness,resting_hr,hrv,sdnn,resp_rate,stress,strain,active_calories,\
        total_calories,sleep_min,deep_min,rem_min,light_min,nap_min,sleep_efficiency,steps,worn_min
        2026-03-28,71,52,61.5,80,14.2,20,9.1,500,2400,450,90,100,260,0,0.93,8000,1400
        2026-03-29,,,,,,,,,,,,,,,,6000,1200

        """,
        """
        date,start_ts,end_ts,stage
        2026-03-28,1774650000,1774653600,light
        2026-03-28,1774653600,1774655400,deep
        2026-03-28,1774655400,1774656000,awake

        """,
        """
        date,start_ts,end_ts,type,status,duration_min,strain,calories,max_hr,steps,hrr_bpm,source
        2026-03-28,1774700000,1774703600,running,done,60,12,640,175,9000,30,auto

        """,
    ]

    public static let hrv = [
        """
        date, time, HR,AVNN,SDNN,rMSSD,pNN50,LF,HF,HRV4T_Recovery_Points,training, note

        2026-08-02,01:00,0.0,0.0,0.0,0.0,0.0,0.0,0.0,,easy
        2026-13-02,06:19,73.5,816.4,60.2,48.0,27.1,0.05,0.07,7.7,rest,slept badly,,
        2026-14-02,07:12,62.2,964.7,67.9,55.7,31.7,0.03,0.08,8.0,rest

        """,
        """
        \u{FEFF}Member,Date,Datetime,Type,HRV,lnRmssd,Rmssd,Nn50,Pnn50,Sdnn,Score,HR
        Jo,2026-02-06,2026-02-06 06:23:22,readiness,57,3.71,40.87,32,21.33,61.9,,50.46
        Jo,2026-02-07,2026-02-07 06:29:04,readiness,51,3.33,28.03,8,5.37,48.2,6,53.84

        """,
        "812\n820\n799\n805\n1200\n790\n",
        "0.812\n0.820\n0.799\n0.805\n",
        "00000000\n4.000    X\n98.643    N\n99.465    N\n100.256    S\n101.080    N\n"
            + "101.100    X\n102.651    N\n",
        """
        # OpenSignals Text File Format
        # {"20:16:00:00:00:00": {"sensor": ["ECG"], "column": ["nSeq", "I1", "A2"], \
        "time": "7:3:47.29", "date": "2016-6-11", "device": "bitalino", "sampling rate": 1000, \
        "label": ["A2"], "resolution": [4, 1, 10]}}
        # EndOfHeader
        14\t1\t512\t
        15\t1\t513\t
        0\t1\t511\t
        3\t1\t600\t

        """,
    ]
}

/// Tracks with made-up positions.
public enum TrackFixtures {
    public static let gpx = """
        <?xml version="1.0" encoding="UTF-8"?>
        <gpx version="1.1" creator="Garmin Connect" xmlns:ns3="urn:x">
          <metadata><time>2026-03-29T00:00:00Z</time></metadata>
          <wpt lat="1" lon="2"><name>home</name></wpt>
          <trk><name>A walk</name><type>running</type><trkseg>
            <trkpt lat="1.0" lon="2.0"><ele>4.0</ele><time>2026-03-29T00:59:58Z</time>
              <extensions><ns3:TrackPointExtension><ns3:atemp>21.0</ns3:atemp>
              <ns3:hr>120</ns3:hr><ns3:cad>80</ns3:cad></ns3:TrackPointExtension></extensions>
            </trkpt>
            <trkpt lat="1.0" lon="2.0"><time>2026-03-29T01:00:00Z</time>
              <extensions><gpxtpx:hr>121</gpxtpx:hr><odd>1</odd></extensions></trkpt>
            <trkpt lat="1.0" lon="2.0"><time>2026-03-29T01:00:02Z</time>
              <extensions><hr>0</hr></extensions></trkpt>
          </trkseg></trk>
        </gpx>

        """

    public static let tcx = """
        <?xml version="1.0" encoding="UTF-8"?>
        <TrainingCenterDatabase xmlns="urn:x"><Activities>
        <MultiSportSession><Id>2026-03-29T00:59:00Z</Id><FirstSport>
        <Activity Sport="Running"><Id>2026-03-29T00:59:00Z</Id>
        <Lap StartTime="2026-03-29T00:59:00Z"><TotalTimeSeconds>60</TotalTimeSeconds>
        <DistanceMeters>200.5</DistanceMeters><Calories>15</Calories>
        <AverageHeartRateBpm><Value>120</Value></AverageHeartRateBpm>
        <MaximumHeartRateBpm><Value>130</Value></MaximumHeartRateBpm>
        <Track>
        <Trackpoint><Time>2026-03-29T00:59:10Z</Time><Position><LatitudeDegrees>1</LatitudeDegrees>
        <LongitudeDegrees>2</LongitudeDegrees></Position><AltitudeMeters>4</AltitudeMeters>
        <DistanceMeters>30</DistanceMeters><HeartRateBpm><Value>118</Value></HeartRateBpm>
        </Trackpoint>
        <Trackpoint><Time>2026-03-29T01:00:00Z</Time><DistanceMeters>200.5</DistanceMeters>
        <HeartRateBpm><Value>122</Value></HeartRateBpm><Odd>1</Odd></Trackpoint>
        </Track></Lap></Activity></FirstSport>
        <NextSport><Activity Sport="Biking"><Id>2026-03-29T01:00:30Z</Id>
        <Lap StartTime="2026-03-29T01:00:30Z"><TotalTimeSeconds>600</TotalTimeSeconds>
        <DistanceMeters>4000</DistanceMeters><Calories>60</Calories>
        <AverageHeartRateBpm><Value>110</Value></AverageHeartRateBpm></Lap>
        </Activity></NextSport></MultiSportSession></Activities>
        <Courses><Course><Name>x</Name><Lap><TotalTimeSeconds>9</TotalTimeSeconds></Lap></Course>
        </Courses></TrainingCenterDatabase>

        """
}
