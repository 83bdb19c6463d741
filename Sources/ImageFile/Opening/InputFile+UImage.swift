import FirmwareImage
import FlashBytes
import JFFS2

/// A U-Boot legacy image whose data are compressed, and hold a file system.
extension InputFile {
    /// How the data of the image at the start of a file are packed, as its header says; nil where none is there, or they are not.
    static func compression(_ bytes: RawSpan) -> PackedForm? {
        guard let header = UImageHeader(reading: bytes, at: 0), header.isIntact, !header.hasParts,
            header.compression != 0
        else { return nil }
        let name = HeaderField.compression.title(header.compression)
        return PackedForm.allCases.first { !$0.isArchive && name == "\($0.rawValue) compressed" }
    }

    /// Unpacks the data of the image at the start of a file.
    ///
    /// - Returns: nil where there is no such image, something of a flash lies behind it, or no file system is in its data: then
    ///   it is a kernel or the like, and stays what it is.
    /// - Parameter path: for messages.
    static func unwrapped(
        _ file: FileBytes, path: String, limits: PackedLimits
    ) throws(InputError) -> (image: UImage, packed: PackedFile)? {
        try file.withBytes { (bytes: RawSpan) throws(InputError) -> (image: UImage, packed: PackedFile)? in
            guard let form = compression(bytes), let image = UImage(reading: bytes, at: 0) else { return nil }
            let data = bytes.extracting(image.data)
            // LZMA has no magic.
            guard form == .lzma || PackedForm(data) == form, !isFlash(file, from: image.data.upperBound) else {
                return nil
            }
            let packed: PackedFile
            do throws(PackedFailure) {
                packed = try PackedFile(bytes: data, form: form, limits: limits)
            } catch {
                guard case .tooLarge = error else { return nil }
                throw InputError(failure: error, path: path, form: form)
            }
            return packed.bytes.withBytes { !NodeCensus($0).sightings.isEmpty } ? (image, packed) : nil
        }
    }
}
