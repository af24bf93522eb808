package dev.vmcp.platform.config;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/// The command line's share of a configuration: `--name=value`, `--name value`, and `--name` alone
/// for a boolean.
record Flags(Map<String, String> values, Request request, List<Fault> faults) {

    static Flags parse(List<Setting<?>> settings, List<String> arguments) {
        var known = new HashMap<String, Setting<?>>();
        settings.forEach(setting -> known.put(setting.flag(), setting));
        var parser = new Parser(known);
        var rest = arguments.iterator();
        while (rest.hasNext()) {
            parser.take(rest.next(), rest);
        }
        return new Flags(Map.copyOf(parser.values), parser.request, List.copyOf(parser.faults));
    }

    private static final class Parser {
        private final Map<String, Setting<?>> known;
        private final Map<String, String> values = new HashMap<>();
        private final List<Fault> faults = new ArrayList<>();
        private Request request = Request.RUN;

        Parser(Map<String, Setting<?>> known) {
            this.known = known;
        }

        void take(String argument, Iterator<String> rest) {
            var asked = Request.of(argument);
            if (asked.isPresent()) {
                request = asked.get();
                return;
            }
            var equals = argument.indexOf('=');
            var name = equals < 0 ? argument : argument.substring(0, equals);
            var setting = known.get(name);
            if (setting == null) {
                unknown(name);
            } else if (equals >= 0) {
                values.put(setting.key(), argument.substring(equals + 1));
            } else if (setting.isBoolean()) {
                values.put(setting.key(), "true");
            } else if (rest.hasNext()) {
                values.put(setting.key(), rest.next());
            } else {
                faults.add(new Fault("flag", name, "", setting.kind().expected()));
            }
        }

        private void unknown(String name) {
            var names = new TreeSet<>(known.keySet());
            names.addAll(Request.FLAGS);
            var what = name.startsWith("-") ? "a known flag" : "no argument but flags";
            faults.add(new Fault("flag", "", name, Suggestion.expected(what, name, names)));
        }
    }
}
