# SPDX-License-Identifier: Apache-2.0
"""Documents: top, nodes, month indexes, results, corrections and audit pages."""
from __future__ import annotations

import hmac
from datetime import date, timedelta
from typing import Any, NamedTuple

from primitives import Cursor, Reference, damaged, hash32, need, unpack_frame
from series import Sample, series
from store import (
    AUDIT, CORRECTIONS, FINGERPRINTS, INDEX, LIVE, NODE, RAW, RESULTS, RIGHTS, TOP, Store,
)

NONE, DAY_NS = 2**32 - 1, 86_400 * 10**9
FILE_KINDS = {
    1: "hearth-csv", 2: "hearth-ndjson", 10: "fit", 20: "apple-health", 30: "fitbit",
    40: "axivity-cwa", 41: "geneactiv", 42: "gt3x", 43: "activity-counts", 44: "empatica-e4",
    45: "embraceplus", 50: "edf", 51: "wfdb", 60: "garmin-connect", 61: "oura", 62: "whoop",
    63: "withings", 64: "polar", 65: "samsung-health", 66: "mi-fitness", 67: "zepp-life",
    68: "hrv-app", 69: "openstrap", 70: "gpx", 71: "tcx", 72: "heart-rate-packets",
    80: "gadgetbridge", 81: "health-connect", 82: "healthkit-sqlite",
}
DERIVATIONS = {1: "measured", 2: "derived", 3: "amended"}
CORRECTION_KINDS = {1: "add", 2: "edit", 3: "remove"}
# Quantity: name, category, class.
QUANTITIES: dict[int, tuple[str, int, int]] = {
    1: ("heart-rate", 1, 1), 2: ("rr-interval", 2, 1), 3: ("hrv-rmssd", 1, 1),
    4: ("hrv-sdnn", 1, 1), 5: ("resting-heart-rate", 1, 1), 20: ("steps", 3, 1),
    21: ("distance", 3, 1), 22: ("active-energy", 3, 1), 23: ("intensity", 3, 1),
    24: ("workout", 3, 1), 25: ("activity-count", 4, 1), 26: ("acceleration", 4, 2),
    27: ("angular-velocity", 4, 2), 28: ("flights-climbed", 3, 1), 40: ("sleep-stage", 5, 1),
    41: ("wear", 5, 1), 60: ("oxygen-saturation", 6, 1), 61: ("respiratory-rate", 6, 1),
    80: ("skin-temperature", 7, 1), 81: ("skin-temperature-deviation", 7, 1),
    82: ("body-temperature", 7, 1), 83: ("device-temperature", 7, 1), 100: ("stress", 8, 1), 101: ("body-battery", 8, 1),
    102: ("body-mass", 8, 1), 103: ("vo2-max", 8, 1), 120: ("ecg", 9, 2), 121: ("ppg", 9, 2),
    122: ("eda", 9, 1), 123: ("eeg", 9, 2), 124: ("eog", 9, 2), 125: ("emg", 9, 2),
    126: ("respiration", 9, 2), 127: ("signal", 9, 2), 140: ("light", 10, 1),
    141: ("event", 10, 1), 160: ("zone-offset", 11, 1),
}


def month_of(day: int) -> int:
    """The month of a day, as far as 64-bit times reach."""
    need(abs(day) <= 2**63 // DAY_NS + 1, "A day is out of range.")
    at = date(1970, 1, 1) + timedelta(days=day)
    return (at.year - 1970) * 12 + at.month - 1


class Stream(NamedTuple):
    """The fields of a stream in the order of the output."""

    person: str
    quantity: str
    device: str
    origin: str
    derivation: str
    vendor: str
    model: str


# A stream's number is its place; an erased place holds None. The number is the quantity's code.
Streams = list[tuple[int, Stream] | None]


class Samples(dict[Stream, list[Sample]]):
    """All samples of the vault by stream; filling it reads and checks everything."""

    def __init__(self, store: Store) -> None:
        super().__init__()
        self.store = store
        self.said: list[dict[str, Any]] = []  # corrections and tags, in the order of the vault
        top = store.document(store.root.top, TOP, None, "the top")
        tree = hash32(store.keys.hash, top.data)
        need(hmac.compare_digest(tree, store.root.tree), "The top is not the one the root names.")
        persons = [(top.take("QI"), top.references()) for _ in top.items()]
        top.take(f"{24 * top.one('I')}x")  # erased persons: hash and time
        entries, audit = top.one("Q"), top.references()
        for _ in top.items():  # pending erases: nothing names what they destroy
            top.take("16sq")
            top.take(f"{4 * top.one('I')}x")
        rights = top.references() if top.more else []
        copies = [top.references() for _ in top.items()] if top.more else [[] for _ in persons]
        need(len(copies) == len(persons), "There are copies of another number of persons.")
        if top.more:
            top.take(f"{16 * top.one('I')}x")  # key bundles: epoch and time
        top.end()
        store.twin(store.root.top, store.root.copy, TOP, None, "the top")
        store.spare_root()
        if rights:
            self.check_vault_records(rights)
        self.check_audit(entries, audit)
        for ((_, slot), refs), copy in zip(persons, copies):
            self.read_person(slot, refs)
            store.twin(refs, copy, NODE, slot, "a person's node")
        need(len(store.reached) == store.root.packs, "There is a pack that nothing names.")

    def read_person(self, slot: int, refs: list[Reference]) -> None:
        """Node of a person."""
        node = self.store.document(refs, NODE, slot, "a person's node")
        label = node.text()
        raw = [node.take("QHBB") for _ in node.items()]
        devices: dict[int, tuple[str, str]] = {}
        for _ in node.items():
            device = node.one("Q")
            devices[device] = (node.text(), node.text())
        node.take(f"{57 * node.one('I')}x")  # tombstones
        months = [(node.take("iI"), node.references(), node.one("I"), node.references())
                  for _ in node.items()]
        fingerprints = node.one("I")
        pieces = self.store.document(node.references(), FINGERPRINTS, slot, "the fingerprints")
        need(len(pieces.data) == 32 * fingerprints, "The fingerprints have another number.")
        if node.more:
            said = node.references()
            if said:
                self.read_corrections(label, slot, said)
        if node.more:
            live = node.references()
            if live:
                self.check_live(slot, live)
        if node.more:
            rights = node.references()
            if rights:
                self.check_records(slot, rights)
        copies: list[list[Reference]] = [[] for _ in months]
        if node.more:
            copies = [node.references() for _ in node.items()]
        need(len(copies) == len(months), "There are copies of another number of months.")
        node.end()
        numbers = [month for (month, _), *_ in months]
        need(numbers == sorted(set(numbers)), "The months of a person are out of order.")
        streams: Streams = []
        for device, quantity, kind, way in raw:
            if quantity == 0:  # an erased place
                streams.append(None)
                continue
            known = quantity in QUANTITIES and kind in FILE_KINDS and way in DERIVATIONS
            need(known and device in devices, "A stream has an unknown code or device.")
            streams.append((quantity, Stream(
                label, QUANTITIES[quantity][0], f"{device:016x}", FILE_KINDS[kind],
                DERIVATIONS[way], *devices[device])))
        for ((month, index_slot), index, results_slot, results), copy in zip(months, copies):
            if index_slot != NONE or index:
                self.read_month(month, index_slot, index, streams)
                self.store.twin(index, copy, INDEX, index_slot, "a month index")
            if results_slot != NONE or results:
                self.check_results(results_slot, results)

    def read_corrections(self, person: str, slot: int, refs: list[Reference]) -> None:
        """Corrections."""
        document = self.store.document(refs, CORRECTIONS, slot, "the corrections")
        beyond, numbers = document.one("I"), []
        for _ in document.items():
            number, kind, start, end, made = document.take("IBqqq")
            need(kind in CORRECTION_KINDS and 0 < end - start <= DAY_NS, "A correction is unsound.")
            numbers.append(number)
            self.said.append({"person": person, "correction": number, "made_ns": made,
                              "kind": CORRECTION_KINDS[kind], "start_ns": start, "end_ns": end,
                              "note": document.text() or None})
        for _ in document.items():
            number, form, day, time, made = document.take("IBiqq")
            need(form <= 1, "A tag has an unknown form.")
            numbers.append(number)
            self.said.append({"person": person, "tag": number, "made_ns": made, "day": day,
                              "time_ns": time if form else None, "label": document.text()})
        if document.more:  # settings: read, not printed
            for _ in range(document.one("B")):
                document.take("Bi")
        document.end()
        need(len(set(numbers)) == len(numbers) and all(0 < n < beyond for n in numbers),
             "The numbers of the corrections are no numbers.")

    def check_live(self, slot: int, refs: list[Reference]) -> None:
        """Where live streams stand: only the shape, the content is the writer's own."""
        document, names = self.store.document(refs, LIVE, slot, "the live streams"), set()
        for _ in document.items():
            names.add(document.text())
            document.bytes(document.one("I"))
            packed, size, length = document.take("BII")
            state = document.bytes(length)
            if packed:
                unpack_frame(state, size)
            else:
                need(size == length, "The state of a live stream has another length.")
        document.end()
        need(len(names) > 0, "A document of live streams names none.")

    def check_vault_records(self, refs: list[Reference]) -> None:
        """Records of rights of the vault: read to the end, not printed."""
        document = self.store.document(refs, RIGHTS, None, "the records of the vault")
        need(document.one("B") <= 1, "The vault has an unknown mode.")
        document.text(), document.text()
        policies = [document.take("BHBI") for _ in document.items()]
        need(policies == sorted(policies), "The policies are out of order.")
        for _ in document.items():
            document.text(), document.text(), document.text(), document.one("q")
        for _ in document.items():
            document.take("Iqq")
            document.text()
            document.take("Iqq")
        document.end()

    def check_records(self, slot: int, refs: list[Reference]) -> None:
        """Records of rights of a person: read to the end, not printed."""
        document, numbers = self.store.document(refs, RIGHTS, slot, "the records of rights"), []
        beyond, _ = document.take("Iq")
        for _ in document.items():
            number, kind, *_ = document.take("IBqHHq")
            need(kind in (1, 2), "A consent event has an unknown kind.")
            numbers.append(number)
            document.text(), document.bytes(32)
        for _ in document.items():
            number, _, start, end, _, _ = document.take("IHqqqq")
            need(start < end, "A restriction is unsound.")
            numbers.append(number)
            document.text()
        for _ in document.items():
            number, quantity, _, start, end, _, gone, count = document.take("IHQqqqBB")
            need(quantity in QUANTITIES and start < end and gone <= 1, "An amendment is unsound.")
            numbers.append(number)
            document.take(f"{count}f")
            document.text()
        for _ in document.items():
            number, _ = document.take("Iq")
            numbers.append(number)
            document.text(), document.text()
            document.take("Hqq32sq")
        document.end()
        need(all(0 < n < beyond for n in numbers), "The numbers of the records are no numbers.")

    def read_month(self, month: int, slot: int, refs: list[Reference], streams: Streams) -> None:
        """Month index."""
        index = self.store.document(refs, INDEX, slot, "a month index")
        before = (-(2**31), -1)
        for _ in index.items():
            day, category, data_slot = index.take("iBI")
            need(before < (day, category), "The cells of a month are out of order.")
            need(month_of(day) == month, "A cell lies in the wrong month.")
            before = (day, category)
            data_key = self.store.keys.data_key(data_slot, "a cell")
            for _ in index.items():
                ref, class_, count = Reference(*index.take("QQ16s")), *index.take("BH")
                entries = [index.take("IqqI") for _ in range(count)]
                found = self.read_raw(ref, class_, data_key)
                measured = [(number, min(samples).time, max(samples).time, len(samples))
                            for number, samples in found.items()]
                need(sorted(measured) == sorted(entries), "A pack is not what its entries say.")
                for number, first, last, _ in entries:
                    need(first // DAY_NS == last // DAY_NS == day, "A sample is of another day.")
                    place = streams[number] if number < len(streams) else None
                    if place is None:
                        damaged("A series block names no stream.")
                    code, stream = place
                    need(QUANTITIES[code][1:] == (category, class_),
                         "A cell holds a quantity of another category or class.")
                    self.setdefault(stream, []).extend(found[number])
        index.end()

    def read_raw(
        self, ref: Reference, class_: int, data_key: tuple[bytes, bytes]
    ) -> dict[int, list[Sample]]:
        """A pack of samples, by stream number."""
        found: dict[int, list[Sample]] = {}
        for type_, body in self.store.pack(ref, RAW, class_, *data_key, "samples"):
            need(type_ == 1, "A pack of samples holds another block.")
            number, samples = series(body)
            found.setdefault(number, []).extend(samples)
        return found

    def check_results(self, slot: int, refs: list[Reference]) -> None:
        """Results of a month: read to the end, not printed."""
        results = self.store.document(refs, RESULTS, slot, "the results of a month")
        for _ in results.items():
            results.take("i")
            results.text()
            results.take(f"{results.one('H')}x")
            packed, length, stored = results.take("BII")
            payload = results.bytes(stored)
            need(packed <= 1, "A result has a wrong form.")
            payload = unpack_frame(payload, length) if packed else payload
            need(len(payload) == length, "A result has another length than it says.")
        results.end()

    def check_audit(self, expected: int, refs: list[Reference]) -> None:
        """Audit pages, from the newest to the oldest: one chain from the root to 32 zero bytes."""
        wanted = self.store.root.audit
        while refs:
            need(len(refs) == 1, "An audit page names two pages.")
            page = Cursor(self.store.piece(refs[0], AUDIT, None, "the audit log"), "An audit page")
            refs, entries = page.references(), []
            while page.more:
                start = page.at
                sequence = page.take("QqI")[0]
                page.text(), page.text()
                before, body, digest = page.bytes(32), page.data[start : page.at], page.bytes(32)
                right = hash32(self.store.keys.audit, body)
                need(hmac.compare_digest(right, digest), "An audit entry has a wrong hash.")
                entries.append((sequence, before, digest))
            for sequence, before, digest in reversed(entries):
                expected -= 1
                need((sequence, digest) == (expected, wanted), "The audit log is no chain.")
                wanted = before
        need(expected == 0 and not any(wanted), "The audit log has no beginning.")
