package dev.vmcp.platform.rpc;

import com.google.protobuf.Any;
import com.google.protobuf.Message;
import com.google.protobuf.StringValue;
import com.google.rpc.BadRequest;
import com.google.rpc.context.AttributeContext;
import dev.vmcp.platform.rpc.call.CallInfo;
import dev.vmcp.platform.rpc.call.ResponseHead;
import io.grpc.Context;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/// What the tests call: echoes, fails, waits, streams.
final class EchoService {
    static final MethodDescriptor<StringValue, StringValue> SAY =
            method("Say", MethodType.UNARY, StringValue.getDefaultInstance(), true);
    static final MethodDescriptor<AttributeContext, AttributeContext> DESCRIBE =
            method("Describe", MethodType.UNARY, AttributeContext.getDefaultInstance(), false);
    static final MethodDescriptor<StringValue, StringValue> BOTH =
            method("Both", MethodType.BIDI_STREAMING, StringValue.getDefaultInstance(), false);
    static final MethodDescriptor<StringValue, StringValue> WATCH =
            method("Watch", MethodType.SERVER_STREAMING, StringValue.getDefaultInstance(), false);
    static final MethodDescriptor<StringValue, StringValue> FLOOD =
            method("Flood", MethodType.SERVER_STREAMING, StringValue.getDefaultInstance(), false);
    static final int FLOOD_SIZE = 8192;

    final AtomicInteger cancelled = new AtomicInteger();
    final AtomicInteger watching = new AtomicInteger();
    final AtomicInteger flooded = new AtomicInteger();

    private static <M extends Message> MethodDescriptor<M, M> method(
            String name, MethodType type, M prototype, boolean safe) {
        return MethodDescriptor.<M, M>newBuilder()
                .setFullMethodName("test.Echo/" + name)
                .setType(type)
                .setSafe(safe)
                .setRequestMarshaller(ProtoUtils.marshaller(prototype))
                .setResponseMarshaller(ProtoUtils.marshaller(prototype))
                .build();
    }

    ServerServiceDefinition bind() {
        return ServerServiceDefinition.builder("test.Echo")
                .addMethod(SAY, ServerCalls.asyncUnaryCall(this::say))
                .addMethod(
                        DESCRIBE,
                        ServerCalls.asyncUnaryCall((request, to) -> {
                            to.onNext(request);
                            to.onCompleted();
                        }))
                .addMethod(BOTH, ServerCalls.asyncBidiStreamingCall(EchoService::both))
                .addMethod(WATCH, ServerCalls.asyncServerStreamingCall(this::watch))
                .addMethod(FLOOD, ServerCalls.asyncServerStreamingCall(this::flood))
                .build();
    }

    private void say(StringValue request, StreamObserver<StringValue> to) {
        switch (request.getValue()) {
            case "boom" -> throw new IllegalStateException("secret of the server");
            case "broken" -> to.onError(new IllegalStateException("secret of the server"));
            case "taken" ->
                    throw StatusProto.toStatusRuntimeException(
                            com.google.rpc.Status.newBuilder()
                                    .setCode(Status.Code.ALREADY_EXISTS.value())
                                    .setMessage("name \"ä\" is taken")
                                    .addDetails(Any.pack(BadRequest.getDefaultInstance()))
                                    .build());
            case "wait" -> awaitCancellation();
            case "id" -> answer(to, CallInfo.current().orElseThrow().requestId());
            default -> answer(to, request.getValue());
        }
    }

    private static void answer(StreamObserver<StringValue> to, String text) {
        to.onNext(StringValue.of(text));
        to.onCompleted();
    }

    private void awaitCancellation() {
        var over = new CountDownLatch(1);
        Context.current().addListener(c -> over.countDown(), Runnable::run);
        try {
            over.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        cancelled.incrementAndGet();
    }

    private static StreamObserver<StringValue> both(StreamObserver<StringValue> to) {
        return new StreamObserver<>() {
            @Override
            public void onNext(StringValue value) {
                to.onNext(value);
            }

            @Override
            public void onError(Throwable t) {}

            @Override
            public void onCompleted() {
                to.onCompleted();
            }
        };
    }

    /// Says nothing and never ends; the handler returns at once.
    private void watch(StringValue request, StreamObserver<StringValue> to) {
        ResponseHead.sendNow();
        watching.incrementAndGet();
        Context.current()
                .addListener(
                        c -> {
                            watching.decrementAndGet();
                            cancelled.incrementAndGet();
                        },
                        Runnable::run);
    }

    /// Sends as fast as it may, in a plain loop.
    private void flood(StringValue count, StreamObserver<StringValue> to) {
        var message = StringValue.of("x".repeat(FLOOD_SIZE));
        int wanted = Integer.parseInt(count.getValue());
        for (int i = 0; i < wanted && !Context.current().isCancelled(); i++) {
            to.onNext(message);
            flooded.incrementAndGet();
        }
        to.onCompleted();
    }
}
