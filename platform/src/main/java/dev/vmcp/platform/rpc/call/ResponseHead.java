package dev.vmcp.platform.rpc.call;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;

/// Lets a streaming handler send the head of its answer before the first message, which a
/// `StreamObserver` cannot: a watch that has nothing to say yet still tells its caller that it
/// stands.
public final class ResponseHead {
    private static final Context.Key<Once<?, ?>> KEY = Context.key("response-head");

    private ResponseHead() {}

    /// Sends the head of the current call now. Does nothing outside of a streaming call or when
    /// sent before.
    public static void sendNow() {
        sendNow(new Metadata());
    }

    /// Sends the head of the current call now, with these headers.
    public static void sendNow(Metadata headers) {
        var call = KEY.get();
        if (call != null) {
            call.sendHeaders(headers);
        }
    }

    /// To be the interceptor nearest to the handler.
    public static ServerInterceptor interceptor() {
        return new ServerInterceptor() {
            @Override
            public <Q, R> ServerCall.Listener<Q> interceptCall(
                    ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
                if (call.getMethodDescriptor().getType().serverSendsOneMessage()) {
                    return next.startCall(call, headers);
                }
                var once = new Once<>(call);
                return Contexts.interceptCall(
                        Context.current().withValue(KEY, once), once, headers, next);
            }
        };
    }

    /// Lets the first head through and swallows the one that `StreamObserver` sends later.
    private static final class Once<Q, R> extends SimpleForwardingServerCall<Q, R> {
        private boolean sent;

        Once(ServerCall<Q, R> call) {
            super(call);
        }

        @Override
        public synchronized void sendHeaders(Metadata headers) {
            if (!sent) {
                sent = true;
                super.sendHeaders(headers);
            }
        }
    }
}
