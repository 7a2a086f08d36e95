using WunderProxy.Forwarding.Transport.OpenSsl;
using WunderProxy.Forwarding.Transport.Tls;

namespace WunderProxy.Forwarding.Transport.Epoll;

/// <summary>
/// What a client has sent of its handshake. A mutable struct, which lies in the handshake and not in the socket: the
/// connection, which may be idle for long, does not need it.
/// </summary>
internal struct HandshakeBytes()
{
    private int _firstByte = -1;

    /// <summary>Number of bytes that the client may still send before its handshake is complete.</summary>
    public int Allowance { get; private set; } = TlsLimits.MaxHandshakeBytes;

    /// <summary>Whether the client sent more than a handshake can need.</summary>
    public bool IsOverAllowance { get; private set; }

    /// <summary>Whether the first byte of the client is the beginning of an HTTP method, and of no TLS record.</summary>
    public readonly bool BeginLikeHttp => _firstByte is >= 'A' and <= 'Z';

    /// <summary>Takes over what one call of the session has received.</summary>
    public unsafe void Note(WireState* state)
    {
        Allowance = state->Allowance;
        IsOverAllowance |= state->IsOverAllowance;
        _firstByte = _firstByte < 0 ? state->FirstByte : _firstByte;
    }
}
