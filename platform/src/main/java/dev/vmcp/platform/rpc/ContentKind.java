package dev.vmcp.platform.rpc;

import dev.vmcp.platform.rpc.call.RpcProtocol;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What a content type says about a call.
///
/// @param type the type without parameters
/// @param enveloped whether messages lie in envelopes
/// @param codec `proto` or `json`
/// @param text whether the body is base64
record ContentKind(
        String type, RpcProtocol protocol, boolean enveloped, String codec, boolean text) {
    private static final Map<String, ContentKind> KNOWN = known();

    static @Nullable ContentKind of(@Nullable String contentType) {
        if (contentType == null) {
            return null;
        }
        var kind = KNOWN.get(contentType);
        if (kind != null) {
            return kind;
        }
        int end = contentType.indexOf(';');
        var bare = end < 0 ? contentType : contentType.substring(0, end);
        return KNOWN.get(bare.strip().toLowerCase(Locale.ROOT));
    }

    /// The types that a method takes, for `accept-post`.
    static String accepted(boolean unary) {
        var own =
                unary
                        ? "application/json, application/proto"
                        : "application/connect+json, application/connect+proto";
        return own
                + ", application/grpc, application/grpc+proto, application/grpc+json"
                + ", application/grpc-web, application/grpc-web+proto, application/grpc-web+json"
                + ", application/grpc-web-text, application/grpc-web-text+proto";
    }

    private static Map<String, ContentKind> known() {
        var all = new HashMap<String, ContentKind>();
        for (var codec : new String[] {"proto", "json"}) {
            add(all, "application/" + codec, RpcProtocol.CONNECT, false, codec);
            add(all, "application/connect+" + codec, RpcProtocol.CONNECT, true, codec);
            add(all, "application/grpc+" + codec, RpcProtocol.GRPC, true, codec);
            add(all, "application/grpc-web+" + codec, RpcProtocol.GRPC_WEB, true, codec);
            add(all, "application/grpc-web-text+" + codec, RpcProtocol.GRPC_WEB, true, codec);
        }
        add(all, "application/grpc", RpcProtocol.GRPC, true, "proto");
        add(all, "application/grpc-web", RpcProtocol.GRPC_WEB, true, "proto");
        add(all, "application/grpc-web-text", RpcProtocol.GRPC_WEB, true, "proto");
        return all;
    }

    private static void add(
            Map<String, ContentKind> all,
            String type,
            RpcProtocol protocol,
            boolean enveloped,
            String codec) {
        boolean text = type.startsWith("application/grpc-web-text");
        all.put(type, new ContentKind(type, protocol, enveloped, codec, text));
    }
}
