#!/usr/bin/env bash
# The product's commands for a machine with the .NET SDK. Run without arguments for the list.
set -euo pipefail
cd "$(dirname "$0")"

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1

need_sdk() {
    if ! command -v dotnet >/dev/null; then
        echo "build.sh: the .NET SDK is missing; install .NET 10 (see global.json) and run this again" >&2
        exit 2
    fi
}

# Compiled ahead of time for this machine's kind: a verb is at work at once instead of after compiling itself.
publish() {
    dotnet publish "$1" -c Release --use-current-runtime --self-contained false -p:PublishReadyToRun=true -o "artifacts/$2" -v quiet -nologo
}

# Publishes the program to artifacts/weledger and a launcher to artifacts/bin.
publish_program() {
    need_sdk
    publish Ledger.Host weledger
    mkdir -p artifacts/bin
    printf '#!/bin/sh\nexec dotnet "%s" "$@"\n' "$PWD/artifacts/weledger/weledger.dll" >artifacts/bin/weledger
    chmod +x artifacts/bin/weledger
}

case "${1:-help}" in
    build)
        publish_program
        echo "built; put it on the path with: export PATH=\"$PWD/artifacts/bin:\$PATH\""
        ;;
    demo)
        publish_program
        # The chain that the demo settles on; without npm it says so and proves offline.
        if command -v npm >/dev/null && [ ! -d Ledger.ChainBridge/Nodes/node_modules ]; then
            (cd Ledger.ChainBridge/Nodes && npm ci --no-audit --no-fund --loglevel=error) >&2 || true
        fi
        exec artifacts/bin/weledger demo "${@:2}"
        ;;
    test)
        need_sdk
        Ledger.Tests/Support/install-parts.sh
        dotnet build Ledger.slnx -c Release -v quiet -nologo
        exec dotnet test Ledger.Tests -c Release --no-build --nologo --logger "console;verbosity=minimal" "${@:2}"
        ;;
    soak)
        need_sdk
        Ledger.Tests/Support/install-parts.sh
        dotnet build Ledger.slnx -c Release -v quiet -nologo
        SOAK="${SOAK:-20}" exec dotnet test Ledger.Tests -c Release --no-build --nologo --logger "console;verbosity=minimal" "${@:2}"
        ;;
    bench)
        if [ "${2:-}" = gas ]; then
            [ -d Ledger.ChainBridge/Contracts/node_modules ] || (cd Ledger.ChainBridge/Contracts && npm ci --no-audit --no-fund --loglevel=error)
            exec node Ledger.ChainBridge/Contracts/tools/gas.mjs
        fi
        need_sdk
        # A measurement beside other systems needs them installed.
        case " ${*:2} " in *" --peers "* | " ingest "* | " cid "* | " transcode "*) Ledger.Tests/Support/install-parts.sh peers ;; esac
        publish Ledger.Tests/Benchmarks benchmarks
        exec dotnet artifacts/benchmarks/Ledger.Benchmarks.dll "${@:2}"
        ;;
    *)
        cat <<'HELP'
./build.sh demo            seven days of a community: ingest, fold, close, statements, proofs, audit; --live: a real broadcast
./build.sh test [args]     builds with all analyzers and runs every test
./build.sh soak [args]     the same tests, those with many rounds 20 times as long (SOAK=N: N times)
./build.sh bench NAME      fold, cluster, explain, append, close, ingest, settle, gas, live, chat, cid or transcode: measures and prints the figures
./build.sh build           builds the weledger program into artifacts/
HELP
        [ "${1:-help}" = help ] || exit 2
        ;;
esac
