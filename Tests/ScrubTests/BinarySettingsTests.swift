import Foundation
import Testing

@testable import Scrub

/// Settings in binary formats: the bytes of the value go, and nothing else; what only looks like one stays.
@Suite struct BinarySettingsTests {
    /// Pieces of a file; `secret` ones are to go.
    private enum Piece {
        case bytes([UInt8])
        case secret(String)
    }

    private static func expect(_ pieces: [Piece], path: String?, _ what: String) throws {
        var text: [UInt8] = []
        var isSecret: [Bool] = []
        for piece in pieces {
            let (bytes, isGone): ([UInt8], Bool) =
                switch piece {
                case .bytes(let bytes): (bytes, false)
                case .secret(let value): (Array(value.utf8), true)
                }
            text += bytes
            isSecret += Array(repeating: isGone, count: bytes.count)
        }
        #expect(try KindsOfSettingsTests.gone(text, path: path) == isSecret, "\(what), \(path ?? "without a name")")
    }

    private static func text(_ text: String) -> [UInt8] { Array(text.utf8) }

    private static let values = ["q8Vt2mZ_xR", "lauf rad 123 mit", "Zä9!kö&4x\"q", String(repeating: "aB3", count: 20)]

    @Test(arguments: values)
    func countedTexts(_ value: String) throws {
        let count = value.utf8.count
        let long: [UInt8] = count < 32 ? [0xa0 | UInt8(count)] : [0xd9, UInt8(count)]
        let formats: [(String, [Piece])] = [
            (
                "MessagePack",
                [
                    .bytes([0x82, 0xa8] + Self.text("password") + long), .secret(value),
                    .bytes([0xa4] + Self.text("port") + [80]),
                ]
            ),
            (
                "BSON",
                [
                    .bytes([UInt8(count + 36), 0, 0, 0, 2] + Self.text("password") + [0, UInt8(count + 1), 0, 0, 0]),
                    .secret(value),
                    .bytes([0, 0x10] + Self.text("port") + [0, 80, 0, 0, 0, 0]),
                ]
            ),
            (
                "pickle",
                [
                    .bytes([0x80, 4, 0x95, 44, 0, 0, 0, 0, 0, 0, 0, 0x7d, 0x94, 0x28, 0x8c, 8]),
                    .bytes(Self.text("password") + [0x94, 0x8c, UInt8(count)]), .secret(value),
                    .bytes([0x94, 0x8c, 1, 0x6e, 0x94, 0x4b, 3, 0x75, 0x2e]),
                ]
            ),
            (
                "type, length, value",
                [.bytes([1, 8] + Self.text("password") + [2, UInt8(count)]), .secret(value), .bytes([3, 1, 0x61])]
            ),
            (
                "two bytes of length",
                [
                    .bytes([0, 7] + Self.text("wpa_psk") + [0, UInt8(count)]), .secret(value),
                    .bytes([0, 4] + Self.text("port")),
                ]
            ),
        ]
        for (what, pieces) in formats {
            try Self.expect(pieces, path: "mnt/config.bin", what)
            try Self.expect(pieces, path: nil, what)
        }
    }

    @Test func textsBetweenNULs() throws {
        try Self.expect(
            [.bytes(Self.text("psk") + [0, 0, 0, 0, 0]), .secret("q8Vt2mZxR"), .bytes([0] + Self.text("s") + [0])],
            path: "var/lib/a.bin", "GVariant")
        // A table of words is none.
        try Self.expect(
            [.bytes(Self.text("token\0password\0username\0secret\0passwd\0userPassword\0login\0") + [1, 2, 3, 4])],
            path: "usr/share/words.bin", "words")
    }

    /// In an environment, and in the cells of a table, each value has its own name.
    @Test func assignmentsBetweenNULs() throws {
        try Self.expect(
            [
                .bytes(Self.text("name=wifi_password\0wifi_password=")), .secret("q8Vt2mZxR"),
                .bytes(Self.text("\0[2]\0name=token\0token=")), .secret("T9fW8sKzky3qL"), .bytes([0]),
            ], path: "var/lib/a.bin", "assignments")
    }

    /// A name in front of a text whose count is another one.
    @Test func otherCountsAreNone() throws {
        try Self.expect(
            [
                .bytes(
                    [0x82, 0xa8] + Self.text("password") + [0xa5] + Self.text("Q9kLm2xW") + [0xa4] + Self.text("port")
                        + [80])
            ],
            path: "mnt/config.bin", "a count that is too small")
    }

    @Test(arguments: values)
    func itemsOfCBOR(_ value: String) throws {
        let count = UInt8(value.utf8.count)
        let head: [UInt8] = count < 24 ? [0x60 | count] : [0x78, count]
        // {"wifi": {"ssid": "Home", "psk": value}, "list": [1, "x"], "port": 8080}
        let start: [UInt8] = [0xa3, 0x64] + Self.text("wifi") + [0xa2, 0x63] + Self.text("psk") + head
        try Self.expect(
            [
                .bytes(start), .secret(value),
                .bytes([0x64] + Self.text("mode") + [0x02, 0x64] + Self.text("list") + [0x82, 1, 0x61, 0x78]),
                .bytes([0x64] + Self.text("port") + [0x19, 0x1f, 0x90]),
            ], path: "mnt/config.cbor", "CBOR")
        // Without counts, behind a tag.
        try Self.expect(
            [
                .bytes([0xbf, 0x68] + Self.text("password") + [0xc1] + head), .secret(value), .bytes([0xff]),
            ], path: "mnt/config.cbor", "CBOR whose map ends with a mark")
    }

    @Test func brokenCBORDoesNoHarm() throws {
        let whole: [UInt8] = [0xa1, 0x68] + Self.text("password") + [0x6a] + Self.text("q8Vt2mZ_xR")
        for count in 0..<whole.count {
            _ = CBORSettings.read(Array(whole[..<count]), in: 0..<count)
        }
        for kind: UInt8 in 0...7 {
            for bits: UInt8 in 24...31 {
                let bytes = [0xa1, kind << 5 | bits] + [UInt8](repeating: 0xff, count: 20)
                _ = CBORSettings.read(bytes, in: 0..<bytes.count)
            }
        }
        #expect(CBORSettings.read([UInt8](repeating: 0xa1, count: 100_000), in: 0..<100_000).isEmpty)
    }

    @Test func propertyLists() throws {
        let value = "lauf rad 123 mit Zwirn"
        let list = try PropertyListSerialization.data(
            fromPropertyList: [
                "Password": value, "Host": "camera", "Nested": ["psk": "q8Vt2mZxR1", "on": 1] as [String: Any],
            ], format: .binary,
            options: 0)
        let bytes = Array(list)
        let isGone = try KindsOfSettingsTests.gone(bytes, path: "etc/a.plist")
        var wanted = [Bool](repeating: false, count: bytes.count)
        for word in [value, "q8Vt2mZxR1"] {
            let place = try #require(list.firstRange(of: Data(word.utf8)))
            for at in place { wanted[at] = true }
        }
        #expect(isGone == wanted)
        // Whatever its numbers say.
        for at in bytes.indices {
            for byte: UInt8 in [0, 1, 0x7f, 0xff] {
                var broken = bytes
                broken[at] = byte
                _ = BinaryPropertyList.read(broken, in: 0..<broken.count)
            }
        }
    }

    /// What has a letter that is not ASCII is in UTF-16, the names as well.
    @Test func propertyListsInUTF16() throws {
        let value = "Käse rad 123 zwölf"
        let list = try PropertyListSerialization.data(
            fromPropertyList: ["Password": value, "größe": "zwölf Meter", "Contraseña": "ñandú77xQ"], format: .binary,
            options: 0)
        let bytes = Array(list)
        var wanted = [Bool](repeating: false, count: bytes.count)
        for word in [value, "ñandú77xQ"] {
            let place = try #require(list.firstRange(of: word.data(using: .utf16BigEndian) ?? Data()))
            for at in place { wanted[at] = true }
        }
        #expect(try KindsOfSettingsTests.gone(bytes, path: "etc/a.plist") == wanted)
    }

    /// A page of an ESP32 with a network's key as a text, and one that was erased.
    @Test func pagesOfNVS() throws {
        func entry(_ kind: UInt8, _ key: String, size: Int) -> [UInt8] {
            var entry: [UInt8] = [1, kind, UInt8(1 + (size + 31) / 32), 0xff, 0xa5, 0x70, 0x61, 0x7a]
            entry += Self.text(key) + [UInt8](repeating: 0, count: 16 - key.utf8.count)
            return entry + [UInt8(size), 0, 0xff, 0xff, 0x31, 0x32, 0x33, 0x41]
        }
        func padding(_ count: Int) -> [UInt8] { [UInt8](repeating: 0, count: (32 - count % 32) % 32) }
        let first = "lauf rad 12"
        let second = "q8Vt2mZxR1w0q8Vt2mZxR1w0q8Vt2mZxR1w0"
        let number: [UInt8] =
            [1, 4, 1, 0xff, 1, 2, 3, 4] + Self.text("channel") + [UInt8](repeating: 0, count: 9) + [
                6, 0, 0, 0, 0, 0, 0, 0,
            ]
        let pieces: [Piece] = [
            .bytes([UInt8](repeating: 0xfe, count: 64)), .bytes(entry(0x21, "wifi_pass", size: first.utf8.count + 1)),
            .secret(first),
            .bytes(padding(first.utf8.count)), .bytes(number), .bytes(entry(0x42, "sta.pswd", size: 65)),
            .secret(second),
            .bytes([UInt8](repeating: 0, count: 96 - second.utf8.count)),
        ]
        let count = pieces.reduce(0) { count, piece in
            switch piece {
            case .bytes(let bytes): count + bytes.count
            case .secret(let value): count + value.utf8.count
            }
        }
        try Self.expect(pieces + [.bytes([UInt8](repeating: 0xff, count: 4096 - count))], path: nil, "NVS")
    }

    /// A device forgets a page in which a sum is wrong.
    @Test func sumsOfNVSAreRightAfterwards() throws {
        // What nvs_partition_gen.py writes for `pass,data,string,lauf rad 12`, behind an entry that stays.
        func sum(_ bytes: [UInt8]) -> [UInt8] {
            var sum: UInt32 = 0
            for byte in bytes {
                sum ^= UInt32(byte)
                for _ in 0..<8 { sum = sum >> 1 ^ (sum & 1 == 1 ? 0xedb8_8320 : 0) }
            }
            return (0..<4).map { UInt8(truncatingIfNeeded: ~sum >> (8 * UInt32($0))) }
        }
        func entry(_ key: String, _ value: [UInt8]) -> [UInt8] {
            let padded = value + [UInt8](repeating: 0xff, count: (32 - value.count % 32) % 32)
            let front: [UInt8] = [1, 0x21, UInt8(1 + padded.count / 32), 0xff]
            let back =
                Self.text(key) + [UInt8](repeating: 0, count: 16 - key.utf8.count)
                + [UInt8(value.count), 0, 0xff, 0xff] + sum(value)
            return front + sum(front + back) + back + padded
        }
        func page(_ value: String) -> [UInt8] {
            var page = [UInt8](repeating: 0xfe, count: 64) + entry("hostname", Self.text("camera12") + [0])
            page += entry("wifi_pass", Self.text(value) + [0])
            return page + [UInt8](repeating: 0xff, count: 4096 - page.count)
        }
        var bytes = page("XXXXXXXXXXX")
        let whole = bytes
        let place = try #require(Data(bytes).firstRange(of: Data("XXXXXXXXXXX".utf8)))
        bytes = page("lauf rad 12")
        bytes.replaceSubrange(place, with: Self.text("XXXXXXXXXXX"))
        #expect(bytes != whole)
        FlashKeyValues.mendSums(of: &bytes, changed: [place])
        #expect(bytes == whole)
        // Whatever was changed.
        for at in 0..<200 {
            var broken = bytes
            broken[at] ^= 0xff
            FlashKeyValues.mendSums(of: &broken, changed: [0..<4096])
            #expect(broken.count == 4096)
        }
    }
}
