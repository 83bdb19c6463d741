internal import FlashBytes

/// A node of a device tree, blob or source, as far as it matters for partitions.
struct PartitionNode {
    /// A number of `reg`, or the text that is none.
    enum Cell: Hashable {
        case number(UInt64)
        case unknown(String)
    }

    /// With the unit address: `partition@40000`.
    var name: String
    /// Where it begins in a source; nil in a blob.
    var line: Int?
    var label: String?
    var compatible: [String] = []
    var reg: [Cell]?
    /// `#address-cells`, `#size-cells`.
    var addressCells: Int?
    var sizeCells: Int?
    var children: [PartitionNode] = []

    /// Whether anything can come of it.
    var matters: Bool { !children.isEmpty || reg != nil && (label != nil || name.hasPrefix("partition@")) }

    /// Whether its children are partitions (`drivers/mtd/parsers/ofpart_core.c`).
    ///
    /// The node of the binding `fixed-partitions`; in old trees the flash itself; in excerpts any `partitions`.
    private var isTable: Bool {
        if compatible.contains("fixed-partitions") { return true }
        let hasParts = children.contains {
            $0.reg != nil && ($0.name.hasPrefix("partition@") || isFlash && $0.label != nil && ($0.reg?.count ?? 0) > 1)
        }
        return hasParts && !children.contains { $0.name == "partitions" } && !name.hasPrefix("partition@")
    }

    /// Whether it is a flash, whose children are partitions in old trees, whatever their names.
    private var isFlash: Bool {
        let kind = name.prefix { $0 != "@" }
        if ["flash", "nor", "nand", "m25p80", "mtd"].contains(kind) || kind.hasSuffix("flash") { return true }
        return compatible.contains { text in
            ["spi-nor", "nand", "flash", "m25p", "n25q", "w25q", "mx25", "s25f", "mtd-r"].contains { text.contains($0) }
        }
    }

    /// All tables below the node.
    func tables() -> (tables: [PartitionTable], problems: [TableProblem]) {
        var found: (tables: [PartitionTable], problems: [TableProblem]) = ([], [])
        add(to: &found, device: name)
        return found
    }

    private func add(to found: inout (tables: [PartitionTable], problems: [TableProblem]), device: String) {
        if isTable {
            addTable(to: &found, device: name == "partitions" ? device : name, outer: nil)
        } else {
            for child in children { child.add(to: &found, device: name) }
        }
    }

    /// - Parameter outer: the partition that this table cuts.
    private func addTable(
        to found: inout (tables: [PartitionTable], problems: [TableProblem]), device: String, outer: Partition?
    ) {
        var table = PartitionTable(
            device: outer?.name ?? device, source: "device tree, \(outer?.name ?? device)", partitions: [],
            inside: outer?.name)
        var inner: [(node: PartitionNode, partition: Partition)] = []
        for child in children where child.reg != nil {
            do throws(PartitionTable.Malformed) {
                let partition = try child.partition(in: self, at: outer?.offset ?? 0)
                table.partitions.append(partition)
                if let nested = child.nestedTable { inner.append((nested, partition)) }
            } catch {
                found.problems.append(TableProblem(line: child.line, reason: "device tree: \(error)"))
            }
        }
        if !table.partitions.isEmpty { found.tables.append(table) }
        for (node, partition) in inner { node.addTable(to: &found, device: device, outer: partition) }
    }

    /// The node below a partition, or the partition itself, that cuts it further.
    private var nestedTable: PartitionNode? {
        if compatible.contains("fixed-partitions"), children.contains(where: { $0.reg != nil }) { return self }
        return children.first { $0.compatible.contains("fixed-partitions") || $0.name == "partitions" }
    }

    private func partition(in parent: PartitionNode, at base: Int) throws(PartitionTable.Malformed) -> Partition {
        let cells = reg ?? []
        var numbers: [UInt64] = []
        for cell in cells {
            switch cell {
            case .number(let number): numbers.append(number)
            case .unknown(let text): throw .init(description: "'\(text)' in the 'reg' of \(name) is no number")
            }
        }
        // Excerpts leave the cells' sizes out.
        let (addressCells, sizeCells) = (
            parent.addressCells ?? (numbers.count > 2 ? 2 : 1),
            parent.sizeCells ?? (numbers.count > 3 || parent.addressCells == 1 && numbers.count == 3 ? 2 : 1)
        )
        guard (1...2).contains(addressCells), (1...2).contains(sizeCells), numbers.count >= addressCells + sizeCells,
            numbers.allSatisfy({ $0 <= UInt64(UInt32.max) })
        else { throw .init(description: "the 'reg' of \(name) has \(numbers.count) cells") }
        func value(_ part: ArraySlice<UInt64>) -> UInt64 { part.reduce(0) { $0 << 32 | $1 } }
        return try PartitionTable.partition(
            label ?? name, offset: value(numbers[..<addressCells]).addingReportingOverflow(UInt64(base)).partialValue,
            size: value(numbers[addressCells..<addressCells + sizeCells]))
    }
}

extension PartitionNode {
    /// The nodes of a blob.
    init(node: DeviceTree.Node, bytes: RawSpan) {
        self.init(name: node.name)
        for property in node.properties {
            switch property.name {
            case "label": label = DeviceTree.string(bytes, range: property.value)
            case "compatible":
                // A list of strings with NULs in between.
                let strings = (try? bytes.bytes(in: property.value)) ?? []
                compatible = strings.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
            case "reg": reg = DeviceTree.cells(bytes, range: property.value).map { .number(UInt64($0)) }
            case "#address-cells": addressCells = DeviceTree.cells(bytes, range: property.value).first.map { Int($0) }
            case "#size-cells": sizeCells = DeviceTree.cells(bytes, range: property.value).first.map { Int($0) }
            default: break
            }
        }
        children = node.children.map { PartitionNode(node: $0, bytes: bytes) }.filter(\.matters)
    }
}
