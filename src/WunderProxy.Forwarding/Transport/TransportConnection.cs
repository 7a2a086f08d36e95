using System.IO.Pipelines;
using System.Net;

namespace WunderProxy.Forwarding.Transport;

/// <summary>A stream connection, accepted or opened, that one <see cref="TransportLoop"/> owns.</summary>
/// <remarks>
/// <para>All members are used on the thread of <see cref="Loop"/> only; every continuation runs there too.</para>
/// <para>What the remote end does is reported by values, never by exceptions: when it has finished its side,
/// <see cref="PipeReader.ReadAsync"/> returns <see cref="ReadResult.IsCompleted"/> after the last byte; when the
/// connection is broken or closed, reads and flushes complete with <c>IsCompleted</c> and <see cref="CloseReason"/>
/// says why. <see cref="PipeReader.CancelPendingRead"/> and <see cref="PipeWriter.CancelPendingFlush"/> wake a waiter
/// with <c>IsCanceled</c>.</para>
/// <para>An idle connection holds no buffer: memory is rented when bytes arrive and returned when all are
/// consumed.</para>
/// </remarks>
internal abstract class TransportConnection : IDuplexPipe
{
    /// <summary>The loop whose thread owns this connection.</summary>
    public abstract TransportLoop Loop { get; }

    /// <summary>The bytes from the remote end; one reader with one outstanding read at a time.</summary>
    public abstract PipeReader Input { get; }

    /// <summary>
    /// The bytes to the remote end. <see cref="PipeWriter.WriteAsync"/> hands the caller's memory to the socket without
    /// a copy when nothing is queued; that memory stays in use until the returned task completes. A flush completes
    /// when the operating system has taken all bytes, which is the back-pressure.
    /// </summary>
    public abstract PipeWriter Output { get; }

    /// <summary>
    /// Address of the remote end; on a unix socket a <see cref="System.Net.Sockets.UnixDomainSocketEndPoint"/>.
    /// </summary>
    public abstract EndPoint? RemoteEndPoint { get; }

    /// <summary>This process's address on the connection.</summary>
    public abstract EndPoint? LocalEndPoint { get; }

    /// <summary>What the TLS handshake has negotiated; null if the connection is plain.</summary>
    public virtual TlsDetails? Tls => null;

    /// <summary>
    /// Asks the kernel which user of this machine owns the remote end of an accepted connection: at present, for a
    /// loopback address; at the time of connecting, for a unix socket.
    /// </summary>
    /// <returns>
    /// The user id, or null if the remote end is not on this machine, has closed, or the kernel does not tell.
    /// </returns>
    public virtual uint? FindRemoteUser() => null;

    /// <summary>
    /// Number of bytes that the operating system has taken and the remote end has not; 0 where that is not known.
    /// </summary>
    public virtual int UnacknowledgedBytes => 0;

    /// <summary>Why reading or writing ended; <see cref="CloseReason.None"/> while both sides are open.</summary>
    public abstract CloseReason CloseReason { get; }

    /// <summary>
    /// Object notified on the loop when the remote end finishes or resets, even while nobody reads; soon after being
    /// set if that has happened already. Set to notice a client that leaves while its exchange waits for the upstream.
    /// </summary>
    public abstract IConnectionWatcher? Watcher { get; set; }

    /// <summary>
    /// Whether a pooled connection may carry another exchange: open on both sides and without unread bytes. Costs no
    /// system call when the transport already knows the answer.
    /// </summary>
    public abstract bool IsReusable { get; }

    /// <summary>
    /// Sends written bytes at the end of the loop's turn, together with those of other connections: the receiving
    /// processes are then woken once for all of them instead of once for each.
    /// </summary>
    /// <remarks>
    /// Meant for a few kilobytes at the end of a message, on a connection that stays open. A failure is reported by the
    /// next read or flush. Closing the connection sends the bytes first.
    /// </remarks>
    public abstract void FlushSoon();

    /// <summary>Opens a relay to <paramref name="destination"/> inside the kernel.</summary>
    /// <returns>
    /// The relay, or null if the kernel offers none or bytes wait in a buffer of either connection; the caller then
    /// reads and writes.
    /// </returns>
    public virtual DirectRelay? TryRelayTo(TransportConnection destination) => null;

    /// <summary>Closes the sending side (FIN) after all flushed bytes; reading goes on.</summary>
    public abstract void ShutdownSend();

    /// <summary>Closes the connection in order. Idempotent; pending reads and flushes complete.</summary>
    public abstract void Close();

    /// <summary>
    /// Closes the connection with a reset (RST), so that a message cut short is never taken for a complete one.
    /// Idempotent.
    /// </summary>
    public abstract void Abort();
}
