using System.Buffers;
using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using WunderProxy.Forwarding.Transport.ProxyProtocol;
using WunderProxy.Forwarding.Transport.Tls;

namespace WunderProxy.Forwarding.Transport.SslStreams;

/// <summary>
/// The TLS handshake of one accepted connection. Is itself the timer of the handshake, and owns the connection until the
/// acceptor gets it or it is closed.
/// </summary>
#pragma warning disable CA1001 // The stream over the connection holds nothing but the connection, which End closes.
internal sealed class SslStreamHandshake(
    TransportConnection plain, IConnectionAcceptor acceptor, TlsSource source, SslStreamOptions options)
    : HandshakeTimer(plain.Loop, acceptor)
#pragma warning restore CA1001
{
    private readonly ConnectionStream _wire = new(plain);
    private EndPoint? _client = plain.RemoteEndPoint;
    private bool _hasTimedOut;
    private bool _isHeaderCut;

    /// <summary>Begins the handshake, whose end the acceptor learns.</summary>
    public void Begin()
    {
        Arm(LoopMilliseconds.Of(source.Policy.HandshakeTimeout));
        _ = RunAsync();
    }

    /// <inheritdoc/>
    protected override void OnTimeout()
    {
        _hasTimedOut = true;
        plain.Abort();
    }

    private async Task RunAsync()
    {
        if (Acceptor.ExpectsProxyHeader(_client) && !await TryReadProxyHeaderAsync())
        {
            plain.Loop.Timers.Disarm(this);
            source.Counters.Count(ReasonOfFailure());
            End();
            return;
        }

        if (await IsPlainHttpAsync())
        {
            source.Counters.Count(TlsFailure.PlainHttp);
            await RefuseAsync();
            return;
        }

#pragma warning disable CA2000 // The connection disposes of the stream, or the failure does.
        var stream = new SslStream(_wire, leaveInnerStreamOpen: true);
#pragma warning restore CA2000
        var isDone = await TryAuthenticateAsync(stream);
        await plain.Loop.ReturnAsync();
        plain.Loop.Timers.Disarm(this);
        if (isDone && plain.CloseReason is CloseReason.None or CloseReason.RemoteFinished)
        {
            Establish(stream);
        }
        else
        {
            stream.Dispose();
            source.Counters.Count(ReasonOfFailure());
            End();
        }
    }

    /// <summary>Takes the PROXY header, which lies before the first byte of TLS, out of what the connection brings.</summary>
    private async ValueTask<bool> TryReadProxyHeaderAsync()
    {
        while (true)
        {
            var read = await plain.Input.ReadAsync();
            var buffer = read.Buffer;
            var bytes = buffer.IsSingleSegment ? buffer.FirstSpan : buffer.ToArray();
            var status = ProxyHeader.Parse(bytes, out var consumed, out var client);
            var start = buffer.GetPosition(consumed);
            plain.Input.AdvanceTo(start, status == ProxyHeaderStatus.NeedMore ? buffer.End : start);
            if (status == ProxyHeaderStatus.NeedMore && !read.IsCompleted)
            {
                continue;
            }

            _isHeaderCut = status == ProxyHeaderStatus.NeedMore;
            _client = client ?? _client;
            return status == ProxyHeaderStatus.Done;
        }
    }

    private async ValueTask<bool> IsPlainHttpAsync()
    {
        var read = await plain.Input.ReadAsync();
        var isHttp = !read.Buffer.IsEmpty && read.Buffer.FirstSpan[0] is >= (byte)'A' and <= (byte)'Z';
        plain.Input.AdvanceTo(read.Buffer.Start);
        return isHttp;
    }

    private async Task<bool> TryAuthenticateAsync(SslStream stream)
    {
        try
        {
            await stream.AuthenticateAsServerAsync(
                static (_, hello, state, _) => ValueTask.FromResult(((SslStreamOptions)state!).For(hello.ServerName)),
                options);
            return true;
        }
        catch (Exception exception) when (exception is AuthenticationException or IOException
            or InvalidOperationException or OperationCanceledException or NotSupportedException)
        {
            return false;
        }
    }

    private void Establish(SslStream stream)
    {
        _wire.EndHandshake();
        var connection = new SslStreamConnection(plain, _wire, stream, _client);
        source.Counters.Count(connection.Tls);
        Acceptor.OnAccepted(connection);
        connection.AwaitReadable();
    }

    /// <summary>Answers in plain text; the client may go on sending for a while, or a reset would overtake the answer.</summary>
    private async Task RefuseAsync()
    {
        Arm(TlsLimits.LingerMilliseconds);
        await plain.Output.WriteAsync(Acceptor.AnswerToPlainText);
        plain.ShutdownSend();
        for (long dropped = 0; dropped < TlsLimits.LingerBytes;)
        {
            var read = await plain.Input.ReadAsync();
            dropped += read.Buffer.Length;
            plain.Input.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
            {
                break;
            }
        }

        plain.Loop.Timers.Disarm(this);
        End();
    }

    private void End()
    {
        // A reset would overtake an alert: what has come is taken, and the end of the stream is sent first.
        plain.ShutdownSend();
        if (plain.Input.TryRead(out var read))
        {
            plain.Input.AdvanceTo(read.Buffer.End);
        }

        plain.Close();
        plain.Input.Complete();
        Acceptor.CancelReservation();
    }

    private TlsFailure ReasonOfFailure() =>
        _hasTimedOut ? TlsFailure.TimedOut
        : _wire.IsOverAllowance ? TlsFailure.TooLong
        : _wire.HasEnded || _isHeaderCut ? TlsFailure.Closed
        : TlsFailure.Malformed;
}
