// SPDX-License-Identifier: Apache-2.0

/// A letter by which a user asks the maker of a connected product for the data it made
/// (Regulation (EU) 2023/2854, Data Act, Articles 4 and 5).
public enum RequestLetter {
    /// - Parameters:
    ///   - vendor: who holds the data.
    ///   - date: the day of the letter, as yyyy-MM-dd.
    public static func text(to vendor: String, date: String) -> String {
        """
        To: \(vendor)
        Date: \(date)
        From: [your name, address, e-mail]
        Product: [model]   Account: [the account you use with it]

        Request for my product data and related service data
        (Regulation (EU) 2023/2854, Article 4(1); also Regulation (EU) 2016/679, Articles 15 and 20)

        I use the product named above. I ask you, as data holder, to make available to me without undue
        delay and free of charge:

        1. all data that the product and its related service made or recorded since I began to use it, raw
           and pre-processed, at the finest resolution you hold (samples with their times, not daily sums
           alone);
        2. the metadata needed to read them: units, sampling rates, time zone of each time, device, firmware
           version, and the meaning of every code;
        3. in the same quality as is available to you, in a comprehensive, structured, commonly used and
           machine-readable format, and where relevant and technically feasible continuously and in real time.

        If you hold that some of it is a trade secret or cannot be made available, please name the data and
        the reason. Please also tell me how I can have the data made available to a third party of my
        choice (Article 5).

        [signature]

        """
    }
}
