package dev.vmcp.host;

import dev.vmcp.host.driver.Counters;
import dev.vmcp.host.driver.TapAccess;
import dev.vmcp.host.network.Taps;
import java.util.Collection;

/// Gives drivers the TAP devices of this process's network namespace.
public final class HostTaps implements TapAccess {

    @Override
    public int open(String name) {
        return Taps.open(name);
    }

    @Override
    public Counters.Network traffic(Collection<String> names) {
        long in = 0;
        long out = 0;
        long packetsIn = 0;
        long packetsOut = 0;
        if (!names.isEmpty()) {
            var all = Taps.traffic();
            for (var name : names) {
                var traffic = all.get(name);
                if (traffic != null) {
                    in += traffic.bytesIn();
                    out += traffic.bytesOut();
                    packetsIn += traffic.packetsIn();
                    packetsOut += traffic.packetsOut();
                }
            }
        }
        return new Counters.Network(in, out, packetsIn, packetsOut);
    }
}
