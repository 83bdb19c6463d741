import FileTree
import FlashBytes

/// What stands packed or encoded in a part of a file.
extension PackedFileSearch {
    /// What may come out of streams in any file (bytes).
    private static let leastUnpacked = 16 << 20
    /// What is encoded in what is encoded.
    private static let mostEncoded = 3
    /// How much of a file is read as what its digits and escapes say (bytes).
    private static let mostDecoded = 32 << 20
    /// A text with fewer escapes holds no stream in them.
    private static let fewestEscapes = 12

    /// Bytes that stand in a file in digits or with escapes, and the way back.
    struct Layer {
        let bytes: [UInt8]
        /// How many layers are around it: none, and the bytes are those of the file.
        var depth = 0
        /// What writes a range of the bytes: places in the file.
        let parts: (Range<Int>) -> [WrittenPart]

        /// What of the file writes a part of these bytes; in the file itself, that part.
        func written(by part: WrittenPart) -> [WrittenPart] {
            depth == 0 ? [part] : parts(part.place)
        }
    }

    /// Something found in a layer: with the value that it says, and the bytes that go.
    struct Sink {
        let file: [UInt8]
        let place: Place
        let isProgram: Bool
        let search: SecretSearch
        private(set) var found: [ScrubFinding] = []

        init(file: [UInt8], place: Place, isProgram: Bool, search: SecretSearch) {
            self.file = file
            self.place = place
            self.isProgram = isProgram
            self.search = search
        }

        mutating func add(_ finding: ScrubFinding, parts: [WrittenPart]) {
            // Programs have texts of their own, which nobody can take out.
            if isProgram, finding.knownSecret.map({ !search.isUnmistakable($0) }) ?? true { return }
            for part in parts where part.place.upperBound <= file.count {
                var finding = finding
                finding.place = place.place(at: part.place.lowerBound)
                finding.range = part.place
                finding.notation = part.notation
                finding.digits = part.digits
                if finding.isNumber { finding.digits?.fill = 0x31 }
                finding.carrier = Array(file[part.place])
                finding.member = place.members
                found.append(finding)
            }
        }
    }

    /// What is found in streams that stand somewhere in the bytes, each of which goes as a whole, and in texts that stand
    /// there encoded.
    func embedded(
        in bytes: [UInt8], from start: Int, at place: Place, left: inout Int, state: SecretSearch.State
    ) -> [ScrubFinding] {
        guard place.depth < Self.deepest, start < bytes.count else { return [] }
        let isProgram =
            SecretSearch.isProgram(unsafe bytes.span.bytes) || Self.isCompiled(place.plain)
            || Self.isRunnableArchive(bytes) || Self.isProgramPackage(place.plain)
        var sink = Sink(file: bytes, place: place, isProgram: isProgram, search: search)
        let file = Layer(bytes: bytes) { [WrittenPart(place: $0, notation: .plain)] }
        var decoded = Self.mostDecoded
        look(into: file, from: start, sink: &sink, left: &left, decoded: &decoded, state: state)
        return sink.found
    }

    private func look(
        into layer: Layer, from start: Int, sink: inout Sink, left: inout Int, decoded: inout Int,
        state: SecretSearch.State
    ) {
        streams(in: layer, from: start, sink: &sink, left: &left, state: state)
        guard layer.depth < Self.mostEncoded else { return }
        for written in WrittenBytes.all(in: layer.bytes, from: start..<layer.bytes.count) {
            guard take(written.bytes.count, of: &decoded, at: sink.place, state: state) else { return }
            let inner = Layer(bytes: written.bytes, depth: layer.depth + 1) { range in
                written.parts(of: range, in: layer.bytes).flatMap(layer.written(by:))
            }
            if !sink.isProgram, written.isText { text(in: inner, sink: &sink, state: state) }
            if !sink.isProgram, written.isText || Self.keySizes.contains(written.bytes.count) {
                named(written, in: layer, sink: &sink, state: state)
            }
            look(into: inner, from: 0, sink: &sink, left: &left, decoded: &decoded, state: state)
        }
        if sink.isProgram { return }
        if layer.depth < Self.mostEncoded { escapedSettings(in: layer, sink: &sink, decoded: &decoded, state: state) }
        escapes(in: layer, sink: &sink, left: &left, decoded: &decoded, state: state)
        if layer.depth == 0, let wide = WideText(layer.bytes, in: start..<layer.bytes.count) {
            let inner = Layer(bytes: wide.bytes, depth: 1) {
                [WrittenPart(place: wide.place($0), notation: .utf16LittleEndian)]
            }
            look(into: inner, from: 0, sink: &sink, left: &left, decoded: &decoded, state: state)
        }
        guard layer.depth == 0, let dump = HexdumpText(layer.bytes, in: start..<layer.bytes.count) else { return }
        let inner = Layer(bytes: dump.bytes, depth: 1) { range in
            dump.places(of: range).map { WrittenPart(place: $0, notation: .plain) }
        }
        streams(in: inner, from: 0, sink: &sink, left: &left, state: state)
    }

    /// Whether so many bytes more are read; says so where they are not.
    func take(_ count: Int, of decoded: inout Int, at place: Place, state: SecretSearch.State) -> Bool {
        decoded -= count
        if decoded >= 0 { return true }
        state.note(notSearched: "\(place.name) holds more encoded text than was read")
        return false
    }

    /// What a text with escapes says: something packed, or digits.
    private func escapes(
        in layer: Layer, sink: inout Sink, left: inout Int, decoded: inout Int, state: SecretSearch.State
    ) {
        let syntaxes: [EscapedText.Syntax] = [
            .backslashes, .hexBackslashes, .decimalBackslashes, .entities, .percents, .quotedPrintable,
        ]
        for syntax in syntaxes {
            guard EscapedText.count(of: syntax, in: layer.bytes, most: Self.fewestEscapes) >= Self.fewestEscapes,
                take(layer.bytes.count, of: &decoded, at: sink.place, state: state),
                let read = EscapedText(layer.bytes, syntax: syntax)
            else { continue }
            // What has no escape in it was looked at already.
            let inner = Layer(bytes: read.bytes, depth: layer.depth + 1) { range in
                let source = read.source(of: range)
                guard source.count > range.count else { return [] }
                return layer.written(by: WrittenPart(place: source, notation: syntax.notation))
            }
            streams(in: inner, from: 0, sink: &sink, left: &left, state: state)
            for written in WrittenBytes.all(in: read.bytes, from: 0..<read.bytes.count, near: read.escapes) {
                guard take(written.bytes.count, of: &decoded, at: sink.place, state: state) else { return }
                let digits = Layer(bytes: written.bytes, depth: layer.depth + 2) { range in
                    written.parts(of: range, in: read.bytes).flatMap(read.parts(of:)).flatMap(layer.written(by:))
                }
                if written.isText { text(in: digits, sink: &sink, state: state) }
                streams(in: digits, from: 0, sink: &sink, left: &left, state: state)
            }
        }
    }

    /// What rules find in a text that stands there encoded; known secrets were found where it stands.
    func text(in layer: Layer, sink: inout Sink, state: SecretSearch.State) {
        let span = unsafe layer.bytes.span.bytes
        for match in search.search(span, in: 0..<layer.bytes.count, path: sink.place.plain, state: state) {
            guard case .rule = match.origin else { continue }
            let finding = ScrubFinding(
                match: match, in: span, search: search, place: sink.place.place(at: match.secret.lowerBound))
            sink.add(finding, parts: layer.parts(match.secret))
        }
    }

    private func streams(
        in layer: Layer, from start: Int, sink: inout Sink, left: inout Int, state: SecretSearch.State
    ) {
        var isComplete = true
        // A small file that says it holds much is no backup of settings.
        var most = min(left, max(Self.leastUnpacked, 64 * layer.bytes.count))
        let streams = EmbeddedStream.find(in: layer.bytes, from: start, left: &most, isComplete: &isComplete)
        let name = sink.place.name
        if !isComplete, !sink.isProgram {
            state.note(notSearched: "\(name) holds more streams than were looked into, or larger ones")
        }
        for stream in streams {
            let parts = layer.parts(stream.range)
            var isFirst = true
            for member in stream.members {
                var inner = sink.place
                inner.depth += 1
                if !member.path.isEmpty { inner.plain = Self.cleaned(member.path) }
                for finding in content(member.bytes, at: inner, left: &left, state: state) {
                    // The first one takes all of it away.
                    sink.add(finding, parts: isFirst ? parts : Array(parts.prefix(1)))
                    isFirst = false
                }
            }
            if !stream.isWhole, !sink.isProgram, let first = parts.first {
                state.note(
                    notSearched: "\(name) holds a stream at byte \(hex(first.place.lowerBound)) that is cut off")
            }
        }
    }

    /// Whether a script carries the archive that it runs, as Python's zipapp makes it.
    private static func isRunnableArchive(_ bytes: [UInt8]) -> Bool {
        guard bytes.starts(with: "#!".utf8), let end = bytes.firstIndex(of: 0x0a) else { return false }
        return bytes[(end + 1)...].starts(with: [0x50, 0x4b, 0x03, 0x04])
    }
}
