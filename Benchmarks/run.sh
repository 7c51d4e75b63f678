#!/usr/bin/env bash
# Speed and memory beside the peers, in one run, as ratios. Needs: python3 with venv, cc, and for the
# strongest XML peer cargo with Debian's librust-quick-xml-dev. A peer that cannot be had is left out
# and named. Large inputs are made by the seeded generators in HEARTH_BENCH (default ../shared/bench).
#
#   Benchmarks/run.sh [fit] [apple] [cwa] [geneactiv] [gt3x] [edf] [wfdb] [worker] [vault] [store] [report] [start]
#                     [inference] [sleep] [beats] [hrv] [anomaly] [stream]
#
# All by default. The parts worker, vault, report, start and stream use the release build: make build.
set -euo pipefail
cd "$(dirname "$0")"
root=$PWD/..
generators=${HEARTH_BENCH:-$root/../shared/bench}
work=${HEARTH_BENCH_WORK:-${TMPDIR:-/tmp}/hearth-bench}
mkdir -p "$work"
export SWIFT_BACKTRACE=enable=no
parts=("$@")
[ ${#parts[@]} -gt 0 ] || parts=(
    fit apple cwa geneactiv gt3x edf wfdb worker vault store report start inference sleep beats hrv anomaly stream)
wants() { [[ " ${parts[*]} " == *" $1 "* ]]; }
say() { printf '\n## %s\n\n' "$*"; }

make_inputs() {
    [ -f "$work/day240.fit" ] || python3 "$generators/gen_fit.py" --hours 240 -o "$work/day240.fit" >&2
    [ -f "$work/day24.fit" ] || python3 "$generators/gen_fit.py" --hours 24 -o "$work/day24.fit" >&2
    [ -f "$work/export.xml" ] || python3 "$generators/gen_apple_health.py" --size 1G -o "$work/export.xml" >&2
    # These need numpy, which the peers bring.
    local python=$work/peers/bin/python
    [ -f "$work/week.cwa" ] || "$python" "$generators/gen_cwa.py" --days 7 -o "$work/week.cwa" >&2
    [ -f "$work/week.geneactiv.bin" ] ||
        "$python" "$generators/gen_geneactiv.py" --days 7 -o "$work/week.geneactiv.bin" >&2
    [ -f "$work/week.gt3x" ] || "$python" "$generators/gen_gt3x.py" --days 7 -o "$work/week.gt3x" >&2
    [ -f "$work/day.edf" ] || "$python" "$generators/gen_edf.py" --hours 24 -o "$work/day.edf" >&2
    [ -f "$work/wfdb/day.hea" ] || "$python" peers/make_wfdb.py "$work/wfdb" >&2
}

make_peers() {
    if [ ! -x "$work/venv/bin/python" ]; then
        python3 -m venv "$work/venv" >&2
        "$work/venv/bin/pip" install --quiet garmin-fit-sdk fitparse healthkit-to-sqlite setuptools >&2 ||
            echo "left out: the Python peers cannot be installed" >&2
    fi
    if [ ! -x "$work/peers/bin/python" ]; then
        python3 -m venv "$work/peers" >&2
        "$work/peers/bin/pip" install --quiet actipy edfio pyedflib wfdb neurokit2 setuptools >&2 ||
            echo "left out: actipy, edfio, pyedflib, wfdb and neurokit2 cannot be installed" >&2
    fi
    if wants sleep; then make_sleep_peers; fi
    [ -x "$work/expat" ] || cc -O2 -o "$work/expat" peers/expat_attributes.c -lexpat ||
        echo "left out: expat (libexpat1-dev)" >&2
    if [ ! -x "$work/quickxml" ]; then
        if (cd peers/quickxml && cargo build --release --offline --quiet --target-dir "$work/cargo"); then
            cp "$work/cargo/release/quickxml-attributes" "$work/quickxml"
        else
            echo "left out: quick-xml (cargo, librust-quick-xml-dev)" >&2
        fi
    fi
}

make_sleep_peers() {
    "$work/peers/bin/python" -c "import skdh" 2>/dev/null ||
        "$work/peers/bin/pip" install --quiet scikit-digital-health >&2 ||
        echo "left out: scikit-digital-health cannot be installed" >&2
    # accelerometer pins versions that only old Pythons have; with today's it reads and reduces as it should,
    # and only its activity models would not load.
    if [ ! -x "$work/oxford/bin/accProcess" ]; then
        python3 -m venv "$work/oxford" >&2
        { "$work/oxford/bin/pip" install --quiet --no-deps accelerometer &&
            "$work/oxford/bin/pip" install --quiet 'numpy<2' 'pandas<2' pytz scipy joblib scikit-learn statsmodels \
                matplotlib tqdm imbalanced-learn; } >&2 ||
            echo "left out: accelerometer cannot be installed" >&2
    fi
}

swift build -c release --product hearth-bench >&2
bench=$PWD/.build/release/hearth-bench
hearth=$root/.build/release/hearth
# The worker is looked for beside the program that starts it.
if wants worker; then cp "$root/.build/release/hearth-worker" .build/release/; fi
make_peers
make_inputs
peer="$work/peers/bin/python peers/signal_peers.py"

if wants fit; then
    say "FIT decode, 39 MB (240 h at 1 Hz)"
    ./sidebyside.py -n 5 --bytes "$work/day240.fit" "hearth=$bench read $work/day240.fit"
    say "FIT decode beside the Python peers, 3.9 MB (24 h at 1 Hz)"
    ./sidebyside.py -n 3 --bytes "$work/day24.fit" "hearth=$bench read $work/day24.fit" \
        "garmin-fit-sdk=$work/venv/bin/python peers/fit_peers.py garmin $work/day24.fit" \
        "fitparse=$work/venv/bin/python peers/fit_peers.py fitparse $work/day24.fit"
fi

if wants apple; then
    say "Apple Health decode, 959 MB"
    commands=("hearth=$bench read $work/export.xml")
    [ -x "$work/quickxml" ] && commands+=("quick-xml=$work/quickxml $work/export.xml")
    [ -x "$work/expat" ] && commands+=("expat=$work/expat $work/export.xml")
    ./sidebyside.py -n 5 --bytes "$work/export.xml" "${commands[@]}"
fi

if wants cwa; then
    say "Axivity CWA, 7 days at 100 Hz, 258 MB"
    ./sidebyside.py -n 3 --bytes "$work/week.cwa" "hearth=$bench read $work/week.cwa" \
        "actipy=$peer actipy $work/week.cwa"
fi

if wants geneactiv; then
    say "GENEActiv, 7 days at 100 Hz, 770 MB"
    ./sidebyside.py -n 3 --bytes "$work/week.geneactiv.bin" \
        "hearth=$bench read $work/week.geneactiv.bin" "actipy=$peer actipy $work/week.geneactiv.bin"
fi

if wants gt3x; then
    say "ActiGraph GT3X, 7 days at 100 Hz, 166 MB (inflated 368 MB)"
    ./sidebyside.py -n 3 --bytes "$work/week.gt3x" "hearth=$bench read $work/week.gt3x" \
        "inflating alone=unzip -p $work/week.gt3x" "actipy=$peer actipy $work/week.gt3x"
fi

if wants edf; then
    say "EDF, 24 hours of 9 signals, 200 MB"
    ./sidebyside.py -n 5 --bytes "$work/day.edf" \
        "hearth, samples as stored=$bench read $work/day.edf" \
        "hearth, physical values=$bench read --physical $work/day.edf" \
        "edfio, samples as stored=$peer edfio-digital $work/day.edf" \
        "edfio, physical values=$peer edfio-physical $work/day.edf" \
        "pyedflib, physical values=$peer pyedflib $work/day.edf"
fi

if wants wfdb; then
    say "WFDB, 24 hours of 2 leads at 250 Hz, format 212"
    ./sidebyside.py -n 5 --bytes "$work/wfdb/day.dat" \
        "hearth, physical values=$bench read --physical $work/wfdb/day.hea" \
        "wfdb=$peer wfdb $work/wfdb/day.hea"
fi

if wants worker; then
    say "The same readers in the worker process"
    for file in week.cwa week.geneactiv.bin week.gt3x day.edf day240.fit export.xml; do
        printf '\n%s\n\n' "$file"
        ./sidebyside.py -n 5 --bytes "$work/$file" "in the worker=$bench read --worker $work/$file" \
            "in process=$bench read $work/$file"
    done
fi

if wants vault; then
    say "Apple Health into the sealed vault, 959 MB, everything included"
    [ -f "$work/passphrase" ] || head -c 18 /dev/urandom | base64 > "$work/passphrase"
    export HEARTH_VAULT=$work/store HEARTH_STATE=$work/state
    cat > "$work/ingest.sh" <<TEXT
rm -rf "$work/store" "$work/state"
"$hearth" init --kdf minimum --passphrase-file "$work/passphrase" > "$work/recovery"
exec "$hearth" ingest "$work/export.xml" --passphrase-file "$work/passphrase"
TEXT
    # The peer commits every 200 rows: on a disk it would wait for the disk, not work. It gets its
    # database in memory; Hearth writes to the disk and waits for it. It takes 30 s and more: one round.
    peer_store=$work
    [ -w /dev/shm ] && peer_store=$(mktemp -d /dev/shm/hearth-bench.XXXXXX)
    ./sidebyside.py -n 1 --no-warm-up --bytes "$work/export.xml" "hearth=bash $work/ingest.sh" \
        "healthkit-to-sqlite=$work/venv/bin/healthkit-to-sqlite --xml $work/export.xml $peer_store/peer.db"
    rm -f "$peer_store/peer.db"
    [ "$peer_store" = "$work" ] || rmdir "$peer_store"
fi

if wants store; then
    rows=${HEARTH_BENCH_ROWS:-10000000}
    say "$rows rows of time and value, durable: the vault beside SQLite, SQLCipher and Parquet"
    "$bench" vault "$work/rows" "$rows"
    cc -O2 -DSTORE_HEADER='<sqlite3.h>' -o "$work/store-sqlite" peers/store_sqlite.c -lsqlite3 &&
        "$work/store-sqlite" "$work/rows.sqlite" "$rows" || echo "left out: SQLite (libsqlite3-dev)"
    cc -O2 -DSQLITE_HAS_CODEC -DSTORE_HEADER='<sqlcipher/sqlite3.h>' -o "$work/store-sqlcipher" \
        peers/store_sqlite.c -lsqlcipher &&
        "$work/store-sqlcipher" "$work/rows.sqlcipher" "$rows" "benchmark passphrase" ||
        echo "left out: SQLCipher (libsqlcipher-dev)"
    if [ ! -x "$work/arrow/bin/python" ]; then
        python3 -m venv "$work/arrow" >&2
        "$work/arrow/bin/pip" install --quiet pyarrow >&2 || true
    fi
    "$work/arrow/bin/python" peers/store_parquet.py "$work/rows.parquet" "$rows" ||
        echo "left out: Parquet (pyarrow)"
    rm -rf "$work"/rows "$work"/rows.*
fi

if wants report; then
    say "Report of one day from a vault with a year of four vendors' data"
    [ -d "$work/year" ] || "$root/.build/release/hearth-simulate" --year --out "$work/year" >&2
    [ -f "$work/passphrase" ] || head -c 18 /dev/urandom | base64 > "$work/passphrase"
    export HEARTH_VAULT=$work/year-store HEARTH_STATE=$work/year-state
    key="--passphrase-file $work/passphrase"
    restore="rm -rf $work/year-store $work/year-state; cp -a $work/year-fresh/* $work/"
    rm -rf "$work"/year-store "$work"/year-state "$work"/year-fresh
    # shellcheck disable=SC2086
    "$hearth" init --kdf minimum $key > "$work/recovery" 2>&1
    # shellcheck disable=SC2086
    "$hearth" ingest "$work/year" $key > "$work/year.log"
    mkdir "$work/year-fresh"
    cp -a "$work/year-store" "$work/year-state" "$work/year-fresh/"
    ./sidebyside.py -n 9 "unlock only=$hearth key list $key" \
        "(put the vault without results back)=$restore" \
        "report, 75 days scored=$hearth report --day 2027-01-18 $key" \
        "report, from cached days=$hearth report --day 2027-01-18 $key"
fi

if wants start; then
    say "Start of the command"
    ./sidebyside.py -n 20 "hearth --version=$hearth --version"
fi

if wants inference; then
    say "One step of the shipped nets and trees, and of small nets: recurrent, convolutional, causal, trees"
    "$root/scripts/fetch-onnxruntime.sh"
    library=${HEARTH_ORT_LIB:-$root/.build/onnxruntime/libonnxruntime.so.1.31.1}
    fixtures=$root/Tests/HearthInferenceTests/Fixtures
    "$bench" inference --ort "$library"
    "$bench" inference --ort "$library" "$fixtures"/{gru,conv,tcn,regressor}.onnx
fi

if wants sleep; then
    say "A night of 960 epochs, and one epoch online"
    "$bench" sleep night
    for file in week.cwa week.geneactiv.bin; do
        say "A week of raw acceleration to sleep windows and stages: $file"
        sleep_peer="peers/sleep_peers.py"
        commands=("hearth=$bench sleep raw $work/$file"
            "asleep, reading only=$work/peers/bin/python $sleep_peer asleep-reading $work/$file")
        "$work/peers/bin/python" -c "import skdh" 2>/dev/null && commands+=(
            "scikit-digital-health=$work/peers/bin/python $sleep_peer skdh $work/$file")
        [ -x "$work/oxford/bin/accProcess" ] && commands+=(
            "accelerometer, without its model=$work/oxford/bin/python $sleep_peer accelerometer $work/$file")
        ./sidebyside.py -n 3 --bytes "$work/$file" "${commands[@]}"
    done
fi

if wants anomaly; then
    say "One value through a streaming anomaly detector"
    "$bench" anomaly
    if [ ! -x "$work/anomaly/bin/python" ]; then
        python3 -m venv "$work/anomaly" >&2
        "$work/anomaly/bin/pip" install --quiet river stumpy >&2 ||
            echo "left out: river and stumpy cannot be installed" >&2
    fi
    for one in river stumpy; do
        OMP_NUM_THREADS=1 NUMBA_NUM_THREADS=1 "$work/anomaly/bin/python" peers/anomaly_peers.py "$one" ||
            echo "left out: $one" >&2
    done
fi

if wants stream; then
    # Samples in; HEARTH_STREAM_SAMPLES says how many (100000000 shows that memory stays flat).
    count=${HEARTH_STREAM_SAMPLES:-10000000}
    cc -O2 -o "$work/feed" stream/feed.c
    cc -O2 -o "$work/latency" stream/latency.c
    [ -f "$work/passphrase" ] || head -c 18 /dev/urandom | base64 > "$work/passphrase"
    export HEARTH_VAULT=$work/stream-store HEARTH_STATE=$work/stream-state
    key="--passphrase-file $work/passphrase"
    fresh="rm -rf $work/stream-store $work/stream-state; $hearth init --kdf minimum $key"
    say "Live samples, $count at 1 kHz (packets: at 1 Hz, two samples a line), --late 30s; the feeder's time included"
    for form in csv ndjson mix packets; do
        rate=1000
        [ $form = packets ] && rate=1
        lines=$count
        [ $form = packets ] && lines=$((count / 2))
        feed="$work/feed $form $lines $rate"
        printf '\n%s\n\n' "$form"
        ./sidebyside.py -n 1 --no-warm-up "feeder alone=$feed" \
            "nothing kept=$feed | $hearth stream --no-store" \
            "(a new vault)=$fresh" "kept in the vault=$feed | $hearth stream $key"
    done
    say "From a sample to its alert at 1,000 samples a second, --late 0"
    eval "$fresh" > "$work/recovery" 2>&1
    for how in "--no-store" "$key --print-first" "$key"; do
        # shellcheck disable=SC2086
        printf '%s: ' "$how"
        # shellcheck disable=SC2086
        "$work/latency" 60000 1000 "$hearth" stream $how --name "b$RANDOM" --late 0 --for 5s 2> "$work/latency.log"
    done
fi

if wants hrv; then
    say "Heart-rate variability, 100,000 beats: all measures of 287 windows of five minutes"
    if [ ! -x "$work/hrv/bin/python" ]; then
        python3 -m venv "$work/hrv" >&2
        "$work/hrv/bin/pip" install --quiet pyhrv==0.5.0 neurokit2==0.2.13 peakutils nolds==0.5.2 >&2 ||
            echo "left out: pyhrv and neurokit2 cannot be installed" >&2
    fi
    [ -f "$work/day.rr" ] || "$work/hrv/bin/python" peers/make_rr.py "$work/day.rr" >&2
    "$bench" hrv "$work/day.rr"
    for library in neurokit2 pyhrv; do
        OMP_NUM_THREADS=1 "$work/hrv/bin/python" peers/hrv_peers.py "$library" "$work/day.rr" 12 ||
            echo "left out: $library" >&2
    done
fi

if wants beats; then
    record=${HEARTH_DATA:-$root/../shared/data}/mitdb/100.hea
    if [ -f "$record" ]; then
        say "Beats of 30 min of two-lead ECG at 360 Hz"
        "$bench" beats "$record"
        "$work/peers/bin/python" peers/beats_peers.py wfdb "$record"
        "$work/peers/bin/python" peers/beats_peers.py neurokit2 "$record" ||
            echo "left out: neurokit2 cannot be installed"
    else
        echo "left out: beats need mitdb in HEARTH_DATA"
    fi
fi
