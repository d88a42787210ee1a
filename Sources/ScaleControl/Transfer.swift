import CCurl
import ScaleCore
import Synchronization

/// One request on its way: a libcurl handle, driven on a thread of its own until it is over or cancelled.
// Unchecked: the handle and the answer belong to the thread that `start` makes; only `cancelled`, which is atomic, and
// `curl_multi_wakeup`, which libcurl allows from any thread, are touched by another, which holds this object meanwhile.
final class Transfer: @unchecked Sendable {
    typealias Answer = Result<HTTPResponse, TransportFailure>

    private let easy: UnsafeMutableRawPointer
    private let multi: UnsafeMutableRawPointer
    private var headerList: UnsafeMutablePointer<curl_slist>?
    private let maximumBody: Int
    private let receive: (@Sendable ([UInt8]) -> Void)?
    private let errorText = UnsafeMutablePointer<CChar>.allocate(capacity: Int(CURL_ERROR_SIZE))
    private let cancelled = Atomic<Bool>(false)
    private var continuation: CheckedContinuation<Answer, Never>?

    private var received: [UInt8] = []
    private var headers: [(name: String, value: String)] = []
    private var headerBytes = 0
    private var overflow: String?

    /// libcurl's own process-wide start, once.
    private static let isSetUp = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK
    /// Far above what any control plane sends.
    private static let maximumHeaders = 256 << 10

    init(
        _ client: ControlClient, _ request: HTTPRequest, _ deadline: Nanoseconds, _ receive: (@Sendable ([UInt8]) -> Void)?
    ) throws(TransportFailure) {
        guard Self.isSetUp, let easy = curl_easy_init() else {
            throw TransportFailure(
                .broken, code: Int32(CURLE_FAILED_INIT.rawValue), message: "libcurl cannot be set up")
        }
        guard let multi = curl_multi_init() else {
            curl_easy_cleanup(easy)
            throw TransportFailure(
                .broken, code: Int32(CURLE_OUT_OF_MEMORY.rawValue), message: "libcurl cannot be set up")
        }
        self.easy = easy
        self.multi = multi
        maximumBody = client.maximumBody
        self.receive = receive
        errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
        setTarget(client, request, deadline)
        setBody(request)
        setCallbacks()
    }

    deinit {
        curl_multi_remove_handle(multi, easy)
        curl_easy_cleanup(easy)
        curl_multi_cleanup(multi)
        curl_slist_free_all(headerList)
        errorText.deallocate()
    }

    private func setTarget(_ client: ControlClient, _ request: HTTPRequest, _ deadline: Nanoseconds) {
        set(CURLOPT_URL, request.url)
        set(CURLOPT_USERAGENT, client.userAgent)
        set(CURLOPT_NOSIGNAL, 1)
        set(CURLOPT_PROTOCOLS_STR, "http,https")
        // 0 would mean no deadline at all.
        let milliseconds = max(1, Int((deadline.seconds * 1000).rounded(.up)))
        set(CURLOPT_TIMEOUT_MS, milliseconds)
        set(CURLOPT_CONNECTTIMEOUT_MS, milliseconds)
        // A redirect could carry a secret to another host, and would repeat a write.
        if request.method.isRead && !request.hasSecrets && !request.isDirect {
            set(CURLOPT_FOLLOWLOCATION, 1)
            set(CURLOPT_MAXREDIRS, 5)
            set(CURLOPT_REDIR_PROTOCOLS_STR, "http,https")
        }
        if let socket = client.unixSocket { set(CURLOPT_UNIX_SOCKET_PATH, socket) }
        if client.unixSocket != nil || request.isDirect || (try? Endpoint(url: request.url))?.isLoopback == true { set(CURLOPT_PROXY, "") }
        switch client.trust {
        case .system: break
        case .file(let path):
            set(CURLOPT_CAINFO, path)
        case .insecure:
            set(CURLOPT_SSL_VERIFYPEER, 0)
            set(CURLOPT_SSL_VERIFYHOST, 0)
        }
        for header in request.headers { headerList = curl_slist_append(headerList, header.line) }
        // Otherwise a long body waits a second for a "100 Continue" that many servers never send.
        headerList = curl_slist_append(headerList, "Expect:")
        _ = scale_curl_set_list(easy, CURLOPT_HTTPHEADER, headerList)
    }

    private func setBody(_ request: HTTPRequest) {
        switch request.method {
        case .get where request.body == nil: break
        case .head:
            set(CURLOPT_NOBODY, 1)
        case .delete where request.body == nil:
            set(CURLOPT_CUSTOMREQUEST, request.method.rawValue)
        default:
            // One byte more than is sent, so that an empty body has an address too: without one libcurl reads its input.
            let body = request.body ?? []
            _ = scale_curl_set_offset(easy, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(body.count))
            (body + [0]).withUnsafeBytes { bytes in
                let start = UnsafeMutableRawPointer(mutating: bytes.baseAddress)
                _ = scale_curl_set_pointer(easy, CURLOPT_COPYPOSTFIELDS, start)
            }
            set(CURLOPT_CUSTOMREQUEST, request.method.rawValue)
        }
    }

    private func setCallbacks() {
        let context = Unmanaged.passUnretained(self).toOpaque()
        _ = scale_curl_set_pointer(easy, CURLOPT_ERRORBUFFER, errorText)
        _ = scale_curl_set_pointer(easy, CURLOPT_WRITEDATA, context)
        _ = scale_curl_set_write(easy, CURLOPT_WRITEFUNCTION) { bytes, size, count, context in
            guard let bytes, let context else { return 0 }
            let transfer = Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
            return transfer.take(body: UnsafeRawBufferPointer(start: bytes, count: size * count))
        }
        _ = scale_curl_set_pointer(easy, CURLOPT_HEADERDATA, context)
        _ = scale_curl_set_write(easy, CURLOPT_HEADERFUNCTION) { bytes, size, count, context in
            guard let bytes, let context else { return 0 }
            let transfer = Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
            return transfer.take(header: UnsafeRawBufferPointer(start: bytes, count: size * count))
        }
    }

    private func set(_ option: CURLoption, _ value: Int) { _ = scale_curl_set_long(easy, option, value) }
    private func set(_ option: CURLoption, _ value: String) { _ = scale_curl_set_string(easy, option, value) }

    /// How many bytes were taken; fewer than given ends the transfer.
    private func take(body bytes: UnsafeRawBufferPointer) -> Int {
        if let receive, (200...299).contains(status) {
            receive(Array(bytes))
            return bytes.count
        }
        guard received.count + bytes.count <= maximumBody else {
            overflow = "the answer is longer than \(maximumBody) bytes"
            return 0
        }
        received.append(contentsOf: bytes)
        return bytes.count
    }

    private func take(header bytes: UnsafeRawBufferPointer) -> Int {
        headerBytes += bytes.count
        guard headerBytes <= Self.maximumHeaders else {
            overflow = "the answer's headers are longer than \(Self.maximumHeaders) bytes"
            return 0
        }
        var line = Substring(String(decoding: bytes, as: UTF8.self))
        while line.last?.isWhitespace == true { line.removeLast() }
        // A new status line: what came before belonged to a redirect or an interim answer.
        if line.hasPrefix("HTTP/") { headers = [] }
        guard let colon = line.firstIndex(of: ":") else { return bytes.count }
        let value = line[line.index(after: colon)...].drop(while: \.isWhitespace)
        headers.append((String(line[..<colon]), String(value)))
        return bytes.count
    }

    /// Begins; `continuation` gets the answer on the transfer's own thread.
    func start(answering continuation: CheckedContinuation<Answer, Never>) {
        self.continuation = continuation
        let retained = Unmanaged.passRetained(self)
        let code = scale_curl_start_thread(
            { context in
                guard let context else { return }
                let transfer = Unmanaged<Transfer>.fromOpaque(context).takeRetainedValue()
                transfer.continuation.take()?.resume(returning: transfer.perform())
            }, retained.toOpaque())
        guard code != 0 else { return }
        retained.release()
        self.continuation = nil
        continuation.resume(
            returning: .failure(TransportFailure(.broken, message: "no thread can be started (\(code))")))
    }

    /// Ends the transfer soon; from any thread, at any time.
    func cancel() {
        cancelled.store(true, ordering: .releasing)
        curl_multi_wakeup(multi)
    }

    private func perform() -> Answer {
        curl_multi_add_handle(multi, easy)
        var running: Int32 = 1
        while true {
            if cancelled.load(ordering: .acquiring) {
                return .failure(TransportFailure(CURLE_ABORTED_BY_CALLBACK, detail: "the call was cancelled"))
            }
            let code = curl_multi_perform(multi, &running)
            guard code == CURLM_OK else {
                return .failure(TransportFailure(.broken, message: String(cString: curl_multi_strerror(code))))
            }
            if running == 0 { return outcome() }
            curl_multi_poll(multi, nil, 0, 1000, nil)
        }
    }

    /// Of the last answer's head; 0 before one has come.
    private var status: Int {
        var status = 0
        _ = scale_curl_get_long(easy, CURLINFO_RESPONSE_CODE, &status)
        return status
    }

    private func outcome() -> Answer {
        var left: Int32 = 0
        let code = curl_multi_info_read(multi, &left).map { scale_curl_message_result($0) } ?? CURLE_GOT_NOTHING
        guard code == CURLE_OK else {
            return .failure(TransportFailure(code, detail: overflow ?? String(cString: errorText)))
        }
        return .success(HTTPResponse(status: status, headers: headers, body: received))
    }
}
