package dev.vmcp.core.backend;

import java.util.LinkedHashSet;

/// The reference page of option keys, in Markdown.
final class OptionPage {

    private OptionPage() {}

    static String text() {
        var page =
                new StringBuilder(
                        """
                        # Option keys

                        What may stand in the maps of a VM's configuration, by backend. A key that is not listed here is \
                        refused with `invalid_argument`, and the answer lists those that are known. Which backends a host \
                        has, `vmcp capabilities` says.

                        This page is written from `dev.vmcp.core.backend.OptionKeys` by its test.
                        """);
        var backends = new LinkedHashSet<String>();
        OptionKeys.all().forEach(key -> backends.add(key.backend()));
        for (var backend : backends) {
            page.append("\n## ").append(backend).append("\n\n");
            page.append("| map | key | values | meaning |\n|---|---|---|---|\n");
            for (var field : OptionField.values()) {
                OptionKeys.of(backend, field).forEach(key -> page.append(row(key)));
            }
        }
        return page.append("\nmvisor knows no keys.\n").toString();
    }

    private static String row(OptionKey key) {
        return "| `%s` | `%s` | %s | %s |\n"
                .formatted(key.field().wire(), key.key(), key.values().expected(), key.meaning());
    }
}
