import FirmwareImage
package import FlashBytes
import JFFS2

/// A file of the user's, opened: its bytes as they are on a flash, taken out of what they were packed in.
package struct InputFile: Sendable {
    /// As it is called in messages.
    package let name: String
    /// What is left when the layers are off.
    package let bytes: FileBytes
    /// What was taken off, outermost first.
    package let layers: [InputLayer]
    /// Why there is less than there should be; a sentence without full stop.
    package let damage: String?

    /// How much is read.
    package struct Limits: Sendable {
        /// The most that is read from a pipe or a device, or comes out of a packed file; nil for what is sane (bytes).
        package var largest: Int?
        /// Nothing behind this is needed (bytes).
        package var enough: Int?

        /// Whether the compressed data of a uImage are taken out of it, where a file system is in them.
        package var opensUImages = false

        /// All of the input, up to what is sane.
        package init() {}
    }

    /// So many packings within each other are opened.
    private static let deepest = 4

    /// Opens a file; `-` is standard input.
    ///
    /// - Parameters:
    ///   - member: which file of an archive; nil for the only one.
    ///   - unpacking: whether a packed file is opened, and not just read.
    package init(
        path: String, member: String? = nil, limits: Limits = Limits(), unpacking: Bool = true
    ) throws(InputError) {
        let name = path == "-" ? "standard input" : path
        var reading = FileBytes.Limits()
        if let largest = limits.largest { reading.largest = largest }
        reading.enough = limits.enough
        reading.needsAll = {
            unpacking && (PackedForm($0) != nil || limits.opensUImages && Self.compression($0) != nil)
        }
        let file: FileBytes
        do {
            file = try FileBytes(path: path, limits: reading)
        } catch {
            throw InputError(error)
        }
        let raw = InputFile(name: name, bytes: file, layers: [], damage: nil)
        self = unpacking ? try raw.unpacked(member: member, limits: limits) : raw
    }

    /// Takes the bytes of a file out of what they are packed in.
    package init(unpacking bytes: FileBytes, name: String, limits: Limits) throws(InputError) {
        let raw = InputFile(name: name, bytes: bytes, layers: [], damage: nil)
        self = try raw.unpacked(member: nil, limits: limits)
    }

    private init(name: String, bytes: FileBytes, layers: [InputLayer], damage: String?) {
        (self.name, self.bytes, self.layers, self.damage) = (name, bytes, layers, damage)
    }

    /// The same, taken out of what it is packed in.
    ///
    /// A flash may begin with something compressed, such as a kernel: where a stream is no whole file and what follows it
    /// looks like a flash, the bytes are taken as they are.
    ///
    /// - Parameter member: which file of an archive; nil for the only one.
    package func unpacked(member: String?, limits: Limits) throws(InputError) -> InputFile {
        var bytes = bytes
        var layers: [InputLayer] = []
        var damage: String?
        var member = member
        var allowed = PackedLimits(packed: bytes.count)
        allowed.enough = limits.enough
        if let largest = limits.largest { allowed.largest = largest }
        while damage == nil, layers.count < Self.deepest {
            if limits.opensUImages, let (image, packed) = try Self.unwrapped(bytes, path: name, limits: allowed) {
                layers.append(.compressedUImage(image, packed.form))
                damage = Self.damage(packed)
                bytes = packed.bytes
                continue
            }
            guard let form = bytes.withBytes({ PackedForm($0) }) else { break }
            // Two are guesses, that bytes which show a flash outweigh.
            let isSure = form != .compress && form != .lzma
            let packed: PackedFile
            do {
                packed = try bytes.withBytes { (bytes: RawSpan) throws(PackedFailure) in
                    try PackedFile(bytes: bytes, form: form, member: form.isArchive ? member : nil, limits: allowed)
                }
            } catch {
                if case .damaged(_, let end) = error, !isSure || Self.isFlash(bytes, from: end) { break }
                throw InputError(failure: error, path: name, form: form)
            }
            let isWhole = packed.damage == nil && Self.isPadding(bytes, from: packed.end)
            if !isWhole && packed.bytes.count == 0 { break }
            if !isWhole || !isSure, Self.isFlash(bytes, from: isSure ? packed.end : 0) { break }
            if form.isArchive { member = nil }
            layers.append(.packed(form, member: packed.member, bytes: bytes.count))
            damage = Self.damage(packed)
            bytes = packed.bytes
        }
        if let member { throw .noMember(path: name, wanted: member, members: []) }
        return InputFile(name: name, bytes: bytes, layers: layers, damage: damage)
    }

    /// What is wrong with a packed file, how much of it there is, and what to do.
    private static func damage(_ packed: PackedFile) -> String? {
        guard let reason = packed.damage else { return nil }
        let what = "the \(packed.form) data are damaged"
        if packed.isComplete { return "\(what): \(reason)" }
        var text = "\(what) or cut off behind \(packed.bytes.count)"
        if let size = packed.size, size > packed.bytes.count { text += " of \(size)" }
        text += " bytes: \(reason); the rest is missing"
        if packed.form.mostKeptBack > 0 {
            let size = SizeExpression.readable(packed.form.mostKeptBack & ~0x3ff)
            text += ", up to \(size) of which '\(packed.form) -dc' may still get out"
        }
        return text + "; better get the file once more"
    }

    /// Whether nothing but padding follows.
    private static func isPadding(_ file: FileBytes, from start: Int) -> Bool {
        file.withBytes { bytes in
            let rest = start..<bytes.byteCount
            return bytes.isFilled(with: 0, in: rest) || bytes.isFilled(with: 0xff, in: rest)
        }
    }

    /// Whether there is anything of a flash.
    static func isFlash(_ file: FileBytes, from start: Int) -> Bool {
        file.withBytes { bytes in
            let rest = bytes.extracting(start..<bytes.byteCount)
            return !FlashStructure.all(in: rest).isEmpty
                || ByteOrder.allCases.contains { !NodeCensus(rest, byteOrder: $0).sightings.isEmpty }
        }
    }
}
