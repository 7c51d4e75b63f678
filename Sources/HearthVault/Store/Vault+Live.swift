// SPDX-License-Identifier: Apache-2.0
public import HearthBiosignals

extension Vault {
    /// Where a live stream stands; `nil` if there is none of this name.
    public func liveCheckpoint(
        named name: String, of person: PersonID
    ) throws(VaultError) -> LiveCheckpoint? {
        try liveDocument(of: person).streams.first { $0.name == name }
    }

    /// The spans, end excluded, in which an erase forbids samples of a stream to come back.
    public func erasedSpans(
        device: SourceDevice, quantity: Quantity, of person: PersonID
    ) throws(VaultError) -> [Range<Timestamp>] {
        let node = state.people[try state.index(of: person)].node
        let stream = CatalogStream(
            device: device.pseudonym ?? pseudonym(of: device), quantity: quantity,
            origin: Origin(file: .hearthNDJSON))
        return forbidden(stream, of: person, by: node.tombstones).filter { $0.from < $0.to }.map {
            Timestamp(nanoseconds: $0.from)..<Timestamp(nanoseconds: $0.to)
        }
    }

    /// The tombstones that are about a stream; where it came from does not matter to them.
    func forbidden(
        _ stream: CatalogStream, of person: PersonID, by tombstones: [Tombstone]
    ) -> [Tombstone] {
        guard !tombstones.isEmpty else { return [] }
        var hashes: [UInt8: PackHash] = [:]
        for quantity in [stream.quantity, nil] {
            for device in [stream.device, nil] {
                let (mode, hash) = Tombstone.hash(person, quantity, device, keys)
                hashes[mode] = hash
            }
        }
        return tombstones.filter { hashes[$0.mode] == $0.hash }
    }

    /// The document of a person; an empty one if nothing was ever streamed.
    func liveDocument(of person: PersonID) throws(VaultError) -> LiveDocument {
        let entry = state.people[try state.index(of: person)]
        guard !entry.node.live.isEmpty else { return LiveDocument() }
        return try LiveDocument(
            try document(entry.node.live, .live, .slot(entry.slot)), codec.zstd)
    }

    /// The document with one stream's place in it replaced or added.
    func liveDocument(
        of person: PersonID, with checkpoint: LiveCheckpoint
    ) throws(VaultError) -> LiveDocument {
        guard checkpoint.name.utf8.count <= LiveDocument.longestName,
            checkpoint.position.count <= LiveDocument.longestPosition,
            checkpoint.state.count <= LiveDocument.longestState
        else { throw VaultError(.limitExceeded, "the state of a live stream is too large") }
        var document = try liveDocument(of: person)
        if let known = document.streams.firstIndex(where: { $0.name == checkpoint.name }) {
            document.streams[known] = checkpoint
        } else {
            guard document.streams.count < LiveDocument.mostStreams else {
                throw VaultError(
                    .limitExceeded, "a person has at most \(LiveDocument.mostStreams) live streams")
            }
            document.streams.append(checkpoint)
        }
        return document
    }
}
