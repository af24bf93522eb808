package dev.vmcp.host.standin;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A VMM's command line.
record Arguments(List<String> all) {

    /// What stands after the first of this flag, or after its `=`.
    Optional<String> after(String flag) {
        return every(flag).stream().findFirst();
    }

    List<String> every(String flag) {
        var found = new ArrayList<String>();
        for (var i = 0; i < all.size(); i++) {
            if (all.get(i).equals(flag) && i + 1 < all.size()) {
                found.add(all.get(i + 1));
            } else if (all.get(i).startsWith(flag + "=")) {
                found.add(all.get(i).substring(flag.length() + 1));
            }
        }
        return found;
    }

    /// The value of one key in `key=value,key=value`, where a comma inside is written twice.
    static Optional<String> value(String list, String key) {
        for (var part : list.replace(",,", "\0").split(",", -1)) {
            if (part.startsWith(key + "=")) {
                return Optional.of(part.substring(key.length() + 1).replace('\0', ','));
            }
        }
        return Optional.empty();
    }
}
