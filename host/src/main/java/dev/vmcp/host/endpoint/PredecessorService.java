package dev.vmcp.host.endpoint;

import dev.vmcp.api.cloudhypervisor.v1.VmServiceGrpc;
import io.grpc.MethodDescriptor;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import java.util.ArrayList;

/// `cloudhypervisor.v1.VmService`, answered by the very methods of `vmm.v1.VmService`: on the wire
/// the two packages differ in nothing but their name, so the messages of one are read as those of
/// the other. Reflection shows the messages of `cloudhypervisor.v1`.
public final class PredecessorService {

    private PredecessorService() {}

    /// @param vms the service of `vmm.v1`
    public static ServerServiceDefinition over(ServerServiceDefinition vms) {
        var published = VmServiceGrpc.getServiceDescriptor();
        var methods = new ArrayList<ServerMethodDefinition<?, ?>>();
        for (var wanted : published.getMethods()) {
            var own = vms.getServiceDescriptor().getName() + "/" + wanted.getBareMethodName();
            methods.add(renamed(vms.getMethod(own), wanted));
        }
        var description =
                ServiceDescriptor.newBuilder(published.getName())
                        .setSchemaDescriptor(published.getSchemaDescriptor());
        methods.forEach(method -> description.addMethod(method.getMethodDescriptor()));
        var service = ServerServiceDefinition.builder(description.build());
        methods.forEach(service::addMethod);
        return service.build();
    }

    /// The methods of it that never wait.
    public static MethodDescriptor<?, ?>[] quickReads() {
        return new MethodDescriptor<?, ?>[] {VmServiceGrpc.getGetVmInfoMethod()};
    }

    private static <Q, R> ServerMethodDefinition<Q, R> renamed(
            ServerMethodDefinition<Q, R> method, MethodDescriptor<?, ?> like) {
        var described =
                method.getMethodDescriptor().toBuilder()
                        .setFullMethodName(like.getFullMethodName())
                        .setSchemaDescriptor(like.getSchemaDescriptor())
                        .build();
        return ServerMethodDefinition.create(described, method.getServerCallHandler());
    }
}
