package import FileTree
package import FlashBytes

extension DeviceNumber {
    /// Reads the data of a device's inode node: 2 bytes (old) or 4 (new); nil for any other size, which Linux refuses.
    package init?(data: RawSpan, _ order: ByteOrder) {
        switch data.byteCount {
        case 2:
            guard let number = try? data.uint16(at: 0, order) else { return nil }
            self.init(major: UInt32(number >> 8), minor: UInt32(number & 0xff))
        case 4:
            guard let number = try? data.uint32(at: 0, order) else { return nil }
            self.init(major: number >> 8 & 0xfff, minor: number & 0xff | number >> 12 & 0xfff00)
        default: return nil
        }
    }

    /// The data of a device's inode node as Linux writes it (`jffs2_encode_dev`): 2 bytes where both numbers fit 8 bits,
    /// else 4; nil where the major number needs more than 12 bits or the minor more than 20.
    package func data(_ order: ByteOrder) -> [UInt8]? {
        var writer = ByteWriter(order)
        if major <= 0xff, minor <= 0xff {
            writer.uint16(UInt16(major << 8 | minor))
        } else if major <= 0xfff, minor <= 0xfffff {
            writer.uint32(minor & 0xff | major << 8 | (minor & ~0xff) << 12)
        } else {
            return nil
        }
        return writer.bytes
    }
}
