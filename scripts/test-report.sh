#!/usr/bin/env bash
# test-report.sh: reads the Surefire reports of all modules, names every skipped test with its reason, then every failed one
# with the start of its trace, and ends with the line `N passed, N failed, N skipped`. Exit 1 when a test failed.
. "$(dirname "$0")/base.sh"

shopt -s nullglob
reports=("$root"/*/target/surefire-reports/TEST-*.xml)
awk '
    function attribute(tag, name,   value) {
        if (!match(tag, "[ \t\n]" name "=\"[^\"]*\"")) return ""
        value = substr(tag, RSTART + length(name) + 3, RLENGTH - length(name) - 4)
        gsub(/&lt;/, "<", value); gsub(/&gt;/, ">", value); gsub(/&quot;/, "\"", value); gsub(/&apos;/, "\x27", value)
        gsub(/&#1[03];|&#x[aAdD];|[\r\n]/, " ", value); gsub(/&amp;/, "\\&", value)
        return value
    }
    function skip(reason) {
        sub(/\n\tat .*/, "", reason)
        sub(/^org\.opentest4j\.TestAbortedException:?[ \n]*/, "", reason)
        sub(/^Assumption failed: */, "", reason)
        gsub(/[ \t\n]+/, " ", reason)
        skipped++
        printf "skipped: %s: %s\n", test, reason == "" ? "no reason given" : reason
    }
    function fail(trace,   lines, count, i) {
        sub(/^[ \t\n]+/, "", trace)
        count = split(trace, lines, "\n")
        failures = failures "failed: " test "\n"
        for (i = 1; i <= count && i <= 30; i++) failures = failures "    " substr(lines[i], 1, 400) "\n"
    }
    # One record is one tag and the text after it. The reason of a skip is its attribute, or the trace in its CDATA;
    # so is what failed; every other CDATA is what a test printed.
    BEGIN { RS = "<" }
    !inside && /^!\[CDATA\[/ { inside = 1; text = substr($0, 9); if (/]]>/) inside = 0; next }
    inside { text = text "<" $0; if (/]]>/) inside = 0; next }
    /^testcase / { total++; test = attribute($0, "classname") "." attribute($0, "name"); bad = 0 }
    /^(failure|error)[ >]/ { text = attribute($0, "message"); if (/\/>[ \t\n]*$/ && !bad++) { failed++; fail(text) } }
    /^\/(failure|error)>/ && !bad++ { sub(/]]>.*/, "", text); failed++; fail(text) }
    /^skipped/ { text = attribute($0, "message"); if (/^skipped[^>]*\/>/) skip(text) }
    /^\/skipped>/ { sub(/]]>.*/, "", text); skip(text) }
    END {
        printf "%s%d passed, %d failed, %d skipped\n", failures, total - failed - skipped, failed, skipped
        exit failed > 0
    }
' "${reports[@]:-/dev/null}"
