import FirmwareImage
import FlashBytes
import ImageFile

/// `jffs2 partitions --join DIR [--table T]`: files of partitions become one flash again.
struct PartitionJoin {
    let directory: String
    /// Whether bytes that no file has may become 0xff, and guesses are taken.
    let force: Bool
    let verbosity: OutputArguments
    let sizes: SizeArguments

    /// What was joined, as JSON.
    private struct Description: Encodable {
        var input: String
        var output: String
        var size: Int
        var fileCount: Int
        var differingFiles: [String]
    }

    /// Writes the flash.
    ///
    /// - Parameters:
    ///   - given: the user's table; nil for the one that `--split` wrote.
    ///   - flashSize: of the flash, if the user said it (bytes).
    /// - Returns: whether all files agree about the bytes that several of them have.
    func run(_ given: PartitionTable?, flashSize: Int?, output: Destination) throws -> Bool {
        let join = try find(given, flashSize: flashSize)
        for gap in join.gaps {
            let place = "\(directory): no file has \(hex(gap.lowerBound))-\(hex(gap.upperBound)) of the flash"
            guard force else { throw Failure("\(place) (\(gap.count) bytes); --force makes them 0xff") }
            StandardStreams.error("\(place); it becomes 0xff")
        }
        let result = try output.open()
        try join.write(to: result)
        let disagreements = join.disagreements()
        for other in disagreements {
            StandardStreams.error(
                "\(other.path): differs from \(other.taken) at \(hex(other.offset)); the latter was taken")
        }
        if verbosity.json, !output.isStandardOutput {
            try JSON.print(
                Description(
                    input: directory, output: output.path, size: join.size, fileCount: join.fileCount,
                    differingFiles: disagreements.map(\.path)))
        } else if !verbosity.quiet, !output.isStandardOutput {
            let (size, used) = (join.size, join.fileCount)
            StandardStreams.print(
                "\(output.path): \(sizes.text(size)) (\(hex(size))) from \(used) file\(used == 1 ? "" : "s")")
            if verbosity.verbose {
                for file in join.files {
                    StandardStreams.print(
                        "  \(hex(file.range.lowerBound)) to \(hex(file.range.upperBound)): \(file.path)")
                }
            }
        }
        try StandardStreams.commit([result])
        return disagreements.isEmpty
    }

    private func find(_ given: PartitionTable?, flashSize: Int?) throws -> FlashJoin {
        do {
            return try FlashJoin(
                directory: directory, names: DirectoryNames.visible(in: directory), given: given, flashSize: flashSize,
                takesGuesses: force
            ) { path in
                let file = try ImageOpener.read(path, options: InputOptions())
                if let damage = file.damage { throw Failure("\(path): \(damage)") }
                return file.bytes
            }
        } catch let error as FlashJoinError {
            throw Failure("\(error)\(error.remedy)")
        }
    }
}

extension FlashJoinError {
    /// What the user can do about it, as the end of the sentence.
    fileprivate var remedy: String {
        switch self {
        case .guess: "; --force takes them"
        case .noTable: ", as --split makes it; give --table to say where its files belong"
        case .wrongSize(_, _, let found, let wanted) where found < wanted:
            "; 'jffs2 pad --to \(hex(wanted))' fills it up"
        default: ""
        }
    }
}
