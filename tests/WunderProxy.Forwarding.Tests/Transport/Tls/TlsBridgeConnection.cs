using System.Buffers;
using System.Net;
using System.Net.Sockets;
using WunderProxy.Forwarding.Transport.OpenSsl;

namespace WunderProxy.Forwarding.Tests.Transport.Tls;

/// <summary>
/// A plain connection and the TLS connection behind it. The end of the one side is the end of the other, in order or by a
/// reset; an end without close_notify counts as a reset.
/// </summary>
/// <remarks>
/// The client is libssl: to end the sending side of an SslStream while another call reads may hang in .NET 10.
/// </remarks>
internal sealed class TlsBridgeConnection(Socket plain, Socket server) : IDisposable
{
    private readonly TlsEnd _end = TlsEnd.Client();
    private readonly SemaphoreSlim _sending = new(1);
    private volatile bool _hasEndedPlain;

    public static bool IsEnd(Exception exception) => exception is IOException or SocketException or ObjectDisposedException;

    /// <summary>Connects to the server, carries bytes until both sides have ended, and disposes of all.</summary>
    public async Task RunAsync(EndPoint endPoint)
    {
        using var own = this;
        plain.NoDelay = true;
        try
        {
            if (plain.RemoteEndPoint is IPEndPoint client && client.AddressFamily == server.AddressFamily)
            {
                // The server sees the address that the client has chosen.
                server.Bind(new IPEndPoint(client.Address, 0));
            }

            await server.ConnectAsync(endPoint);
            await ShakeHandsAsync();
            var up = CarryUpAsync();
            await Task.WhenAll(up, CarryDownAsync(up));
        }
        catch (Exception exception) when (IsEnd(exception))
        {
            Reset(server);
            Reset(plain);
        }
    }

    public void Dispose()
    {
        server.Dispose();
        plain.Dispose();
        _sending.Dispose();
        _end.Dispose();
    }

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

    /// <summary>Receives what is there, and holds no memory while it waits: a bridge may have thousands of clients.</summary>
    private static async Task<byte[]> ReceiveAsync(Socket socket)
    {
        await socket.ReceiveAsync(Memory<byte>.Empty);
        var buffer = ArrayPool<byte>.Shared.Rent(64 * 1024);
        try
        {
            return buffer[..await socket.ReceiveAsync(buffer)];
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Sends to the client. When it has gone, what it sent before is passed on first, if the server takes it.</summary>
    private async Task SendDownAsync(byte[] bytes, Task up)
    {
        try
        {
            await SendAsync(plain, bytes);
        }
        catch (Exception exception) when (IsEnd(exception))
        {
            await Task.WhenAny(up, Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System));
            throw;
        }
    }

    private static async Task SendAsync(Socket socket, ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            bytes = bytes[await socket.SendAsync(bytes)..];
        }
    }

    private async Task ShakeHandsAsync()
    {
        while (true)
        {
            var step = _end.Handshake();
            await SendAsync(server, _end.TakeSent());
            if (step == TlsStep.Done)
            {
                return;
            }

            var read = step == TlsStep.WantsRead ? await ReceiveAsync(server) : [];
            _end.Arrive(read.Length > 0 ? read : throw new IOException("The handshake failed."));
        }
    }

    private async Task CarryUpAsync()
    {
        try
        {
            byte[] read;
            while ((read = await ReceiveAsync(plain)).Length > 0)
            {
                await SendAsync(() => _end.Write(read));
            }

            if (!IsReset())
            {
                await SendAsync(_end.Shutdown);
                server.Shutdown(SocketShutdown.Send);
                return;
            }
        }
        catch (Exception exception) when (IsEnd(exception))
        {
            if (!IsReset(exception))
            {
                // What is still to be read tells how the server has ended.
                return;
            }
        }

        Reset(server);
    }

    private async Task CarryDownAsync(Task up)
    {
        try
        {
            while (true)
            {
                var read = await ReceiveAsync(server);
                if (read.Length == 0)
                {
                    throw new IOException("The server ended without close_notify.");
                }

                byte[] plainBytes;
                int status;
                lock (_end)
                {
                    _end.Arrive(read);
                    plainBytes = _end.ReadAll(out status);
                }

                // Must not wait for the other direction, whose bytes the server may not take before it has sent its own.
                if (_sending.Wait(0))
                {
                    await SendAndReleaseAsync(static () => { });
                }

                await SendDownAsync(plainBytes, up);
                if (status == 0)
                {
                    break;
                }
            }

            _hasEndedPlain = true;
            plain.Shutdown(SocketShutdown.Send);

            // After the close_notify comes the end of the stream: a reset now means that the server has gone.
            while ((await ReceiveAsync(server)).Length > 0)
            {
            }
        }
        catch (Exception exception) when (IsEnd(exception))
        {
            Reset(plain);
            Reset(server);
        }
    }

    /// <summary>
    /// Whether the client has reset its connection. The socket tells a reset once, as an error to the direction that meets it
    /// first; to the other one it looks like an end in order, but for its state (TCP_INFO, tcp(7)).
    /// </summary>
    private bool IsReset(Exception? met = null)
    {
        if (met is SocketException { SocketErrorCode: SocketError.ConnectionReset } && !plain.Connected)
        {
            return true;
        }

        const int Tcp = 6, Information = 11, Closed = 7;
        Span<byte> state = stackalloc byte[1];
        try
        {
            return !_hasEndedPlain && plain.GetRawSocketOption(Tcp, Information, state) == 1 && state[0] == Closed;
        }
        catch (Exception exception) when (IsEnd(exception))
        {
            // The other direction has closed it, and resets the server too.
            return false;
        }
    }

    private async Task SendAsync(Action call)
    {
        await _sending.WaitAsync();
        await SendAndReleaseAsync(call);
    }

    private async Task SendAndReleaseAsync(Action call)
    {
        try
        {
            byte[] sent;
            lock (_end)
            {
                call();
                sent = _end.TakeSent();
            }

            await SendAsync(server, sent);
        }
        finally
        {
            _sending.Release();
        }
    }
}
