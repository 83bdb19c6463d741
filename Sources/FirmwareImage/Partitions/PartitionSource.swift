import FlashBytes

/// Partition tables in a file of any kind: text, a device tree blob, a flash with a U-Boot environment.
package enum PartitionSource {
    /// What a file is to one who looks for partition tables.
    package enum Kind: Sendable, Hashable {
        /// A text, a device tree blob, or an environment alone.
        case source
        /// Mostly text, but not all of it: a log with noise of the line, or a dump with texts in it.
        case noisyText
        /// A dump of a flash, or anything else.
        case other
    }

    /// What the bytes are: only a source of tables can be nothing else.
    package static func kind(_ bytes: RawSpan) -> Kind {
        if (try? bytes.uint32(at: 0, .big)) == DeviceTree.magic {
            return (try? DeviceTree(bytes)) != nil ? .source : .other
        }
        if let environment = UBootEnvironment(reading: bytes, at: 0) {
            // The area may be dumped to the end of its erase blocks, or with its redundant copy.
            return bytes.byteCount <= max(4 * environment.size, 256 << 10) ? .source : .other
        }
        guard let text = PlainText(bytes) else { return .other }
        return text.isNoisy ? .noisyText : .source
    }

    /// Everything in the bytes of a file.
    package static func read(_ bytes: RawSpan) -> TableReading {
        if let magic = try? bytes.uint32(at: 0, .big), magic == DeviceTree.magic {
            var reading = TableReading()
            do {
                let found = PartitionNode(node: try DeviceTree(bytes).root, bytes: bytes).tables()
                (reading.tables, reading.problems) = (found.tables, found.problems)
            } catch {
                reading.problems.append(TableProblem(line: nil, reason: error.description))
            }
            return reading
        }
        let found = environments(in: bytes)
        if !found.tables.isEmpty { return found }
        // A flash is no text, although strings may stand in it.
        return PlainText(bytes).map { PartitionText.read($0) } ?? found
    }

    /// The tables that U-Boot environments in a flash give, by `mtdparts` or by the kernel's arguments, and the address
    /// that they read to.
    package static func environments(in bytes: RawSpan) -> TableReading {
        var reading = TableReading()
        for at in stride(from: 0, to: bytes.byteCount, by: 4096) {
            guard let environment = UBootEnvironment(reading: bytes, at: at) else { continue }
            let whole = PartitionText.read(Array(environment.variables.joined(separator: "\n").utf8))
            reading.loadAddress =
                reading.loadAddress
                ?? whole.loadAddress.map {
                    LoadAddress(address: $0.address, evidence: "\($0.evidence) of the U-Boot environment at \(hex(at))")
                }
            // `mtdparts` first: in the arguments it may stand as ${mtdparts}.
            let values = [environment["mtdparts"].map { "mtdparts=" + $0 }] + [environment["bootargs"]]
            for value in values.compactMap({ $0 }) + environment.variables where value.contains("mtdparts=") {
                guard var table = PartitionText.read(Array(value.utf8)).tables.first else { continue }
                table.source = "U-Boot environment at \(hex(at))"
                if !reading.tables.contains(where: { $0.partitions == table.partitions }) {
                    reading.tables.append(table)
                }
            }
        }
        return reading
    }
}
