"""How the caches do: hit rate and latency by cache name from the meters; keys and memory from Redis itself."""

from collections import Counter
from itertools import islice
from typing import Any

from django.conf import settings
from redis import Redis

from metrics.parts import Unavailable
from metrics.probing import own_redis
from metrics.readings import Reading

# Counting by name walks all keys: a hundred calls of Redis at the most, each of a thousand keys.
MOST_KEYS, KEYS_A_CALL = 100_000, 1_000
# Memory is measured on that many keys of a name, and taken as the same for the rest.
KEYS_MEASURED = 20
OTHER = "other"


def configured(alias: str, what: str) -> str:
    """Return what the settings say of a cache: its LOCATION, its KEY_PREFIX."""
    caches: dict[str, dict[str, Any]] = settings.CACHES  # type: ignore[assignment]  # read from the settings as objects
    return str(caches[alias].get(what, ""))


def location(alias: str) -> str:
    """Return the address of a cache of the settings."""
    return configured(alias, "LOCATION")


def milliseconds(seconds: float | None) -> float | None:
    """Return seconds as milliseconds, to the microsecond; None stays None."""
    return None if seconds is None else round(seconds * 1000, 3)


def by_name(reading: Reading) -> list[dict[str, Any]]:
    """Return for each cache name its questions, hit rate (hits of hits and misses) and latency in milliseconds."""
    results = reading.sums("wc_cache_requests_total", ("name", "result"))
    times = reading.histograms("wc_cache_seconds", ("name",))
    found = []
    for name in sorted({name for name, _ in results}):
        hits, misses, bypasses = (int(results.get((name, result), 0)) for result in ("hit", "miss", "bypass"))
        time = times.get((name,))
        found.append(
            {
                "name": name,
                "requests": hits + misses + bypasses,
                "hits": hits,
                "misses": misses,
                "bypasses": bypasses,
                "hit_rate": round(hits / (hits + misses), 4) if hits + misses else None,
                "average_ms": milliseconds(time.average) if time else None,
                **{f"p{q}_ms": milliseconds(time.quantile(q / 100)) if time else None for q in (50, 95, 99)},
            }
        )
    return found


def server() -> dict[str, Any]:
    """Return what Redis says of the whole server. Raises redis.RedisError."""
    with own_redis(location("phi")) as client:
        info = client.info()
    return {
        "version": info.get("valkey_version") or info["redis_version"],
        "uptime_seconds": info["uptime_in_seconds"],
        "memory_bytes": info["used_memory"],
        "memory_limit_bytes": info["maxmemory"] or None,
        "eviction": info["maxmemory_policy"],
        "evicted_keys": info["evicted_keys"],
        "expired_keys": info["expired_keys"],
        "clients": info["connected_clients"],
        "commands": info["total_commands_processed"],
        "rejected_connections": info["rejected_connections"],
    }


def key_counts() -> dict[str, int]:
    """Return how many keys each cache of the settings holds. Raises redis.RedisError."""
    found = {}
    for alias in settings.CACHES:
        with own_redis(location(alias)) as client:
            found[alias] = int(client.dbsize())
    return found


def keys(alias: str, names: set[str]) -> dict[str, Any]:
    """Return keys and memory in one cache by cache name, the first word of a key; other words count as `other`.

    Only known `names` are told, never a word out of a key. Raises redis.RedisError, Unavailable.
    """
    prefix = configured(alias, "KEY_PREFIX")
    counts: Counter[str] = Counter()
    measured: dict[str, list[bytes]] = {}
    with own_redis(location(alias)) as client:
        everything = client.scan_iter(match=f"{prefix}:*", count=KEYS_A_CALL)
        for key in islice(everything, MOST_KEYS):
            word = key.split(b":")[2].decode(errors="replace") if key.count(b":") >= 2 else OTHER
            name = word if word in names else OTHER
            counts[name] += 1
            if len(few := measured.setdefault(name, [])) < KEYS_MEASURED:
                few.append(key)
        sizes = {name: average_size(client, few) for name, few in measured.items()}
        total = int(client.dbsize())
    if not counts and total:
        raise Unavailable(f"None of its {total} keys begins with {prefix}: that database is used by something else.")
    return {
        "keys": total,
        "counted_all": sum(counts.values()) < MOST_KEYS,
        "by_name": [
            {"name": name, "keys": count, "memory_bytes": round(count * sizes[name])}
            for name, count in sorted(counts.items())
        ],
    }


def average_size(client: Redis, few: list[bytes]) -> float:
    """Return the mean memory of some keys in bytes; one that expired meanwhile does not count."""
    with client.pipeline(transaction=False) as pipeline:
        for key in few:
            pipeline.memory_usage(key)
        sizes = [int(size) for size in pipeline.execute() if size]
    return sum(sizes) / len(sizes) if sizes else 0.0
