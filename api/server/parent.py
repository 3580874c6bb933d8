"""End a server process whose supervisor was killed."""

import multiprocessing
import os
import signal
import threading


def end_with_parent() -> None:
    """End this process gracefully when its parent has ended, if uvicorn's supervisor started it.

    Otherwise it would keep the port, and nobody would restart or stop it.
    """
    parent = multiprocessing.parent_process()
    if parent is None:
        return

    def wait() -> None:
        parent.join()
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=wait, name="parent", daemon=True).start()
