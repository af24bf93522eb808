package dev.vmcp.verify.fuzz;

import com.linecorp.armeria.client.WebClient;
import com.linecorp.armeria.common.AggregatedHttpResponse;
import dev.vmcp.api.host.v1.ListTokensRequest;
import dev.vmcp.api.host.v1.RevokeTokenRequest;
import dev.vmcp.api.vmm.v1.DeleteVmRequest;
import dev.vmcp.api.vmm.v1.ListVmsRequest;
import dev.vmcp.client.CallFailed;
import dev.vmcp.client.HostClient;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongConsumer;

/// Sends changed requests to one host, over each protocol, and judges each answer.
public final class Fuzz {

    private static final List<Protocol> PROTOCOLS = List.of(Protocol.values());
    private static final int MOST_FAULTS = 20;
    private static final int UNDER_WAY = 32;
    private static final int CLEAN_EVERY = 2000;
    private static final long LONGEST_SECONDS = 60;

    private record Sent(Mutant mutant, CompletableFuture<AggregatedHttpResponse> answer) {}

    private final HostClient client;
    private final WebClient http;
    private final List<Samples> samples;
    private final SplittableRandom random;
    private final ArrayDeque<Sent> under = new ArrayDeque<>();
    private final List<String> faults = new ArrayList<>();

    /// @param address `host:port`
    /// @param kernel a file that VMs may boot
    public Fuzz(HostClient client, String address, String kernel, long seed) {
        this.client = client;
        this.http =
                WebClient.builder("h2c://" + address)
                        .responseTimeout(Duration.ofSeconds(LONGEST_SECONDS))
                        .build();
        this.samples = Samples.of(kernel);
        this.random = new SplittableRandom(seed);
    }

    /// Sends so many requests, no faster than `rate` a second, and goes on until there are too many
    /// faults.
    ///
    /// @param progress is told the number of requests sent, now and then
    /// @return what was wrong; empty when nothing was
    public List<String> run(long requests, int rate, LongConsumer progress)
            throws InterruptedException {
        long began = System.nanoTime();
        for (long i = 0; i < requests && faults.size() < MOST_FAULTS; i++) {
            long due = began + i * TimeUnit.SECONDS.toNanos(1) / rate;
            for (long early = due - System.nanoTime(); early > 0; early = due - System.nanoTime()) {
                LockSupport.parkNanos(early);
            }
            send();
            if (i % CLEAN_EVERY == CLEAN_EVERY - 1) {
                settle();
                clean();
                progress.accept(i + 1);
            }
        }
        settle();
        clean();
        return List.copyOf(faults);
    }

    private void send() throws InterruptedException {
        if (under.size() >= UNDER_WAY) {
            judge(under.removeFirst());
        }
        var sample = samples.get(random.nextInt(samples.size()));
        var protocol = PROTOCOLS.get(random.nextInt(PROTOCOLS.size()));
        var mutant = Mutant.of(sample, protocol, random);
        under.add(new Sent(mutant, http.execute(mutant.request()).aggregate()));
    }

    private void settle() throws InterruptedException {
        while (!under.isEmpty()) {
            judge(under.removeFirst());
        }
    }

    private void judge(Sent sent) throws InterruptedException {
        try {
            var fault = sent.mutant().fault(sent.answer().get(LONGEST_SECONDS, TimeUnit.SECONDS));
            if (!fault.isEmpty()) {
                faults.add(fault);
            }
        } catch (ExecutionException | TimeoutException e) {
            faults.add(sent.mutant().method() + " " + sent.mutant().headers() + ": " + e);
        }
    }

    /// Removes what those made that were good in spite of their changes.
    private void clean() {
        var page = ListVmsRequest.newBuilder().setPageSize(1000).build();
        for (var vms = client.listVms(page); vms.getVmsCount() > 0; vms = client.listVms(page)) {
            for (var vm : vms.getVmsList()) {
                var id = vm.getVmId();
                quietly(() ->
                        client.deleteVm(
                                DeleteVmRequest.newBuilder().setVmId(id).setForce(true).build()));
            }
        }
        for (var token :
                client.listTokens(ListTokensRequest.getDefaultInstance()).getTokensList()) {
            var id = RevokeTokenRequest.newBuilder().setTokenId(token.getTokenId()).build();
            quietly(() -> client.revokeToken(id));
        }
    }

    private void quietly(Runnable call) {
        try {
            call.run();
        } catch (CallFailed e) {
            faults.add("clean up: " + e.message());
        }
    }
}
