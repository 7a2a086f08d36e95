using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using WunderProxy.Forwarding.Transport.OpenSsl;

namespace WunderProxy.Forwarding.Tests.Transport.Tls;

/// <summary>
/// Gives tests with plain sockets a way into a TLS listener: for each plain connection one TLS connection. The end of
/// the one side is the end of the other, in order or by a reset; an end without close_notify counts as a reset.
/// </summary>
/// <remarks>
/// The client is libssl: to end the sending side of an SslStream while another call reads may hang in .NET 10.
/// </remarks>
internal sealed class TlsBridge : IDisposable
{
    private readonly EndPoint _server;
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    // A socket that nobody refers to would be closed by the garbage collector, in spite of the pending receive.
    private readonly ConcurrentBag<Socket> _sockets = [];

    public TlsBridge(EndPoint server)
    {
        _server = server;
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen(1024);
        _ = AcceptAsync();
    }

    public EndPoint EndPoint => _listener.LocalEndPoint!;

    public void Dispose() => _listener.Dispose();

    private static void Reset(Socket socket)
    {
        try
        {
            socket.LingerState = new LingerOption(enable: true, seconds: 0);
        }
        catch (Exception exception) when (IsEnd(exception))
        {
            // Closed already.
        }

        socket.Dispose();
    }

    private static bool IsEnd(Exception exception) => exception is IOException or SocketException or ObjectDisposedException;

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var plain = await _listener.AcceptAsync();
                _sockets.Add(plain);
                _ = JoinAsync(plain);
            }
        }
        catch (Exception exception) when (IsEnd(exception))
        {
            // Disposed of.
        }
    }

    private async Task JoinAsync(Socket plain)
    {
        plain.NoDelay = true;
        using var end = TlsEnd.Client();
        var server = new Socket(
            _server.AddressFamily, SocketType.Stream, _server is IPEndPoint ? ProtocolType.Tcp : ProtocolType.Unspecified);
        _sockets.Add(server);
        try
        {
            if (plain.RemoteEndPoint is IPEndPoint client && client.AddressFamily == server.AddressFamily)
            {
                // The server sees the address that the client has chosen.
                server.Bind(new IPEndPoint(client.Address, 0));
            }

            await server.ConnectAsync(_server);
            await ShakeHandsAsync(server, end);
            using var sending = new SemaphoreSlim(1);
            await Task.WhenAll(CarryUpAsync(plain, server, end, sending), CarryDownAsync(plain, server, end, sending));
        }
        catch (Exception exception) when (IsEnd(exception))
        {
            Reset(server);
            Reset(plain);
        }

        server.Dispose();
        plain.Dispose();
    }

    private static async Task ShakeHandsAsync(Socket server, TlsEnd end)
    {
        var buffer = new byte[64 * 1024];
        while (true)
        {
            var step = end.Handshake();
            await SendAsync(server, end.TakeSent());
            if (step == TlsStep.Done)
            {
                return;
            }

            var read = step == TlsStep.WantsRead ? await server.ReceiveAsync(buffer) : 0;
            end.Arrive(read > 0 ? buffer.AsSpan(0, read) : throw new IOException("The handshake failed."));
        }
    }

    private static async Task CarryUpAsync(Socket plain, Socket server, TlsEnd end, SemaphoreSlim sending)
    {
        var buffer = new byte[64 * 1024];
        try
        {
            int read;
            while ((read = await plain.ReceiveAsync(buffer)) > 0)
            {
                await SendAsync(server, end, sending, () => end.Write(buffer.AsSpan(0, read)));
            }

            await SendAsync(server, end, sending, end.Shutdown);
            server.Shutdown(SocketShutdown.Send);
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.ConnectionReset && !plain.Connected)
        {
            Reset(server);
        }
        catch (Exception exception) when (IsEnd(exception))
        {
            // What is still to be read tells how the server has ended.
        }
    }

    private static async Task CarryDownAsync(Socket plain, Socket server, TlsEnd end, SemaphoreSlim sending)
    {
        var buffer = new byte[64 * 1024];
        try
        {
            while (true)
            {
                var read = await server.ReceiveAsync(buffer);
                if (read == 0)
                {
                    throw new IOException("The server ended without close_notify.");
                }

                byte[] plainBytes;
                int status;
                lock (end)
                {
                    end.Arrive(buffer.AsSpan(0, read));
                    plainBytes = end.ReadAll(out status);
                }

                // Must not wait for the other direction, whose bytes the server may not take before it has sent its own.
                if (sending.Wait(0))
                {
                    await SendAndReleaseAsync(server, end, sending, static () => { });
                }

                await SendAsync(plain, plainBytes);
                if (status == 0)
                {
                    break;
                }
            }

            plain.Shutdown(SocketShutdown.Send);

            // After the close_notify comes the end of the stream: a reset now means that the server has gone.
            while (await server.ReceiveAsync(buffer) > 0)
            {
            }
        }
        catch (Exception exception) when (IsEnd(exception))
        {
            Reset(plain);
            Reset(server);
        }
    }

    private static async Task SendAsync(Socket server, TlsEnd end, SemaphoreSlim sending, Action call)
    {
        await sending.WaitAsync();
        await SendAndReleaseAsync(server, end, sending, call);
    }

    private static async Task SendAndReleaseAsync(Socket server, TlsEnd end, SemaphoreSlim sending, Action call)
    {
        try
        {
            byte[] sent;
            lock (end)
            {
                call();
                sent = end.TakeSent();
            }

            await SendAsync(server, sent);
        }
        finally
        {
            sending.Release();
        }
    }

    private static async Task SendAsync(Socket socket, ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            bytes = bytes[await socket.SendAsync(bytes)..];
        }
    }
}
