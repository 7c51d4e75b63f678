// SPDX-License-Identifier: Apache-2.0

/// Names of numbers in FIT files, for issues and device labels; nothing is decoded by them.
enum FITProfile {
    /// The name of a published global message; `nil` for one that is not published.
    static func messageName(_ number: UInt16) -> String? { messages[number] }

    /// How a manufacturer writes its name, or its number.
    static func vendor(_ number: UInt16) -> String {
        vendors[number] ?? "FIT manufacturer \(number)"
    }

    /// The product's name where it is certain, or its number.
    static func product(_ number: UInt16, manufacturer: UInt16) -> String {
        let name = manufacturer == garmin ? garminProducts[number] : nil
        return name ?? "product \(number)"
    }

    private static let garmin: UInt16 = 1

    private static let messages: [UInt16: String] = [
        0: "file id", 1: "capabilities", 2: "device settings", 3: "user profile", 4: "hrm profile",
        5: "sdm profile", 6: "bike profile", 7: "zones target", 8: "hr zone", 9: "power zone",
        10: "met zone", 12: "sport", 13: "training settings", 15: "goal", 18: "session", 19: "lap",
        20: "record", 21: "event", 23: "device info", 26: "workout", 27: "workout step",
        28: "schedule", 30: "weight scale", 31: "course", 32: "course point", 33: "totals",
        34: "activity", 35: "software", 37: "file capabilities", 38: "mesg capabilities",
        39: "field capabilities", 49: "file creator", 51: "blood pressure", 53: "speed zone",
        55: "monitoring", 72: "training file", 78: "hrv", 80: "ant rx", 81: "ant tx",
        82: "ant channel id", 101: "length", 103: "monitoring info", 105: "pad",
        106: "slave device", 127: "connectivity", 128: "weather conditions", 129: "weather alert",
        131: "cadence zone", 132: "hr", 142: "segment lap", 145: "memo glob", 148: "segment id",
        149: "segment leaderboard entry", 150: "segment point", 151: "segment file",
        158: "workout session", 159: "watchface settings", 160: "gps metadata", 161: "camera event",
        162: "timestamp correlation", 164: "gyroscope data", 165: "accelerometer data",
        167: "three d sensor calibration", 169: "video frame", 174: "obdii data",
        177: "nmea sentence", 178: "aviation attitude", 184: "video", 185: "video title",
        186: "video description", 187: "video clip", 188: "ohr settings",
        200: "exd screen configuration", 201: "exd data field configuration",
        202: "exd data concept configuration", 206: "field description", 207: "developer data id",
        208: "magnetometer data", 209: "barometer data", 210: "one d sensor calibration",
        211: "monitoring hr data", 216: "time in zone", 225: "set", 227: "stress level",
        229: "max met data", 258: "dive settings", 259: "dive gas", 262: "dive alarm",
        264: "exercise title", 268: "dive summary", 269: "spo2 data", 275: "sleep level",
        285: "jump", 289: "aad accel features", 290: "beat intervals", 297: "respiration rate",
        302: "hsa accelerometer data", 304: "hsa step data", 305: "hsa spo2 data",
        306: "hsa stress data", 307: "hsa respiration data", 308: "hsa heart rate data",
        312: "split", 313: "split summary", 314: "hsa body battery data", 315: "hsa event",
        317: "climb pro", 319: "tank update", 323: "tank summary", 346: "sleep assessment",
        370: "hrv status summary", 371: "hrv value", 372: "raw bbi", 375: "device aux battery info",
        376: "hsa gyroscope data", 387: "chrono shot session", 388: "chrono shot data",
        389: "hsa configuration data", 393: "dive apnea alarm", 398: "skin temp overnight",
        409: "hsa wrist temperature data", 412: "nap event",
        470: "sleep disruption severity period", 471: "sleep disruption overnight severity",
    ]

    private static let vendors: [UInt16: String] = [
        1: "Garmin", 3: "Zephyr", 6: "SRM", 7: "Quarq", 9: "Saris", 11: "Tanita", 13: "Dynastream",
        15: "Dynastream", 16: "Timex", 19: "Beurer", 23: "Suunto", 32: "Wahoo", 37: "Magellan",
        40: "Concept2", 41: "Shimano", 48: "Pioneer", 52: "Epson", 63: "Specialized", 67: "Bkool",
        68: "CatEye", 69: "Stages", 70: "Sigma Sport", 71: "TomTom", 73: "Wattbike", 76: "Moxy",
        81: "Bontrager", 83: "Scosche", 86: "Elite", 89: "Tacx", 95: "Stryd", 98: "BSX Athletics",
        105: "cosinuss", 107: "Magene", 111: "Technogym", 115: "iGPSPORT", 117: "Gopher Sport",
        121: "Kinetic", 122: "Johnson Health Tech", 123: "Polar", 128: "iFIT", 129: "COROS",
        132: "CYCPLUS", 135: "COOSPO", 137: "Bosch", 140: "Decathlon", 142: "TAG Heuer",
        144: "Zwift", 150: "MYZONE", 255: "development", 258: "Lezyne", 260: "Zwift", 263: "Favero",
        265: "Strava", 266: "Precor", 267: "Bryton", 268: "SRAM", 281: "TrainerRoad",
        282: "The Sufferfest", 289: "Hammerhead", 294: "COROS", 300: "NURVV", 303: "greenTEG",
        305: "WHOOP", 307: "Onelap", 309: "FORM", 310: "Decathlon", 326: "Nike", 331: "MyWhoosh",
        337: "Runna", 339: "Zepp", 340: "Peloton", 342: "Tissot", 348: "Huawei", 350: "Cadence app",
        5759: "ActiGraph",
    ]

    /// Checked on recordings whose device is known; other products are told by number.
    private static let garminProducts: [UInt16: String] = [
        1436: "FR70", 1837: "vivofit", 1967: "fenix 2", 2530: "Edge 820", 2691: "Forerunner 935",
        2697: "fenix 5", 3110: "fenix 5 Plus",
    ]
}
