package import FlashBytes

/// Decompresses the data of an image: gzip, bzip2, lzma, lz4 and zstd, through libarchive.
package enum PayloadDecompressor {
    /// What cannot be decompressed.
    package enum Failure: Error, Hashable, CustomStringConvertible {
        /// A number of `ih_comp`.
        case unsupported(name: String)
        case damaged(String)
        case tooLarge(limit: Int)
        case file(FileError)

        /// Why the data cannot be had, without full stop.
        package var description: String {
            switch self {
            case .unsupported(let name): "data compressed with \(name) cannot be decompressed here"
            case .damaged(let message): "the data cannot be decompressed: \(message)"
            case .tooLarge(let limit): "the data decompresses to more than \(SizeExpression.readable(limit))"
            case .file(let error): "\(error)"
            }
        }
    }

    /// The decompressed bytes.
    ///
    /// - Parameters:
    ///   - bytes: one stream; what follows it is ignored.
    ///   - compression: a name of `HeaderField.compression`.
    ///   - limit: the largest size that is taken (bytes).
    package static func decompress(
        _ bytes: RawSpan, compression: String, limit: Int
    ) throws(Failure) -> FileBytes {
        let forms: [PackedForm] = [.gzip, .bzip2, .lzma, .lz4, .zstd]
        guard let form = forms.first(where: { $0.rawValue == compression }) else {
            throw .unsupported(name: compression)
        }
        // The header said so; LZMA has no magic that could tell more.
        guard form == .lzma || PackedForm(bytes) == form else { throw .damaged("it is no \(compression) stream") }
        do throws(PackedFailure) {
            let file = try PackedFile(bytes: bytes, form: form, limits: PackedLimits(largest: limit))
            if let damage = file.damage { throw PackedFailure.damaged(damage, end: file.end) }
            return file.bytes
        } catch {
            switch error {
            case .tooLarge(let limit): throw .tooLarge(limit: limit)
            case .damaged(let message, _): throw .damaged(message)
            case .file(let error): throw .file(error)
            default: throw .unsupported(name: compression)
            }
        }
    }
}
