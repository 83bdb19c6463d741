package import FlashBytes

/// Puts a header in front of files, as mkimage does.
package struct UImageBuilder: Sendable {
    /// The header; sizes and sums in it are set when it is built.
    package var header: UImageHeader
    /// The files: one, or several for the types that have a table of sizes.
    package var files: [ByteRegion]

    /// What cannot be wrapped.
    package enum Refusal: Error, Hashable, CustomStringConvertible {
        case noFile
        case severalFiles(count: Int)
        case tooLarge(size: Int)
        case emptyFile(index: Int)

        /// Why no image can be made, without full stop.
        package var description: String {
            switch self {
            case .noFile: "there is nothing to wrap"
            case .severalFiles(let count):
                "\(count) files go only into an image of type multi or script"
            case .tooLarge(let size): "\(size) bytes are more than a uImage can hold (4 GiB)"
            case .emptyFile(let index): "file \(index) is empty"
            }
        }
    }

    /// An image of these files; only the types `multi` and `script` can have several.
    package init(header: UImageHeader, files: [ByteRegion]) {
        self.header = header
        self.files = files
    }

    /// Writes header and data, piece by piece.
    ///
    /// - Returns: the header with size and sums.
    package func write<Failure: Error>(
        _ write: (RawSpan) throws(Failure) -> Void
    ) throws(Failure) -> Result<UImageHeader, Refusal> {
        if let refusal { return .failure(refusal) }
        let (table, padding) = header.hasParts ? UImage.joined(files) : ([], files.map { _ in 0 })
        var header = header
        let size = zip(files, padding).reduce(table.count) { $0 + $1.0.count + $1.1 }
        guard let size32 = UInt32(exactly: size) else { return .failure(.tooLarge(size: size)) }
        header.dataSize = size32
        let zeros: [UInt8] = [0, 0, 0, 0]
        var sum = CRC32.zlib(unsafe table.span.bytes)
        for (file, count) in zip(files, padding) {
            sum = file.withBytes { CRC32.zlib($0, seed: sum) }
            sum = CRC32.zlib(unsafe zeros.span.bytes.extracting(0..<count), seed: sum)
        }
        header.dataCRC = sum
        header.headerCRC = header.computedHeaderCRC
        try write(unsafe header.bytes.span.bytes)
        try write(unsafe table.span.bytes)
        for (file, count) in zip(files, padding) {
            try file.withBytes { (bytes: RawSpan) throws(Failure) in try write(bytes) }
            try write(unsafe zeros.span.bytes.extracting(0..<count))
        }
        return .success(header)
    }

    private var refusal: Refusal? {
        if files.isEmpty { return .noFile }
        if files.count > 1, !header.hasParts { return .severalFiles(count: files.count) }
        return files.firstIndex { $0.count == 0 }.map { .emptyFile(index: $0) }
    }
}
