/// The tables of migration `v1`. Every list of names is spelled out here and not taken from the enums of today: a
/// value that an enum gains later comes with a migration of its own.
enum SchemaV1 {
    static var sql: String { runs + deployments + cells + sessions + details + calibrations }

    /// One of these values, or null where the column allows it. Spelled with OR: SQLite builds a table for every
    /// evaluation of a longer IN, which doubles the time to store a cell.
    private static func oneOf(_ column: String, _ values: String) -> String {
        "CHECK (" + values.split(separator: " ").map { "\(column) = '\($0)'" }.joined(separator: " OR ") + ")"
    }

    private static let failureKinds = """
        fd_limit port_exhausted dns internal refused reset timeout unreachable tls http_status bad_handshake \
        capacity_reached validation execution factory session closed_mid_session protocol_violation \
        message_too_large gateway provider_terminated
        """
    private static let phases = "queue connect reset step close"
    private static let limiters =
        "none server-cpu session-cap server-other proxy network kernel generator client-limit unknown"
    private static let checks = """
        below-wait little concurrency-order concurrency-not-reached above-step-bound one-failure generator-ceiling
        """
    private static let metrics = "connect connect_service queue reset step total total_service overhead start_lag makespan straggler"

    private static let runs = """
        CREATE TABLE runs (
            id INTEGER PRIMARY KEY,
            uuid TEXT NOT NULL UNIQUE CHECK (length(uuid) = 36 AND uuid = lower(uuid)),
            started_at_us INTEGER NOT NULL,
            finished_at_us INTEGER,
            status TEXT NOT NULL \(oneOf("status", "running finished interrupted failed")),
            command TEXT NOT NULL,
            plan TEXT NOT NULL CHECK (json_valid(plan)),
            plan_hash TEXT NOT NULL CHECK (length(plan_hash) = 16),
            seed TEXT NOT NULL,
            hardware TEXT NOT NULL,
            version TEXT NOT NULL,
            git TEXT,
            owner TEXT,
            source TEXT NOT NULL \(oneOf("source", "measured imported")),
            experiment TEXT,
            host_cpu_model TEXT CHECK ((host_cpu_model IS NULL) = (source = 'imported')),
            host_cores INTEGER CHECK ((host_cores IS NULL) = (source = 'imported')),
            host_memory_bytes INTEGER CHECK ((host_memory_bytes IS NULL) = (source = 'imported')),
            host_kernel TEXT CHECK ((host_kernel IS NULL) = (source = 'imported')),
            host_system TEXT CHECK ((host_system IS NULL) = (source = 'imported')),
            host_descriptor_limit INTEGER CHECK ((host_descriptor_limit IS NULL) = (source = 'imported')),
            host_descriptor_hard_limit INTEGER CHECK ((host_descriptor_hard_limit IS NULL) = (source = 'imported')),
            host_port_first INTEGER,
            host_port_last INTEGER,
            host_accept_queue_limit INTEGER CHECK ((host_accept_queue_limit IS NULL) = (source = 'imported')),
            CHECK ((status = 'running') = (finished_at_us IS NULL))
        ) STRICT;
        CREATE INDEX runs_by_plan ON runs (plan_hash);

        """

    private static let deployments = """
        CREATE TABLE deployments (
            id INTEGER PRIMARY KEY,
            run_id INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
            provider TEXT NOT NULL,
            infra TEXT NOT NULL,
            cores REAL CHECK (cores > 0),
            replicas INTEGER NOT NULL CHECK (replicas >= 0),
            workers INTEGER CHECK (workers > 0),
            session_cap INTEGER CHECK (session_cap > 0),
            endpoints TEXT NOT NULL CHECK (json_valid(endpoints)),
            balancer TEXT,
            specification TEXT NOT NULL,
            UNIQUE (run_id, id)
        ) STRICT;
        CREATE TABLE lifecycle (
            id INTEGER PRIMARY KEY,
            deployment_id INTEGER NOT NULL REFERENCES deployments (id) ON DELETE CASCADE,
            replica INTEGER NOT NULL,
            stage TEXT NOT NULL \(oneOf("stage", "create scheduled started healthy first_reset stop")),
            start_ns INTEGER NOT NULL,
            duration_ns INTEGER NOT NULL,
            outcome TEXT NOT NULL
        ) STRICT;
        CREATE INDEX lifecycle_by_deployment ON lifecycle (deployment_id);

        """

    /// Eight statistics of one latency; without a count there is none of them.
    private static func statistics(_ metric: Substring) -> String {
        var columns = "\(metric)_count INTEGER CHECK (\(metric)_count > 0),\n"
        for statistic in ["min", "mean", "p50", "p90", "p95", "p99", "max"] {
            let name = "\(metric)_\(statistic)_ns"
            // Published files have three percentiles of most latencies, and no more.
            let sign = ["p50", "p95", "p99"].contains(statistic) ? "=" : ">="
            columns += "    \(name) INTEGER CHECK ((\(name) IS NULL) \(sign) (\(metric)_count IS NULL)),\n"
        }
        return columns
    }

    /// Six latencies of the generator itself, present together or not at all.
    private static var floor: String {
        let names = ["connect_p50", "connect_p99", "step_p50", "step_p99", "total_p50", "total_p99"]
        return names.map { "floor_\($0)_ns INTEGER CHECK ((floor_\($0)_ns IS NULL) = (floor_total_p99_ns IS NULL))," }
            .joined(separator: "\n    ")
    }

    private static var cells: String {
        """
        CREATE TABLE cells (
            id INTEGER PRIMARY KEY,
            run_id INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
            deployment_id INTEGER NOT NULL,
            mode TEXT NOT NULL \(oneOf("mode", "ws http")),
            requests INTEGER NOT NULL CHECK (requests >= 0),
            wait_seconds REAL NOT NULL,
            wait_ns INTEGER NOT NULL,
            steps INTEGER NOT NULL CHECK (steps >= 0),
            rep INTEGER NOT NULL CHECK (rep >= 1),
            started_at_us INTEGER NOT NULL,
            wall_ns INTEGER NOT NULL CHECK (wall_ns >= 0),
            succeeded INTEGER NOT NULL CHECK (succeeded >= 0),
            failed INTEGER NOT NULL CHECK (failed >= 0),
            sessions_per_second REAL,
            steps_per_second REAL,
            effective_concurrency REAL,
            peak_open_sessions INTEGER,
            unique_pids INTEGER NOT NULL,
            unique_sessions INTEGER NOT NULL,
            unique_hosts INTEGER NOT NULL,
            late_starts INTEGER NOT NULL CHECK (late_starts >= 0),
            late_steps INTEGER CHECK (late_steps >= 0),
            hold_ns INTEGER,
            hold_mean_open REAL CHECK ((hold_mean_open IS NULL) = (hold_ns IS NULL)),
            hold_least_open INTEGER CHECK ((hold_least_open IS NULL) = (hold_ns IS NULL)),
            lockstep_rounds INTEGER,
            lockstep_idle_share REAL CHECK ((lockstep_idle_share IS NULL) = (lockstep_rounds IS NULL)),
            limiter TEXT NOT NULL \(oneOf("limiter", limiters)),
            evidence TEXT NOT NULL,
            valid INTEGER NOT NULL CHECK (valid IN (0, 1)),
            reported_session_cap INTEGER,
            generator_cpu_ns INTEGER,
            generator_peak_rss_bytes INTEGER CHECK ((generator_peak_rss_bytes IS NULL) = (generator_cpu_ns IS NULL)),
            generator_threads INTEGER CHECK ((generator_threads IS NULL) = (generator_cpu_ns IS NULL)),
            generator_processes INTEGER CHECK ((generator_processes IS NULL) = (generator_cpu_ns IS NULL)),
            generator_loop_lag_p99_ns INTEGER,
            generator_loop_lag_max_ns INTEGER,
            generator_ceiling_fraction REAL,
            server_cpu_ns INTEGER,
            server_peak_rss_bytes INTEGER CHECK ((server_peak_rss_bytes IS NULL) = (server_cpu_ns IS NULL)),
            balancer_cpu_ns INTEGER,
            balancer_peak_rss_bytes INTEGER CHECK ((balancer_peak_rss_bytes IS NULL) = (balancer_cpu_ns IS NULL)),
            host_observed INTEGER NOT NULL CHECK (host_observed IN (0, 1)),
            host_open_descriptors INTEGER,
            host_available_ports INTEGER,
            host_time_wait_before INTEGER,
            host_time_wait_after INTEGER,
            host_retransmits INTEGER,
            host_listen_drops INTEGER,
            host_swapped_pages INTEGER,
            host_busy_share REAL,
            host_steal_share REAL,
            \(floor)
            \(metrics.split(separator: " ").map(statistics).joined(separator: "    "))
            UNIQUE (run_id, deployment_id, mode, requests, wait_ns, steps, rep),
            FOREIGN KEY (run_id, deployment_id) REFERENCES deployments (run_id, id) ON DELETE CASCADE
        ) STRICT;
        CREATE TABLE cell_failures (
            id INTEGER PRIMARY KEY,
            cell_id INTEGER NOT NULL REFERENCES cells (id) ON DELETE CASCADE,
            kind TEXT NOT NULL \(oneOf("kind", failureKinds)),
            phase TEXT NOT NULL \(oneOf("phase", phases)),
            code INTEGER,
            count INTEGER NOT NULL CHECK (count > 0),
            first_at_ns INTEGER NOT NULL
        ) STRICT;
        CREATE INDEX cell_failures_by_cell ON cell_failures (cell_id);
        CREATE TABLE cell_checks (
            cell_id INTEGER NOT NULL REFERENCES cells (id) ON DELETE CASCADE,
            check_name TEXT NOT NULL \(oneOf("check_name", checks)),
            sentence TEXT NOT NULL,
            PRIMARY KEY (cell_id, check_name)
        ) STRICT, WITHOUT ROWID;

        """
    }

    private static let sessions = """
        CREATE TABLE sessions (
            cell_id INTEGER NOT NULL REFERENCES cells (id) ON DELETE CASCADE,
            session INTEGER NOT NULL CHECK (session >= 0),
            intended_start_ns INTEGER NOT NULL,
            start_ns INTEGER,
            queue_ns INTEGER,
            connect_ns INTEGER,
            reset_ns INTEGER,
            steps_ns INTEGER,
            reset_at_ns INTEGER,
            last_step_at_ns INTEGER,
            ended_at_ns INTEGER,
            total_ns INTEGER,
            waited_ns INTEGER,
            think_ns INTEGER,
            gated_ns INTEGER,
            steps_done INTEGER NOT NULL CHECK (steps_done >= 0),
            failure_kind TEXT \(oneOf("failure_kind", failureKinds)),
            failure_phase TEXT \(oneOf("failure_phase", phases)),
            failure_code INTEGER,
            failure_at_ns INTEGER,
            host TEXT,
            pid INTEGER,
            session_hash TEXT,
            PRIMARY KEY (cell_id, session),
            CHECK ((failure_kind IS NULL) = (failure_phase IS NULL)),
            CHECK ((failure_kind IS NULL) = (failure_at_ns IS NULL)),
            CHECK (failure_code IS NULL OR failure_kind IS NOT NULL)
        ) STRICT, WITHOUT ROWID;

        """

    private static let details = """
        CREATE TABLE histograms (
            cell_id INTEGER NOT NULL REFERENCES cells (id) ON DELETE CASCADE,
            metric TEXT NOT NULL \(oneOf("metric", metrics)),
            hdr BLOB NOT NULL,
            PRIMARY KEY (cell_id, metric)
        ) STRICT;
        CREATE TABLE samples (
            cell_id INTEGER NOT NULL REFERENCES cells (id) ON DELETE CASCADE,
            sample INTEGER NOT NULL CHECK (sample >= 0),
            at_ns INTEGER NOT NULL,
            open_sessions INTEGER NOT NULL,
            started INTEGER NOT NULL,
            succeeded INTEGER NOT NULL,
            failed INTEGER NOT NULL,
            loop_lag_ns INTEGER NOT NULL,
            cpu_ns INTEGER NOT NULL,
            PRIMARY KEY (cell_id, sample)
        ) STRICT, WITHOUT ROWID;

        """

    private static let calibrations = """
        CREATE TABLE calibrations (
            id INTEGER PRIMARY KEY,
            host_key TEXT NOT NULL CHECK (length(host_key) = 16),
            mode TEXT NOT NULL \(oneOf("mode", "ws http")),
            requests INTEGER NOT NULL CHECK (requests > 0),
            threads INTEGER NOT NULL CHECK (threads > 0),
            processes INTEGER NOT NULL CHECK (processes > 0),
            measured_at_us INTEGER NOT NULL,
            version TEXT NOT NULL,
            sessions_per_second REAL NOT NULL,
            steps_per_second REAL NOT NULL,
            cpu_per_session_ns INTEGER NOT NULL,
            bytes_per_session INTEGER,
            connect_p50_ns INTEGER NOT NULL,
            connect_p99_ns INTEGER NOT NULL,
            step_p50_ns INTEGER NOT NULL,
            step_p99_ns INTEGER NOT NULL,
            total_p50_ns INTEGER NOT NULL,
            total_p99_ns INTEGER NOT NULL
        ) STRICT;
        CREATE INDEX calibrations_by_key ON calibrations (host_key, mode, requests);
        """
}
