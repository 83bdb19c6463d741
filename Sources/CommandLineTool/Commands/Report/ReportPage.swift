import FlashBytes

/// The page: the template with style, script and data, which are all that it is made of.
struct ReportPage {
    let bytes: [UInt8]

    /// The data is one JSON value that no text in it can end; the script alone puts text into the page, as text. That nothing
    /// else runs, the page says itself (Content-Security-Policy), by a number that depends on all of the data.
    init(_ contents: ReportContents) throws {
        let data = try JSON.embedded(contents)
        let digest = unsafe SHA256.digest(data.span.bytes) ?? []
        let parts: [String: [UInt8]] = [
            "NONCE": Array(hexadecimal(digest.prefix(16)).utf8),
            "STYLE": PackageResources.report_css,
            "SCRIPT": PackageResources.report_js,
            "DATA": data,
        ]
        var page: [UInt8] = []
        page.reserveCapacity(data.count + 64 << 10)
        // Once through the template, so that nothing is looked for in what was put in.
        let pieces = PackageResources.report_html.split(
            separator: UInt8(ascii: "@"), omittingEmptySubsequences: false)
        for (index, piece) in pieces.enumerated() {
            page += index % 2 == 0 ? Array(piece) : parts[String(decoding: piece, as: UTF8.self), default: []]
        }
        bytes = page
    }
}
