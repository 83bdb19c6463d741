import FlashBytes
import JFFS2

/// What to say about an image without cleanmarkers.
enum CleanmarkerAdvice {
    /// Erase sizes of NAND: 32 pages of 512 bytes, 64 or more of 2048 or more.
    private static let eraseSizesOfNAND: Set<Int> = [
        16 << 10, 128 << 10, 256 << 10, 512 << 10, 1 << 20, 2 << 20, 4 << 20,
    ]

    /// Whether blocks of this size are those of NOR flash, as far as that can be told (bytes).
    static func isNOR(eraseSize: Int) -> Bool { !eraseSizesOfNAND.contains(eraseSize) }

    /// A warning where the flash seems to be NOR. A sentence without full stop.
    ///
    /// - Parameter wasAsked: whether the user said that there shall be none.
    static func warning(_ configuration: ImageConfiguration, wasAsked: Bool) -> String? {
        guard configuration.cleanmarkerSize == nil, configuration.spareArea == nil,
            isNOR(eraseSize: configuration.eraseSize)
        else {
            return nil
        }
        return
            "no cleanmarkers\(wasAsked ? "" : ", since the source has none"): that is for NAND; on NOR flash Linux crashes "
            + "at the second mount after it wrote to such an image (-c 12 writes them)"
    }
}
