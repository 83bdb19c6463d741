import Foundation

/// Random numbers of a test: the same each time, or those of JFFS2_SEED, for runs that look for more. A test says the seed where
/// something does not hold.
package struct SeededGenerator: RandomNumberGenerator {
    package let seed: UInt64
    private var state: UInt64

    package init() {
        seed = ProcessInfo.processInfo.environment["JFFS2_SEED"].flatMap { UInt64($0) } ?? 20_261_130
        state = seed
    }

    /// SplitMix64.
    package mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}
