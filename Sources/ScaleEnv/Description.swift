/// What the environment says of itself.
enum Description {
    /// Answers `GET /metadata`.
    static let metadata: StaticString = #"""
        {"name":"scalebench-env","description":"Benchmark environment: a step waits as long as it is asked to",\#
        "readme_content":null,"version":"1.0.0","author":null,"documentation_url":null}
        """#

    /// Answers `GET /schema`.
    static let schema: StaticString = #"""
        {"action":{"title":"BenchmarkAction","type":"object","additionalProperties":false,"properties":{\#
        "metadata":{"type":"object","additionalProperties":true},\#
        "wait_seconds":{"type":"number","minimum":0,"default":0.0}}},\#
        "observation":{"title":"BenchmarkObservation","type":"object","properties":{\#
        "metadata":{"type":"object","additionalProperties":true},\#
        "waited_seconds":{"type":"number","minimum":0},"pid":{"type":"integer"},"session_hash":{"type":"string"},\#
        "host_url":{"type":"string"},"step_count":{"type":"integer","minimum":0}}},\#
        "state":{"title":"State","type":"object","properties":{\#
        "episode_id":{"anyOf":[{"type":"string"},{"type":"null"}]},"step_count":{"type":"integer","minimum":0}}},\#
        "reset_observation":{"title":"BenchmarkObservation","type":"object","properties":{\#
        "metadata":{"type":"object","additionalProperties":true},\#
        "waited_seconds":{"type":"number","minimum":0},"pid":{"type":"integer"},"session_hash":{"type":"string"},\#
        "host_url":{"type":"string"},"step_count":{"type":"integer","minimum":0}}}}
        """#
}
