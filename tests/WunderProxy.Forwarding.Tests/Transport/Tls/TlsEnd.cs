using System.Text;
using WunderProxy.Forwarding.Transport.OpenSsl;

namespace WunderProxy.Forwarding.Tests.Transport.Tls;

/// <summary>One end of TLS in memory: a session with a wire of its own, and queues of ciphertext on both sides.</summary>
internal sealed unsafe class TlsEnd : IDisposable
{
    private readonly TlsWire _wire = new();
    private TlsSession _session;
    private readonly nint _ssl;
    private readonly TlsContextSet? _contexts;
    private byte[] _arrived = [];

    private TlsEnd(nint ssl, TlsContextSet? contexts)
    {
        _ssl = ssl;
        _contexts = contexts;
        _session = TlsSession.TryAttach(ssl, _wire)!.Value;
    }

    private TlsEnd(TlsContextSet contexts)
    {
        _contexts = contexts;
        _session = contexts.TryBegin(_wire)!.Value;
    }

    public ref TlsSession Session => ref _session;

    /// <summary>Ciphertext that this end wants to send.</summary>
    public List<byte> Sent { get; } = [];

    /// <summary>Ciphertext that has come and that OpenSSL has not taken.</summary>
    public int Waiting => _arrived.Length;

    /// <summary>A server with the contexts of a set, which the end holds until it is disposed of.</summary>
    public static TlsEnd Server(TlsContextSet contexts)
    {
        return contexts.TryEnter() ? new TlsEnd(contexts) : throw new InvalidOperationException("The set has been released.");
    }

    public static TlsEnd Client(TlsEndOptions? options = null)
    {
        return OpenSslLibrary.TryLoad(out var error)
            ? new TlsEnd(NewClient(options ?? new TlsEndOptions()), null)
            : throw new InvalidOperationException(error);
    }

    /// <summary>Returns a new SSL object of a client, which belongs to the caller.</summary>
    public static nint NewClient(TlsEndOptions options)
    {
        var context = OpenSslCalls.NewContext(ClientCalls.ClientMethod());
        _ = OpenSslCalls.ContextControl(context, ClientCalls.ContextControlMaxVersion, options.MaxVersion, null);
        if (options.Ciphers is { } ciphers)
        {
            _ = OpenSslCalls.SetCipherList(context, ciphers);
        }

        var ssl = OpenSslCalls.New(context);
        OpenSslCalls.FreeContext(context);
        ClientCalls.SetConnectState(ssl);
        if (options.ServerName is { } name)
        {
            fixed (byte* text = Encoding.ASCII.GetBytes(name + "\0"))
            {
                _ = ClientCalls.Control(ssl, ClientCalls.ControlServerName, 0, text);
            }
        }

        if (options.Alpn is { } protocols)
        {
            byte[] names = [.. protocols.SelectMany(each => (byte[])[(byte)each.Length, .. Encoding.ASCII.GetBytes(each)])];
            fixed (byte* bytes = names)
            {
                _ = ClientCalls.SetAlpn(ssl, bytes, (uint)names.Length);
            }
        }

        if (options.Session != 0)
        {
            _ = ClientCalls.SetSession(ssl, options.Session);
        }

        return ssl;
    }

    /// <summary>Adds ciphertext from the other end.</summary>
    public void Arrive(ReadOnlySpan<byte> bytes) => _arrived = [.. _arrived, .. bytes];

    public TlsStep Handshake() => (TlsStep)Call(() => (int)_session.Handshake());

    /// <summary>Decrypts what has come.</summary>
    /// <param name="status">How the last read ended: 0 by a close_notify, else an IoStatus.</param>
    public byte[] ReadAll(out int status)
    {
        var plain = new List<byte>();
        var buffer = new byte[TlsWire.RecordBytes];
        status = Call(() =>
        {
            fixed (byte* start = buffer)
            {
                int read;
                while ((read = _session.Read(start, buffer.Length)) > 0)
                {
                    plain.AddRange(buffer.AsSpan(0, read));
                }

                return read;
            }
        });
        return [.. plain];
    }

    public int Peek() => Call(() => _session.Peek());

    public void Write(ReadOnlySpan<byte> bytes)
    {
        var copy = bytes.ToArray();
        for (var offset = 0; offset < copy.Length; offset += TlsWire.RecordBytes)
        {
            var length = Math.Min(TlsWire.RecordBytes, copy.Length - offset);
            _ = Call(() =>
            {
                fixed (byte* start = copy)
                {
                    return _session.Write(start + offset, length);
                }
            });
        }
    }

    public void Shutdown() => Call(() =>
    {
        _session.Shutdown();
        return 0;
    });

    /// <summary>Takes new keys for sending, and asks for new ones in the other direction too (RFC 8446 section 4.6.3).</summary>
    public void UpdateKeys(bool asks = true)
    {
        var type = asks ? ClientCalls.UpdateRequested : ClientCalls.UpdateNotRequested;
        Require(ClientCalls.UpdateKeys(_ssl, type));
        Handshake();
    }

    /// <summary>Begins a renegotiation, which only TLS 1.2 has.</summary>
    public TlsStep Renegotiate()
    {
        Require(ClientCalls.Renegotiate(_ssl));
        return Handshake();
    }

    /// <summary>Returns the session for a resumption; the caller frees it.</summary>
    public nint TakeSession() => ClientCalls.GetSession(_ssl);

    /// <summary>Returns the certificate of the server in DER.</summary>
    public byte[] ServerCertificate()
    {
        var certificate = ClientCalls.GetCertificate(_ssl);
        var length = ClientCalls.EncodeCertificate(certificate, null);
        var der = new byte[length];
        fixed (byte* start = der)
        {
            var at = start;
            _ = ClientCalls.EncodeCertificate(certificate, &at);
        }

        OpenSslCalls.FreeCertificate(certificate);
        return der;
    }

    public byte[] TakeSent()
    {
        byte[] sent = [.. Sent];
        Sent.Clear();
        return sent;
    }

    public void Dispose()
    {
        _session.Free();
        _contexts?.Leave();
        _wire.Dispose();
    }

    private static void Require(int result)
    {
        if (result != 1)
        {
            throw new InvalidOperationException("OpenSSL refuses the call.");
        }
    }

    private int Call(Func<int> call)
    {
        fixed (byte* start = _arrived)
        {
            _wire.Aim(start, _arrived.Length);
            var result = call();
            _arrived = _arrived[^_wire.State->InputLength..];
            Sent.AddRange(_wire.Gathered);
            _wire.ClearGathered();
            return result;
        }
    }
}
