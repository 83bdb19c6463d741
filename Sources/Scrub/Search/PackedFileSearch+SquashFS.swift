import FileTree
import FlashBytes

/// File systems that are read, and not written.
extension PackedFileSearch {
    /// How many files of one are named.
    private static let mostNamed = 8

    /// Findings without those in SquashFS file systems that stand somewhere in the bytes: to overwrite something there would
    /// take a block of it away. What is in them is said.
    ///
    /// - Parameters:
    ///   - isNamed: whether one that begins at the first byte was named already.
    ///   - start: where the bytes begin in what the ranges of the findings are about.
    func outsideOfSquashFS(
        _ found: [ScrubFinding], bytes: [UInt8], name: String, isNamed: Bool, from start: Int = 0, left: inout Int,
        state: SecretSearch.State
    ) -> [ScrubFinding] {
        let places = SquashFSFiles.places(in: bytes)
        if places.isEmpty { return found }
        for place in places where place.lowerBound > 0 || !isNamed {
            let inside =
                place.lowerBound == 0 ? name : "what begins at byte \(hex(start + place.lowerBound)) of \(name)"
            squashFS(bytes[place.lowerBound...], name: inside, left: &left, state: state)
        }
        return found.filter { finding in
            !places.contains {
                $0.lowerBound + start < finding.range.upperBound && finding.range.lowerBound < $0.upperBound + start
            }
        }
    }

    /// Says what is found in a SquashFS file system: nothing of it can be taken out here.
    ///
    /// - Parameter name: of what it is in, as the beginning of a sentence.
    func squashFS(_ bytes: ArraySlice<UInt8>, name: String, left: inout Int, state: SecretSearch.State) {
        guard let files = SquashFSFiles.read(bytes) else {
            state.note(
                notSearched: "\(name) is a SquashFS file system, "
                    + (HostProgram.isForbidden
                        ? "which only another program could read"
                        : "and unsquashfs 4.5 or later is not there, or cannot read it"))
            return
        }
        var found: [String] = []
        for file in files {
            let path = FilePathBytes(file.path.split(separator: 0x2f).map { FileName(Array($0)) })
            let place = Place(file: path, plain: file.path)
            let isProgram =
                SecretSearch.isProgram(unsafe file.bytes.span.bytes) || Self.isCompiled(file.path)
            let findings = content(file.bytes, at: place, left: &left, state: state).filter { finding in
                !isProgram || finding.knownSecret.map { search.isUnmistakable($0) } ?? true
            }
            for rule in Set(findings.map(\.rule)).sorted() { found.append("\(rule) in \(path)") }
        }
        if found.isEmpty { return }
        let shown = found.prefix(Self.mostNamed).joined(separator: ", ")
        state.note(
            notSearched: "\(name) is a SquashFS file system, which stays as it is: found \(shown)"
                + (found.count > Self.mostNamed ? " and \(found.count - Self.mostNamed) more" : ""))
    }
}
