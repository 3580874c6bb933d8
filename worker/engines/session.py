"""ONNX Runtime, set up for workers that fork and use one thread each."""

import ctypes
from functools import cache
from pathlib import Path

import onnxruntime


def open_session(model: Path) -> onnxruntime.InferenceSession:
    """Load a network for one thread; processes that are forked later can use it."""
    _share_allocator()
    options = onnxruntime.SessionOptions()
    # There is one process per core: threads would compete, and do not survive a fork.
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    # Planning memory for each new picture size takes more memory than it saves.
    options.enable_mem_pattern = False
    options.log_severity_level = 3
    options.add_session_config_entry("session.use_env_allocators", "1")
    # From a path: a session that is given bytes keeps them.
    session = onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
    _release_freed_memory()
    return session


@cache
def _share_allocator() -> None:
    """Register one arena for the process that grows as requested; a session's own doubles each time."""
    memory = onnxruntime.OrtMemoryInfo(
        "Cpu", onnxruntime.OrtAllocatorType.ORT_ARENA_ALLOCATOR, 0, onnxruntime.OrtMemType.DEFAULT
    )
    unlimited, as_requested, default = 0, 1, -1
    arena = onnxruntime.OrtArenaCfg(unlimited, as_requested, default, default)
    onnxruntime.create_and_register_allocator(memory, arena)


def _release_freed_memory() -> None:
    """Return what loading has freed, twice the network's size, to the system before processes fork."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # only in glibc
    if trim:
        trim(0)
