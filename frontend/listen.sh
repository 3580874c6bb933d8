#!/bin/sh
# Write /tmp/listen.conf, which nginx.conf includes. nginx does not start with an IPv6 address if the kernel has no IPv6.
set -eu
{
    echo "listen 8080;"
    if [ -e /proc/net/if_inet6 ]; then echo "listen [::]:8080;"; fi
} >/tmp/listen.conf
