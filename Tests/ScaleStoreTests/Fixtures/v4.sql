PRAGMA foreign_keys = OFF;
PRAGMA application_id = 1396919362;
BEGIN TRANSACTION;
CREATE TABLE grdb_migrations (identifier TEXT NOT NULL PRIMARY KEY);
INSERT INTO grdb_migrations VALUES('v1');
INSERT INTO grdb_migrations VALUES('v2');
INSERT INTO grdb_migrations VALUES('v3');
INSERT INTO grdb_migrations VALUES('v4');
CREATE TABLE runs (
    id INTEGER PRIMARY KEY,
    uuid TEXT NOT NULL UNIQUE CHECK (length(uuid) = 36 AND uuid = lower(uuid)),
    started_at_us INTEGER NOT NULL,
    finished_at_us INTEGER,
    status TEXT NOT NULL CHECK (status = 'running' OR status = 'finished' OR status = 'interrupted' OR status = 'failed'),
    command TEXT NOT NULL,
    plan TEXT NOT NULL CHECK (json_valid(plan)),
    plan_hash TEXT NOT NULL CHECK (length(plan_hash) = 16),
    seed TEXT NOT NULL,
    hardware TEXT NOT NULL,
    version TEXT NOT NULL,
    git TEXT,
    owner TEXT,
    source TEXT NOT NULL CHECK (source = 'measured' OR source = 'imported'),
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
INSERT INTO runs VALUES(1,'6b1f0c9e-0000-4000-8000-000000000001',1000,NULL,'running','scalebench run -n 2','{"action":"{\"message\":\"it''s\"}","http_connections":"pool:7","ignore_done":true,"modes":["ws","http"],"reps":2,"requests":[1,16384],"seed":"18446744073709551615","shape":{"open":{"arrivals":"poisson","rate":0.5}},"steps":3,"think":{"lognormal":{"mean":300000000,"sigma":0.5}},"timeouts_ns":{"close":4000000000,"connect":1000000000,"reset":2000000000,"step":3000000000},"wait_ns":[0,1000000000],"wait_spread":{"uniform":{"from":0,"to":1000000000}}}','0123456789abcdef','18446744073709551615','two cores','1.0.0','0123456789abcdef0123456789abcdef01234567','process 7','measured',NULL,'Some CPU',2,17179869184,'6.1','Linux',1024,4096,32768,60999,4096);
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
INSERT INTO deployments VALUES(1,1,'local','local-2x40',1.5,1,2,40,'["http:\/\/127.0.0.1:8000","http:\/\/127.0.0.1:8001"]','haproxy','local:workers=2');
CREATE TABLE lifecycle (
    id INTEGER PRIMARY KEY,
    deployment_id INTEGER NOT NULL REFERENCES deployments (id) ON DELETE CASCADE,
    replica INTEGER NOT NULL,
    stage TEXT NOT NULL CHECK (stage = 'create' OR stage = 'scheduled' OR stage = 'started' OR stage = 'healthy' OR stage = 'first_reset' OR stage = 'stop'),
    start_ns INTEGER NOT NULL,
    duration_ns INTEGER NOT NULL,
    outcome TEXT NOT NULL
, launch TEXT) STRICT;
INSERT INTO lifecycle VALUES(1,1,0,'started',1,2,'ok','sb-0123456789ab-1');
CREATE TABLE cells (
    id INTEGER PRIMARY KEY,
    run_id INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    deployment_id INTEGER NOT NULL,
    mode TEXT NOT NULL CHECK (mode = 'ws' OR mode = 'http'),
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
    limiter TEXT NOT NULL CHECK (limiter = 'none' OR limiter = 'server-cpu' OR limiter = 'session-cap' OR limiter = 'server-other' OR limiter = 'proxy' OR limiter = 'network' OR limiter = 'kernel' OR limiter = 'generator' OR limiter = 'client-limit' OR limiter = 'unknown' OR limiter = 'session-leak'),
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
    floor_connect_p50_ns INTEGER CHECK ((floor_connect_p50_ns IS NULL) = (floor_total_p99_ns IS NULL)),
    floor_connect_p99_ns INTEGER CHECK ((floor_connect_p99_ns IS NULL) = (floor_total_p99_ns IS NULL)),
    floor_step_p50_ns INTEGER CHECK ((floor_step_p50_ns IS NULL) = (floor_total_p99_ns IS NULL)),
    floor_step_p99_ns INTEGER CHECK ((floor_step_p99_ns IS NULL) = (floor_total_p99_ns IS NULL)),
    floor_total_p50_ns INTEGER CHECK ((floor_total_p50_ns IS NULL) = (floor_total_p99_ns IS NULL)),
    floor_total_p99_ns INTEGER CHECK ((floor_total_p99_ns IS NULL) = (floor_total_p99_ns IS NULL)),
    connect_count INTEGER CHECK (connect_count > 0),
    connect_min_ns INTEGER CHECK ((connect_min_ns IS NULL) >= (connect_count IS NULL)),
    connect_mean_ns INTEGER CHECK ((connect_mean_ns IS NULL) >= (connect_count IS NULL)),
    connect_p50_ns INTEGER CHECK ((connect_p50_ns IS NULL) = (connect_count IS NULL)),
    connect_p90_ns INTEGER CHECK ((connect_p90_ns IS NULL) >= (connect_count IS NULL)),
    connect_p95_ns INTEGER CHECK ((connect_p95_ns IS NULL) = (connect_count IS NULL)),
    connect_p99_ns INTEGER CHECK ((connect_p99_ns IS NULL) = (connect_count IS NULL)),
    connect_max_ns INTEGER CHECK ((connect_max_ns IS NULL) >= (connect_count IS NULL)),
    connect_service_count INTEGER CHECK (connect_service_count > 0),
    connect_service_min_ns INTEGER CHECK ((connect_service_min_ns IS NULL) >= (connect_service_count IS NULL)),
    connect_service_mean_ns INTEGER CHECK ((connect_service_mean_ns IS NULL) >= (connect_service_count IS NULL)),
    connect_service_p50_ns INTEGER CHECK ((connect_service_p50_ns IS NULL) = (connect_service_count IS NULL)),
    connect_service_p90_ns INTEGER CHECK ((connect_service_p90_ns IS NULL) >= (connect_service_count IS NULL)),
    connect_service_p95_ns INTEGER CHECK ((connect_service_p95_ns IS NULL) = (connect_service_count IS NULL)),
    connect_service_p99_ns INTEGER CHECK ((connect_service_p99_ns IS NULL) = (connect_service_count IS NULL)),
    connect_service_max_ns INTEGER CHECK ((connect_service_max_ns IS NULL) >= (connect_service_count IS NULL)),
    queue_count INTEGER CHECK (queue_count > 0),
    queue_min_ns INTEGER CHECK ((queue_min_ns IS NULL) >= (queue_count IS NULL)),
    queue_mean_ns INTEGER CHECK ((queue_mean_ns IS NULL) >= (queue_count IS NULL)),
    queue_p50_ns INTEGER CHECK ((queue_p50_ns IS NULL) = (queue_count IS NULL)),
    queue_p90_ns INTEGER CHECK ((queue_p90_ns IS NULL) >= (queue_count IS NULL)),
    queue_p95_ns INTEGER CHECK ((queue_p95_ns IS NULL) = (queue_count IS NULL)),
    queue_p99_ns INTEGER CHECK ((queue_p99_ns IS NULL) = (queue_count IS NULL)),
    queue_max_ns INTEGER CHECK ((queue_max_ns IS NULL) >= (queue_count IS NULL)),
    reset_count INTEGER CHECK (reset_count > 0),
    reset_min_ns INTEGER CHECK ((reset_min_ns IS NULL) >= (reset_count IS NULL)),
    reset_mean_ns INTEGER CHECK ((reset_mean_ns IS NULL) >= (reset_count IS NULL)),
    reset_p50_ns INTEGER CHECK ((reset_p50_ns IS NULL) = (reset_count IS NULL)),
    reset_p90_ns INTEGER CHECK ((reset_p90_ns IS NULL) >= (reset_count IS NULL)),
    reset_p95_ns INTEGER CHECK ((reset_p95_ns IS NULL) = (reset_count IS NULL)),
    reset_p99_ns INTEGER CHECK ((reset_p99_ns IS NULL) = (reset_count IS NULL)),
    reset_max_ns INTEGER CHECK ((reset_max_ns IS NULL) >= (reset_count IS NULL)),
    step_count INTEGER CHECK (step_count > 0),
    step_min_ns INTEGER CHECK ((step_min_ns IS NULL) >= (step_count IS NULL)),
    step_mean_ns INTEGER CHECK ((step_mean_ns IS NULL) >= (step_count IS NULL)),
    step_p50_ns INTEGER CHECK ((step_p50_ns IS NULL) = (step_count IS NULL)),
    step_p90_ns INTEGER CHECK ((step_p90_ns IS NULL) >= (step_count IS NULL)),
    step_p95_ns INTEGER CHECK ((step_p95_ns IS NULL) = (step_count IS NULL)),
    step_p99_ns INTEGER CHECK ((step_p99_ns IS NULL) = (step_count IS NULL)),
    step_max_ns INTEGER CHECK ((step_max_ns IS NULL) >= (step_count IS NULL)),
    total_count INTEGER CHECK (total_count > 0),
    total_min_ns INTEGER CHECK ((total_min_ns IS NULL) >= (total_count IS NULL)),
    total_mean_ns INTEGER CHECK ((total_mean_ns IS NULL) >= (total_count IS NULL)),
    total_p50_ns INTEGER CHECK ((total_p50_ns IS NULL) = (total_count IS NULL)),
    total_p90_ns INTEGER CHECK ((total_p90_ns IS NULL) >= (total_count IS NULL)),
    total_p95_ns INTEGER CHECK ((total_p95_ns IS NULL) = (total_count IS NULL)),
    total_p99_ns INTEGER CHECK ((total_p99_ns IS NULL) = (total_count IS NULL)),
    total_max_ns INTEGER CHECK ((total_max_ns IS NULL) >= (total_count IS NULL)),
    total_service_count INTEGER CHECK (total_service_count > 0),
    total_service_min_ns INTEGER CHECK ((total_service_min_ns IS NULL) >= (total_service_count IS NULL)),
    total_service_mean_ns INTEGER CHECK ((total_service_mean_ns IS NULL) >= (total_service_count IS NULL)),
    total_service_p50_ns INTEGER CHECK ((total_service_p50_ns IS NULL) = (total_service_count IS NULL)),
    total_service_p90_ns INTEGER CHECK ((total_service_p90_ns IS NULL) >= (total_service_count IS NULL)),
    total_service_p95_ns INTEGER CHECK ((total_service_p95_ns IS NULL) = (total_service_count IS NULL)),
    total_service_p99_ns INTEGER CHECK ((total_service_p99_ns IS NULL) = (total_service_count IS NULL)),
    total_service_max_ns INTEGER CHECK ((total_service_max_ns IS NULL) >= (total_service_count IS NULL)),
    overhead_count INTEGER CHECK (overhead_count > 0),
    overhead_min_ns INTEGER CHECK ((overhead_min_ns IS NULL) >= (overhead_count IS NULL)),
    overhead_mean_ns INTEGER CHECK ((overhead_mean_ns IS NULL) >= (overhead_count IS NULL)),
    overhead_p50_ns INTEGER CHECK ((overhead_p50_ns IS NULL) = (overhead_count IS NULL)),
    overhead_p90_ns INTEGER CHECK ((overhead_p90_ns IS NULL) >= (overhead_count IS NULL)),
    overhead_p95_ns INTEGER CHECK ((overhead_p95_ns IS NULL) = (overhead_count IS NULL)),
    overhead_p99_ns INTEGER CHECK ((overhead_p99_ns IS NULL) = (overhead_count IS NULL)),
    overhead_max_ns INTEGER CHECK ((overhead_max_ns IS NULL) >= (overhead_count IS NULL)),
    start_lag_count INTEGER CHECK (start_lag_count > 0),
    start_lag_min_ns INTEGER CHECK ((start_lag_min_ns IS NULL) >= (start_lag_count IS NULL)),
    start_lag_mean_ns INTEGER CHECK ((start_lag_mean_ns IS NULL) >= (start_lag_count IS NULL)),
    start_lag_p50_ns INTEGER CHECK ((start_lag_p50_ns IS NULL) = (start_lag_count IS NULL)),
    start_lag_p90_ns INTEGER CHECK ((start_lag_p90_ns IS NULL) >= (start_lag_count IS NULL)),
    start_lag_p95_ns INTEGER CHECK ((start_lag_p95_ns IS NULL) = (start_lag_count IS NULL)),
    start_lag_p99_ns INTEGER CHECK ((start_lag_p99_ns IS NULL) = (start_lag_count IS NULL)),
    start_lag_max_ns INTEGER CHECK ((start_lag_max_ns IS NULL) >= (start_lag_count IS NULL)),
    makespan_count INTEGER CHECK (makespan_count > 0),
    makespan_min_ns INTEGER CHECK ((makespan_min_ns IS NULL) >= (makespan_count IS NULL)),
    makespan_mean_ns INTEGER CHECK ((makespan_mean_ns IS NULL) >= (makespan_count IS NULL)),
    makespan_p50_ns INTEGER CHECK ((makespan_p50_ns IS NULL) = (makespan_count IS NULL)),
    makespan_p90_ns INTEGER CHECK ((makespan_p90_ns IS NULL) >= (makespan_count IS NULL)),
    makespan_p95_ns INTEGER CHECK ((makespan_p95_ns IS NULL) = (makespan_count IS NULL)),
    makespan_p99_ns INTEGER CHECK ((makespan_p99_ns IS NULL) = (makespan_count IS NULL)),
    makespan_max_ns INTEGER CHECK ((makespan_max_ns IS NULL) >= (makespan_count IS NULL)),
    straggler_count INTEGER CHECK (straggler_count > 0),
    straggler_min_ns INTEGER CHECK ((straggler_min_ns IS NULL) >= (straggler_count IS NULL)),
    straggler_mean_ns INTEGER CHECK ((straggler_mean_ns IS NULL) >= (straggler_count IS NULL)),
    straggler_p50_ns INTEGER CHECK ((straggler_p50_ns IS NULL) = (straggler_count IS NULL)),
    straggler_p90_ns INTEGER CHECK ((straggler_p90_ns IS NULL) >= (straggler_count IS NULL)),
    straggler_p95_ns INTEGER CHECK ((straggler_p95_ns IS NULL) = (straggler_count IS NULL)),
    straggler_p99_ns INTEGER CHECK ((straggler_p99_ns IS NULL) = (straggler_count IS NULL)),
    straggler_max_ns INTEGER CHECK ((straggler_max_ns IS NULL) >= (straggler_count IS NULL)), last_success_ns INTEGER CHECK (last_success_ns >= 0), reported_active_sessions INTEGER,

    UNIQUE (run_id, deployment_id, mode, requests, wait_ns, steps, rep),
    FOREIGN KEY (run_id, deployment_id) REFERENCES deployments (run_id, id) ON DELETE CASCADE
) STRICT;
INSERT INTO cells VALUES(1,1,1,'ws',2,0.10000000000000000555,100000000,1,1,2,89,1,1,1.25,2.5,0.10000000000000000555,3,4,5,6,11,13,96,1.5,14,15,0.25,'session-cap','the cap''s 40',1,40,92,7,8,12,93,94,0.29999999999999998889,95,9,97,16,1,17,18,19,20,21,22,23,0.75,0.125,98,99,100,101,102,103,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31,32,33,34,35,36,37,38,39,40,41,42,43,44,45,46,47,48,49,50,51,52,53,54,55,56,57,58,59,60,61,62,63,64,65,66,67,68,69,70,71,72,73,74,75,76,77,78,79,80,81,82,83,84,85,86,87,88,999,41);
CREATE TABLE cell_failures (
    id INTEGER PRIMARY KEY,
    cell_id INTEGER NOT NULL REFERENCES cells (id) ON DELETE CASCADE,
    kind TEXT NOT NULL CHECK (kind = 'fd_limit' OR kind = 'port_exhausted' OR kind = 'dns' OR kind = 'internal' OR kind = 'refused' OR kind = 'reset' OR kind = 'timeout' OR kind = 'unreachable' OR kind = 'tls' OR kind = 'http_status' OR kind = 'bad_handshake' OR kind = 'capacity_reached' OR kind = 'validation' OR kind = 'execution' OR kind = 'factory' OR kind = 'session' OR kind = 'closed_mid_session' OR kind = 'protocol_violation' OR kind = 'message_too_large' OR kind = 'gateway' OR kind = 'provider_terminated' OR kind = 'closed_idle'),
    phase TEXT NOT NULL CHECK (phase = 'queue' OR phase = 'connect' OR phase = 'reset' OR phase = 'step' OR phase = 'close'),
    code INTEGER,
    count INTEGER NOT NULL CHECK (count > 0),
    first_at_ns INTEGER NOT NULL
) STRICT;
INSERT INTO cell_failures VALUES(1,1,'closed_mid_session','step',1006,2,90);
INSERT INTO cell_failures VALUES(2,1,'timeout','reset',NULL,1,91);
CREATE TABLE cell_checks (
    cell_id INTEGER NOT NULL REFERENCES cells (id) ON DELETE CASCADE,
    check_name TEXT NOT NULL CHECK (check_name = 'below-wait' OR check_name = 'little' OR check_name = 'concurrency-order' OR check_name = 'concurrency-not-reached' OR check_name = 'above-step-bound' OR check_name = 'one-failure' OR check_name = 'generator-ceiling'),
    sentence TEXT NOT NULL,
    PRIMARY KEY (cell_id, check_name)
) STRICT, WITHOUT ROWID;
INSERT INTO cell_checks VALUES(1,'below-wait','P99 total 0.41 s is below the wait of 1 s');
INSERT INTO cell_checks VALUES(1,'one-failure','the cap''s 40');
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
    failure_kind TEXT CHECK (failure_kind = 'fd_limit' OR failure_kind = 'port_exhausted' OR failure_kind = 'dns' OR failure_kind = 'internal' OR failure_kind = 'refused' OR failure_kind = 'reset' OR failure_kind = 'timeout' OR failure_kind = 'unreachable' OR failure_kind = 'tls' OR failure_kind = 'http_status' OR failure_kind = 'bad_handshake' OR failure_kind = 'capacity_reached' OR failure_kind = 'validation' OR failure_kind = 'execution' OR failure_kind = 'factory' OR failure_kind = 'session' OR failure_kind = 'closed_mid_session' OR failure_kind = 'protocol_violation' OR failure_kind = 'message_too_large' OR failure_kind = 'gateway' OR failure_kind = 'provider_terminated' OR failure_kind = 'closed_idle'),
    failure_phase TEXT CHECK (failure_phase = 'queue' OR failure_phase = 'connect' OR failure_phase = 'reset' OR failure_phase = 'step' OR failure_phase = 'close'),
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
INSERT INTO sessions VALUES(1,0,104,105,106,107,108,109,110,111,112,113,114,115,116,3,NULL,NULL,NULL,NULL,'node-b',4242,'0123456789ab');
INSERT INTO sessions VALUES(1,1,117,118,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,0,'refused','connect',111,119,'node-a',NULL,NULL);
CREATE TABLE histograms (
    cell_id INTEGER NOT NULL REFERENCES cells (id) ON DELETE CASCADE,
    metric TEXT NOT NULL CHECK (metric = 'connect' OR metric = 'connect_service' OR metric = 'queue' OR metric = 'reset' OR metric = 'step' OR metric = 'total' OR metric = 'total_service' OR metric = 'overhead' OR metric = 'start_lag' OR metric = 'makespan' OR metric = 'straggler'),
    hdr BLOB NOT NULL,
    PRIMARY KEY (cell_id, metric)
) STRICT;
INSERT INTO histograms VALUES(1,'total',X'1c8400ff');
INSERT INTO histograms VALUES(1,'connect',X'');
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
INSERT INTO samples VALUES(1,0,120,1,2,3,4,121,122);
INSERT INTO samples VALUES(1,1,123,5,6,7,8,124,125);
CREATE TABLE calibrations (
    id INTEGER PRIMARY KEY,
    host_key TEXT NOT NULL CHECK (length(host_key) = 16),
    mode TEXT NOT NULL CHECK (mode = 'ws' OR mode = 'http'),
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
INSERT INTO calibrations VALUES(1,'0123456789abcdef','ws',1024,2,3,4,'1.0.0',12000.499999999999999,90000.249999999999998,5,6,7,8,9,10,11,12);
CREATE TABLE duels (
    run_id INTEGER PRIMARY KEY REFERENCES runs (id) ON DELETE CASCADE,
    purpose TEXT NOT NULL CHECK (purpose IN ('duel', 'gate', 'self-test')),
    rule TEXT NOT NULL CHECK (json_valid(rule)),
    budget_ns INTEGER CHECK (budget_ns > 0),
    search TEXT CHECK (search IS NULL OR json_valid(search)),
    a TEXT NOT NULL,
    b TEXT NOT NULL,
    verdict TEXT CHECK (verdict IS NULL OR verdict IN ('pass', 'regression', 'inconclusive', 'invalid')),
    reason TEXT CHECK ((reason IS NULL) = (verdict IS NULL)),
    rounds TEXT NOT NULL CHECK (json_valid(rounds))
) STRICT;
INSERT INTO duels VALUES(1,'gate','{"looks":[6]}',30000000000,'[{"sessions":1}]','a','b','regression','so','[]');
CREATE TABLE duel_pairs (
    run_id INTEGER NOT NULL REFERENCES duels (run_id) ON DELETE CASCADE,
    pair INTEGER NOT NULL CHECK (pair >= 1),
    mode TEXT NOT NULL CHECK (mode IN ('ws', 'http')),
    requests INTEGER NOT NULL CHECK (requests > 0),
    wait_ns INTEGER NOT NULL,
    steps INTEGER NOT NULL CHECK (steps >= 0),
    round INTEGER NOT NULL CHECK (round IN (1, 2)),
    first TEXT NOT NULL CHECK (first IN ('a', 'b')),
    void TEXT,
    PRIMARY KEY (run_id, pair, mode, requests, wait_ns, steps)
) STRICT, WITHOUT ROWID;
INSERT INTO duel_pairs VALUES(1,1,'ws',4,0,0,1,'a',NULL);
INSERT INTO duel_pairs VALUES(1,2,'ws',4,0,0,2,'b','swapped');
CREATE TABLE self_tests (
    id INTEGER PRIMARY KEY,
    host TEXT NOT NULL CHECK (length(host) = 16),
    server TEXT NOT NULL,
    measured_at_us INTEGER NOT NULL,
    version TEXT NOT NULL,
    mode TEXT NOT NULL CHECK (mode IN ('ws', 'http')),
    requests INTEGER NOT NULL CHECK (requests > 0),
    wait_ns INTEGER NOT NULL,
    steps INTEGER NOT NULL CHECK (steps >= 0),
    hold_ns INTEGER CHECK (hold_ns > 0),
    metric TEXT NOT NULL,
    pairs INTEGER NOT NULL CHECK (pairs >= 2),
    deviation REAL NOT NULL CHECK (deviation >= 0),
    detectable REAL NOT NULL CHECK (detectable >= 0)
) STRICT;
INSERT INTO self_tests VALUES(1,'0123456789abcdef','local',7,'1.0.0','ws',4,0,0,2000000000,'steps_per_second',18,0.021000000000000001304,0.017999999999999998639);
CREATE TABLE cell_texts (
    cell_id INTEGER NOT NULL REFERENCES cells (id) ON DELETE CASCADE,
    rank INTEGER NOT NULL CHECK (rank >= 1),
    kind TEXT NOT NULL,
    phase TEXT NOT NULL CHECK (phase IN ('queue', 'connect', 'reset', 'step', 'close')),
    code INTEGER,
    text TEXT NOT NULL,
    count INTEGER NOT NULL CHECK (count > 0),
    PRIMARY KEY (cell_id, rank)
) STRICT, WITHOUT ROWID;
INSERT INTO cell_texts VALUES(1,1,'closed_mid_session','step',1006,'it''s over',2);
INSERT INTO cell_texts VALUES(1,2,'timeout','reset',NULL,'',1);
CREATE TABLE cell_oddities (
    cell_id INTEGER NOT NULL REFERENCES cells (id) ON DELETE CASCADE,
    oddity TEXT NOT NULL,
    count INTEGER NOT NULL CHECK (count > 0),
    PRIMARY KEY (cell_id, oddity)
) STRICT, WITHOUT ROWID;
INSERT INTO cell_oddities VALUES(1,'binary_message',24);
INSERT INTO cell_oddities VALUES(1,'done_at_reset',25);
CREATE TABLE cell_addresses (
    cell_id INTEGER NOT NULL REFERENCES cells (id) ON DELETE CASCADE,
    place INTEGER NOT NULL CHECK (place >= 1),
    address TEXT NOT NULL,
    offered INTEGER NOT NULL CHECK (offered >= 0),
    succeeded INTEGER NOT NULL CHECK (succeeded BETWEEN 0 AND offered),
    PRIMARY KEY (cell_id, place)
) STRICT, WITHOUT ROWID;
INSERT INTO cell_addresses VALUES(1,1,'127.0.0.1:8000',1,1);
INSERT INTO cell_addresses VALUES(1,2,'[::1]:8000',1,0);
CREATE INDEX runs_by_plan ON runs (plan_hash);
CREATE INDEX lifecycle_by_deployment ON lifecycle (deployment_id);
CREATE INDEX cell_failures_by_cell ON cell_failures (cell_id);
CREATE INDEX calibrations_by_key ON calibrations (host_key, mode, requests);
CREATE INDEX self_tests_by_host ON self_tests (host, metric, measured_at_us);
COMMIT;
