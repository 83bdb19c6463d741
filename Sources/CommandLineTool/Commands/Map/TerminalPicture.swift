import FlashBytes

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A picture of a flash in letters, with colors behind them where somebody sees them.
struct TerminalPicture {
    let picture: FlashPicture
    /// Erase blocks in a cell.
    let blocksPerCell: Int
    let isColored: Bool
    /// Cells in a row.
    let columns: Int

    /// Rows in a picture, unless the user wants another scale.
    private static let mostRows = 32
    /// In front of a row.
    private static let placeWidth = 12

    /// - Parameter perCell: erase blocks in a cell; nil for as many as it takes.
    init(_ picture: FlashPicture, perCell: Int?) {
        self.picture = picture
        var columns = 16
        let width = Self.width
        while columns * 2 + Self.placeWidth + 2 <= width, columns < 256 { columns *= 2 }
        self.columns = columns
        blocksPerCell = perCell ?? picture.blocksPerCell(most: columns * Self.mostRows)
        isColored = Self.hasColors
    }

    var lines: [String] {
        var lines: [String] = []
        for section in picture.sections {
            lines.append(
                "\(hex(section.range.lowerBound))  \(section.text), \(SizeExpression.readable(section.range.count))"
                    + (section.number == nil
                        ? "" : ", \(section.cells.count) erase blocks of \(SizeExpression.readable(section.eraseSize))")
            )
            let cells = FlashPicture.merged(section.cells, by: blocksPerCell)
            for start in stride(from: 0, to: cells.count, by: columns) {
                let row = cells[start..<min(start + columns, cells.count)]
                let place = row.first.map { hex($0.range.lowerBound) } ?? ""
                lines.append(
                    place + String(repeating: " ", count: max(1, Self.placeWidth - place.count)) + text(row.map(\.kind))
                )
            }
        }
        if blocksPerCell > 1 {
            lines.append("A cell is \(blocksPerCell) erase blocks; it shows damage if there is any, else what is most.")
        }
        return lines + legend
    }

    /// What the letters mean, and how many bytes are of each kind.
    private var legend: [String] {
        let total = picture.total
        let all = total.values.reduce(0, +)
        let rows = FlashPicture.Kind.allCases.compactMap { kind -> [String]? in
            guard let bytes = total[kind], bytes > 0 else { return nil }
            let tenths = all > 0 ? (bytes * 1000 + all / 2) / all : 0
            return [String(kind.letter), "\(bytes)", "\(tenths / 10).\(tenths % 10) %", kind.text]
        }
        let lines = TextTable.lines(rows, right: [1, 2])
        guard isColored else { return lines }
        let kinds = FlashPicture.Kind.allCases.filter { total[$0, default: 0] > 0 }
        return zip(kinds, lines).map { kind, line in "  " + Self.colored([kind]) + line.dropFirst(3) }
    }

    private func text(_ kinds: [FlashPicture.Kind]) -> String {
        isColored ? Self.colored(kinds) : String(kinds.map(\.letter))
    }

    private static func colored(_ kinds: [FlashPicture.Kind]) -> String {
        var text = ""
        var last: FlashPicture.Kind?
        for kind in kinds {
            if kind != last { text += "\u{1b}[\(kind.color)m" }
            last = kind
            text.append(kind.letter)
        }
        return text + "\u{1b}[0m"
    }

    /// Whether colors are shown and wanted (https://no-color.org).
    private static var hasColors: Bool {
        guard isatty(STDOUT_FILENO) == 1 else { return false }
        if let value = unsafe getenv("NO_COLOR"), unsafe value.pointee != 0 { return false }
        if let terminal = unsafe getenv("TERM"), unsafe strcmp(terminal, "dumb") == 0 { return false }
        return true
    }

    /// Columns of the terminal; 80 where there is none.
    private static var width: Int {
        if let value = unsafe getenv("COLUMNS"), let number = unsafe Int(String(cString: value)), number > 0 {
            return number
        }
        var size = winsize()
        let wanted = UInt(TIOCGWINSZ)
        if unsafe ioctl(STDOUT_FILENO, wanted, &size) == 0, size.ws_col > 0 { return Int(size.ws_col) }
        return 80
    }
}

extension FlashPicture.Kind {
    /// Of the 16 colors that each terminal has in its own shades: background, and a letter that can be read on it.
    fileprivate var color: String {
        switch self {
        case .damaged: "1;97;41"
        case .bad: "1;91;40"
        case .data: "30;42"
        case .metadata: "30;46"
        case .obsolete: "30;43"
        case .waste: "97;45"
        case .free: "30;47"
        case .kernel, .squashfs, .ubi, .environment, .tree: "97;44"
        case .unknown: "97;100"
        case .erased: "90;49"
        }
    }
}
