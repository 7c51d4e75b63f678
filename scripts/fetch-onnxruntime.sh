#!/usr/bin/env bash
# Fetches ONNX Runtime, the oracle that the executor is compared with, by its hash, once. Without it, or
# without a network, the tests that need it are skipped and say so. HEARTH_ORT_LIB names another copy.
set -uo pipefail
cd "$(dirname "$0")/.."
folder=.build/onnxruntime
library=$folder/libonnxruntime.so.1.31.1
[ -n "${HEARTH_ORT_LIB:-}" ] || [ -f "$library" ] && exit 0

leave_out() {
    echo "test: without ONNX Runtime ($1): its comparisons are skipped" >&2
    exit 0
}
[ "$(uname -s)-$(uname -m)" = Linux-x86_64 ] || leave_out "the wheel is for Linux on x86-64"
command -v python3 >/dev/null 2>&1 || leave_out "no python3"
python3 -m pip --version >/dev/null 2>&1 || leave_out "no pip"
mkdir -p "$folder"
cat > "$folder/requirements.txt" <<'TEXT'
onnxruntime==1.31.1 --hash=sha256:5752bd508126ae7c49894d3b9d2e83f0c3d487319246d04c444b393308d7ad7f
TEXT
python3 -m pip download --quiet --disable-pip-version-check --require-hashes --no-deps \
    --only-binary :all: --implementation cp --python-version 3.11 \
    --platform manylinux_2_28_x86_64 --dest "$folder" -r "$folder/requirements.txt" \
    >/dev/null 2>&1 || leave_out "it could not be fetched"
python3 - "$folder" <<'TEXT' || leave_out "the wheel could not be opened"
import pathlib, sys, zipfile
folder = pathlib.Path(sys.argv[1])
wheel = next(folder.glob("onnxruntime-1.31.1-*.whl"))
name = "libonnxruntime.so.1.31.1"
part = folder / (name + ".part")
part.write_bytes(zipfile.ZipFile(wheel).read("onnxruntime/capi/" + name))
part.rename(folder / name)
wheel.unlink()
TEXT
