#!/usr/bin/env bash
# Installs the parts that the tests talk to and that are missing: Debian packages (as root) and the npm folders of the repository.
# With "peers" also the servers that the benchmarks compare with. Without root, apt-get or npm the part is left out: its tests are skipped with the reason, or fail where CI=true.
set -uo pipefail
cd "$(dirname "$0")/../.."

say() { echo "parts: $*" >&2; }

# program=package: the package is installed when the program is neither on the path nor where Debian keeps servers.
debian=(
    postgres=postgresql
    strace=strace
    curl=curl
    nginx=nginx
    ffmpeg=ffmpeg
)
[ "${1:-}" = peers ] && debian+=(redis-server=redis-server nats-server=nats-server) # what the benchmarks compare with

missing=()
for part in "${debian[@]}"; do
    program=${part%%=*}
    command -v "$program" >/dev/null || compgen -G "/usr/lib/postgresql/*/bin/$program" >/dev/null || missing+=("${part#*=}")
done
[ -e /usr/lib/nginx/modules/ngx_rtmp_module.so ] || missing+=(libnginx-mod-rtmp)
if [ ${#missing[@]} -gt 0 ]; then
    if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then
        say "installing ${missing[*]}"
        export DEBIAN_FRONTEND=noninteractive
        log=$(mktemp)
        { apt-get update -q && apt-get install -y -q --no-install-recommends "${missing[@]}"; } >"$log" 2>&1 || { say "not all could be installed:"; tail -n 5 "$log" >&2; }
        rm -f "$log"
    else
        say "missing: apt-get install ${missing[*]}"
    fi
fi

# Every folder with a lock file of its own; 'npm ci' again only when the lock file is newer than what it installed.
git ls-files '*/package-lock.json' | while read -r lock; do
    folder=$(dirname "$lock")
    [ "$folder/node_modules/.package-lock.json" -nt "$lock" ] && continue
    if ! command -v npm >/dev/null; then
        say "npm is missing; $folder stays as it is"
        continue
    fi
    say "npm ci in $folder"
    (cd "$folder" && npm ci --no-audit --no-fund --loglevel=error) >&2 || say "npm ci failed in $folder"
done
exit 0
