package dev.vmcp.client;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/// A TCP connection under TLS, whose peer has proved that it is the host we named.
final class TlsWire implements Wire {
    private static final int PEEK_MILLIS = 1;

    private final SSLSocket socket;

    private TlsWire(SSLSocket socket) {
        this.socket = socket;
    }

    static TlsWire dial(Endpoint.Tls to, SSLSocketFactory factory, Deadline deadline)
            throws IOException {
        var plain = new Socket();
        try {
            plain.connect(new InetSocketAddress(to.host(), to.port()), deadline.millisLeft());
            plain.setTcpNoDelay(true);
            plain.setKeepAlive(true);
            plain.setSoTimeout(deadline.millisLeft());
            var socket = (SSLSocket) factory.createSocket(plain, to.host(), to.port(), true);
            var parameters = socket.getSSLParameters();
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
            parameters.setApplicationProtocols(new String[] {"http/1.1"});
            socket.setSSLParameters(parameters);
            socket.startHandshake();
            return new TlsWire(socket);
        } catch (IOException | RuntimeException e) {
            plain.close();
            throw e;
        }
    }

    @Override
    public int read(byte[] into, int offset, int length, Deadline deadline) throws IOException {
        if (deadline.passed()) {
            throw new SocketTimeoutException("deadline passed");
        }
        socket.setSoTimeout(deadline.millisLeft());
        return socket.getInputStream().read(into, offset, length);
    }

    @Override
    public void write(byte[] bytes, Deadline deadline) throws IOException {
        socket.getOutputStream().write(bytes);
    }

    @Override
    public boolean stale() {
        try {
            socket.setSoTimeout(PEEK_MILLIS);
            return socket.getInputStream().read(new byte[1]) != 0;
        } catch (SocketTimeoutException e) {
            return false;
        } catch (IOException e) {
            return true;
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
