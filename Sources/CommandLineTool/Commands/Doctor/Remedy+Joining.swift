import FlashBytes
import ImageFile

extension Remedy {
    /// A part of a file that is put together.
    enum Piece {
        /// Bytes of the file; to its end without `to`.
        case bytes(from: Int, to: Int?)
        /// Zeros: a block that begins with erased bytes is an empty one to Linux (`EMPTY_SCAN_SIZE` in scan.c).
        case zeros(Int)
        /// Bytes of the file behind a command that reads and writes them.
        case turned(Range<Int>, String)
    }

    /// The commands for a file whose parts are not where they belong; none for any other one.
    func misplaced(_ kind: Diagnosis.Kind, select: [String]) -> [String] {
        switch kind {
        case .shifted(let splices):
            let commands = joining(Self.pieces(splices))
            return commands.isEmpty ? [unpack(select)] : commands
        case .rotated(let start): return joining([.bytes(from: start, to: nil), .bytes(from: 0, to: start)])
        case .beginsInside(let count): return joining([.zeros(count), .bytes(from: 0, to: nil)])
        case .blocksHidden(let places):
            var (pieces, at): ([Piece], Int) = ([], 0)
            for place in places {
                pieces += [.bytes(from: at, to: place), .zeros(4)]
                at = place + 4
            }
            return joining(pieces + [.bytes(from: at, to: nil)])
        case .partTurned(let range, let transform):
            return joining([
                .bytes(from: 0, to: range.lowerBound),
                .turned(range, "jffs2 swap \(transform.options.joined(separator: " ")) - -o -"),
                .bytes(from: range.upperBound, to: nil),
            ])
        default: return []
        }
    }

    /// So many places are mended by one command line.
    private static let mostPieces = 40

    /// The file without what is too many, and with zeros for what is missing.
    static func pieces(_ splices: [Splice]) -> [Piece] {
        var pieces: [Piece] = []
        var at = 0
        for splice in splices.sorted(by: { $0.offset < $1.offset }) {
            if splice.offset > at { pieces.append(.bytes(from: at, to: splice.offset)) }
            at = max(at, splice.offset)
            switch splice.change {
            case .surplus(let count): at += count
            case .missing(let count): pieces.append(.zeros(count))
            }
        }
        return pieces + [.bytes(from: at, to: nil)]
    }

    /// The command that puts the pieces together, and what to do with the result.
    func joining(_ pieces: [Piece]) -> [String] {
        let pieces = pieces.filter { if case .bytes(let from, let to) = $0 { from != to } else { true } }
        // Standard input can be read once.
        guard pieces.count <= Self.mostPieces, path != "-" else { return [] }
        let words = pieces.map { piece -> String in
            switch piece {
            case .bytes(let from, nil): from == 0 ? "cat \(bytesFile)" : "tail -c +\(from + 1) \(bytesFile)"
            case .bytes(let from, let to?): range(from..<to)
            case .zeros(let count): "head -c \(count) /dev/zero"
            case .turned(let range, let command): "\(self.range(range)) | \(command)"
            }
        }
        let joined = output("joined")
        return unpacked + ["{ \(words.joined(separator: "; ")); } > \(joined)", "jffs2 doctor \(joined)"]
    }

    private func range(_ range: Range<Int>) -> String {
        range.lowerBound == 0
            ? "head -c \(range.count) \(bytesFile)"
            : "tail -c +\(range.lowerBound + 1) \(bytesFile) | head -c \(range.count)"
    }
}
