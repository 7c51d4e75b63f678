// SPDX-License-Identifier: Apache-2.0
public import HearthBiosignals

/// The daily report for programs: one line of canonical JSON (RFC 8785) that
/// `Schemas/daily-summary.schema.json` describes.
///
/// Instants are ISO 8601 in UTC with as many digits of a second as they need; local days are
/// `yyyy-MM-dd`. Every member is always there: what is missing is `null`, and a metric without a
/// value says why. Numbers are given as computed; `digits` says how many places mean something.
public enum JSONReport {
    /// The report and a newline, so that reports of many days make NDJSON.
    public static func render(_ summary: DailySummary) -> String {
        var output = ""
        report(summary).write(into: &output)
        return output + "\n"
    }

    private static func report(_ summary: DailySummary) -> JSONText {
        .object([
            "schema": .text(summary.schema),
            "day": .text(summary.day.description),
            "person": .text(summary.person),
            "verdict": verdict(summary.verdict),
            "night": summary.night.map(night) ?? .null,
            "nightMissing": summary.night == nil
                ? .text(summary.nightMissing ?? "no reason was given") : .null,
            "vitals": .list(summary.vitals.map(metric)),
            "heartRhythm": summary.heartRhythm.map(HeartRhythmText.rhythm) ?? .null,
            "rhythm": summary.rhythm.map(RhythmText.rhythm) ?? .null,
            "activity": .list(summary.activity.map(metric)),
            "load": .list(summary.load.map(metric)),
            "readiness": summary.readiness.map(ReadinessText.readiness) ?? .null,
            "dataQuality": quality(summary.dataQuality),
            "changes": .list(summary.changes.map(change)),
            "corrections": .list(summary.corrections.sleep.map(CorrectionsText.correction)),
            "tags": .list(summary.corrections.tags.map(CorrectionsText.tag)),
            "amended": .list(summary.corrections.amended.map(CorrectionsText.amended)),
        ])
    }

    private static func verdict(_ verdict: Verdict) -> JSONText {
        .object([
            "state": .text(verdict.state.rawValue),
            "sentence": .text(verdict.sentence),
            "signals": .list(verdict.signals.map(signal)),
            "isAlert": .bool(verdict.isAlert),
            "calibrationDays": .integer(verdict.calibrationDays),
            "calibrationNeeded": .integer(verdict.calibrationNeeded),
            "nightSignal": .optional(verdict.nightSignal?.rawValue),
        ])
    }

    private static func signal(_ signal: SignalOff) -> JSONText {
        .object([
            "metric": .text(signal.metric),
            "label": .text(signal.label),
            "difference": .optional(signal.difference),
            "unit": .text(signal.unit),
            "digits": digits(signal.digits),
            "nights": .integer(max(1, signal.nights)),
        ])
    }

    private static func night(_ night: NightSummary) -> JSONText {
        .object([
            "start": .text(WallClock.iso(night.start)),
            "end": .text(WallClock.iso(night.end)),
            "offsetSeconds": .integer(Int(night.offsetSeconds)),
            "offsetOrigin": .text(originName(night.offsetOrigin)),
            "clock": .list((night.clock?.spans ?? []).map(span)),
            "stagedBy": .text(night.stagedBy),
            "hypnogram": hypnogram(night.hypnogram),
            "metrics": .list(night.metrics.map(metric)),
            "correction": night.correction.map(CorrectionsText.night) ?? .null,
            "second": night.second.map(CorrectionsText.second) ?? .null,
        ])
    }

    static func hypnogram(_ hypnogram: Hypnogram) -> JSONText {
        .object([
            "start": .text(WallClock.iso(hypnogram.start)),
            "epochSeconds": .integer(hypnogram.epochSeconds),
            "stages": .text(String(hypnogram.stages.map(letter))),
        ])
    }

    private static func span(_ span: ZoneSpan) -> JSONText {
        .object([
            "start": .text(WallClock.iso(span.start)),
            "offsetSeconds": .integer(Int(span.offsetSeconds)),
            "origin": .text(originName(span.origin)),
        ])
    }

    static func metric(_ metric: Metric) -> JSONText {
        let facts = MetricFacts(metric)
        let missing = facts.missing.dropFirst("no number: ".count)
        return .object([
            "id": .text(metric.id),
            "label": .text(metric.label),
            "value": .optional(facts.value),
            "range": facts.error.map { range in
                .object(["low": .optional(range.low), "high": .optional(range.high)])
            } ?? .null,
            "missing": facts.value == nil ? .text(String(missing)) : .null,
            "unit": .text(metric.unit),
            "digits": digits(metric.digits),
            "coverage": .optional(metric.coverage),
            "confidence": metric.confidence.map { confidence in
                .object([
                    "level": .text(confidence.level.rawValue), "reason": .text(confidence.reason),
                ])
            } ?? .null,
            "sources": .list(metric.sources.map { .text($0) }),
            "model": .text(metric.model),
            "baseline": facts.baseline.map(baseline) ?? .null,
            "zScore": .optional(metric.zScore),
            "history": .list(
                metric.history.map { point in
                    .object([
                        "day": .text(point.day.description), "value": .optional(point.value),
                    ])
                }),
        ])
    }

    private static func baseline(_ baseline: Baseline) -> JSONText {
        .object([
            "median": .optional(baseline.median),
            "spread": .optional(baseline.spread),
            "lower": .optional(baseline.lower),
            "upper": .optional(baseline.upper),
            "days": .integer(baseline.days),
            "windowDays": .integer(baseline.windowDays),
        ])
    }

    private static func quality(_ quality: DataQuality) -> JSONText {
        .object([
            "wearCoverage": .optional(quality.wearCoverage),
            "zoneOrigin": .text(originName(quality.zoneOrigin)),
            "hints": .list(quality.hints.map { .text($0) }),
            "sources": .list(
                quality.sources.map { source in
                    .object([
                        "device": .text(source.device),
                        "quantity": .text(source.quantity),
                        "samples": .integer(source.samples),
                        "used": .bool(source.used),
                    ])
                }),
        ])
    }

    private static func change(_ change: ResultChange) -> JSONText {
        .object([
            "day": .text(change.day.description),
            "metric": .text(change.metric),
            "label": .text(change.label),
            "unit": .text(change.unit),
            "digits": digits(change.digits),
            "old": .optional(change.old),
            "new": .optional(change.new),
            "reason": .text(change.reason),
        ])
    }

    /// Places after the point as the other voices show them.
    private static func digits(_ digits: Int) -> JSONText { .integer(min(max(digits, 0), 6)) }

    private static func originName(_ origin: ZoneOrigin) -> String {
        switch origin {
        case .user: "user"
        case .file: "file"
        case .metadata: "metadata"
        case .inferred: "inferred"
        case .unknown: "unknown"
        }
    }

    /// One letter an epoch.
    private static func letter(_ stage: SleepStage) -> Character {
        switch stage {
        case .inBed: "B"
        case .wake: "W"
        case .asleep: "S"
        case .light: "L"
        case .deep: "D"
        case .rem: "R"
        case .unscored: "U"
        }
    }
}
