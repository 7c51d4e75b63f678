// SPDX-License-Identifier: Apache-2.0

/// What a person found who looked at verdicts that surprise.
enum VerdictNotes {
    /// By path below `formats`.
    static let notes: [String: String] = [
        "fit/deepsealabs/TestDive.fit": "a dive without heart rate",
        "fit/deepsealabs/TestDive2.fit": "a dive without heart rate",
        "fit/deepsealabs/TestDive5.fit":
            "a dive: its records hold depth and temperature, no heart rate",
        "fit/muktihari/TestEncode.fit":
            "an encoder's test: its one record and session have no time",
        "fit/php-fit-file-analysis/swim.fit": "a swim without heart rate",
        "fit/python-fitparse/coros-pace-2-cycling-misaligned-fields.fit":
            "the device gave one field of five event definitions a size that is no multiple of its "
            + "type; other tools warn and show bytes. No measurement is in it",
        "fit/python-fitparse/null_compressed_speed_dist.fit":
            "each of its heart rates is the mark for none",
        "fit/python-fitparse/strava-android-app-201.10-b1218918.fit":
            "a transfer in text mode took bytes out of it and strict readers stop at the first "
            + "hole; behind it 4,800 records are found again. They hold no heart rate, so the "
            + "workout is the one sample",
        "fit/roznet/2023-01-13_heartratef.fit": "a planned workout, not a recording",
        "apple-health/health-export-cli/export.xml": withoutUnit,
        "apple-health/health-export-cli/export.zip!export.xml": withoutUnit,
        "apple-health/healthkit-to-sqlite/zip_contents/workout-routes/route_2019-06-11_3.00pm.gpx":
            "a GPS track; found in a folder or archive it is passed over",
        "fitbit/GGIRread/calories-1995-06-23_Fitbit.json": "known, and deliberately not read",
        "empatica/e4/flirt/tags.csv":
            "a recording without marks; found in a folder or archive it is passed over",
        "geneactiv/GGIRread/GENEActiv_testfile.bin": "cut to 64 KiB, in the middle of a line",
        "wfdb/wfdb-python/sample-data/12726.hea": withoutSignals,
        "wfdb/wfdb-python/sample-data/drive02-no-len.hea": withoutSignals,
        "wfdb/wfdb-python/sample-data/drive02.hea": withoutSignals,
        "wfdb/wfdb-python/sample-data/n16.hea": withoutSignals,
        "wfdb/wfdb-python/sample-data/n8_evoked_raw_95_F1_R9.hea": withoutSignals,
        "wfdb/wfdb-python/sample-data/wave_4.hea": withoutSignals,
        "wfdb/wfdb-python/sample-data/1003.hea": withoutSignals,
        "wfdb/wfdb-python/sample-data/multi-segment/s00001/3975656_0009.hea": withoutSignals,
        "wfdb/wfdb-python/sample-data/multi-segment/s00001/3975656_0010.hea": withoutSignals,
        "wfdb/wfdb-python/sample-data/multi-segment/s00001/3975656_0011.hea": withoutSignals,
        "wfdb/wfdb-python/sample-data/multi-segment/s00001/s00001-2896-10-10-00-31.hea":
            withoutSignals,
        "wfdb/wfdb-python/sample-data/multi-segment/p000878/p000878-2137-10-26-16-57.hea":
            withoutSignals,
    ]

    private static let withoutSignals =
        "signal files or headers of segments that it names are not among the samples"

    private static let withoutUnit =
        "a synthetic fixture: its five heart rates have no unit, which Apple always writes; "
        + "none is assumed"
}
