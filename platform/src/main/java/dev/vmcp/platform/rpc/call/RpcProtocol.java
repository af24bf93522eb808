package dev.vmcp.platform.rpc.call;

/// The wire protocols, all served on one port.
public enum RpcProtocol {
    CONNECT,
    GRPC,
    GRPC_WEB
}
