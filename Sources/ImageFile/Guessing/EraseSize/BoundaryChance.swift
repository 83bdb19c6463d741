#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// How likely a node begins at a given multiple of a large power of two by accident.
struct BoundaryChance {
    private let nodes: [FlashTraces.Node]
    private let base: Int
    private let page: Int?
    private let overall: Double

    /// How many pages on each side are looked at.
    private static let window = 16

    init(traces: FlashTraces, pages: FlashPages, base: Int) {
        nodes = traces.nodes
        self.base = base
        // The largest that they can be: nodes stand at more of their starts than at those of smaller ones.
        page = traces.cleanmarkers == 0 ? pages.sizes.last : nil
        // How many nodes begin at multiples of 512 that are no boundaries.
        var used = 0
        var aligned = 0
        for node in traces.nodes {
            used += node.range.count
            let place = EraseSizeCandidate.modulo(node.range.lowerBound - base, divisor: 4096)
            if place != 0, place % 512 == 0 { aligned += 1 }
        }
        let density = Double(4 * traces.nodes.count) / Double(max(used, 4))
        let rate = (Double(aligned) + 0.5) / (Double(used) * 7 / 4096 + 1)
        overall = max(density, rate)
    }

    /// The natural logarithm of it, for a boundary at which the node `index` begins.
    ///
    /// On flash with pages, many of which Linux had to fill up, many nodes stand at the start of a page; how many do so
    /// differs from place to place.
    func logarithm(at boundary: Int, _ index: Int) -> Double {
        guard let page else { return Self.logarithm(overall) }
        var pages = 0
        var begun = 0
        let limits = boundary - Self.window * page...boundary + Self.window * page
        func count(_ node: FlashTraces.Node) {
            let place = EraseSizeCandidate.modulo(node.range.lowerBound - base, divisor: page)
            if place == 0 { begun += 1 }
            pages += (place + node.range.count - 1) / page + (place == 0 ? 1 : 0)
        }
        var at = index - 1
        while at >= 0, nodes[at].range.lowerBound >= limits.lowerBound {
            count(nodes[at])
            at -= 1
        }
        at = index
        while at < nodes.count, nodes[at].range.lowerBound <= limits.upperBound {
            count(nodes[at])
            at += 1
        }
        // The boundary itself is counted: where all pages begin with a node, this one shows nothing.
        return Self.logarithm(Double(begun) / Double(pages))
    }

    private static func logarithm(_ chance: Double) -> Double { log(min(max(chance, 1 / 1500), 1)) }
}
