"""The address under which a client is counted."""

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network

from fastapi.requests import HTTPConnection

IPV6_SITE_BITS = 64
"""A client with one IPv6 address usually has every address with the same prefix."""

NAT64 = IPv6Network("64:ff9b::/96")


def address_of(connection: HTTPConnection) -> str:
    """Return the client's address; uvicorn has already resolved the proxies that it trusts."""
    return group_address(connection.client.host if connection.client else "")


def group_address(host: str) -> str:
    """Return an IPv4 address as it is, and the /64 network of an IPv6 address."""
    try:
        address = ip_address(host)
    except ValueError:
        return host
    if isinstance(address, IPv6Address):
        address = _ipv4_within(address) or address
    if isinstance(address, IPv6Address):
        return str(ip_network((address, IPV6_SITE_BITS), strict=False))
    return str(address)


def _ipv4_within(address: IPv6Address) -> IPv4Address | None:
    """Return the IPv4 address written as IPv6 (`::ffff:…`, NAT64): all of those share one /64."""
    if address in NAT64:
        return IPv4Address(address.packed[-4:])
    return address.ipv4_mapped
