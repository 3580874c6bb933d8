"""One container that serves several shards."""

import os
import signal
import subprocess
import sys

from dev.stack.processes import ROOT

# In one piece: two copies write to the same pipe.
PRINT = "import os, sys, time; os.write(1, f'{os.environ.get(\"SHARD\")} {sys.argv[1]}\\n'.encode())"
TWO = "redis://one:6379/0#one,redis://two:6379/0#two"


def run(urls: str, code: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "worker.every_shard", sys.executable, "-c", code, "schedule-{shard}"]
    environment = os.environ | {"REDIS_URL": urls}
    return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)


def test_each_shard_has_its_copy_until_the_container_stops() -> None:
    with run(TWO, f"{PRINT}; time.sleep(600)") as process:
        assert process.stdout
        lines = {process.stdout.readline().strip() for _ in range(2)}
        process.send_signal(signal.SIGTERM)

    assert lines == {"one schedule-1", "two schedule-2"}
    assert process.returncode == 128 + signal.SIGTERM


def test_all_copies_end_when_one_ends() -> None:
    code = f"{PRINT}; os.environ['SHARD'] == 'one' and sys.exit(3); time.sleep(600)"
    with run(TWO, code) as process:
        assert process.wait(60) == 3


def test_with_one_shard_the_command_runs_alone() -> None:
    with run("redis://one:6379/0", f"{PRINT}; print(os.getpid())") as process:
        output, _ = process.communicate(timeout=60)

    assert output.split() == ["None", "schedule-1", str(process.pid)]
