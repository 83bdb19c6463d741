import FlashBytes

/// Partition tables in a file of any kind: text, a device tree blob, a flash with a U-Boot environment.
public enum PartitionSource {
    /// Files up to this size are looked at as text (bytes).
    private static let largestText = 16 << 20

    /// Whether the bytes are a source of tables and not a dump of a flash: a text, a device tree blob, or an environment
    /// alone.
    public static func isSource(_ bytes: RawSpan) -> Bool {
        if (try? bytes.uint32(at: 0, .big)) == DeviceTree.magic { return (try? DeviceTree(bytes)) != nil }
        if let environment = UBootEnvironment(reading: bytes, at: 0) {
            // The area may be dumped to the end of its erase blocks, or with its twin.
            return bytes.byteCount <= max(4 * environment.size, 256 << 10)
        }
        return PartitionText.isText(bytes)
    }

    /// All tables in the bytes of a file.
    public static func tables(in bytes: RawSpan) throws(PartitionTable.Malformed) -> [PartitionTable] {
        if let magic = try? bytes.uint32(at: 0, .big), magic == DeviceTree.magic {
            let tree: DeviceTree
            do {
                tree = try DeviceTree(bytes)
            } catch {
                throw .init(description: error.description)
            }
            return try fixedPartitions(tree, bytes)
        }
        let found = try environments(in: bytes)
        if !found.isEmpty { return found }
        let count = min(bytes.byteCount, largestText)
        // A flash is no text, although strings may stand in it.
        guard PartitionText.isText(bytes), let text = try? bytes.bytes(in: 0..<count) else { return [] }
        return try PartitionText.tables(in: String(decoding: text, as: UTF8.self))
    }

    /// The tables that U-Boot environments in a flash give, by `mtdparts` or by the kernel's arguments.
    public static func environments(in bytes: RawSpan) throws(PartitionTable.Malformed) -> [PartitionTable] {
        var tables: [PartitionTable] = []
        for at in stride(from: 0, to: bytes.byteCount, by: 4096) {
            guard let environment = UBootEnvironment(reading: bytes, at: at) else { continue }
            // `mtdparts` first: in the arguments it may stand as ${mtdparts}.
            let values = [environment["mtdparts"].map { "mtdparts=" + $0 }] + [environment["bootargs"]]
            for value in values.compactMap({ $0 }) + environment.variables where value.contains("mtdparts=") {
                guard var table = (try? PartitionText.tables(in: value))?.first else { continue }
                table.source = "U-Boot environment at \(hex(at))"
                if !tables.contains(where: { $0.partitions == table.partitions }) { tables.append(table) }
            }
        }
        return tables
    }

    // MARK: - Device tree

    private static func fixedPartitions(
        _ tree: DeviceTree, _ bytes: RawSpan
    ) throws(PartitionTable.Malformed) -> [PartitionTable] {
        var tables: [PartitionTable] = []
        try visit(tree.root, parent: "", bytes, &tables)
        return tables
    }

    private static func visit(
        _ node: DeviceTree.Node, parent: String, _ bytes: RawSpan, _ tables: inout [PartitionTable]
    ) throws(PartitionTable.Malformed) {
        // `compatible` is a list of strings with NULs in between.
        let compatible = node.property("compatible").flatMap { try? bytes.bytes(in: $0) } ?? []
        let kinds = compatible.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
        // Old trees have the partitions in the flash's own node.
        let isOld = node.child("partitions") == nil && node.children.contains { $0.name.hasPrefix("partition@") }
        if kinds.contains("fixed-partitions") || isOld && node.name != "partitions" || isOld && kinds.isEmpty {
            var partitions: [Partition] = []
            for child in node.children {
                if let partition = try partition(child, node, bytes) { partitions.append(partition) }
            }
            if !partitions.isEmpty {
                let device = node.name == "partitions" ? parent : node.name
                tables.append(
                    PartitionTable(device: device, source: "device tree, \(device)", partitions: partitions))
            }
        }
        for child in node.children { try visit(child, parent: node.name, bytes, &tables) }
    }

    private static func partition(
        _ node: DeviceTree.Node, _ parent: DeviceTree.Node, _ bytes: RawSpan
    ) throws(PartitionTable.Malformed) -> Partition? {
        guard let place = node.property("reg") else { return nil }
        func cells(_ name: String) -> Int {
            parent.property(name).flatMap { DeviceTree.cells(bytes, $0).first }.map { Int($0) } ?? 1
        }
        let (addressCells, sizeCells) = (cells("#address-cells"), cells("#size-cells"))
        let numbers = DeviceTree.cells(bytes, place)
        guard (1...2).contains(addressCells), (1...2).contains(sizeCells), numbers.count >= addressCells + sizeCells
        else { throw .init(description: "device tree: the 'reg' of \(node.name) has \(numbers.count) cells") }
        func value(_ part: ArraySlice<UInt32>) -> UInt64 { part.reduce(0) { $0 << 32 | UInt64($1) } }
        let label = node.property("label").map { DeviceTree.string(bytes, $0) } ?? node.name
        let offset = try PartitionTable.place(value(numbers[..<addressCells]), "the start of '\(label)'")
        let size = try PartitionTable.place(
            value(numbers[addressCells..<addressCells + sizeCells]), "the size of '\(label)'")
        return Partition(name: label, offset: offset, size: size)
    }
}
