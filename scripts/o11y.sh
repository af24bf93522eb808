#!/usr/bin/env bash
# o11y.sh start|stop: Grafana, Loki, Tempo and Prometheus in one Podman pod, with our dashboards and alerts.
# PODMAN names another podman, with options of its own.
. "$(dirname "${BASH_SOURCE[0]}")/base.sh"

here=$root/dist/observability
read -ra podman <<< "${PODMAN:-podman}"
grafana=http://localhost:3000

have "${podman[0]}" || fail 1 "Podman is missing: apt-get install podman"

start() {
    local limit=$((SECONDS + ${VMCP_O11Y_WAIT:-180}))
    say "starting the stack (the first time Podman fetches its image)"
    sed "s|@here@|$here|" "$here/lgtm.yaml" | "${podman[@]}" kube play --replace - > /dev/null
    until curl -sf -o /dev/null "$grafana/api/health"; do
        ((SECONDS < limit)) || fail 1 "Grafana does not answer; see: podman logs vmcp-o11y-lgtm"
        sleep 1
    done
    cat << TEXT
Grafana:  $grafana (admin/admin), dashboards in the folder vmcp
OTLP:     localhost:4318 (HTTP), localhost:4317 (gRPC)
Now start a host that sends there:

  UNKEY_VMCP_OTEL_ENABLED=true build/vmcp host

make o11y-stop ends it all and forgets what was gathered.
TEXT
}

stop() {
    sed "s|@here@|$here|" "$here/lgtm.yaml" | "${podman[@]}" kube down - > /dev/null
    say "the stack is gone"
}

case ${1:-} in
    start) start ;;
    stop) stop ;;
    *) fail 64 "usage: o11y.sh start|stop" ;;
esac
