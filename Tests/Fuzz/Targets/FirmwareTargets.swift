import FirmwareImage
import FlashBytes
import RestoreKit

extension FuzzTarget {
    /// Any bytes as a U-Boot image.
    static let uImage = FuzzTarget("uimage", largest: 16384) { bytes throws(FuzzFailure) in
        // With the sums of the header that is at the start made right, if the first byte says so.
        var bytes = bytes
        if bytes.first ?? 0 & 1 != 0, bytes.count > UImageHeader.size + 1 {
            bytes.removeFirst()
            mendHeader(&bytes)
        }
        try FileBytes(bytes).withBytes { (bytes: RawSpan) throws(FuzzFailure) in
            for image in UImage.all(in: bytes) {
                try expect(image.range.upperBound <= bytes.byteCount, "\(image.range) of \(bytes.byteCount) bytes")
                for part in image.parts {
                    try expect(part.upperBound <= bytes.byteCount, "part \(part) of \(bytes.byteCount) bytes")
                }
                _ = image.faults
                for field in HeaderField.allCases { _ = field.title(image.header.type) }
            }
        }
    }

    private static func mendHeader(_ bytes: inout [UInt8]) {
        let magic = UImageHeader.magic
        for index in 0..<4 { bytes[index] = UInt8(truncatingIfNeeded: magic >> (24 - 8 * UInt32(index))) }
        guard let header = UImageHeader(reading: bytes.span.bytes, at: 0) else { return }
        let sum = header.computedHeaderCRC
        for index in 0..<4 { bytes[4 + index] = UInt8(truncatingIfNeeded: sum >> (24 - 8 * UInt32(index))) }
    }

    /// Any bytes as a device tree, a FIT image, or a flash with structures in it.
    static let deviceTree = FuzzTarget("device-tree", largest: 16384) { bytes throws(FuzzFailure) in
        let file = FileBytes(bytes)
        try file.withBytes { (bytes: RawSpan) throws(FuzzFailure) in
            _ = try? DeviceTree(bytes)
            if let image = try? FlattenedImageTree(bytes) {
                for member in image.members {
                    try expect(member.data.map { $0.upperBound <= bytes.byteCount } ?? true, "\(member)")
                }
            }
            for structure in FlashStructure.all(in: bytes) {
                try expect(structure.range.upperBound <= bytes.byteCount, "\(structure) at \(structure.range)")
                _ = structure.description
            }
            _ = PartitionSource.kind(bytes)
            try use(PartitionSource.read(bytes))
        }
        if let image = FlattenedImageFile(file, path: "x") {
            for member in image.tree.members { _ = image.region(member)?.count }
        }
    }

    /// Any bytes as a text with partition tables in it.
    static let partitions = FuzzTarget("partitions", largest: 8192) { bytes throws(FuzzFailure) in
        try FileBytes(bytes).withBytes { (source: RawSpan) throws(FuzzFailure) in
            try use(PartitionText.read(PlainText(assuming: source)))
            _ = try? PartitionText.tables(in: String(decoding: bytes, as: UTF8.self))
        }
    }

    /// What the commands do with tables.
    private static func use(_ reading: TableReading) throws(FuzzFailure) {
        for problem in reading.problems { _ = problem.description }
        for table in reading.tables {
            for flashSize in [nil, 0, 1 << 16, 16 << 20, PartitionTable.largestFlash] {
                let faults = table.faults(flashSize: flashSize)
                _ = faults.map(\.description)
                _ = table.contents(flashSize: flashSize)
                guard let flashSize else { continue }
                _ = table.resolved(flashSize: flashSize)
                // Of a flash that is too small for its table the caller cuts what is there.
                for piece in table.pieces(flashSize: flashSize) where faults.isEmpty {
                    try expect(piece.end.map { $0 <= flashSize } ?? true, "\(piece) in a flash of \(flashSize)")
                }
                _ = FlashCut(table, flashSize: flashSize)
            }
        }
    }

    /// Any bytes as a camera's profile.
    static let profile = FuzzTarget("profile", largest: 4096) { bytes throws(FuzzFailure) in
        guard let profile = try? CameraProfile(name: "x", text: String(decoding: bytes, as: UTF8.self)) else { return }
        for part in profile.parts {
            _ = profile.fileName(part, id: "a/../b")
            _ = profile.size(part, id: nil)
        }
    }
}
