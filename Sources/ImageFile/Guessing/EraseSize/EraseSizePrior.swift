#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// How likely erase sizes are without a look at where nodes lie, as natural logarithms.
struct EraseSizePrior {
    private let traces: FlashTraces
    private let surroundings: EraseSizeInference.Surroundings

    init(traces: FlashTraces, surroundings: EraseSizeInference.Surroundings) {
        self.traces = traces
        self.surroundings = surroundings
    }

    /// Of a size with blocks that begin at `base`.
    func logarithm(_ size: Int, base: Int, pages: FlashPages) -> Double {
        log(frequency(size, pages: pages)) - costOfBase(base, size: size) - costOfLength(size, base: base)
    }

    /// How many of all flashes have such blocks.
    func frequency(_ size: Int, pages: FlashPages) -> Double {
        let sizes = surroundings.pageSize.map { [$0] } ?? pages.sizes
        if sizes.isEmpty || traces.cleanmarkers > 0 {
            let isNAND = traces.spareCleanmarkers > 0
            if traces.cleanmarkers > 0 { return Self.ofNOR(size) }
            let pages = [512, 1024, 2048, 4096, 8192, 16384]
            return (isNAND ? 0 : 0.6 * Self.ofNOR(size)) + (isNAND ? 1 : 0.4) * Self.ofNAND(size, pages: pages)
        }
        return Self.ofNAND(size, pages: sizes)
    }

    private static func ofNAND(_ size: Int, pages: [Int]) -> Double {
        var total = 0.0
        var share = 0.0
        for page in pages {
            total += FlashPages.frequency(page)
            if size % page == 0 {
                share += FlashPages.frequency(page) * FlashPages.frequency(ofPages: size / page, size: page)
            }
        }
        return max(total > 0 ? share / total : 0, isPowerOfTwo(size) ? 1e-5 : 1e-8)
    }

    private static func ofNOR(_ size: Int) -> Double {
        switch size {
        case 4 << 10: 0.07
        case 8 << 10: 0.05
        case 16 << 10: 0.08
        case 32 << 10: 0.05
        case 64 << 10: 0.42
        case 128 << 10: 0.22
        case 256 << 10: 0.08
        case 512 << 10: 0.02
        case 1 << 20: 0.005
        default: isPowerOfTwo(size) ? 1e-4 : size % 4096 == 0 ? 1e-3 : 5e-5
        }
    }

    private static func isPowerOfTwo(_ number: Int) -> Bool { number & (number - 1) == 0 }

    /// File systems begin with a file, or at a block of the flash.
    private func costOfBase(_ base: Int, size: Int) -> Double {
        let rest = EraseSizeCandidate.modulo(base, divisor: size)
        if rest == 0 || rest == EraseSizeCandidate.modulo(-surroundings.origin, divisor: size) { return 0 }
        guard traces.hasForeignFront, rest == EraseSizeCandidate.modulo(traces.first, divisor: size) else { return 9 }
        // Somebody's header in front, or a first node that is damaged.
        return traces.hasDamagedFront ? 9 : 4
    }

    /// Linux wants five blocks, and a padded image is whole blocks.
    private func costOfLength(_ size: Int, base: Int) -> Double {
        let whole = traces.length - EraseSizeCandidate.modulo(base, divisor: size)
        var cost = 0.0
        if traces.isLivedIn, traces.isPadded, whole < 5 * size { cost += 4 }
        if whole % size != 0, traces.length % 4096 == 0 { cost += traces.isPadded && whole < size ? 3 : 1 }
        return cost
    }
}
