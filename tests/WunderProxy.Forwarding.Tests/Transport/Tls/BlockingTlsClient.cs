using System.Net;
using System.Net.Sockets;
using WunderProxy.Forwarding.Transport.OpenSsl;

namespace WunderProxy.Forwarding.Tests.Transport.Tls;

/// <summary>A client whose calls block in libssl and allocate nothing.</summary>
internal sealed unsafe class BlockingTlsClient : IDisposable
{
    private readonly Socket _socket;
    private readonly nint _ssl;

    public BlockingTlsClient(EndPoint endPoint)
    {
        _socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        _socket.Connect(endPoint);
        Assert.That(OpenSslLibrary.TryLoad(out var error), Is.True, error);
        _ssl = TlsEnd.NewClient(new TlsEndOptions());
        _ = ClientCalls.SetDescriptor(_ssl, (int)_socket.Handle);
        Assert.That(ClientCalls.Connect(_ssl), Is.EqualTo(1));
    }

    public void Send(ReadOnlySpan<byte> bytes)
    {
        fixed (byte* start = bytes)
        {
            if (OpenSslCalls.Write(_ssl, start, bytes.Length) != bytes.Length)
            {
                throw new IOException("the server does not take the bytes");
            }
        }
    }

    /// <summary>Receives the bytes of at most one record.</summary>
    public int Receive(Span<byte> buffer)
    {
        fixed (byte* start = buffer)
        {
            return OpenSslCalls.Read(_ssl, start, buffer.Length) is > 0 and var read
                ? read
                : throw new IOException("the server ended the connection");
        }
    }

    public void ReceiveExactly(Span<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            buffer = buffer[Receive(buffer)..];
        }
    }

    public void Dispose()
    {
        OpenSslCalls.Free(_ssl);
        _socket.Dispose();
    }
}
