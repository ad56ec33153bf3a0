package org.civicpress.realtime.server;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.concurrent.TimeUnit;

/// One TCP connection to the server, as a WebSocket client that can also do what no client should. Every read
/// gives up after a while, so that a test ends; a machine may stand still for less. Confined to its test.
public final class Wire implements AutoCloseable {
    private static final int PATIENCE_MILLIS = 180_000;

    /// A presence of nobody: the server says it when it has said nothing for a while.
    private static final byte[] LIFE_SIGN = {1, 1, 0};

    private final Socket socket;
    private final DataInputStream in;
    private final OutputStream out;

    /// What came. Opcode 1 is text, 2 binary, 8 close.
    public record Frame(int opcode, byte[] payload) {
        public String hex() {
            return HexFormat.of().formatHex(payload);
        }

        public String text() {
            return new String(payload, StandardCharsets.UTF_8);
        }

        /// `4001 {"code":"AUTH_FAILED"}`, or `1005` for a close without a code.
        public String close() {
            if (opcode != 8) {
                throw new AssertionError("not a close but " + this);
            }
            if (payload.length == 0) {
                return "1005";
            }
            int code = ByteBuffer.wrap(payload).getShort() & 0xffff;
            return (code + " " + new String(payload, 2, payload.length - 2, StandardCharsets.UTF_8)).strip();
        }

        @Override
        public String toString() {
            return opcode == 1 ? "text " + text() : opcode == 8 ? "close " + close() : "frame " + opcode + " " + hex();
        }
    }

    private Wire(InetSocketAddress server) throws IOException {
        socket = new Socket(server.getAddress(), server.getPort());
        socket.setSoTimeout(PATIENCE_MILLIS);
        socket.setTcpNoDelay(true);
        in = new DataInputStream(new java.io.BufferedInputStream(socket.getInputStream()));
        out = socket.getOutputStream();
    }

    /// A connection on which nothing was said yet.
    public static Wire connect(InetSocketAddress server) throws IOException {
        return new Wire(server);
    }

    /// An open WebSocket.
    public static Wire open(InetSocketAddress server, String target, String... headers) throws IOException {
        Wire wire = new Wire(server);
        wire.raw(upgrade(target, headers));
        String head = wire.readHead();
        if (!head.startsWith("HTTP/1.1 101 ")) {
            throw new AssertionError(head);
        }
        return wire;
    }

    public static String upgrade(String target, String... headers) {
        return "GET " + target + " HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                + String.join("\r\n", headers) + (headers.length > 0 ? "\r\n" : "") + "\r\n";
    }

    public String readHead() throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        while (!head.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
            head.write(in.readUnsignedByte());
        }
        return head.toString(StandardCharsets.ISO_8859_1);
    }

    /// Everything until the server ends the connection.
    public String readAll() throws IOException {
        return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }

    public void raw(String text) throws IOException {
        raw(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    public void raw(byte[] bytes) throws IOException {
        out.write(bytes);
        out.flush();
    }

    public void binary(String hex) throws IOException {
        raw(frame(0x82, HexFormat.of().parseHex(hex)));
    }

    public void text(String text) throws IOException {
        raw(frame(0x81, text.getBytes(StandardCharsets.UTF_8)));
    }

    public void close(int code) throws IOException {
        raw(frame(0x88, new byte[] {(byte) (code >> 8), (byte) code}));
    }

    /// Answers the server's close.
    ///
    /// @return whether the server then ends the connection. It does not wait for long: when the answer comes too
    ///     late it has ended already, and is found reset.
    public boolean endsWhenAnswered(int code) throws IOException {
        try {
            close(code);
            return isAtEnd();
        } catch (SocketException e) {
            return true;
        }
    }

    /// A masked frame.
    public static byte[] frame(int first, byte[] payload) {
        ByteBuffer frame = ByteBuffer.allocate(payload.length + 14).put((byte) first);
        if (payload.length < 126) {
            frame.put((byte) (0x80 | payload.length));
        } else if (payload.length < 65_536) {
            frame.put((byte) (0x80 | 126)).putShort((short) payload.length);
        } else {
            frame.put((byte) (0x80 | 127)).putLong(payload.length);
        }
        byte[] mask = {0x37, (byte) 0xfa, 0x21, 0x3d};
        frame.put(mask);
        for (int i = 0; i < payload.length; i++) {
            frame.put((byte) (payload[i] ^ mask[i % 4]));
        }
        byte[] bytes = new byte[frame.position()];
        frame.flip().get(bytes);
        return bytes;
    }

    /// The next frame that is not only there because time passed: a ping is answered, as by every client, and a
    /// sign of life is passed over.
    public Frame read() throws IOException {
        long since = System.nanoTime();
        while (TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - since) < PATIENCE_MILLIS) {
            Frame frame = readAny();
            if (frame.opcode() == 9) {
                raw(frame(0x8a, frame.payload()));
            } else if (frame.opcode() != 2 || !Arrays.equals(frame.payload(), LIFE_SIGN)) {
                return frame;
            }
        }
        throw new SocketTimeoutException("only signs of life");
    }

    /// The next frame, whatever it is, and without an answer to a ping.
    public Frame readAny() throws IOException {
        int first = in.readUnsignedByte();
        int second = in.readUnsignedByte();
        if ((first & 0xf0) != 0x80 || (second & 0x80) != 0) {
            throw new AssertionError("a server does not send " + first + " " + second);
        }
        long length = second == 127 ? in.readLong() : second == 126 ? in.readUnsignedShort() : second;
        byte[] payload = new byte[Math.toIntExact(length)];
        in.readFully(payload);
        return new Frame(first & 0x0f, payload);
    }

    /// Whether the server has ended the connection.
    public boolean isAtEnd() throws IOException {
        try {
            return in.read() < 0;
        } catch (EOFException e) {
            return true;
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
