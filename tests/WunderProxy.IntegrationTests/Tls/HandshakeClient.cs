using System.Net;
using System.Net.Sockets;
using WunderProxy.Forwarding.Tests.Transport.Tls;
using WunderProxy.Forwarding.Transport.OpenSsl;

namespace WunderProxy.IntegrationTests.Tls;

/// <summary>One client after another that shakes hands, or that does not get so far; one thread's.</summary>
internal sealed class HandshakeClient(EndPoint listener) : IDisposable
{
    /// <summary>
    /// How many kinds there are: the first makes a session and a request, four resume the session, the others fail.
    /// </summary>
    public const int Kinds = 8;

    // Fewer than the hello of any client has.
    private const int HelloBytes = 200;

    private static readonly byte[] Request = "GET /small HTTP/1.1\r\nHost: a\r\n\r\n"u8.ToArray();

    private readonly byte[] _buffer = new byte[64 * 1024];
    private nint _session;
    private int _version;

    /// <summary>Runs a client of the kind that its number chooses.</summary>
    public void Run(int number)
    {
        using var socket = new Socket(listener.AddressFamily, SocketType.Stream, ProtocolType.Tcp)
        {
            ReceiveTimeout = 30_000,
            SendTimeout = 30_000,
        };
        socket.Connect(listener);
        switch (number % Kinds)
        {
            case 0:
                // A client of TLS 1.3 resumes a session once, one of TLS 1.2 as often as it likes.
                AskAndKeepSession(socket, number / Kinds % 2 == 0 ? 0x0303 : 0x0304);
                break;
            case 1 or 2 or 3:
                Resume(socket);
                break;
            case 4:
                Resume(socket);
                socket.LingerState = new LingerOption(enable: true, seconds: 0);
                break;
            case 5:
                SendPart(socket, number / Kinds % HelloBytes);
                break;
            case 6:
                SendPart(socket, number / Kinds % HelloBytes);
                socket.LingerState = new LingerOption(enable: true, seconds: 0);
                break;
            default:
                socket.Send("GET / HTTP/1.1\r\n\r\n"u8);
                while (socket.Receive(_buffer) > 0)
                {
                }

                break;
        }
    }

    public void Dispose()
    {
        if (_session != 0)
        {
            ClientCalls.FreeSession(_session);
        }
    }

    /// <summary>Sends the whole handshake but for what lies after so many bytes, and leaves it at that.</summary>
    /// <returns>Whether the handshake has more bytes than that.</returns>
    public bool SendPart(Socket socket, int bytes)
    {
        using var end = TlsEnd.Client();
        var left = bytes;
        while (true)
        {
            var step = end.Handshake();
            var sent = end.TakeSent();
            var part = Math.Min(left, sent.Length);
            socket.Send(sent.AsSpan(0, part));
            left -= part;
            if (part < sent.Length)
            {
                return true;
            }

            if (step != TlsStep.WantsRead || socket.Receive(_buffer) is not (> 0 and var read))
            {
                return false;
            }

            end.Arrive(_buffer.AsSpan(0, read));
        }
    }

    /// <summary>Does the whole handshake.</summary>
    public static void Shake(Socket socket, TlsEnd end)
    {
        while (true)
        {
            var step = end.Handshake();
            socket.Send(end.TakeSent());
            if (step == TlsStep.Done)
            {
                return;
            }

            Receive(socket, end);
        }
    }

    private void AskAndKeepSession(Socket socket, int version)
    {
        using var end = TlsEnd.Client(new TlsEndOptions { MaxVersion = version });
        Shake(socket, end);
        end.Write(Request);
        socket.Send(end.TakeSent());
        for (var length = 0; length == 0;)
        {
            // The tickets come before the answer.
            Receive(socket, end);
            length = end.ReadAll(out _).Length;
        }

        Dispose();
        (_session, _version) = (end.TakeSession(), version);
        end.Shutdown();
        socket.Send(end.TakeSent());
    }

    private void Resume(Socket socket)
    {
        using var end = TlsEnd.Client(new TlsEndOptions { Session = _session, MaxVersion = _version });
        Shake(socket, end);

        // Kept to itself: without it OpenSSL would not resume the session again.
        end.Shutdown();
    }

    private static void Receive(Socket socket, TlsEnd end)
    {
        Span<byte> buffer = stackalloc byte[16 * 1024];
        var read = socket.Receive(buffer);
        end.Arrive(read > 0 ? buffer[..read] : throw new IOException("the program ended a good handshake"));
    }
}
