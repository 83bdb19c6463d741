import FlashBytes

/// A picture of a flash as SVG: for light and dark pages, with a text for each cell and one for the whole.
struct PictureDrawing {
    let picture: FlashPicture
    /// The name of the input.
    let name: String
    /// Erase blocks in a cell.
    let blocksPerCell: Int

    private static let columns = 64
    private static let cell = 12
    private static let left = 100
    private static let width = left + columns * cell + 20
    /// More cells make no picture.
    private static let mostCells = 16384

    /// - Parameter perCell: erase blocks in a cell; nil for as many as it takes.
    init(_ picture: FlashPicture, name: String, perCell: Int?) {
        self.picture = picture
        self.name = name
        blocksPerCell = perCell ?? picture.blocksPerCell(most: Self.mostCells)
    }

    var text: String {
        var body = ""
        var y = 34
        body += label(name, x: 10, y: 22, kind: "head")
        for section in picture.sections {
            y += 14
            body += label("\(hex(section.range.lowerBound))  \(section.text)", x: 10, y: y, kind: "name")
            y += 8
            let cells = FlashPicture.merged(section.cells, by: blocksPerCell)
            for (index, cell) in cells.enumerated() {
                let (row, column) = index.quotientAndRemainder(dividingBy: Self.columns)
                let top = y + row * Self.cell
                if column == 0 { body += label(hex(cell.range.lowerBound), x: 10, y: top + 10, kind: "place") }
                body +=
                    "<rect class=\"\(cell.kind.rawValue)\" x=\"\(Self.left + column * Self.cell)\" y=\"\(top)\" width=\"11\" "
                    + "height=\"11\"><title>\(Markup.escaped(cell.text))</title></rect>\n"
            }
            y += (cells.count + Self.columns - 1) / Self.columns * Self.cell + 6
        }
        let total = picture.total
        for kind in FlashPicture.Kind.allCases {
            guard let bytes = total[kind], bytes > 0 else { continue }
            y += 18
            body += "<rect class=\"\(kind.rawValue)\" x=\"10\" y=\"\(y - 10)\" width=\"11\" height=\"11\"/>\n"
            body += label("\(kind.text): \(bytes) bytes", x: 30, y: y, kind: "name")
        }
        if blocksPerCell > 1 {
            y += 18
            body += label("A cell is \(blocksPerCell) erase blocks.", x: 10, y: y, kind: "name")
        }
        return head(height: y + 16) + body + "</svg>\n"
    }

    /// What a screen reader says of it.
    private var summary: String {
        let total = picture.total
        let parts = FlashPicture.Kind.allCases.compactMap { kind in
            total[kind].flatMap { $0 > 0 ? "\(kind.text) \($0) bytes" : nil }
        }
        return parts.joined(separator: "; ")
    }

    private func head(height: Int) -> String {
        func rules(_ color: (FlashPicture.Kind) -> String) -> String {
            FlashPicture.Kind.allCases.map { ".\($0.rawValue){fill:\(color($0))}" }.joined()
        }
        return "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" aria-labelledby=\"title desc\" "
            + "viewBox=\"0 0 \(Self.width) \(height)\" width=\"\(Self.width)\" height=\"\(height)\">\n"
            + "<title id=\"title\">Map of the flash \(Markup.escaped(name))</title>\n"
            + "<desc id=\"desc\">\(Markup.escaped(summary))</desc>\n"
            + "<style>svg{background:#fff;color:#1b1f24}text{font:12px monospace;fill:currentColor;white-space:pre}"
            + ".head{font:bold 15px sans-serif}.place{font-size:10px}rect{stroke:#8888;stroke-width:.5}"
            + rules(\.lightColor) + "@media (prefers-color-scheme:dark){svg{background:#14181d;color:#e6e9ed}"
            + rules(\.darkColor) + "}</style>\n"
    }

    private func label(_ text: String, x: Int, y: Int, kind: String) -> String {
        "<text class=\"\(kind)\" x=\"\(x)\" y=\"\(y)\">\(Markup.escaped(text))</text>\n"
    }
}

/// Text in XML.
enum Markup {
    /// The text with nothing in it that XML or a reader takes for anything but text.
    static func escaped(_ text: String) -> String {
        var escaped = ""
        for scalar in Printable.text(text).unicodeScalars {
            switch scalar {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            // What XML has no place for.
            case "\u{fffe}", "\u{ffff}": escaped += "?"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }
}

extension FlashPicture.Kind {
    fileprivate var lightColor: String {
        switch self {
        case .damaged: "#c8102e"
        case .bad: "#000"
        case .data: "#2e8b57"
        case .metadata: "#1f8fb5"
        case .obsolete: "#e0a526"
        case .waste: "#9b59b6"
        case .free: "#e4e7eb"
        case .kernel: "#34568b"
        case .squashfs: "#5b7db1"
        case .ubi: "#7a6fb0"
        case .environment: "#7d5a3c"
        case .tree: "#4a6b6b"
        case .unknown: "#808890"
        case .erased: "#fafafa"
        }
    }

    fileprivate var darkColor: String {
        switch self {
        case .damaged: "#ff5470"
        case .bad: "#fff"
        case .data: "#4cc38a"
        case .metadata: "#4fb8dc"
        case .obsolete: "#d9a83a"
        case .waste: "#b57edc"
        case .free: "#2f363e"
        case .kernel: "#5f8dd3"
        case .squashfs: "#86a7dc"
        case .ubi: "#9d92d6"
        case .environment: "#b08968"
        case .tree: "#76a5a5"
        case .unknown: "#6b747d"
        case .erased: "#1b2026"
        }
    }
}
