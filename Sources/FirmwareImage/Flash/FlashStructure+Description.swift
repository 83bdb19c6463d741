internal import FlashBytes

extension FlashStructure: CustomStringConvertible {
    /// `uImage 'Linux-3.4.35', ARM Linux Kernel Image (uncompressed)`
    package var description: String {
        switch kind {
        case .uImage(let image):
            let header = image.header
            let title =
                "uImage '\(String(decoding: header.name, as: UTF8.self))', "
                + "\(HeaderField.architecture.title(header.architecture)) "
                + "\(HeaderField.operatingSystem.title(header.operatingSystem)) "
                + "\(HeaderField.type.title(header.type)) (\(HeaderField.compression.title(header.compression)))"
            return image.faults.isEmpty ? title : title + ": " + image.faults.joined(separator: "; ")
        case .squashFS(let header):
            return "SquashFS \(header.version), \(header.byteOrder), \(header.bytesUsed) bytes used"
        case .ubi(let area):
            return "UBI" + (area.eraseSize.map { ", erase size \(SizeExpression.readable($0))" } ?? "")
        case .environment(let environment):
            let count = environment.variables.count
            return "U-Boot environment, \(count) variable\(count == 1 ? "" : "s")"
                + (environment.isRedundant ? ", redundant" : "")
        case .deviceTree:
            return "device tree"
        case .trx(let header): return "TRX firmware of \(header.length) bytes"
        case .flattenedImage(let tree):
            let names = tree.members.map { "'\($0.name)'" }.joined(separator: ", ")
            return "FIT image" + (names.isEmpty ? "" : " of \(names)")
        }
    }
}
