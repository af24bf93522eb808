package dev.vmcp.platform.rpc.call;

import com.google.protobuf.Message;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.PrototypeMarshaller;
import io.grpc.ServerCallHandler;
import io.grpc.ServerMethodDefinition;

/// One method that is served: its description, its handler, and where the handler runs.
///
/// @param onEventLoop whether handlers run on the network thread and so must never block
public record Procedure<Q, R>(
        MethodDescriptor<Q, R> method,
        ServerCallHandler<Q, R> handler,
        Message request,
        Message response,
        boolean onEventLoop) {

    public static <Q, R> Procedure<Q, R> of(
            ServerMethodDefinition<Q, R> definition, boolean onEventLoop) {
        var method = definition.getMethodDescriptor();
        return new Procedure<>(
                method,
                definition.getServerCallHandler(),
                prototype(method, method.getRequestMarshaller()),
                prototype(method, method.getResponseMarshaller()),
                onEventLoop);
    }

    private static Message prototype(
            MethodDescriptor<?, ?> method, MethodDescriptor.Marshaller<?> marshaller) {
        if (marshaller instanceof PrototypeMarshaller<?> known
                && known.getMessagePrototype() instanceof Message message) {
            return message;
        }
        throw new IllegalArgumentException(
                "method: " + method.getFullMethodName() + " (expected: protobuf messages)");
    }

    public String name() {
        return method.getFullMethodName();
    }

    /// Whether one message, no more and no less, comes from the caller.
    public boolean oneRequest() {
        return method.getType().clientSendsOneMessage();
    }

    public boolean oneResponse() {
        return method.getType().serverSendsOneMessage();
    }

    public boolean unary() {
        return oneRequest() && oneResponse();
    }
}
