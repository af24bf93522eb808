package dev.vmcp.host.endpoint;

import dev.vmcp.api.host.v1.BackendCapabilities;
import dev.vmcp.api.host.v1.BackendVerdict;
import dev.vmcp.api.host.v1.Capability;
import dev.vmcp.api.host.v1.ExplainBackendResponse;
import dev.vmcp.api.host.v1.GetCapabilitiesResponse;
import dev.vmcp.host.driver.Probe;
import dev.vmcp.host.keeper.Admission;
import dev.vmcp.host.keeper.Backends;

/// What is known of the hypervisors, as the wire says it.
final class CapabilityMapping {

    private CapabilityMapping() {}

    static GetCapabilitiesResponse toApi(Backends.Description description) {
        var response =
                GetCapabilitiesResponse.newBuilder()
                        .setDefaultBackend(description.usual())
                        .setDefaultReason(description.reason());
        description.backends().forEach(backend -> response.addBackends(toApi(backend)));
        return response.build();
    }

    private static BackendCapabilities toApi(Backends.Described backend) {
        var told = BackendCapabilities.newBuilder().setBackend(backend.name());
        return switch (backend.probe()) {
            case Probe.Missing(var why) -> told.setProblem(why).build();
            case Probe.Installed installed -> {
                told.setAvailable(true)
                        .setVersion(installed.version())
                        .setPath(installed.path())
                        .setAccelerator(installed.accelerator());
                installed
                        .capabilities()
                        .forEach(capability -> told.addCapabilities(toApi(capability)));
                yield told.build();
            }
        };
    }

    private static Capability toApi(dev.vmcp.core.backend.Capability capability) {
        return Capability.newBuilder()
                .setName(capability.name().wire())
                .setStatus(capability.status().wire())
                .setReason(capability.reason())
                .build();
    }

    static ExplainBackendResponse toApi(Admission.Explanation explanation) {
        var response =
                ExplainBackendResponse.newBuilder()
                        .setBackend(explanation.backend())
                        .setReason(explanation.reason());
        explanation
                .judgements()
                .forEach(judgement ->
                        response.addVerdicts(
                                BackendVerdict.newBuilder()
                                        .setBackend(judgement.backend())
                                        .setPossible(judgement.possible())
                                        .setReason(judgement.reason())));
        return response.build();
    }
}
