import FlashBytes
import JFFS2

/// What to say about an image without cleanmarkers.
enum CleanmarkerAdvice {
    /// Erase sizes of NAND: 32 pages of 512 bytes, 64 or more of 2048 or more.
    private static let eraseSizesOfNAND: Set<Int> = [
        16 << 10, 128 << 10, 256 << 10, 512 << 10, 1 << 20, 2 << 20, 4 << 20,
    ]

    /// A warning where the flash seems to be NOR. A sentence without full stop.
    ///
    /// - Parameter wasAsked: whether the user said that there shall be none.
    static func warning(_ configuration: ImageConfiguration, wasAsked: Bool) -> String? {
        guard configuration.cleanmarkerSize == nil, configuration.spareArea == nil,
            !eraseSizesOfNAND.contains(configuration.eraseSize)
        else {
            return nil
        }
        return
            "no cleanmarkers\(wasAsked ? "" : ", since the source has none"): that is for NAND; on NOR flash Linux crashes "
            + "at the second mount after it wrote to such an image (-c 12 writes them)"
    }
}
