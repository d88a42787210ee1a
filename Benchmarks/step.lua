-- What wrk sends: the step that scalebench sends over HTTP with no wait.
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
wrk.body = '{"action":{"wait_seconds": 0.0}}'
