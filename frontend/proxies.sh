#!/bin/sh
# Write /tmp/proxies.conf, which nginx.conf includes: the networks whose X-Forwarded-For nginx trusts, as the gateway does.
set -eu
# PRIVATE_NETWORKS in shared/setting_types.py.
private="127.0.0.0/8,10.0.0.0/8,172.16.0.0/12,192.168.0.0/16,::1/128,fc00::/7"
for network in $(echo "${TRUSTED_PROXIES:-$private}" | tr ',' ' '); do
    echo "set_real_ip_from $network;"
done >/tmp/proxies.conf
