PRAGMA foreign_keys = OFF;
PRAGMA application_id = 1396919362;
BEGIN TRANSACTION;
CREATE TABLE cell_failures (
    id INTEGER PRIMARY KEY,
    cell_id INTEGER NOT NULL REFERENCES cells (id) ON DELETE CASCADE,
    kind TEXT NOT NULL CHECK (kind = 'fd_limit' OR kind = 'port_exhausted' OR kind = 'dns' OR kind = 'internal' OR kind = 'refused' OR kind = 'reset' OR kind = 'timeout' OR kind = 'unreachable' OR kind = 'tls' OR kind = 'http_status' OR kind = 'bad_handshake' OR kind = 'capacity_reached' OR kind = 'validation' OR kind = 'execution' OR kind = 'factory' OR kind = 'session' OR kind = 'closed_mid_session' OR kind = 'protocol_violation' OR kind = 'message_too_large' OR kind = 'gateway' OR kind = 'provider_terminated'),
    phase TEXT NOT NULL CHECK (phase = 'queue' OR phase = 'connect' OR phase = 'reset' OR phase = 'step' OR phase = 'close'),
    code INTEGER,
    count INTEGER NOT NULL CHECK (count > 0),
    first_at_ns INTEGER NOT NULL
) STRICT;
INSERT INTO "cell_failures" VALUES(1,1,'closed_mid_session','step',1006,2,74);
INSERT INTO "cell_failures" VALUES(2,1,'timeout','reset',NULL,1,75);
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
    peak_open_sessions INTEGER NOT NULL,
    unique_pids INTEGER NOT NULL,
    unique_sessions INTEGER NOT NULL,
    unique_hosts INTEGER NOT NULL,
    limiter TEXT NOT NULL CHECK (limiter = 'none' OR limiter = 'server-cpu' OR limiter = 'session-cap' OR limiter = 'server-other' OR limiter = 'proxy' OR limiter = 'network' OR limiter = 'kernel' OR limiter = 'generator' OR limiter = 'client-limit' OR limiter = 'unknown'),
    evidence TEXT NOT NULL,
    valid INTEGER NOT NULL CHECK (valid IN (0, 1)),
    reported_session_cap INTEGER,
    generator_cpu_ns INTEGER NOT NULL,
    generator_peak_rss_bytes INTEGER NOT NULL,
    generator_threads INTEGER NOT NULL,
    generator_loop_lag_p99_ns INTEGER,
    generator_loop_lag_max_ns INTEGER,
    generator_ceiling_fraction REAL,
    server_cpu_ns INTEGER,
    server_peak_rss_bytes INTEGER CHECK ((server_peak_rss_bytes IS NULL) = (server_cpu_ns IS NULL)),
    connect_count INTEGER CHECK (connect_count > 0),
    connect_min_ns INTEGER CHECK ((connect_min_ns IS NULL) = (connect_count IS NULL)),
    connect_mean_ns INTEGER CHECK ((connect_mean_ns IS NULL) = (connect_count IS NULL)),
    connect_p50_ns INTEGER CHECK ((connect_p50_ns IS NULL) = (connect_count IS NULL)),
    connect_p90_ns INTEGER CHECK ((connect_p90_ns IS NULL) = (connect_count IS NULL)),
    connect_p95_ns INTEGER CHECK ((connect_p95_ns IS NULL) = (connect_count IS NULL)),
    connect_p99_ns INTEGER CHECK ((connect_p99_ns IS NULL) = (connect_count IS NULL)),
    connect_max_ns INTEGER CHECK ((connect_max_ns IS NULL) = (connect_count IS NULL)),
    connect_service_count INTEGER CHECK (connect_service_count > 0),
    connect_service_min_ns INTEGER CHECK ((connect_service_min_ns IS NULL) = (connect_service_count IS NULL)),
    connect_service_mean_ns INTEGER CHECK ((connect_service_mean_ns IS NULL) = (connect_service_count IS NULL)),
    connect_service_p50_ns INTEGER CHECK ((connect_service_p50_ns IS NULL) = (connect_service_count IS NULL)),
    connect_service_p90_ns INTEGER CHECK ((connect_service_p90_ns IS NULL) = (connect_service_count IS NULL)),
    connect_service_p95_ns INTEGER CHECK ((connect_service_p95_ns IS NULL) = (connect_service_count IS NULL)),
    connect_service_p99_ns INTEGER CHECK ((connect_service_p99_ns IS NULL) = (connect_service_count IS NULL)),
    connect_service_max_ns INTEGER CHECK ((connect_service_max_ns IS NULL) = (connect_service_count IS NULL)),
    queue_count INTEGER CHECK (queue_count > 0),
    queue_min_ns INTEGER CHECK ((queue_min_ns IS NULL) = (queue_count IS NULL)),
    queue_mean_ns INTEGER CHECK ((queue_mean_ns IS NULL) = (queue_count IS NULL)),
    queue_p50_ns INTEGER CHECK ((queue_p50_ns IS NULL) = (queue_count IS NULL)),
    queue_p90_ns INTEGER CHECK ((queue_p90_ns IS NULL) = (queue_count IS NULL)),
    queue_p95_ns INTEGER CHECK ((queue_p95_ns IS NULL) = (queue_count IS NULL)),
    queue_p99_ns INTEGER CHECK ((queue_p99_ns IS NULL) = (queue_count IS NULL)),
    queue_max_ns INTEGER CHECK ((queue_max_ns IS NULL) = (queue_count IS NULL)),
    reset_count INTEGER CHECK (reset_count > 0),
    reset_min_ns INTEGER CHECK ((reset_min_ns IS NULL) = (reset_count IS NULL)),
    reset_mean_ns INTEGER CHECK ((reset_mean_ns IS NULL) = (reset_count IS NULL)),
    reset_p50_ns INTEGER CHECK ((reset_p50_ns IS NULL) = (reset_count IS NULL)),
    reset_p90_ns INTEGER CHECK ((reset_p90_ns IS NULL) = (reset_count IS NULL)),
    reset_p95_ns INTEGER CHECK ((reset_p95_ns IS NULL) = (reset_count IS NULL)),
    reset_p99_ns INTEGER CHECK ((reset_p99_ns IS NULL) = (reset_count IS NULL)),
    reset_max_ns INTEGER CHECK ((reset_max_ns IS NULL) = (reset_count IS NULL)),
    step_count INTEGER CHECK (step_count > 0),
    step_min_ns INTEGER CHECK ((step_min_ns IS NULL) = (step_count IS NULL)),
    step_mean_ns INTEGER CHECK ((step_mean_ns IS NULL) = (step_count IS NULL)),
    step_p50_ns INTEGER CHECK ((step_p50_ns IS NULL) = (step_count IS NULL)),
    step_p90_ns INTEGER CHECK ((step_p90_ns IS NULL) = (step_count IS NULL)),
    step_p95_ns INTEGER CHECK ((step_p95_ns IS NULL) = (step_count IS NULL)),
    step_p99_ns INTEGER CHECK ((step_p99_ns IS NULL) = (step_count IS NULL)),
    step_max_ns INTEGER CHECK ((step_max_ns IS NULL) = (step_count IS NULL)),
    total_count INTEGER CHECK (total_count > 0),
    total_min_ns INTEGER CHECK ((total_min_ns IS NULL) = (total_count IS NULL)),
    total_mean_ns INTEGER CHECK ((total_mean_ns IS NULL) = (total_count IS NULL)),
    total_p50_ns INTEGER CHECK ((total_p50_ns IS NULL) = (total_count IS NULL)),
    total_p90_ns INTEGER CHECK ((total_p90_ns IS NULL) = (total_count IS NULL)),
    total_p95_ns INTEGER CHECK ((total_p95_ns IS NULL) = (total_count IS NULL)),
    total_p99_ns INTEGER CHECK ((total_p99_ns IS NULL) = (total_count IS NULL)),
    total_max_ns INTEGER CHECK ((total_max_ns IS NULL) = (total_count IS NULL)),
    total_service_count INTEGER CHECK (total_service_count > 0),
    total_service_min_ns INTEGER CHECK ((total_service_min_ns IS NULL) = (total_service_count IS NULL)),
    total_service_mean_ns INTEGER CHECK ((total_service_mean_ns IS NULL) = (total_service_count IS NULL)),
    total_service_p50_ns INTEGER CHECK ((total_service_p50_ns IS NULL) = (total_service_count IS NULL)),
    total_service_p90_ns INTEGER CHECK ((total_service_p90_ns IS NULL) = (total_service_count IS NULL)),
    total_service_p95_ns INTEGER CHECK ((total_service_p95_ns IS NULL) = (total_service_count IS NULL)),
    total_service_p99_ns INTEGER CHECK ((total_service_p99_ns IS NULL) = (total_service_count IS NULL)),
    total_service_max_ns INTEGER CHECK ((total_service_max_ns IS NULL) = (total_service_count IS NULL)),
    overhead_count INTEGER CHECK (overhead_count > 0),
    overhead_min_ns INTEGER CHECK ((overhead_min_ns IS NULL) = (overhead_count IS NULL)),
    overhead_mean_ns INTEGER CHECK ((overhead_mean_ns IS NULL) = (overhead_count IS NULL)),
    overhead_p50_ns INTEGER CHECK ((overhead_p50_ns IS NULL) = (overhead_count IS NULL)),
    overhead_p90_ns INTEGER CHECK ((overhead_p90_ns IS NULL) = (overhead_count IS NULL)),
    overhead_p95_ns INTEGER CHECK ((overhead_p95_ns IS NULL) = (overhead_count IS NULL)),
    overhead_p99_ns INTEGER CHECK ((overhead_p99_ns IS NULL) = (overhead_count IS NULL)),
    overhead_max_ns INTEGER CHECK ((overhead_max_ns IS NULL) = (overhead_count IS NULL)),
    start_lag_count INTEGER CHECK (start_lag_count > 0),
    start_lag_min_ns INTEGER CHECK ((start_lag_min_ns IS NULL) = (start_lag_count IS NULL)),
    start_lag_mean_ns INTEGER CHECK ((start_lag_mean_ns IS NULL) = (start_lag_count IS NULL)),
    start_lag_p50_ns INTEGER CHECK ((start_lag_p50_ns IS NULL) = (start_lag_count IS NULL)),
    start_lag_p90_ns INTEGER CHECK ((start_lag_p90_ns IS NULL) = (start_lag_count IS NULL)),
    start_lag_p95_ns INTEGER CHECK ((start_lag_p95_ns IS NULL) = (start_lag_count IS NULL)),
    start_lag_p99_ns INTEGER CHECK ((start_lag_p99_ns IS NULL) = (start_lag_count IS NULL)),
    start_lag_max_ns INTEGER CHECK ((start_lag_max_ns IS NULL) = (start_lag_count IS NULL)),

    UNIQUE (run_id, deployment_id, mode, requests, wait_ns, steps, rep),
    FOREIGN KEY (run_id, deployment_id) REFERENCES deployments (run_id, id) ON DELETE CASCADE
) STRICT;
INSERT INTO "cells" VALUES(1,1,1,'ws',2,0.1,100000000,1,1,2,73,1,1,1.25,2.5,0.1,3,4,5,6,'session-cap','the cap''s 40',1,40,76,7,8,77,78,0.3,79,9,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31,32,33,34,35,36,37,38,39,40,41,42,43,44,45,46,47,48,49,50,51,52,53,54,55,56,57,58,59,60,61,62,63,64,65,66,67,68,69,70,71,72);
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
    UNIQUE (run_id, id)
) STRICT;
INSERT INTO "deployments" VALUES(1,1,'local','local-2x40',1.5,1,2,40,'["http:\/\/127.0.0.1:8000","http:\/\/127.0.0.1:8001"]');
CREATE TABLE grdb_migrations (identifier TEXT NOT NULL PRIMARY KEY);
INSERT INTO "grdb_migrations" VALUES('v1');
CREATE TABLE histograms (
    cell_id INTEGER NOT NULL REFERENCES cells (id) ON DELETE CASCADE,
    metric TEXT NOT NULL CHECK (metric = 'connect' OR metric = 'connect_service' OR metric = 'queue' OR metric = 'reset' OR metric = 'step' OR metric = 'total' OR metric = 'total_service' OR metric = 'overhead' OR metric = 'start_lag'),
    hdr BLOB NOT NULL,
    PRIMARY KEY (cell_id, metric)
) STRICT;
INSERT INTO "histograms" VALUES(1,'total',X'1C8400FF');
INSERT INTO "histograms" VALUES(1,'connect',X'');
CREATE TABLE lifecycle (
    id INTEGER PRIMARY KEY,
    deployment_id INTEGER NOT NULL REFERENCES deployments (id) ON DELETE CASCADE,
    replica INTEGER NOT NULL,
    stage TEXT NOT NULL CHECK (stage = 'create' OR stage = 'scheduled' OR stage = 'started' OR stage = 'healthy' OR stage = 'first_reset' OR stage = 'stop'),
    start_ns INTEGER NOT NULL,
    duration_ns INTEGER NOT NULL,
    outcome TEXT NOT NULL
) STRICT;
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
    host_cpu_model TEXT NOT NULL,
    host_cores INTEGER NOT NULL,
    host_memory_bytes INTEGER NOT NULL,
    host_kernel TEXT NOT NULL,
    host_system TEXT NOT NULL,
    host_descriptor_limit INTEGER NOT NULL,
    host_descriptor_hard_limit INTEGER NOT NULL,
    host_port_first INTEGER,
    host_port_last INTEGER,
    host_accept_queue_limit INTEGER NOT NULL,
    CHECK ((status = 'running') = (finished_at_us IS NULL))
) STRICT;
INSERT INTO "runs" VALUES(1,'6b1f0c9e-0000-4000-8000-000000000001',1000,NULL,'running','scalebench run -n 2','{"action":"{\"message\":\"it''s\"}","http_connections":"pool:7","modes":["ws","http"],"reps":2,"requests":[1,16384],"seed":"18446744073709551615","shape":{"burst":{}},"steps":3,"timeouts_ns":{"close":4000000000,"connect":1000000000,"reset":2000000000,"step":3000000000},"wait_ns":[0,1000000000]}','0123456789abcdef','18446744073709551615','two cores','1.0.0','0123456789abcdef0123456789abcdef01234567','Some CPU',2,17179869184,'6.1','Linux',1024,4096,32768,60999,4096);
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
INSERT INTO "samples" VALUES(1,0,94,1,2,3,4,95,96);
INSERT INTO "samples" VALUES(1,1,97,5,6,7,8,98,99);
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
    steps_done INTEGER NOT NULL CHECK (steps_done >= 0),
    failure_kind TEXT CHECK (failure_kind = 'fd_limit' OR failure_kind = 'port_exhausted' OR failure_kind = 'dns' OR failure_kind = 'internal' OR failure_kind = 'refused' OR failure_kind = 'reset' OR failure_kind = 'timeout' OR failure_kind = 'unreachable' OR failure_kind = 'tls' OR failure_kind = 'http_status' OR failure_kind = 'bad_handshake' OR failure_kind = 'capacity_reached' OR failure_kind = 'validation' OR failure_kind = 'execution' OR failure_kind = 'factory' OR failure_kind = 'session' OR failure_kind = 'closed_mid_session' OR failure_kind = 'protocol_violation' OR failure_kind = 'message_too_large' OR failure_kind = 'gateway' OR failure_kind = 'provider_terminated'),
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
INSERT INTO "sessions" VALUES(1,0,80,81,82,83,84,85,86,87,88,89,90,3,NULL,NULL,NULL,NULL,'node-b',4242,'0123456789ab');
INSERT INTO "sessions" VALUES(1,1,91,92,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,0,'refused','connect',111,93,'node-a',NULL,NULL);
CREATE INDEX runs_by_plan ON runs (plan_hash);
CREATE INDEX lifecycle_by_deployment ON lifecycle (deployment_id);
CREATE INDEX cell_failures_by_cell ON cell_failures (cell_id);
COMMIT;
