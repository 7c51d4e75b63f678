#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""fit_peers.py garmin|fitparse FILE: decodes every message with a library, in its documented simple way."""
import sys

name, path = sys.argv[1], sys.argv[2]
count = 0
if name == "garmin":
    from garmin_fit_sdk import Decoder, Stream

    messages, errors = Decoder(Stream.from_file(path)).read()
    count = sum(len(rows) for rows in messages.values())
else:
    import fitparse

    for message in fitparse.FitFile(path).get_messages():
        message.get_values()
        count += 1
print("messages", count)
