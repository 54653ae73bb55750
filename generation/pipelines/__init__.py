"""One file a kind of job: what happens, step by step. Pipelines never touch `Job.state`; they return outcomes."""
