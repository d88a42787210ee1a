import FoundationEssentials

/// How far the pull of an image is, from the lines of JSON that the engine sends meanwhile. A pull that fails says so in
/// one of them, after its status said that all is well.
struct PullProgress: Sendable {
    private struct Line: Decodable {
        struct Detail: Decodable {
            var current: Int?
            var total: Int?
        }
        struct Fault: Decodable { var message: String? }
        var status: String?
        var id: String?
        var progressDetail: Detail?
        var error: String?
        var errorDetail: Fault?
    }

    private struct Layer {
        var current = 0
        var total = 0
        var isThere = false
    }

    private var layers: [String: Layer] = [:]
    private var open: [UInt8] = []
    /// What went wrong, in the engine's words; nil so far.
    private(set) var failure: String?

    /// Takes a piece of the stream, cut anywhere.
    mutating func append(_ piece: [UInt8]) {
        for byte in piece {
            if byte != UInt8(ascii: "\n") {
                open.append(byte)
                continue
            }
            take(open)
            open = []
        }
    }

    /// The stream is over; its last line may lack an end.
    mutating func finish() {
        take(open)
        open = []
    }

    private mutating func take(_ bytes: [UInt8]) {
        guard let line = try? JSONDecoder().decode(Line.self, from: Data(bytes)) else { return }
        if let message = line.errorDetail?.message ?? line.error { failure = message }
        guard let id = line.id, let status = line.status, Self.layerStates.contains(status) else { return }
        var layer = layers[id] ?? Layer()
        if status == "Downloading", let detail = line.progressDetail {
            layer.current = detail.current ?? layer.current
            layer.total = max(detail.total ?? 0, layer.current)
        }
        // What was loaded counts as a whole from here on; how far it is unpacked is told in the same words.
        if ["Download complete", "Extracting"].contains(status) { layer.current = layer.total }
        if ["Pull complete", "Already exists"].contains(status) {
            layer.current = layer.total
            layer.isThere = true
        }
        layers[id] = layer
    }

    private static let layerStates: Set<String> = [
        "Pulling fs layer", "Waiting", "Downloading", "Verifying Checksum", "Download complete", "Extracting", "Pull complete",
        "Already exists",
    ]

    /// `2 of 5 layers, 34.1 of 120.0 MB`; empty before a layer is known.
    var words: String {
        if layers.isEmpty { return "" }
        let there = layers.values.count(where: \.isThere)
        let total = layers.values.reduce(0) { $0 + $1.total }
        let count = "\(there) of \(layers.count) layer\(layers.count == 1 ? "" : "s")"
        if total == 0 { return count }
        return count + ", \(Self.megabytes(layers.values.reduce(0) { $0 + $1.current })) of \(Self.megabytes(total)) MB"
    }

    private static func megabytes(_ bytes: Int) -> String {
        let tenths = (bytes + 50_000) / 100_000
        return "\(tenths / 10).\(tenths % 10)"
    }
}
