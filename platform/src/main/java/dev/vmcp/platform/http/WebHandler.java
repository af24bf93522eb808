package dev.vmcp.platform.http;

/// Answers plain HTTP requests. Called on a virtual thread, so it may block; many at once.
@FunctionalInterface
public interface WebHandler {

    WebReply handle(WebRequest request);
}
