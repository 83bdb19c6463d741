package import FirmwareImage
import FlashBytes
import ImageFile
import JFFS2

/// What is checked before a file goes into a kit.
package struct KitCheck: Sendable, Hashable {
    /// What comes of it.
    package enum Verdict: String, Sendable {
        case ok, warning, refused
    }

    /// What the user can do about it.
    package enum Advice: Sendable {
        /// The words can be put right.
        case putWordsRight
        /// The size of the partition can be given, or an original of it.
        case giveSize
    }

    package var name: String
    package var verdict: Verdict
    /// A sentence without full stop.
    package var detail: String
    package var advice: Advice?

    /// All checks of one part.
    ///
    /// - Parameter size: of the partition (bytes), if known.
    package static func all(
        of source: KitSource, as part: CameraProfile.Part, in profile: CameraProfile, size: Int?,
        like original: KitSource?, header: UImageHeader?, allowsSwapped: Bool
    ) -> [KitCheck] {
        var checks = [
            wordOrder(source, allowed: allowsSwapped), damage(source),
            byteOrder(source, profile: profile, original: original),
            eraseSize(source, wanted: profile.eraseSize(part), original: original),
        ]
        checks += space(source, size: size ?? original.flatMap(partitionSize))
        if let original { checks.append(wrapping(header, original: original)) }
        return checks
    }

    private static func wordOrder(_ source: KitSource, allowed: Bool) -> KitCheck {
        if !source.isSwapped { return KitCheck(name: "word order", verdict: .ok, detail: "as in the flash") }
        return KitCheck(
            name: "word order", verdict: allowed ? .ok : .refused,
            detail: allowed
                ? "reversed in the dump, put right in the kit"
                : "the words of \(source.path) are reversed, as md.l shows them; a boot loader would write them so",
            advice: allowed ? nil : .putWordsRight)
    }

    private static func byteOrder(
        _ source: KitSource, profile: CameraProfile, original: KitSource?
    ) -> KitCheck {
        let order = source.fileSystem.byteOrder
        if let original, original.fileSystem.byteOrder != order {
            return KitCheck(
                name: "byte order", verdict: .refused,
                detail: "\(order), but the original \(original.path) is \(original.fileSystem.byteOrder)")
        }
        if let wanted = profile.byteOrder, wanted != order {
            return KitCheck(name: "byte order", verdict: .refused, detail: "\(order), but these devices are \(wanted)")
        }
        return KitCheck(name: "byte order", verdict: .ok, detail: "\(order)")
    }

    /// Blocks smaller than the device's are no harm: no node crosses a block of the device. Larger ones are.
    private static func eraseSize(_ source: KitSource, wanted: Int?, original: KitSource?) -> KitCheck {
        let own = source.eraseSize
        let size = SizeExpression.readable(own.bytes)
        let isSure = own.confidence >= .medium
        var found: [KitCheck] = []
        func differs(_ who: String, wanted: Int, isSure: Bool, isAsBefore: Bool = false) {
            guard wanted != own.bytes else { return }
            let isRefused = isSure && own.bytes > wanted && !isAsBefore
            var text = "\(size), but \(who) \(SizeExpression.readable(wanted))"
            if isAsBefore {
                text += "; the original has \(size) as well"
            } else if own.bytes < wanted {
                text += "; Linux can read that"
            }
            if !isSure { text += " (not certain: " + own.evidence.joined(separator: ", ") + ")" }
            found.append(KitCheck(name: "erase size", verdict: isRefused ? .refused : .warning, detail: text))
        }
        if let original {
            differs(
                "the original has", wanted: original.eraseSize.bytes,
                isSure: isSure && original.eraseSize.confidence >= .medium)
        }
        if let wanted {
            differs(
                "these devices have", wanted: wanted, isSure: isSure, isAsBefore: original?.eraseSize.bytes == own.bytes
            )
        }
        return found.first { $0.verdict == .refused } ?? found.first
            ?? KitCheck(name: "erase size", verdict: .ok, detail: "\(size), confidence \(own.confidence)")
    }

    private static func damage(_ source: KitSource) -> KitCheck {
        let findings = source.fileSystem.findings
        if let first = findings.findings.first(where: { $0.severity == .damage }) {
            return KitCheck(name: "soundness", verdict: .refused, detail: "damaged: \(first.message)")
        }
        if let refusal = source.fileSystem.scan.refusal {
            return KitCheck(name: "soundness", verdict: .refused, detail: "Linux refuses to mount it: \(refusal)")
        }
        return KitCheck(
            name: "soundness", verdict: .ok, detail: "\(source.fileSystem.scan.nodes.count) nodes, all sums right")
    }

    /// The size of the partition of which the original is a dump; nil if it is an image that ends with its last node.
    private static func partitionSize(_ original: KitSource) -> Int? {
        original.payload.count % original.fileSystem.eraseSize == 0 ? original.payload.count : nil
    }

    /// The smallest number of free blocks with which Linux can write.
    private static let fewestFreeBlocks = 5

    private static func space(_ source: KitSource, size: Int?) -> [KitCheck] {
        guard let size else {
            return [
                KitCheck(
                    name: "size", verdict: .warning,
                    detail: "\(source.payload.count) bytes; the partition's size is not known", advice: .giveSize)
            ]
        }
        guard source.payload.count <= size else {
            return [
                KitCheck(
                    name: "size", verdict: .refused,
                    detail:
                        "\(source.payload.count) bytes, \(source.payload.count - size) more than the partition's \(size)"
                )
            ]
        }
        let blocks = size / source.fileSystem.eraseSize
        let free = max(0, blocks - source.usedBlocks)
        return [
            KitCheck(name: "size", verdict: .ok, detail: "\(source.payload.count) of the partition's \(size) bytes"),
            KitCheck(
                name: "free blocks", verdict: free >= fewestFreeBlocks ? .ok : .warning,
                detail: "\(free) of \(blocks)"
                    + (free >= fewestFreeBlocks ? "" : "; with fewer than \(fewestFreeBlocks) Linux cannot write to it")
            ),
        ]
    }

    private static func wrapping(_ header: UImageHeader?, original: KitSource) -> KitCheck {
        func text(_ header: UImageHeader?) -> String {
            header.map {
                "uImage '\(Printable.text($0.name))', \(HeaderField.architecture.title($0.architecture)) "
                    + HeaderField.type.title($0.type)
            } ?? "no header"
        }
        guard let old = original.header else {
            // A dump of a partition: the header is only on the file for the boot loader.
            return KitCheck(name: "header", verdict: .ok, detail: "\(text(header)); the original is a bare dump")
        }
        let isSame = header.map {
            $0.name == old.name && $0.architecture == old.architecture && $0.type == old.type
                && $0.operatingSystem == old.operatingSystem && $0.compression == old.compression
        }
        return KitCheck(
            name: "header", verdict: isSame == true ? .ok : .refused,
            detail: isSame == true ? text(header) : "\(text(header)), but the original has \(text(old))")
    }
}
