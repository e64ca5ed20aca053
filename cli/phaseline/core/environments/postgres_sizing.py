"""PostgreSQL's sizes on a host; they follow from its memory alone.

So adding a tenant restarts nothing.
"""

from __future__ import annotations


def sizes(memory_mb: int, *, beside_odoo: bool) -> dict[str, int]:
    """Return memory settings in MiB and the number of connections."""
    shared = max(128, int(memory_mb * (0.15 if beside_odoo else 0.25)))
    connections = min(1000, max(200, memory_mb // 1024 * 100))
    return {
        "shared_buffers_mb": shared,
        "effective_cache_size_mb": int(memory_mb * (0.4 if beside_odoo else 0.75)),
        "work_mem_mb": min(64, max(4, (memory_mb - shared) // (connections * 3))),
        "maintenance_work_mem_mb": min(2048, max(64, memory_mb // 16)),
        "max_connections": connections,
    }
