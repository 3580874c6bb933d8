"""The address by which a client is rate-limited."""

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network

from fastapi.requests import HTTPConnection

IPV6_SITE_BITS = 64
"""A client usually has all IPv6 addresses with its prefix."""

NAT64 = IPv6Network("64:ff9b::/96")


def client_address(connection: HTTPConnection) -> str:
    """Return the client's address or IPv6 network; uvicorn has already resolved trusted proxies."""
    return group_address(connection.client.host if connection.client else "")


def group_address(host: str) -> str:
    """Return an IPv4 address unchanged, and an IPv6 address as its /64 network."""
    try:
        address = ip_address(host)
    except ValueError:
        return host
    if isinstance(address, IPv6Address):
        address = _embedded_ipv4(address) or address
    if isinstance(address, IPv6Address):
        return str(ip_network((address, IPV6_SITE_BITS), strict=False))
    return str(address)


def _embedded_ipv4(address: IPv6Address) -> IPv4Address | None:
    """Return the IPv4 address inside an IPv6 address (`::ffff:…`, NAT64); all of those share one /64."""
    if address in NAT64:
        return IPv4Address(address.packed[-4:])
    return address.ipv4_mapped
